import Foundation
import Store

/// What the store knows of runs, for reading: several processes may while others train.
public struct RunHistory: Sendable {
    let database: StateDatabase
    let runs: RunTable

    /// The runs of a database.
    public init(_ database: StateDatabase) {
        self.database = database
        runs = RunTable(database)
    }

    /// The stored course of a run as its session told it: description, zero-shot, then batches, epochs and everything else in
    /// the order in which it happened.
    /// - Parameter id: the run's ID.
    /// - Throws: ``StoreError``, ``RunHistoryError``.
    public func events(of id: String) throws -> [TrainingEvent] { try course(of: id).events }

    /// The stored course of a run.
    /// - Parameters:
    ///   - id: the run's ID.
    ///   - withBatches: whether every batch is wanted; of a long run these are most of it.
    /// - Throws: ``StoreError``, ``RunHistoryError``.
    public func course(of id: String, withBatches: Bool = true) throws -> RunLog {
        try course(of: runs.find(id: id), withBatches: withBatches)
    }

    func course(of run: RunRow, withBatches: Bool) throws -> RunLog {
        try Self.reading(run.id) {
            try RunLog(
                RunCourseTable(database, run: run.number).read(withBatches ? [.batches, .epochs] : [.epochs]))
        }
    }

    /// The configuration of a run; nil for one of an older version.
    /// - Throws: ``StoreError``, ``RunHistoryError``.
    public func configuration(of id: String) throws -> TrainingConfiguration? {
        let number = try runs.find(id: id).number
        return try Self.reading(id) {
            try RunCourseTable(database, run: number).configuration().map { try WireFormat.decode(from: $0) }
        }
    }

    /// The answers for the validation pictures at a moment, if they are stored.
    /// - Throws: ``StoreError``, ``RunHistoryError``.
    public func answers(of id: String, _ moment: RunAnswersRow.Moment) throws -> SplitPredictions? {
        let number = try runs.find(id: id).number
        return try Self.reading(id) {
            try RunCourseTable(database, run: number).answers(moment).map { try SplitPredictions(packed: $0.values) }
        }
    }

    /// Names the run whose rows make no sense.
    private static func reading<Value>(_ id: String, _ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as StoreError {
            if case .damagedRow = error { throw RunHistoryError.damaged(run: id) }
            throw error
        } catch { throw RunHistoryError.damaged(run: id) }
    }
}

/// What can be wrong with a stored run.
public enum RunHistoryError: Error, Equatable, LocalizedError {
    /// Its rows cannot be read.
    case damaged(run: String)
    /// A run that is being trained cannot be removed.
    case isLive(run: String, process: Int32)
    /// The folder of a run cannot be removed.
    case cannotRemove(path: String, reason: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .damaged(let run):
            "what is stored of run \(run) cannot be read: it was damaged, or written by another version of cliptop"
        case .isLive(let run, let process):
            "run \(run) is being trained by process \(process) and cannot be removed; stop it first"
        case .cannotRemove(let path, let reason): "cannot remove \(path): \(reason)"
        }
    }
}

/// The course of a run with the time of everything.
public struct RunLog: Sendable {
    /// What the run is; nil for one of an older version.
    public var description: RunDescription?
    /// What it was made from; nil for one of an older version.
    public var configuration: TrainingConfiguration?
    /// Its pictures.
    public var pictures: [PictureReference]
    /// Zero-shot on the validation pictures.
    public var zeroShot: Evaluation?
    /// Every batch, in order.
    public var batches: [Timed<BatchRecord>] = []
    /// Every epoch, in order.
    public var epochs: [Timed<EpochRecord>] = []
    /// Interventions, checkpoints, states and lines of the log, each with where the run was when it was said.
    public var happenings: [Happening] = []
    /// How it ended.
    public var result: RunResult?

    /// Something besides batches and epochs.
    public struct Happening: Sendable, Equatable {
        /// What.
        public var event: TrainingEvent
        /// Steps and epochs that had been trained.
        public var step, epoch: Int
        /// When, in seconds since 1970.
        public var time: Double
    }

    init(_ reading: RunCourseTable.Reading) throws {
        description = try reading.description.map { try WireFormat.decode(from: $0) }
        configuration = try reading.configuration.map { try WireFormat.decode(from: $0) }
        pictures = try reading.pictures.map { try WireFormat.decode(from: $0) } ?? []
        for chunk in reading.chunks {
            switch chunk.kind {
            case .batches: batches += try PackedRecords.records(chunk)
            case .epochs: epochs += try PackedRecords.records(chunk)
            }
        }
        for row in reading.events {
            switch try WireFormat.decode(TrainingEvent.self, from: row.body) {
            case .zeroShot(let evaluation): zeroShot = evaluation
            case .finished(let result): self.result = result
            case let event:
                happenings.append(Happening(event: event, step: row.step, epoch: row.epoch, time: row.time))
            }
        }
    }

    /// What the user did.
    public var interventions: [Intervention] {
        happenings.compactMap { if case .intervention(let intervention) = $0.event { intervention } else { nil } }
    }

    /// The checkpoints that were made.
    public var checkpoints: [CheckpointRecord] {
        happenings.compactMap { if case .checkpoint(let record) = $0.event { record } else { nil } }
    }

    /// The log.
    public var log: [LogEntry] {
        happenings.compactMap { if case .log(let entry) = $0.event { entry } else { nil } }
    }

    /// Everything in the order in which it was said.
    public var events: [TrainingEvent] {
        var events: [TrainingEvent] = []
        events.reserveCapacity(batches.count + epochs.count + happenings.count + 5)
        forEach { _, event in events.append(event) }
        return events
    }

    /// Hands over everything in the order in which it was said, with its time in seconds since 1970.
    public func forEach<Failure: Error>(
        _ body: (_ time: Double, _ event: TrainingEvent) throws(Failure) -> Void
    ) throws(Failure) {
        let start = min(batches.first?.time ?? .infinity, happenings.first?.time ?? .infinity)
        if let description {
            let time = start.isFinite ? start : 0
            try body(time, .prepared(description, pictures: pictures))
            try body(time, .phase(.zeroShot))
            try body(time, .zeroShot(validation: zeroShot))
            try body(time, .phase(.training))
        }
        var (batch, epoch) = (0, 0)
        /// Batches and epochs up to a place; an epoch comes after its last batch.
        func advance(throughStep step: Int, epoch number: Int) throws(Failure) {
            while true {
                let next = epoch < epochs.count ? epochs[epoch] : nil
                if batch < batches.count, batches[batch].record.step <= min(step, next?.record.step ?? step) {
                    try body(batches[batch].time, .batch(batches[batch].record))
                    batch += 1
                } else if let next, next.record.epoch <= number, next.record.step <= step {
                    try body(next.time, .epoch(next.record))
                    epoch += 1
                } else {
                    return
                }
            }
        }
        for happening in happenings {
            try advance(throughStep: happening.step, epoch: happening.epoch)
            try body(happening.time, happening.event)
        }
        try advance(throughStep: .max, epoch: .max)
        if let result {
            let time = happenings.last?.time ?? epochs.last?.time ?? 0
            try body(time, .phase(.finished))
            try body(time, .finished(result))
        }
    }
}
