import CLIP
import FewShot
import Foundation
import Tensors

/// Everything a run is made from, except what its user does to it while it runs.
public struct TrainingConfiguration: Sendable, Equatable, Codable {
    /// The model's directory.
    public var model: URL
    /// Which of the model's files to read where its directory holds both kinds; open_clip's unless given.
    public var modelFormat: ModelFormat?
    /// The data set: a directory, or a file that lists it.
    public var data: URL
    /// The data set's layout; nil to find out.
    public var dataFormat: DataFormat?
    /// How the data set is read.
    public var dataOptions = DatasetOptions()
    /// Training pictures per class.
    public var shots = 4
    /// The seed everything random is derived from.
    public var seed = 1
    /// Epochs to train.
    public var epochs = 50
    /// Pictures per optimiser step.
    public var batchSize = 64
    /// The base learning rate.
    public var learningRate = 1e-3
    /// How the learning rate moves.
    public var schedule = LearningRateSchedule()
    /// Stop after this many epochs without a lower validation loss; nil for never.
    public var patience: Int?
    /// What is trained, and its settings.
    public var method = MethodConfiguration()
    /// How validation pictures are chosen.
    public var validation = ValidationRule.standard
    /// How training pictures are chosen.
    public var pick = Pick.random
    /// Whether the fifth of ``ValidationRule/fifthOfTraining`` is taken from each class.
    public var stratified = false
    /// Whether classes with too few pictures are drawn from with replacement.
    public var repeats = false
    /// Prompts, as ``PromptSources`` understands them; none for the data set's own.
    public var templates: [String] = []
    /// The largest of several numbers of shots whose splits are nested and share their test pictures, as those of a
    /// comparison do; nil for a draw by itself.
    public var nestedIn: Int?
    /// A draw made earlier, instead of a new one.
    public var selection: FewShotSelection?
    /// Whether every epoch trains on fresh random views.
    public var augment = false
    /// At most this many batches per second; nil for as fast as it goes.
    public var pace: Double?
    /// The arithmetic of the image encoder.
    public var precision = Precision.fp32
    /// Whether pictures are read as Pillow and torchvision do (alpha dropped, orientation ignored).
    public var pillowCompatible = false
    /// A name for the run.
    public var name: String?
    /// The checkpoint it began at, in words; nil for a run that began with fresh weights.
    public var branchedFrom: String?
    /// How often a checkpoint is kept.
    public var checkpointEvery = CheckpointInterval.standard

    /// The names under which stored runs have them.
    enum CodingKeys: String, CodingKey, CaseIterable {
        case model, modelFormat, data, dataFormat, dataOptions, shots, seed, epochs, batchSize, learningRate, schedule,
            patience, method, validation, pick, stratified, repeats, templates, nestedIn, selection, augment, pace,
            precision,
            pillowCompatible = "parity", name, branchedFrom, checkpointEvery
    }

    /// More epochs than anybody wants.
    static let maximumEpochs = 1_000_000

    /// The default settings for a model and a data set.
    public init(model: URL, data: URL) {
        self.model = model
        self.data = data
        use(method.name)
    }

    /// Looks for values that make no sense.
    /// - Throws: ``ConfigurationError`` for the first one.
    public func validate() throws {
        func require(_ holds: Bool, _ option: String, _ value: Any, _ wants: String) throws {
            if !holds { throw ConfigurationError(option: option, value: "\(value)", wants: wants) }
        }
        try require(shots >= 1, "shots", shots, "a whole number from 1")
        try require(seed >= 0 && seed < 1 << 32, "seed", seed, "a whole number from 0 to 4294967295")
        try require(
            (1...Self.maximumEpochs).contains(epochs), "epochs", epochs,
            "a whole number from 1 to \(Self.maximumEpochs)")
        try require(batchSize >= 1 && batchSize <= 65536, "batch-size", batchSize, "a whole number from 1 to 65536")
        try require(Self.isUsable(learningRate: learningRate), "lr", learningRate, "a positive number, e.g. 0.001")
        try require(
            (0...epochs).contains(schedule.warmUpEpochs), "warmup", schedule.warmUpEpochs,
            "a whole number from 0 to the number of epochs")
        if let patience { try require(patience >= 1, "patience", patience, "a whole number from 1") }
        try validateOptimiser(require)
        try method.validate(learningRate: learningRate)
        // The others take all pictures as they are, or make their own views.
        try require(
            !augment || method.descriptor.batching == .shuffled, "augment", "with \(method.name.rawValue)",
            "a method that is trained in batches: "
                + MethodRegistry.descriptors.filter { $0.batching == .shuffled }.map(\.name.rawValue).joined(
                    separator: ", "))
        if let pace { try require(pace > 0 && pace.isFinite, "pace", pace, "a positive number of batches per second") }
        if case .perClass(let count) = validation {
            try require(count >= 0, "validation", count, "a whole number from 0, all, or 4:1")
        }
        try require(
            !stratified || validation == .fifthOfTraining, "stratified", "",
            "--validation 4:1, whose fifth it shares out"
        )
        if let nestedIn {
            try require(
                nestedIn >= shots && selection == nil, "nested", nestedIn,
                "a number from that of --shots, and no --selection")
            try require(
                !repeats, "repeat", "with --nested", "a draw by itself: nested ones cap classes that are too small")
        }
        // A picture drawn twice could land on both sides of the 4:1 split.
        try require(
            !repeats || validation != .fifthOfTraining, "repeat", "",
            "validation pictures of their own, not --validation 4:1")
    }

    /// How the split is drawn.
    public var fewShotRules: FewShotRules {
        var rules = FewShotRules()
        rules.shots = shots
        rules.validation = validation
        rules.pick = pick
        rules.seed = UInt32(clamping: seed)
        rules.stratified = stratified
        rules.repeats = repeats
        rules.nestedIn = nestedIn
        return rules
    }

    private typealias Require = (_ holds: Bool, _ option: String, _ value: Any, _ wants: String) throws -> Void

    private func validateOptimiser(_ require: Require) throws {
        let decay: Double
        switch method.optimiser {
        case .sgd(let momentum, let weightDecay, _, _):
            try require((0..<1).contains(momentum), "momentum", momentum, "a number from 0 to below 1")
            decay = weightDecay
        case .adam(_, _, _, let weightDecay), .adamW(_, _, _, let weightDecay): decay = weightDecay
        }
        try require(decay >= 0 && decay.isFinite, "weight-decay", decay, "a number from 0")
    }

    /// Whether a learning rate can be trained with.
    public static func isUsable(learningRate: Double) -> Bool { learningRate.isFinite && learningRate > 0 }
}

extension TrainingConfiguration {
    /// Goes over to a method, trained as it usually is.
    public mutating func use(_ name: MethodName) {
        method.name = name
        method.settings = method.descriptor.defaultSettings
        train(method.descriptor.training, epochs: method.descriptor.training.epochs)
    }

    /// Sets what a preset of the method is about; shots, seed and data stay.
    public mutating func start(from preset: MethodPreset) {
        method.settings = method.descriptor.defaultSettings.merging(preset.settings) { $1 }
        pick = preset.pick ?? pick
        validation = preset.validation ?? validation
        train(preset.training, epochs: preset.epochs(shots: shots))
    }

    private mutating func train(_ defaults: TrainingDefaults, epochs: Int) {
        method.optimiser = defaults.optimiser
        learningRate = defaults.learningRate
        schedule = defaults.schedule
        batchSize = defaults.batchSize
        self.epochs = epochs
    }
}
