import FewShot
import Pictures
import Tensors

/// What viewers ask. Nothing is chosen by what is told here, and no weight depends on it.
extension TrainingLoop {
    /// After the end only questions are answered, with the weights that were kept.
    func answer(_ commands: [TrainingCommand]) {
        emitClassified()
        for command in commands { answer(command) }
    }

    func answer(_ command: TrainingCommand) {
        switch command {
        case .inspect: predict()
        case .classify(let request): ask(request)
        case .watchMistakes(true):
            watched.insert(.validation)
            if ending != nil { watched.insert(.test) }
            emitSplitPredictions()
        case .watchMistakes(false): watched.remove(.validation)
        case .openTest:
            watched.insert(.test)
            emitSplitPredictions()
            predict()
        case .watchRatios(let isOn): watchRatios(isOn)
        case .pin(let pictures):
            pinned = PinnedPictures(pictures.filter(isOpen), of: prepared)
            emitPinnedPictures()
        case .checkpoint: keepCheckpointNow()
        case .attended(let isOn):
            isAttended = isOn
            // Nobody is left who could choose.
            if !isOn, ending == nil { ending = divergence }
        default: break
        }
    }

    /// The method with its weights as they are.
    var current: Predictor { Predictor(method, version: .trained(step: course.step, epoch: epochs.count)) }

    /// What is followed is told after every epoch.
    func emitToSubscribers() {
        emitSplitPredictions()
        emitPinnedPictures()
        emitRatioCurve()
    }

    private func ask(_ request: ClassifyRequest) {
        let inbox = inbox
        let desk =
            desk
            ?? InteractiveClassifier(
                prepared, decoding: DecodingOptions(pillowCompatible: configuration.pillowCompatible),
                onReady: { inbox.signal() })
        self.desk = desk
        desk.ask(request)
    }

    /// Completes what the desk has encoded with the answers of the weights as they are.
    func emitClassified() {
        guard let desk else { return }
        let answers = desk.answers { features, textFeatures, isOwn in
            if isOwn { return method.logits(features) }
            guard !configuration.method.descriptor.isClassBound else { return nil }
            let trained = AdapterFile(
                kind: configuration.method.name, parameters: method.adapterParameters(), hyper: method.hyperParameters,
                classNames: [], templates: [], modelName: "", modelChecksum: "", training: [:])
            let classifier = try? MethodRegistry.classifier(
                trained, textFeatures: textFeatures, logitScale: prepared.model.logitScale)
            return classifier?.logits(features)
        }
        for answer in answers { emit(.classified(answer)) }
    }

    /// Answers for all pictures of the splits that are followed.
    func emitSplitPredictions() {
        for split in [Split.validation, .test] where watched.contains(split) {
            guard !prepared.split.rows(of: split).isEmpty else { continue }
            emit(.answers(predictor(split).answers(of: current, epoch: epochs.count)))
        }
    }

    private func predictor(_ split: Split) -> SplitPredictor {
        let predictor = predictors[split] ?? SplitPredictor(split, of: prepared)
        predictors[split] = predictor
        return predictor
    }

    /// Offers the validation's answers to the recorder: the logits are there already, all else it does itself.
    func record(_ logits: Tensor<Float>, isBest: Bool) {
        guard let recorder, !validation.isEmpty else { return }
        let (predictor, epoch) = (predictor(.validation), epochs.count)
        recorder.note(step: course.step, isBest: isBest) { predictor.answers(logits: logits, epoch: epoch) }
    }

    private func emitPinnedPictures() {
        guard let pinned else { return }
        emit(.probes(ProbeRecord(step: course.step, epoch: epochs.count, probes: pinned.probes(of: current))))
    }

    private func watchRatios(_ isOn: Bool) {
        watchesRatios = isOn
        guard isOn else { return }
        let reason =
            validation.isEmpty
            ? "there are no validation pictures to measure on"
            : configuration.method.descriptor.hasResidualRatio ? nil : MethodRegistry.onlySomeHaveARatio
        if let reason {
            watchesRatios = false
            emit(.log(LogEntry("no curve over the residual ratio: \(reason)", level: .warning)))
        }
        emitRatioCurve()
    }

    private func emitRatioCurve() {
        guard watchesRatios, let zeroShot = zeroShotValidation.map(Evaluation.init),
            let curve = RatioCurve(of: method, on: validation, zeroShot: zeroShot)
        else { return }
        emit(.ratios(curve))
    }

    /// Whether a picture may be answered for: those of the test split once the run has ended or has recorded that they are
    /// looked at before.
    private func isOpen(_ picture: Int) -> Bool {
        guard prepared.pictures.indices.contains(picture) else { return false }
        return prepared.pictures[picture].split != .test || ending != nil || course.controls.hasOpenedTest
    }

    /// Answers for the inspected pictures with the weights as they are.
    func predict() {
        (lastTold, owesPrediction) = (.now, false)
        for picture in inbox.inspected where isOpen(picture) {
            let features = prepared.encoded.features.gatheringRows([picture])
            emit(
                .prediction(
                    PicturePrediction(
                        picture: picture, zeroShot: prepared.zeroShot.probabilities(features).values,
                        adapted: current.probabilities(features).values, step: course.step)))
        }
    }
}

/// The pictures whose true class's probability somebody follows; the zero-shot side never changes and is kept.
struct PinnedPictures {
    private let pictures: [Int]
    private let labels: [Int]
    private let features: Tensor<Float>
    private let zeroShot: [Float]

    /// - Parameter pictures: indices into the run's pictures.
    init(_ pictures: [Int], of prepared: RunPlan) {
        self.pictures = pictures
        labels = self.pictures.map { Int(prepared.labels[$0]) }
        features = prepared.encoded.features.gatheringRows(self.pictures)
        zeroShot = Self.ofTrueClass(prepared.zeroShot, features, labels)
    }

    /// Their probabilities with a method's weights as they are.
    func probes(of predictor: Predictor) -> [ProbeRecord.Probe] {
        guard !pictures.isEmpty else { return [] }
        let adapted = Self.ofTrueClass(predictor, features, labels)
        return pictures.indices.map {
            ProbeRecord.Probe(picture: pictures[$0], zeroShot: zeroShot[$0], adapted: adapted[$0])
        }
    }

    private static func ofTrueClass(_ predictor: Predictor, _ features: Tensor<Float>, _ labels: [Int]) -> [Float] {
        let probabilities = predictor.probabilities(features)
        return labels.enumerated().map { probabilities[$0, $1] }
    }
}
