import Foundation

/// Loss and accuracies on `count` pictures. Accuracies are fractions 0...1.
public struct Evaluation: Sendable, Equatable, Codable {
    /// Mean cross-entropy.
    public var loss: Double
    /// Fraction whose true class has the largest logit.
    public var top1: Double
    /// Fraction whose true class is among the five largest logits.
    public var top5: Double
    /// Pictures counted.
    public var count: Int

    /// One evaluation.
    public init(loss: Double, top1: Double, top5: Double, count: Int) {
        self.loss = loss
        self.top1 = top1
        self.top5 = top5
        self.count = count
    }
}

/// Something that was done to a live run: everything that changed its course, and what its viewers should know of.
public struct Intervention: Sendable, Equatable, Codable {
    /// What was changed.
    public enum Change: Sendable, Equatable, Codable {
        /// Another value of the live setting of this name; `isUndo` where it is the one before the last change.
        case set(name: String, from: Double, to: Double, isUndo: Bool = false)
        /// More or fewer epochs.
        case epochs(from: Int, to: Int)
        /// The test split was looked at before the end.
        case testOpened
        /// Weights and optimiser went back to what they were when `epoch` had been completed. Steps and epochs count on.
        case restored(epoch: Int)
        /// Another process went on from the checkpoint made after this step.
        case resumed
        /// The terminal went away, or its user left it: the run went on without one.
        case detached
        /// A viewer was attached.
        case attached
    }

    /// What was changed.
    public var change: Change
    /// It took effect after this many steps.
    public var afterStep: Int
    /// Epochs completed when it took effect.
    public var afterEpoch: Int
    /// When.
    public var time: Date
    /// Who did it; nil for what nobody did, and in records of older versions.
    public var sender: Sender?
    /// What undoing brings back from here on; nil if there is nothing to undo.
    public var nextUndo: Undo?

    /// The value that undoing brings back.
    public struct Undo: Sendable, Equatable, Codable {
        /// The live setting's name.
        public var name: String
        /// Its value.
        public var value: Double

        /// A value to bring back.
        public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
    }

    /// Something that was done to the run.
    public init(
        change: Change, afterStep: Int, afterEpoch: Int, time: Date, sender: Sender? = nil, nextUndo: Undo? = nil
    ) {
        self.change = change
        self.afterStep = afterStep
        self.afterEpoch = afterEpoch
        self.time = time
        self.sender = sender
        self.nextUndo = nextUndo
    }
}

/// Zero-shot and adapted class probabilities of one picture, in label order.
public struct PicturePrediction: Sendable, Equatable, Codable {
    /// Index into the run's pictures.
    public var picture: Int
    /// Probabilities without the adapter, `[classes]`.
    public var zeroShot: [Float]
    /// Probabilities with the adapter as it is now, `[classes]`.
    public var adapted: [Float]
    /// Steps the adapter had been trained for.
    public var step: Int

    /// The answers for one picture.
    public init(picture: Int, zeroShot: [Float], adapted: [Float], step: Int) {
        self.picture = picture
        self.zeroShot = zeroShot
        self.adapted = adapted
        self.step = step
    }
}

/// The probabilities of the pictures that somebody has pinned, with the weights of one moment.
public struct ProbeRecord: Sendable, Equatable, Codable {
    /// One pinned picture.
    public struct Probe: Sendable, Equatable, Codable {
        /// Index into the run's pictures.
        public var picture: Int
        /// The probability of its true class without the adapter, 0...1.
        public var zeroShot: Float
        /// The probability of its true class with the adapter, 0...1.
        public var adapted: Float

        /// The probabilities of one picture.
        public init(picture: Int, zeroShot: Float, adapted: Float) {
            self.picture = picture
            self.zeroShot = zeroShot
            self.adapted = adapted
        }
    }

    /// Steps the adapter had been trained for.
    public var step: Int
    /// Epochs it had been trained for.
    public var epoch: Int
    /// In the order in which they were pinned.
    public var probes: [Probe]

    /// The probabilities at one moment.
    public init(step: Int, epoch: Int, probes: [Probe]) {
        self.step = step
        self.epoch = epoch
        self.probes = probes
    }
}

/// A checkpoint that was made.
public struct CheckpointRecord: Sendable, Equatable, Codable {
    /// Why it was made.
    public enum Reason: String, Sendable, Codable {
        /// An interval had gone by.
        case interval
        /// The user asked for it.
        case asked
        /// The run ended or was stopped by its user.
        case stopped
        /// The process was told to end, or its terminal went away.
        case signal
    }

    /// Steps trained.
    public var step: Int
    /// Epochs completed.
    public var epoch: Int
    /// Why it was made.
    public var reason: Reason
    /// The file; nil for one in memory only.
    public var file: URL?
    /// When.
    public var time: Date

    /// A checkpoint.
    public init(step: Int, epoch: Int, reason: Reason, file: URL?, time: Date) {
        self.step = step
        self.epoch = epoch
        self.reason = reason
        self.file = file
        self.time = time
    }
}
