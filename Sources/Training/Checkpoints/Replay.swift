import FewShot
import Foundation
import Store
import Tensors

/// Computes a recorded run once more, with everything that was done to it, and looks whether the same weights come out.
/// Nothing of the run is changed.
public final class Replay: Sendable {
    /// What came of it.
    public struct Outcome: Sendable, Equatable {
        /// Steps that were repeated.
        public var steps: Int
        /// Epochs that were repeated.
        public var epochs: Int
        /// Changes that were repeated.
        public var interventions: Int
        /// The files that were compared with; empty for a method that leaves nothing behind.
        public var compared: [URL]
        /// The first tensor that is not the same, and the file that holds the other one; nil if all are.
        public var difference: Difference?
    }

    /// A tensor that came out otherwise.
    public struct Difference: Sendable, Equatable {
        /// Its name.
        public var tensor: String
        /// The file it was compared with.
        public var file: URL
        /// How many of its numbers differ.
        public var numbers: Int
        /// How many it has.
        public var count: Int
    }

    /// The run.
    public let run: RunRow
    private let state: StateDirectory
    private let checkpoint: Checkpoint
    private let inbox = CommandInbox()

    /// Finds the run that `query` means.
    /// - Throws: `StoreError`, ``ResumeError`` if nothing was kept of it.
    public init(_ query: String, state: StateDirectory) throws {
        self.state = state
        run = try RunTable(StateDatabase(state)).find(query)
        let (found, problems) = CheckpointFolder(of: state.run(run.id)).newest()
        guard let found else { throw problems.first ?? ResumeError.noCheckpoint(run.id) }
        checkpoint = found
    }

    /// Ends ``repeatRun(tell:)`` early, from any thread.
    public func cancel() { inbox.send(.stop(.now, save: false)) }

    /// Computes the run once more, from its pictures to its last step.
    /// - Parameter tell: takes the events of the repetition.
    /// - Returns: nil if it was cancelled.
    /// - Throws: what the run cannot be prepared for, ``ResumeError/changed(_:what:)``.
    public func repeatRun(tell: @escaping @Sendable (TrainingEvent) -> Void) throws -> Outcome? {
        var configuration = checkpoint.configuration
        configuration.pace = nil
        let inbox = inbox
        try OpenBLAS.prepare()
        let prepared: RunPlan
        do {
            prepared = try RunPreparation(
                configuration: configuration, state: state, emit: tell, isCancelled: { inbox.wantsStop }
            ).prepare(run)
        } catch is PreparationCancelled { return nil }
        if let what = RunIdentity(prepared).difference(from: checkpoint.identity) {
            throw ResumeError.changed(run.id, what: what)
        }
        let start =
            configuration.branchedFrom == nil
            ? nil : try CheckpointFile.read(BranchPoint.file(in: state.run(run.id)))
        let loop = TrainingLoop(
            prepared, configuration: configuration, inbox: inbox,
            beginning: TrainingLoop.Beginning(start: start, script: ReplayScript(checkpoint)), emit: tell)
        let report = loop.run()
        guard !inbox.wantsStop, let last = loop.lastCheckpoint else { return nil }
        return try outcome(report, last)
    }

    private func outcome(_ report: RunReport, _ last: Checkpoint) throws -> Outcome {
        let folder = CheckpointFolder(of: state.run(run.id))
        var outcome = Outcome(
            steps: report.steps, epochs: report.epochs.count,
            interventions: checkpoint.course.controls.interventions.count, compared: [])
        func compare(_ stored: [String: Tensor<Float>], _ own: [String: Tensor<Float>], _ file: URL) {
            guard !stored.isEmpty || !own.isEmpty else { return }
            outcome.compared.append(file)
            outcome.difference = outcome.difference ?? Self.difference(stored, own, file)
        }
        compare(checkpoint.weights.parameters, last.weights.parameters, folder.file(step: checkpoint.course.step))
        // The adapters were saved at the end; of a run that has gone on since, they are older than the checkpoint.
        guard checkpoint.course.ending != nil else { return outcome }
        let files = [("adapter.safetensors", report.parameters), ("best.safetensors", report.best?.parameters ?? [:])]
        for (name, parameters) in files {
            let url = state.run(run.id).appending(path: name)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            compare(try AdapterFile(contentsOf: url).parameters, parameters, url)
        }
        return outcome
    }

    /// The first tensor, by name, whose bits are not the same.
    private static func difference(
        _ stored: [String: Tensor<Float>], _ own: [String: Tensor<Float>], _ file: URL
    ) -> Difference? {
        for name in Set(stored.keys).union(own.keys).sorted() {
            guard let a = stored[name], let b = own[name], a.shape == b.shape else {
                let count = (stored[name] ?? own[name])?.count ?? 0
                return Difference(tensor: name, file: file, numbers: count, count: count)
            }
            let numbers = zip(a.values, b.values).count { $0.bitPattern != $1.bitPattern }
            if numbers > 0 { return Difference(tensor: name, file: file, numbers: numbers, count: a.count) }
        }
        return nil
    }
}
