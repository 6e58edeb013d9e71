import FewShot
import Foundation
import Tensors

/// A trained CLIP-Adapter at other residual ratios than its own (arXiv 2110.04544; WiSE-FT, arXiv 2109.01903;
/// docs/methods.md#residual-ratios; docs/methods.md#weight-space-ensembling): 0 is zero-shot, 1 the adapter alone.
/// Looking for the best is a search over the pictures it is measured on; whoever shows it says so.
public struct RatioCurve: Sendable, Equatable, Codable {
    /// The figures at one ratio.
    public struct Point: Sendable, Equatable, Codable {
        /// The weight of the adapted feature, 0...1.
        public var ratio: Double
        /// On the pictures of the curve.
        public var evaluation: Evaluation
    }

    /// From 0 to 1.
    public let points: [Point]
    /// The adapter as it was trained.
    public let trained: Evaluation
    /// The ratio it was trained with or has learned; nil where that is not one number: a hyper-network gives every
    /// picture its own, and two sides may have learned two.
    public let trainedRatio: Double?
    /// Whether the ratio was learned.
    public let isRatioLearned: Bool

    /// The highest top-1; of equal ones the lowest loss, then the smaller ratio.
    public var best: Point? {
        points.min {
            (-$0.evaluation.top1, $0.evaluation.loss, $0.ratio) < (-$1.evaluation.top1, $1.evaluation.loss, $1.ratio)
        }
    }

    /// 0, 1 and everything between in steps.
    public static func ratios(step: Double) -> [Double] {
        let count = Int((1 / step - 1e-9).rounded(.up))
        return (0..<count).map { Double($0) * step } + [1]
    }

    /// Measures an adapter on labelled features.
    /// - Returns: nil if there are no pictures.
    /// - Throws: ``AdapterFileError`` if the file belongs to another model.
    public init?(
        _ file: AdapterFile, on part: LabelledFeatures, of plan: RunPlan, ratios: [Double]
    ) throws {
        func evaluation(_ predictor: Predictor) -> Evaluation? {
            ClassificationMetrics(logits: predictor.logits(part.features), labels: part.labels).map(Evaluation.init)
        }
        guard let trained = evaluation(try plan.predictor(file)) else { return nil }
        self.trained = trained
        trainedRatio = file.trainedRatio
        isRatioLearned = file.hyper.text("ratio_param") ?? "fixed" != "fixed"
        points = try ratios.compactMap { ratio in
            // At 0 nothing of the adapter is left: zero-shot itself, so that the two agree to the last bit.
            let predictor =
                ratio == 0 ? plan.zeroShot : try plan.predictor(file.withResidualRatio(ratio))
            return evaluation(predictor).map { Point(ratio: ratio, evaluation: $0) }
        }
    }
}

extension AdapterFile {
    /// The ratio that the adapter was trained with, as ``RatioCurve/trainedRatio``. The file has `a` with `α = σ(a)`, or `α` itself, for each side (arXiv
    /// 2110.04544; docs/methods.md#residual-ratios).
    var trainedRatio: Double? {
        let learned = [ClipAdapterNames.visual, .text].compactMap {
            parameters[$0.ratio]?.values.first.map { Double($0) }
        }
        let ratios: Set<Double>
        switch hyper.text("ratio_param") ?? "fixed" {
        case "fixed": return hyper.number("residual_ratio")
        case "sigmoid": ratios = Set(learned.map { 1 / (1 + exp(-$0)) })
        case "raw": ratios = Set(learned)
        default: return nil
        }
        return ratios.count == 1 ? ratios.first : nil
    }

    /// The same adapter with one fixed ratio on every side that it adapts.
    fileprivate func withResidualRatio(_ ratio: Double) -> AdapterFile {
        var file = self
        file.hyper["residual_ratio"] = .number(ratio)
        file.hyper["ratio_param"] = .text("fixed")
        if file.hyper["text_ratio"] != nil { file.hyper["text_ratio"] = .number(ratio) }
        return file
    }
}

extension RatioCurve {
    /// Measures a method while it trains, with the weights as they are.
    /// - Parameter zeroShot: what the ratio 0 is.
    /// - Returns: nil for methods without a ratio, and without pictures.
    init?(of method: any AdaptationMethod, on part: LabelledFeatures, zeroShot: Evaluation) {
        func evaluation(_ logits: Tensor<Float>?) -> Evaluation? {
            logits.flatMap { ClassificationMetrics(logits: $0, labels: part.labels) }.map(Evaluation.init)
        }
        let points = Self.ratios(step: 0.05).compactMap { ratio in
            (ratio == 0 ? zeroShot : evaluation(method.logits(part.features, residualRatio: ratio)))
                .map { Point(ratio: ratio, evaluation: $0) }
        }
        guard points.count > 1, let trained = evaluation(method.logits(part.features)) else { return nil }
        self.points = points
        self.trained = trained
        let hyper = method.hyperParameters
        // One that is learned moves with every step: the curve is that of the weights, wherever it stands.
        let isFixed = hyper.text("ratio_param") == "fixed"
        trainedRatio = isFixed ? hyper.number("residual_ratio") : nil
        isRatioLearned = !isFixed
    }
}
