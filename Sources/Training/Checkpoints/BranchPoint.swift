import FewShot
import Foundation
import Store

/// A checkpoint of one run from which another begins, with settings of its own.
///
/// The new run takes over weights and, where it steps by the same rule, the optimiser's state; its steps and epochs count
/// from the start. It keeps a copy of the checkpoint, so that the first run may be removed.
public struct BranchPoint: Sendable {
    /// Which of a run's checkpoints is meant.
    public enum Moment: Sendable, Equatable {
        /// The newest one.
        case newest
        /// That of the epoch with the lowest validation loss.
        case best
        /// The one after this step.
        case step(Int)

        /// `best`, or a step's number; nil for anything else.
        public init?(_ text: String) {
            if text == "best" {
                self = .best
            } else {
                guard let step = Int(text), step >= 0 else { return nil }
                self = .step(step)
            }
        }
    }

    /// The run that is branched from.
    public let run: RunRow
    /// The settings at that moment, as they had been steered, without the first run's name.
    public let configuration: TrainingConfiguration
    let checkpoint: Checkpoint

    /// Finds a checkpoint.
    /// - Parameter query: an ID, a unique prefix of one, a name or `latest`.
    /// - Throws: `StoreError`, ``BranchError``, ``ResumeError``, `CheckpointError`.
    public init(_ query: String, at moment: Moment, state: StateDirectory) throws {
        run = try RunTable(StateDatabase(state)).find(query)
        let folder = CheckpointFolder(of: state.run(run.id))
        switch moment {
        case .newest:
            let (found, problems) = folder.newest()
            guard let found else { throw problems.first ?? ResumeError.noCheckpoint(run.id) }
            checkpoint = found
        case .best:
            guard FileManager.default.fileExists(atPath: folder.best.path) else { throw BranchError.noBest(run.id) }
            checkpoint = try CheckpointFile.read(folder.best)
        case .step(let step):
            guard folder.steps.contains(step) else {
                throw BranchError.noSuchStep(run.id, step: step, kept: folder.steps.reversed())
            }
            checkpoint = try CheckpointFile.read(folder.file(step: step))
        }
        var configuration = checkpoint.configuration
        let controls = checkpoint.course.controls
        configuration.learningRate = controls.learningRate ?? configuration.learningRate
        for (name, value) in controls.values {
            if let path = LiveSetting.named(name).configured { configuration.method[keyPath: path] = value }
        }
        configuration.name = nil
        configuration.branchedFrom = "\(run.id) at step \(checkpoint.course.step)"
        self.configuration = configuration
    }

    /// Where a run that is a branch keeps what it began with.
    static func file(in folder: URL) -> URL { folder.appending(path: "start.safetensors") }

    /// Looks whether model, classes and pictures are those of the checkpoint.
    /// - Throws: ``ResumeError/changed(_:what:)``.
    func check(_ prepared: RunPlan) throws {
        if let what = RunIdentity(prepared).difference(from: checkpoint.identity) {
            throw ResumeError.changed(run.id, what: what)
        }
    }
}

extension AdaptationMethod {
    /// Begins where a checkpoint stands: with its weights, and with the optimiser's state where that fits the settings.
    /// - Throws: `TrainingStateError` if the weights are those of another method or of other settings.
    func start(at checkpoint: Checkpoint, as configuration: TrainingConfiguration) throws {
        // What an optimiser remembers does not depend on its weight decay.
        let rules = [checkpoint.configuration, configuration].map { $0.method.optimiser.with(weightDecay: 0) }
        let state = rules[0] == rules[1]
        let fresh = trainingState()
        try restore(
            Checkpoint.Weights(
                parameters: checkpoint.weights.parameters, state: state ? checkpoint.weights.state : fresh))
    }
}

/// Why there is no such place to branch from.
public enum BranchError: Error, Equatable, LocalizedError {
    /// No checkpoint of a best epoch was kept.
    case noBest(String)
    /// The checkpoint of this step was not kept.
    case noSuchStep(String, step: Int, kept: [Int])

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .noBest(let id): "run \(id) has no checkpoint of a best epoch; leave out --at for its newest checkpoint"
        case .noSuchStep(let id, let step, let kept):
            "run \(id) has no checkpoint after step \(step); "
                + (kept.isEmpty
                    ? "none is kept" : "there are \(kept.map(String.init).joined(separator: ", ")) and best")
        }
    }
}
