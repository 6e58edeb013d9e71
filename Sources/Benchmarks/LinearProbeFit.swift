import FewShot
import Foundation
import Tensors

/// One fit of a linear probe at the competition's size, here and in scikit-learn: the same features, `C` and objective.
///
/// Both sides run in turns, so that what else the machine does falls on both.
struct LinearProbeFit {
    let classes = 374
    let shots = 4
    let width = 512
    let inverseRegularisation = 8.96
    let rounds = 5

    func measure(into figures: inout Figures, python: String?) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "cliptop-features-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let features = features()
        try features.values.withUnsafeBytes { try Data($0).write(to: file) }
        let peer = try python.map { try PythonPeer(python: $0, script: script(file.path)) }
        defer { peer?.stop() }
        let labels = (0..<features.rows).map { Int32($0 / shots) }
        var (ours, theirs): ([Double], [Double]) = ([], [])
        var value = 0.0
        for round in 0...rounds {
            let time = milliseconds {
                let probe = LinearProbe(
                    LogisticObjective(
                        features: features, labels: labels, classes: classes,
                        inverseRegularisation: inverseRegularisation))
                probe.solve()
                value = probe.value
            }
            let peers = try peer?.measure()
            // The first round warms up.
            if round > 0 {
                ours.append(time)
                if let peers { theirs.append(peers) }
            }
        }
        figures["linear_probe_fit_ms"] = .number(median(ours))
        figures["linear_probe_objective"] = .number(value)
        if peer != nil {
            figures["linear_probe_fit_sklearn_ms"] = .number(median(theirs))
            figures["linear_probe_fit_vs_sklearn"] = .number(median(theirs) / median(ours))
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

    /// The same fit in scikit-learn; prints its milliseconds for each line it reads.
    private func script(_ path: String) -> String {
        """
        import sys, time, warnings
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        warnings.filterwarnings('ignore')
        X = np.fromfile('\(path)', dtype=np.float32).reshape(-1, \(width)).astype(np.float64)
        y = np.arange(len(X)) // \(shots)
        print('ready', flush=True)
        for line in sys.stdin:
            start = time.perf_counter()
            LogisticRegression(C=\(inverseRegularisation), max_iter=1000).fit(X, y)
            print((time.perf_counter() - start) * 1000, flush=True)
        """
    }
}
