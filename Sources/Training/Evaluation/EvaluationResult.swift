import FewShot
import Foundation
import Tensors

/// A classifier measured on one part of a data set, beside zero-shot on the same pictures.
public struct EvaluationResult: Sendable {
    /// The part that was measured on.
    public var split: Split
    /// The method, for people and programs.
    public var method: String
    /// The run it came from, if it did.
    public var run: String?
    /// Without adaptation.
    public var zeroShot: DetailedMetrics
    /// With it; equal to ``zeroShot`` where nothing was adapted.
    public var adapted: DetailedMetrics
    /// A temperature searched on the validation pictures, and the calibration with it.
    public var scaled: (scaling: TemperatureScaling, calibration: Calibration)?

    /// Measures.
    /// - Parameters:
    ///   - predictor: nil for zero-shot alone.
    ///   - calibrating: whether to search a temperature on the validation pictures.
    /// - Returns: nil if the part has no pictures.
    public init?(
        _ plan: RunPlan, split: Split, predictor: Predictor?, method: String, run: String?,
        calibrating: Bool
    ) {
        let part = plan.part(split)
        let answering = predictor ?? plan.zeroShot
        let logits = answering.logits(part.features)
        guard
            let zeroShot = DetailedMetrics(logits: plan.zeroShot.logits(part.features), labels: part.labels),
            let adapted = DetailedMetrics(logits: logits, labels: part.labels)
        else { return nil }
        self.split = split
        self.method = method
        self.run = run
        self.zeroShot = zeroShot
        self.adapted = adapted
        let validation = plan.part(.validation)
        if calibrating,
            let scaling = TemperatureScaling.fitted(
                logits: answering.logits(validation.features), labels: validation.labels),
            let calibration = Calibration(logits: logits, labels: part.labels, temperature: scaling.temperature)
        {
            scaled = (scaling, calibration)
        }
    }
}
