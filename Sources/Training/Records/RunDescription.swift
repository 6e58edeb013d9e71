import FewShot
import Foundation

/// The part of a data set a picture was drawn into.
public enum Split: String, Sendable, Codable, CaseIterable {
    /// The few shots.
    case train
    /// What choices are made on.
    case validation
    /// What nothing is chosen on; closed while the run is live.
    case test
}

/// A picture of the run. Its index in the list of `TrainingEvent.prepared` is its identity.
public struct PictureReference: Sendable, Equatable, Codable {
    /// The path as the data set writes it, e.g. `bird/crow.png`; what people see.
    public var name: String
    /// Where the file is.
    public var url: URL
    /// Index of the true class.
    public var label: Int
    /// The part of the data set it belongs to.
    public var split: Split

    /// A reference to one picture.
    public init(name: String, url: URL, label: Int, split: Split) {
        self.name = name
        self.url = url
        self.label = label
        self.split = split
    }
}

/// Everything about a run that is known before its first step.
public struct RunDescription: Sendable, Equatable, Codable {
    /// The run's ID, e.g. `7f3a91c2`.
    public var runID: String
    /// A name given by the user, if any.
    public var name: String?
    /// What people call the data set, e.g. `sample`.
    public var dataset: String
    /// What people call the model.
    public var model: String
    /// The method with its variant, e.g. `clip-adapter visual`.
    public var method: String
    /// Training pictures per class.
    public var shots: Int
    /// The seed everything random is derived from.
    public var seed: Int
    /// Class names in label order.
    public var classNames: [String]
    /// Epochs that will be trained as things stand.
    public var epochs: Int
    /// Optimiser steps per epoch.
    public var batchesPerEpoch: Int
    /// Pictures per batch.
    public var batchSize: Int
    /// Training pictures.
    public var trainCount: Int
    /// Validation pictures; 0 means that only the last epoch exists.
    public var validationCount: Int
    /// Test pictures.
    public var testCount: Int
    /// Which pictures these are; nil in descriptions that older versions stored.
    public var split: SplitIdentity?
    /// The learning rate at the start.
    public var learningRate: Double
    /// The live settings at the start, by name.
    public var settings: [String: Double]
    /// Whether every epoch trains on fresh random views.
    public var augment: Bool
    /// The limit in batches per second, if the run is paced.
    public var pace: Double?
    /// Where the run's files are.
    public var folder: URL

    /// The description of one run.
    public init(
        runID: String, name: String? = nil, dataset: String, model: String, method: String, shots: Int, seed: Int,
        classNames: [String], epochs: Int, batchesPerEpoch: Int, batchSize: Int, trainCount: Int,
        validationCount: Int, testCount: Int, split: SplitIdentity? = nil, learningRate: Double,
        settings: [String: Double] = [:], augment: Bool = false, pace: Double? = nil, folder: URL
    ) {
        self.runID = runID
        self.name = name
        self.dataset = dataset
        self.model = model
        self.method = method
        self.shots = shots
        self.seed = seed
        self.classNames = classNames
        self.epochs = epochs
        self.batchesPerEpoch = batchesPerEpoch
        self.batchSize = batchSize
        self.trainCount = trainCount
        self.validationCount = validationCount
        self.testCount = testCount
        self.split = split
        self.learningRate = learningRate
        self.settings = settings
        self.augment = augment
        self.pace = pace
        self.folder = folder
    }

    /// Reads what this or an older version has written.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        runID = try container.decode(String.self, forKey: .runID)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        dataset = try container.decode(String.self, forKey: .dataset)
        model = try container.decode(String.self, forKey: .model)
        method = try container.decode(String.self, forKey: .method)
        shots = try container.decode(Int.self, forKey: .shots)
        seed = try container.decode(Int.self, forKey: .seed)
        classNames = try container.decode([String].self, forKey: .classNames)
        epochs = try container.decode(Int.self, forKey: .epochs)
        batchesPerEpoch = try container.decode(Int.self, forKey: .batchesPerEpoch)
        batchSize = try container.decode(Int.self, forKey: .batchSize)
        trainCount = try container.decode(Int.self, forKey: .trainCount)
        validationCount = try container.decode(Int.self, forKey: .validationCount)
        testCount = try container.decode(Int.self, forKey: .testCount)
        split = try container.decodeIfPresent(SplitIdentity.self, forKey: .split)
        learningRate = try container.decode(Double.self, forKey: .learningRate)
        settings =
            try container.decodeIfPresent([String: Double].self, forKey: .settings) ?? Self.olderSettings(decoder)
        augment = try container.decode(Bool.self, forKey: .augment)
        pace = try container.decodeIfPresent(Double.self, forKey: .pace)
        folder = try container.decode(URL.self, forKey: .folder)
    }
}
