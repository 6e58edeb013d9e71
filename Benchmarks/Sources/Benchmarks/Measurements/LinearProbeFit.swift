import FewShot
import Foundation
import Tensors

/// One fit of a linear probe at the competition's size, here and in scikit-learn: the same features, `C` and objective.
struct LinearProbeFit: Measurement {
    let name = "linear-probe-fit"
    let purpose = "one fit of a linear probe on 1,496 cached features, 374 classes, beside scikit-learn"
    let classes = 374
    let shots = 4
    let width = 512
    let inverseRegularisation = 8.96

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "cliptop-features-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let features = features()
        try features.values.withUnsafeBytes { try Data($0).write(to: file) }
        let peer = try bench.peer(.linearProbe, [file.path, "\(width)", "\(shots)", "\(inverseRegularisation)"])
        defer { peer?.stop() }
        let labels = (0..<features.rows).map { Int32($0 / shots) }
        var value = 0.0
        var contestants: [(name: String, run: () throws -> Double)] = [
            (
                "ours",
                {
                    milliseconds {
                        let probe = LinearProbe(
                            LogisticObjective(
                                features: features, labels: labels, classes: classes,
                                inverseRegularisation: inverseRegularisation))
                        probe.solve()
                        value = probe.value
                    }
                }
            )
        ]
        if let peer { contestants.append(("scikit-learn", { try peer.measure("go") })) }
        let contest = try Contest(rounds: min(bench.rounds, 5), contestants)
        figures["linear_probe_fit_ms"] = .number(contest.milliseconds("ours"))
        figures["linear_probe_objective"] = .number(value)
        if peer != nil {
            figures["linear_probe_fit_sklearn_ms"] = .number(contest.milliseconds("scikit-learn"))
            figures["linear_probe_fit_vs_sklearn"] = .number(contest.ratio(of: "ours", to: "scikit-learn"))
        }
    }

    /// Unit features that are alike within a class and share a common direction, as image features do.
    private func features() -> Tensor<Float> {
        var generator = SeededGenerator(seed: 1, purpose: "features")
        func draw(_ scale: Float) -> [Float] {
            (0..<width).map { _ in scale * Float(generator.uniform() + generator.uniform() + generator.uniform() - 1.5)
            }
        }
        let common = draw(2)
        var values: [Float] = []
        for _ in 0..<classes {
            let prototype = draw(1)
            for _ in 0..<shots {
                let noise = draw(0.9)
                for j in 0..<width { values.append(common[j] + prototype[j] + noise[j]) }
            }
        }
        return Tensor(values, shape: [classes * shots, width]).normalisedRows()
    }
}
