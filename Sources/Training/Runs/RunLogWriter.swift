import Foundation
import Store

/// Turns what a run says into rows of the store. Only the recorder's queue touches it.
///
/// What could not be written stays here, in order, until it can be: a full disk costs nothing but memory, and of that a
/// bounded amount.
final class RunLogWriter {
    private let table: RunCourseTable
    private var pending = RecordingQueue.Content()
    /// The records of the last chunk, which is written anew until it is full.
    private var openBatches: [Timed<BatchRecord>] = []
    private var openEpochs: [Timed<EpochRecord>] = []
    private var figures = RunFigures()
    private var sequence = 1
    private var answers: [RunAnswersRow] = []
    private var closing: RunClosing?
    /// The run has a course already: what comes before its `resumed` mark is a repetition.
    private var isCatchingUp: Bool
    private let startedAt = Date()
    /// Records that had to be dropped for want of room.
    private(set) var lost = 0

    /// What is kept in memory while the database cannot be written to.
    static let batchLimit = 400_000
    static let epochLimit = 200_000
    static let happeningLimit = 20_000

    init(_ table: RunCourseTable) throws {
        self.table = table
        let stored = try table.read([.epochs])
        isCatchingUp = !stored.events.isEmpty || !stored.chunks.isEmpty
        sequence = (stored.events.last?.sequence ?? 0) + 1
    }

    /// Takes new content in.
    func take(_ new: RecordingQueue.Content) throws {
        pending.append(new)
        if isCatchingUp { try catchUp() }
        trim(&pending.batches, Self.batchLimit)
        trim(&pending.epochs, Self.epochLimit)
        if pending.happenings.count > Self.happeningLimit {
            lost += pending.happenings.count - Self.happeningLimit
            pending.happenings.removeFirst(pending.happenings.count - Self.happeningLimit)
        }
    }

    private func trim<Record>(_ records: inout [Timed<Record>], _ limit: Int) {
        guard records.count > limit else { return }
        // A hole is better than half a record; the oldest go, as the newest are what is looked at.
        lost += records.count - limit
        records.removeFirst(records.count - limit)
    }

    func keep(_ new: RunAnswersRow) {
        answers.removeAll { $0.moment == new.moment }
        answers.append(new)
    }

    func close(_ closing: RunClosing, _ result: RunResult) {
        self.closing = closing
        self.result = result
    }

    /// How the run ended: what was searched at its end counts, not its last epoch.
    private var result: RunResult?

    /// Writes everything that has come together, in one transaction. What has been taken in stays if it fails.
    /// - Throws: ``StoreError``.
    func write(durably: Bool) throws {
        guard !isCatchingUp else { return }
        var update = RunCourseUpdate()
        let batches = openBatches + pending.batches
        let epochs = openEpochs + pending.epochs
        if !pending.batches.isEmpty { update.chunks += PackedRecords.chunks(batches) }
        if !pending.epochs.isEmpty { update.chunks += PackedRecords.chunks(epochs) }
        var next = sequence
        for happening in pending.happenings {
            guard let row = try row(happening, next) else { continue }
            update.events.append(row)
            if row.sequence == next { next += 1 }
        }
        var new = figures
        for batch in pending.batches { new.steps = max(new.steps, batch.record.step) }
        for epoch in pending.epochs { new.take(epoch.record) }
        for happening in pending.happenings { new.take(happening.event) }
        if let result { new.take(result) }
        update.figures = new
        update.answers = answers
        update.closing = closing
        try table.add(update, durably: durably)
        figures = new
        sequence = next
        openBatches = Self.rest(of: batches)
        openEpochs = Self.rest(of: epochs)
        pending = .init()
        answers = []
        closing = nil
    }

    private static func rest<Record>(of records: [Timed<Record>]) -> [Timed<Record>] {
        Array(records.suffix(records.count % PackedRecords.capacity))
    }

    private func row(_ happening: RecordingQueue.Happening, _ sequence: Int) throws -> RunEventRow? {
        guard let kind = happening.event.storedKind else { return nil }
        // There is one line to beat, however often a run is gone on with.
        let isZeroShot = kind == .zeroShot
        return RunEventRow(
            sequence: isZeroShot ? 0 : sequence, kind: kind.rawValue, step: isZeroShot ? 0 : happening.step,
            epoch: isZeroShot ? 0 : happening.epoch, time: happening.time, body: try WireFormat.text(happening.event))
    }

    // MARK: going on with a stored run

