import FewShot
import Pictures
import Tensors

/// Answers viewers' queries and subscriptions with the weights of the training loop. No weight depends on what is answered
/// here, and nothing is chosen by it. Everything happens on the loop's queue.
final class ViewerFeed {
    /// The weights that answer, and where the run is.
    struct Moment {
        var method: any AdaptationMethod
        /// Steps and epochs trained.
        var step, epoch: Int
        var isEnded: Bool
        /// What users have set and done; asked only where a test picture is wanted, for a moment is made with every batch.
        var controls: RunControls

        /// Whether the run has recorded that the test split was opened before the end.
        var hasOpenedTest: Bool { controls.hasOpenedTest }
        var predictor: Predictor { Predictor(method, version: .trained(step: step, epoch: epoch)) }
    }

    private let prepared: RunPlan
    private let configuration: TrainingConfiguration
    private let validation: LabelledFeatures
    private let zeroShot: Evaluation?
    private let inbox: CommandInbox
    private let emit: @Sendable (TrainingEvent) -> Void

    /// Whether a viewer is there who can answer a question.
    private(set) var isAttended = false
    /// When the inspected pictures' predictions were emitted last, and whether the weights have moved since.
    private var lastPrediction: ContinuousClock.Instant?
    private var owesPrediction = false
    /// They cost as much as a tenth of a small batch, and nobody sees more than this many a second.
    private static let predictionInterval = Duration.milliseconds(50)
    private var watchesMistakes = false
    /// Whether the test split was opened before the end, in this process.
    private var followsTest = false
    private var watchesRatios = false
    private var predictors: [Split: SplitPredictor] = [:]
    private var pinned: PinnedPictures?
    /// Classifies pictures of the user's own, once one was asked for.
    private var desk: InteractiveClassifier?

    init(
        _ prepared: RunPlan, configuration: TrainingConfiguration, validation: LabelledFeatures,
        zeroShot: Evaluation?, inbox: CommandInbox, emit: @escaping @Sendable (TrainingEvent) -> Void
    ) {
        self.prepared = prepared
        self.configuration = configuration
        self.validation = validation
        self.zeroShot = zeroShot
        self.inbox = inbox
        self.emit = emit
    }

    // MARK: What the loop tells

    /// Answers what has come since the last call.
    func answer(_ moment: Moment) {
        emitClassified(moment)
        for query in inbox.takeQueries() {
            switch query {
            case .classify(let request): ask(request)
            }
        }
        for subscription in inbox.takeSubscriptions() { follow(subscription, moment) }
    }

    /// A batch was trained.
    func noteBatch(_ moment: Moment) {
        owesPrediction = true
        if lastPrediction.map({ .now - $0 >= Self.predictionInterval }) ?? true { predict(moment) }
    }

    /// Training stands still: the newest weights are those that will be looked at.
    func notePause(_ moment: Moment) { if owesPrediction { predict(moment) } }

    /// An epoch was completed.
    func noteEpoch(_ moment: Moment) {
        emitSplitPredictions(moment)
        emitPinnedPictures(moment)
        emitRatioCurve(moment)
    }

    /// The test split was opened, or the run has ended.
    func noteTestOpen(_ moment: Moment) {
        followsTest = followsTest || !moment.isEnded
        emitSplitPredictions(moment)
        predict(moment)
    }

    // MARK: Answers

    private func follow(_ subscription: ViewerSubscription, _ moment: Moment) {
        switch subscription {
        case .inspect: predict(moment)
        case .watchMistakes(let isOn):
            watchesMistakes = isOn
            if isOn { emitSplitPredictions(moment) }
        case .watchRatios(let isOn): watchRatios(isOn, moment)
        case .pin(let pictures):
            pinned = PinnedPictures(pictures.filter { isOpen($0, moment) }, of: prepared)
            emitPinnedPictures(moment)
        case .attended(let isOn): isAttended = isOn
        }
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
    private func emitClassified(_ moment: Moment) {
        guard let desk else { return }
        let method = moment.method
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
    private func emitSplitPredictions(_ moment: Moment) {
        let isTestFollowed = followsTest || (watchesMistakes && moment.isEnded)
        for split in [Split.validation, .test] where split == .test ? isTestFollowed : watchesMistakes {
            guard !prepared.split.rows(of: split).isEmpty else { continue }
            emit(.answers(predictor(split).answers(of: moment.predictor, epoch: moment.epoch)))
        }
    }

    private func predictor(_ split: Split) -> SplitPredictor {
        let predictor = predictors[split] ?? SplitPredictor(split, of: prepared)
        predictors[split] = predictor
        return predictor
    }

    /// What turns the method's logits on the validation pictures into predictions.
    var validationPredictor: SplitPredictor { predictor(.validation) }

    private func emitPinnedPictures(_ moment: Moment) {
        guard let pinned else { return }
        emit(.probes(ProbeRecord(step: moment.step, epoch: moment.epoch, probes: pinned.probes(of: moment.predictor))))
    }

    private func watchRatios(_ isOn: Bool, _ moment: Moment) {
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
        emitRatioCurve(moment)
    }

    private func emitRatioCurve(_ moment: Moment) {
        guard watchesRatios, let zeroShot,
            let curve = RatioCurve(of: moment.method, on: validation, zeroShot: zeroShot)
        else { return }
        emit(.ratios(curve))
    }

    /// Whether a picture may be answered for: those of the test split once the run has ended or has recorded that they are
    /// looked at before.
    private func isOpen(_ picture: Int, _ moment: Moment) -> Bool {
        guard prepared.pictures.indices.contains(picture) else { return false }
        return prepared.pictures[picture].split != .test || moment.isEnded || moment.hasOpenedTest
    }

    /// Answers for the inspected pictures with the weights as they are.
    func predict(_ moment: Moment) {
        (lastPrediction, owesPrediction) = (.now, false)
        for picture in inbox.inspected where isOpen(picture, moment) {
            let features = prepared.encoded.features.gatheringRows([picture])
            emit(
                .prediction(
                    PicturePrediction(
                        picture: picture, zeroShot: prepared.zeroShot.probabilities(features).values,
                        adapted: moment.predictor.probabilities(features).values, step: moment.step)))
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
