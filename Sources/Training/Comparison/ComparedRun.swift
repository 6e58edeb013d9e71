import FewShot
import Foundation
import Tensors

/// What one run of a comparison came to. It says itself which run it was, so that results of several places can be put
/// together. Accuracies are fractions 0...1.
public struct ComparedRun: Sendable, Equatable, Codable {
    /// The method's name.
    public var method: String
    /// What people call the model.
    public var model: String
    /// What people call the data set.
    public var dataset: String
    /// Training pictures a class.
    public var shots: Int
    /// The seed.
    public var seed: Int
    /// Pictures that trained.
    public var trainImages: Int
    /// Pictures that validated.
    public var validationImages: Int
    /// Pictures of the test split.
    public var testImages: Int
    /// Top-1 on the test split with the last weights; nil if the run failed.
    public var top1: Double?
    /// Top-5 on the test split.
    public var top5: Double?
    /// Mean cross-entropy on the test split.
    public var loss: Double?
    /// Top-1 on the validation pictures; nil without any.
    public var validationTop1: Double?
    /// Mean cross-entropy on the validation pictures; nil without any.
    public var validationLoss: Double?
    /// ``RunReport/weightsChecksum``; nil if the run failed.
    public var weightsChecksum: String?
    /// Epochs that were trained.
    public var epochs: Int
    /// Wall time of the training on one core, in seconds.
    public var trainSeconds: Double
    /// The method's settings, with what was searched for set to what was found.
    public var hyper: HyperParameters
    /// What was searched on the validation pictures and adopted, in one line.
    public var search: String?
    /// Why there is no accuracy; nil if there is one.
    public var failure: String?

    /// What a run came to.
    public init(
        method: String, model: String, dataset: String, shots: Int, seed: Int, trainImages: Int, validationImages: Int,
        testImages: Int, top1: Double? = nil, epochs: Int, trainSeconds: Double, hyper: HyperParameters,
        failure: String? = nil
    ) {
        self.method = method
        self.model = model
        self.dataset = dataset
        self.shots = shots
        self.seed = seed
        self.trainImages = trainImages
        self.validationImages = validationImages
        self.testImages = testImages
        self.top1 = top1
        self.epochs = epochs
        self.trainSeconds = trainSeconds
        self.hyper = hyper
        self.failure = failure
    }
}

extension ComparedRun {
    /// The result of a run that has come to its end; nil if it was stopped before.
    init?(_ report: RunReport) {
        let description = report.description
        self.init(
            method: report.configuration.method.name.rawValue, model: description.model, dataset: description.dataset,
            shots: description.shots, seed: description.seed, trainImages: description.trainCount,
            validationImages: description.validationCount, testImages: description.testCount,
            epochs: report.epochs.count, trainSeconds: report.trainSeconds, hyper: report.hyperParameters)
        switch report.state {
        case .done: break
        case .diverged(let step, let rate, _, _):
            failure = "the loss became NaN or infinite at step \(step), learning rate \(NumberFormat.rate(rate))"
            return
        case .failed(let reason):
            failure = reason
            return
        case .running, .paused, .halted, .stopped: return nil
        }
        guard let test = report.finalTest else {
            failure = "there are no test pictures"
            return
        }
        guard test.loss.isFinite else {
            failure = "the answers on the test pictures are not numbers"
            return
        }
        (top1, top5, loss) = (test.top1, test.top5, test.loss)
        (validationTop1, validationLoss) = (report.finalValidation?.top1, report.finalValidation?.loss)
        search = report.search?.text
        weightsChecksum = report.weightsChecksum
    }

    /// The result of a run that could not begin.
    init(_ failure: String, _ configuration: TrainingConfiguration, _ source: EncodedSource) {
        let split = source.draw(of: configuration)?.split ?? FewShotSplit()
        self.init(
            method: configuration.method.name.rawValue, model: source.model.name, dataset: source.dataset.name,
            shots: configuration.shots, seed: configuration.seed, trainImages: split.train.count,
            validationImages: split.validation.count, testImages: split.test.count, epochs: 0, trainSeconds: 0,
            hyper: [:], failure: failure)
    }

    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// As the state database keeps it.
    var json: String {
        get throws { String(decoding: try Self.encoder.encode(self), as: UTF8.self) }
    }

    /// Out of the state database; nil if another version wrote it in another form.
    init?(json: String) {
        guard let result = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = result
    }
}

extension RunReport {
    /// The SHA-256 of the last weights, names and shapes included: two runs with the same one have trained the same.
    public var weightsChecksum: String {
        var state = TrainingState()
        state.floats = parameters
        return state.checksum(with: [:])
    }
}