    /// Goes back to the step from which the run is gone on with, once that is known.
    private func catchUp() throws {
        let mark = pending.happenings.firstIndex { happening in
            if case .intervention(let intervention) = happening.event { intervention.change == .resumed } else { false }
        }
        // Lines of the log are new even then, those of before excepted.
        func isNews(_ happening: RecordingQueue.Happening) -> Bool {
            if case .log(let entry) = happening.event { entry.time >= startedAt } else { false }
        }
        guard let mark else {
            pending.batches = []
            pending.epochs = []
            pending.happenings.removeAll { !isNews($0) }
            return
        }
        let step = pending.happenings[mark].step
        try rollBack(to: step)
        pending.batches.removeAll { $0.record.step <= step }
        pending.epochs.removeAll { $0.record.step <= step }
        pending.happenings = pending.happenings[..<mark].filter(isNews) + pending.happenings[mark...]
        isCatchingUp = false
    }

    private func rollBack(to step: Int) throws {
        let stored = try table.read([.epochs])
        let batches = try table.chunks([.batches], after: step)
        var epochs: [Timed<EpochRecord>] = []
        for chunk in stored.chunks { epochs += try decoded(chunk) }
        var cut: [RunChunk] = []
        for chunk in batches where chunk.firstStep <= step && chunk.lastStep > step {
            let records: [Timed<BatchRecord>] = try decoded(chunk)
            cut += PackedRecords.chunks(records.filter { $0.record.step <= step })
        }
        for chunk in stored.chunks where chunk.firstStep <= step && chunk.lastStep > step {
            let records: [Timed<EpochRecord>] = try decoded(chunk)
            cut += PackedRecords.chunks(records.filter { $0.record.step <= step })
        }
        var figures = RunFigures()
        for row in stored.events where row.kind == StoredKind.zeroShot.rawValue {
            figures.take(try WireFormat.decode(TrainingEvent.self, from: row.body))
        }
        figures.steps = step
        for epoch in epochs where epoch.record.step <= step { figures.take(epoch.record) }
        try table.rollBack(
            to: step, chunks: cut, forgetting: try Self.overtaken(stored.events, by: step), figures: figures)
        self.figures = figures
        // The records before stand in chunks of their own; those to come begin new ones.
        (openBatches, openEpochs) = ([], [])
    }

    private func decoded<Record: StoredRecord>(_ chunk: RunChunk) throws -> [Timed<Record>] {
        do { return try PackedRecords.records(chunk) } catch { throw RunHistoryError.damaged(run: "\(table.run)") }
    }

    /// What was stored at the step itself and is not so any more: ends of the run, and what its user did after the
    /// checkpoint was made.
    private static func overtaken(_ events: [RunEventRow], by step: Int) throws -> [Int] {
        var checkpoint: Date?
        for row in events where row.kind == StoredKind.checkpoint.rawValue {
            if case .checkpoint(let record) = try WireFormat.decode(TrainingEvent.self, from: row.body),
                record.step == step
            {
                checkpoint = record.time
            }
        }
        return try events.compactMap { row in
            switch try WireFormat.decode(TrainingEvent.self, from: row.body) {
            case .state(let state) where state.isEnded: row.sequence
            case .finished: row.sequence
            case .intervention(let intervention):
                // That somebody watched, or looked at the test split, remains true.
                intervention.afterStep == step && checkpoint.map { intervention.time > $0 } == true
                    && intervention.change.isSteering ? row.sequence : nil
            default: nil
            }
        }
    }
}

/// The events that the store keeps as rows.
enum StoredKind: String {
    case zeroShot, intervention, checkpoint, state, log, finished
}

extension TrainingEvent {
    var storedKind: StoredKind? {
        switch self {
        case .zeroShot: .zeroShot
        case .intervention: .intervention
        case .checkpoint: .checkpoint
        case .state: .state
        case .log: .log
        case .finished: .finished
        default: nil
        }
    }
}

extension Intervention.Change {
    /// Whether it changes what is trained; the others only tell what happened around the run.
    var isSteering: Bool {
        switch self {
        case .set, .epochs, .restored: true
        case .testOpened, .resumed, .detached, .attached: false
        }
    }
}

extension RunFigures {
    mutating func take(_ record: EpochRecord) {
        steps = max(steps, record.step)
        epochs = max(epochs, record.epoch)
        guard let validation = record.validation else { return }
        (finalTop1, finalLoss) = (validation.top1, validation.loss)
        if record.isBest(after: bestLoss) {
            (bestEpoch, bestTop1, bestLoss) = (record.epoch, validation.top1, validation.loss)
        }
    }

    mutating func take(_ result: RunResult) {
        func finite(_ loss: Double) -> Double? { loss.isFinite ? loss : nil }
        if let final = result.finalValidation { (finalTop1, finalLoss) = (final.top1, finite(final.loss)) }
        if let best = result.bestValidation { (bestTop1, bestLoss) = (best.top1, finite(best.loss)) }
    }

    mutating func take(_ event: TrainingEvent) {
        if case .zeroShot(let validation?) = event {
            (zeroShotTop1, zeroShotLoss) = (validation.top1, validation.loss.isFinite ? validation.loss : nil)
        }
    }
}
