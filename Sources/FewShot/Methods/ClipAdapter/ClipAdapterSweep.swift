import Foundation
import Tensors

/// `--ratio-mode sweep`: one adapter for each residual ratio, trained side by side on the same batches from the same
/// start; the validation pictures choose (docs/methods.md#residual-ratios).
///
/// After every epoch the one with the highest top-1 on validation (of equals: the lowest loss, then the smaller ratio)
/// answers for all; what the curves show is therefore the best of several, and the results say so.
public final class ClipAdapterSweep: AdaptationMethod {
    struct Candidate {
        var ratio: Double
        var method: ClipAdapterMethod
        /// The loss became NaN or infinite; it takes no further part.
        var hasDiverged = false
    }

    var candidates: [Candidate]
    private let validation: LabelledFeatures
    private(set) var leader = 0
    private var warnings: [String] = []

    /// The candidates at their start.
    /// - Throws: ``MethodError/needsValidation(what:)``.
    public init(
        configuration: ClipAdapterConfiguration, optimiser: OptimiserRule, inputs: MethodInputs
    ) throws {
        guard !inputs.validation.isEmpty else { throw MethodError.needsValidation(what: "--ratio-mode sweep") }
        validation = inputs.validation
        candidates = configuration.sweptRatios.sorted().map { ratio in
            var own = configuration
            own.ratioMode = .fixed
            (own.residualRatio, own.textRatio) = (ratio, nil)
            return Candidate(
                ratio: ratio,
                method: ClipAdapterMethod(
                    configuration: own, optimiser: optimiser, textFeatures: inputs.textFeatures,
                    logitScale: inputs.logitScale, batchSize: inputs.batchSize, seed: inputs.seed))
        }
    }

    /// Trains all of them; the loss is the leader's, or not finite once none is left.
    public func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> StepResult {
        var results: [Int: StepResult] = [:]
        var lost: [Int] = []
        for index in candidates.indices where !candidates[index].hasDiverged {
            let result = candidates[index].method.trainBatch(
                features: features, rows: rows, labels: labels, learningRate: learningRate, step: step)
            candidates[index].hasDiverged = !result.loss.isFinite
            if result.loss.isFinite { results[index] = result } else { lost.append(index) }
        }
        if !lost.isEmpty { warnings.append(warning(lost, step: step, learningRate: learningRate)) }
        guard let fallback = results.keys.min() else { return StepResult(loss: .nan) }
        if results[leader] == nil { leader = fallback }
        return results[leader] ?? StepResult(loss: .nan)
    }

    /// One line for all that were lost in one batch.
    private func warning(_ lost: [Int], step: Int, learningRate: Double) -> String {
        func list(_ ratios: [Double]) -> String { ratios.map { "\($0)" }.joined(separator: ", ") }
        let left = candidates.filter { !$0.hasDiverged }.map(\.ratio)
        return "the sweep's ratio \(list(lost.map { candidates[$0].ratio })) is out: its loss is not a number at step "
            + "\(step), learning rate \(learningRate); "
            + (left.isEmpty ? "none is left" : "\(list(left)) go on")
    }

    public func takeWarnings() -> [String] {
        defer { warnings.removeAll() }
        return warnings
    }

    /// The validation pictures choose who answers.
    public func endEpoch() { leader = best(validation)?.index ?? leader }

    private func best(_ pictures: LabelledFeatures) -> (index: Int, metrics: ClassificationMetrics)? {
        var best: (index: Int, metrics: ClassificationMetrics)?
        for index in candidates.indices where !candidates[index].hasDiverged {
            let logits = candidates[index].method.logits(pictures.features)
            guard let metrics = ClassificationMetrics(logits: logits, labels: pictures.labels), metrics.loss.isFinite
            else { continue }
            guard let other = best?.metrics else {
                best = (index, metrics)
                continue
            }
            if (metrics.top1, -metrics.loss) > (other.top1, -other.loss) { best = (index, metrics) }
        }
        return best
    }

    public func selectHyperparameters(validation: LabelledFeatures?) -> SearchOutcome? {
        guard let validation, let best = best(validation) else { return nil }
        leader = best.index
        return SearchOutcome(
            searched: "residual ratio", tried: candidates.count, found: ["residual_ratio": candidates[leader].ratio],
            validationTop1: best.metrics.top1, validationCount: best.metrics.count)
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> { candidates[leader].method.logits(features) }

    /// The weights of all candidates, and who answers.
    public var parameterTree: ParameterTree<Float> {
        var tree = ParameterTree<Float>(buffers: [
            Buffer(
                number: Self.leaderName, get: { Double(self.leader) },
                set: { if self.candidates.indices.contains(Int($0)) { self.leader = Int($0) } })
        ])
        for candidate in candidates { tree.add(candidate.method.parameterTree, under: Self.prefix(candidate)) }
        return tree
    }

    /// Those of whoever answers.
    public func adapterParameters() -> [String: Tensor<Float>] { candidates[leader].method.parameters() }

    /// Those of whoever answers, and what was tried.
    public var hyperParameters: HyperParameters {
        var own: HyperParameters = [
            "swept_ratios": .numbers(candidates.map(\.ratio)), "selected_on": .text("validation"),
        ]
        let diverged = candidates.filter(\.hasDiverged).map(\.ratio)
        if !diverged.isEmpty { own["diverged_ratios"] = .numbers(diverged) }
        return candidates[leader].method.hyperParameters.merging(own) { $1 }
    }

    private static let leaderName = "leader"
    static func prefix(_ candidate: Candidate) -> String { "ratio \(candidate.ratio)/" }
}

/// Why a method cannot be made.
public enum MethodError: Error, Equatable, LocalizedError {
    /// There are no validation pictures to choose on.
    case needsValidation(what: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .needsValidation(let what):
            "\(what) chooses on validation pictures, and there are none; give --validation N, or fewer --shots"
        }
    }
}
