import Foundation
import GRDB

/// A run as lists show it. What is nil was not known, or not yet: runs of older versions left only name, time and state.
public struct RunRecord: Sendable, Equatable, Codable, FetchableRecord {
    /// The database's own number of it.
    public var number: Int64
    /// The run's ID.
    public var id: String
    /// The name its user gave it.
    public var name: String?
    /// When it began, in seconds since 1970.
    public var startedAt: Double
    /// When it ended, in seconds since 1970.
    public var endedAt: Double?
    /// `running`, `done`, `stopped`, `diverged` or `failed`.
    public var state: String
    /// The model's name, and the checksum of its weights.
    public var model, modelChecksum: String?
    /// The data set's name, and a checksum of the pictures that were drawn from it, with their classes and parts.
    public var dataset, dataChecksum: String?
    /// The method, and the same with its variant for people.
    public var method, methodTitle: String?
    /// Training pictures a class, and the seed.
    public var shots, seed: Int?
    /// Steps and epochs that were trained.
    public var steps, epochs: Int
    /// Epochs planned at the start.
    public var plannedEpochs: Int?
    /// The learning rate at the start.
    public var learningRate: Double?
    /// Zero-shot on the validation pictures.
    public var zeroShotTop1, zeroShotLoss: Double?
    /// The epoch with the lowest validation loss, and its figures.
    public var bestEpoch: Int?
    /// Its figures on the validation pictures.
    public var bestTop1, bestLoss: Double?
    /// The last weights on the validation pictures.
    public var finalTop1, finalLoss: Double?
    /// On the test pictures, once the run has ended: zero-shot and the last weights.
    public var zeroShotTestTop1, testTop1: Double?
    /// JSON: how it ended.
    public var result: String?
    /// A note, as typed by a user.
    public var note: String?
    /// In alphabetical order.
    public var tags: [String] = []

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case number, id, name, startedAt, endedAt, state, model, modelChecksum, dataset, dataChecksum, method
        case methodTitle, shots, seed, steps, epochs, plannedEpochs, learningRate, zeroShotTop1, zeroShotLoss
        case bestEpoch, bestTop1, bestLoss, finalTop1, finalLoss, zeroShotTestTop1, testTop1
        case result, note
    }

    /// The columns of the table that make one.
    static let columns = CodingKeys.allCases.map(\.rawValue).joined(separator: ", ")

    /// A run of which only the beginning is known.
    public init(number: Int64, id: String, name: String? = nil, startedAt: Double, state: String) {
        self.number = number
        self.id = id
        self.name = name
        self.startedAt = startedAt
        self.state = state
        steps = 0
        epochs = 0
    }
}

/// What is known of a run before its first step.
public struct RunOpening: Sendable {
    /// JSON: the run's description and its configuration.
    public var description, configuration: String
    public var model, modelChecksum, dataset, method, methodTitle: String
    public var shots, seed, plannedEpochs: Int
    public var learningRate: Double
    /// JSON: the run's pictures.
    public var pictures: Data

    /// The opening of a run.
    public init(
        description: String, configuration: String, model: String, modelChecksum: String, dataset: String,
        method: String, methodTitle: String, shots: Int, seed: Int, plannedEpochs: Int, learningRate: Double,
        pictures: Data
    ) {
        self.description = description
        self.configuration = configuration
        self.model = model
        self.modelChecksum = modelChecksum
        self.dataset = dataset
        self.method = method
        self.methodTitle = methodTitle
        self.shots = shots
        self.seed = seed
        self.plannedEpochs = plannedEpochs
        self.learningRate = learningRate
        self.pictures = pictures
    }
}

/// The figures of a run that change while it is trained.
public struct RunFigures: Sendable, Equatable {
    /// Steps and epochs trained.
    public var steps = 0, epochs = 0
    /// Zero-shot on the validation pictures.
    public var zeroShotTop1, zeroShotLoss: Double?
    /// The epoch with the lowest validation loss.
    public var bestEpoch: Int?
    /// Its figures.
    public var bestTop1, bestLoss: Double?
    /// The newest weights on the validation pictures.
    public var finalTop1, finalLoss: Double?

    /// Of a run that has not begun.
    public init() {}
}

/// How a run ended.
public struct RunClosing: Sendable {
    /// The state's word.
    public var state: String
    /// When.
    public var endedAt: Double
    /// JSON: the result.
    public var result: String
    /// On the test pictures.
    public var zeroShotTestTop1, testTop1: Double?

    /// The end of a run.
    public init(
        state: String, endedAt: Double, result: String, zeroShotTestTop1: Double?, testTop1: Double?
    ) {
        self.state = state
        self.endedAt = endedAt
        self.result = result
        self.zeroShotTestTop1 = zeroShotTestTop1
        self.testTop1 = testTop1
    }
}
