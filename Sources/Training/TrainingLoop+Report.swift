import FewShot
import Tensors

/// The end of a run.
extension TrainingLoop {
    /// What is searched on validation is searched first; then the test split opens, and nowhere before.
    func report() -> RunReport {
        let search = concluded()
        if let search { emit(.log(LogEntry(search.text))) }
        predict()
        // The run has ended: who looks at mistakes may see those of the test split too.
        if watched.contains(.validation) { watched.insert(.test) }
        tellAnswers()
        let finalLogits = method.logits(validation.features)
        record(finalLogits, isBest: false)
        let test = prepared.part(prepared.split.test)
        func metrics(_ part: LabelledFeatures, _ logits: Tensor<Float>) -> ClassificationMetrics? {
            ClassificationMetrics(logits: logits, labels: part.labels)
        }
        var report = RunReport(
            description: prepared.description, configuration: configuration, state: ending ?? .done,
            zeroShotValidation: zeroShotValidation,
            zeroShotTest: metrics(test, prepared.zeroShotLogits(test.features)),
            finalValidation: metrics(validation, finalLogits),
            finalTest: metrics(test, method.logits(test.features)), search: search, epochs: epochs,
            steps: course.step, plannedEpochs: course.steering.plannedEpochs,
            interventions: course.steering.interventions, parameters: method.adapterParameters(),
            hyperParameters: method.hyperParameters, encoding: prepared.encoded.counts,
            encodingSeconds: prepared.encoded.seconds, unreadable: prepared.encoded.unreadable,
            trainSeconds: clock.totalSeconds)
        let final = method.parameters()
        if let epoch = course.bestEpoch, let best {
            method.restore(best)
            method.residualRatio = course.bestRatio
            report.best = RunReport.Best(
                record: epochs[epoch - 1], search: concluded(), test: metrics(test, method.logits(test.features)),
                parameters: method.adapterParameters(), hyperParameters: method.hyperParameters)
            method.restore(final)
            method.residualRatio = course.steering.residualRatio
        }
        return report
    }

    private func concluded() -> SearchOutcome? { method.conclude(validation: validation.isEmpty ? nil : validation) }
}
