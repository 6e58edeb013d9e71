import FewShot
import Tensors

/// The end of a run.
extension TrainingLoop {
    /// What is searched on validation is searched first; then the test split opens, and nowhere before.
    func report() -> RunReport {
        let search = selectedHyperparameters()
        if let search { emit(.log(LogEntry(search.text))) }
        feed.noteTestOpen(moment)
        let finalLogits = method.logits(validation.features)
        record(finalLogits, isBest: false)
        let test = prepared.part(.test)
        func metrics(_ part: LabelledFeatures, _ logits: Tensor<Float>) -> ClassificationMetrics? {
            ClassificationMetrics(logits: logits, labels: part.labels)
        }
        var report = RunReport(
            description: prepared.description, configuration: configuration, state: ending ?? .done,
            zeroShotValidation: zeroShotValidation,
            zeroShotTest: metrics(test, prepared.zeroShot.logits(test.features)),
            weights: finalWeights(search), finalValidation: metrics(validation, finalLogits),
            finalTest: metrics(test, method.logits(test.features)), epochs: epochs,
            steps: course.step, plannedEpochs: course.controls.plannedEpochs,
            interventions: course.controls.interventions, parameters: method.adapterParameters(),
            hyperParameters: method.hyperParameters, encoding: prepared.encoded.counts,
            encodingSeconds: prepared.encoded.seconds, unreadable: prepared.encoded.unreadable,
            trainSeconds: clock.totalSeconds)
        let final = method.parameters()
        if let epoch = course.bestEpoch, let best {
            method.restore(best)
            apply(course.bestValues)
            let weights = MeasuredWeights(
                .lowestLoss, epoch: epoch, epochs: epochs.count, search: selectedHyperparameters())
            report.best = RunReport.Best(
                record: epochs[epoch - 1], weights: weights,
                validation: metrics(validation, method.logits(validation.features)),
                test: metrics(test, method.logits(test.features)),
                parameters: method.adapterParameters(), hyperParameters: method.hyperParameters)
            method.restore(final)
            applySettings()
        }
        return report
    }

    /// The weights that the run ends with.
    private func finalWeights(_ search: SearchOutcome?) -> MeasuredWeights {
        if method.batching == .trainingFree { return MeasuredWeights(.untrained, search: search) }
        if search?.isFittedAnew == true { return MeasuredWeights(.fittedAnew, epochs: epochs.count, search: search) }
        if let epoch = search?.epoch {
            return MeasuredWeights(.chosen, epoch: epoch, epochs: epochs.count, search: search)
        }
        return MeasuredWeights(
            .last, epoch: epochs.count, step: course.position > 0 ? course.step : nil, epochs: epochs.count,
            search: search)
    }

    private func selectedHyperparameters() -> SearchOutcome? {
        method.selectHyperparameters(validation: validation.isEmpty ? nil : validation)
    }

    /// Offers the validation's answers to the recorder: the logits are there already, all else it does itself.
    func record(_ logits: Tensor<Float>, isBest: Bool) {
        guard let recorder, !validation.isEmpty else { return }
        let (predictor, epoch) = (feed.validationPredictor, epochs.count)
        recorder.note(step: course.step, isBest: isBest) { predictor.answers(logits: logits, epoch: epoch) }
    }
}
