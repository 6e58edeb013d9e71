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
    /// The residual ratio of a CLIP-Adapter; nil for methods without one.
    public var residualRatio: Double?
    /// The dropout of a CLIP-Adapter; nil for methods without one.
    public var dropout: Double?
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
        residualRatio: Double? = nil,
        dropout: Double? = nil, augment: Bool = false, pace: Double? = nil, folder: URL
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
        self.residualRatio = residualRatio
        self.dropout = dropout
        self.augment = augment
        self.pace = pace
        self.folder = folder
    }
}
