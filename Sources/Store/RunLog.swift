import Foundation
import GRDB

/// Consecutive values of a run, packed. What the bytes mean is the writer's affair.
public struct RunChunk: Sendable, Equatable {
    /// What the values are of.
    public enum Kind: Int, Sendable {
        /// Optimiser steps.
        case batches = 0
        /// Epochs, by the step they ended at.
        case epochs = 1
    }

    /// What the values are of.
    public var kind: Kind
    /// The first and the last step.
    public var firstStep, lastStep: Int
    /// How many there are.
    public var count: Int
    /// The packed values.
    public var values: Data

    /// A chunk.
    public init(kind: Kind, firstStep: Int, lastStep: Int, count: Int, values: Data) {
        self.kind = kind
        self.firstStep = firstStep
        self.lastStep = lastStep
        self.count = count
        self.values = values
    }
}

/// Something that happened in a run, in the form of the program's own events.
public struct RunEventRow: Sendable, Equatable {
    /// Its place among the others of the run.
    public var sequence: Int
    /// What it is, in a word.
    public var kind: String
    /// Steps and epochs that the run had trained.
    public var step, epoch: Int
    /// When, in seconds since 1970.
    public var time: Double
    /// JSON.
    public var body: String

    /// An event.
    public init(sequence: Int, kind: String, step: Int, epoch: Int, time: Double, body: String) {
        self.sequence = sequence
        self.kind = kind
        self.step = step
        self.epoch = epoch
        self.time = time
        self.body = body
    }
}

/// The answers for the validation pictures at one moment, packed.
public struct RunAnswersRow: Sendable, Equatable {
    /// The moments whose answers are kept.
    public enum Moment: String, Sendable, CaseIterable {
        /// The newest weights.
        case latest
        /// The epoch with the lowest validation loss.
        case best
    }

    /// Which moment.
    public var moment: Moment
    /// Steps trained then.
    public var step: Int
    /// The packed answers.
    public var values: Data

    /// Answers of a moment.
    public init(moment: Moment, step: Int, values: Data) {
        self.moment = moment
        self.step = step
        self.values = values
    }
}

/// What one transaction adds to the course of a run.
public struct RunCourseUpdate: Sendable {
    /// Chunks; one that begins where a stored one begins replaces it.
    public var chunks: [RunChunk] = []
    /// New events.
    public var events: [RunEventRow] = []
    /// Answers, instead of those of the same moment.
    public var answers: [RunAnswersRow] = []
    /// Figures, instead of the ones before.
    public var figures: RunFigures?
    /// The end.
    public var closing: RunClosing?

    /// Nothing yet.
    public init() {}
}

/// How far the stored course of a run has come.
public struct RunExtent: Sendable, Equatable {
    /// Steps and epochs trained.
    public var steps, epochs: Int
    /// When it ended.
    public var endedAt: Double?
    /// The sequence of its newest event.
    public var lastEvent: Int

    /// An extent.
    public init(steps: Int, epochs: Int, endedAt: Double?, lastEvent: Int) {
        (self.steps, self.epochs, self.endedAt, self.lastEvent) = (steps, epochs, endedAt, lastEvent)
    }
}

/// The course of one run.
public struct RunCourseTable: Sendable {
    private let database: StateDatabase
    /// The run's number.
    public let run: Int64

    /// The course of the run with this number.
    public init(_ database: StateDatabase, run: Int64) {
        self.database = database
        self.run = run
    }

    // MARK: writing

    /// Writes down what is known before the first step; a run that is gone on with keeps its beginning.
    /// - Throws: ``StoreError``.
    public func open(_ opening: RunOpening) throws {
        try database.write { connection in
            try connection.execute(
                sql: """
                    UPDATE run SET description = ?, configuration = ?, model = ?, modelChecksum = ?, dataset = ?,
                    method = ?, methodTitle = ?, shots = ?, seed = ?, plannedEpochs = ?, learningRate = ?,
                    state = 'running', endedAt = NULL, result = NULL WHERE number = ?
                    """,
                arguments: [
                    opening.description, opening.configuration, opening.model, opening.modelChecksum,
                    opening.dataset, opening.method, opening.methodTitle, opening.shots, opening.seed,
                    opening.plannedEpochs, opening.learningRate, run,
                ])
            try connection.execute(
                sql: "INSERT OR REPLACE INTO runPictures (run, body) VALUES (?, ?)", arguments: [run, opening.pictures])
        }
    }

    /// Writes down what the run's pictures are.
    /// - Throws: ``StoreError``.
    public func setDataChecksum(_ checksum: String) throws {
        try database.write {
            try $0.execute(sql: "UPDATE run SET dataChecksum = ? WHERE number = ?", arguments: [checksum, run])
        }
    }

    /// Adds to the course in one transaction.
    /// - Parameter durably: whether a loss of power after the call may not take it back; otherwise only the end of the
    ///   process may not.
    /// - Throws: ``StoreError``; nothing is added then.
    public func add(_ update: RunCourseUpdate, durably: Bool = false) throws {
        try database.writeDurably(durably) { connection in
            for chunk in update.chunks {
                try connection.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO runChunk (run, kind, firstStep, lastStep, count, "values")
                        VALUES (?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    run, chunk.kind.rawValue, chunk.firstStep, chunk.lastStep, chunk.count, chunk.values,
                ])
            }
            for event in update.events {
                try connection.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO runEvent (run, sequence, kind, step, epoch, time, body)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    run, event.sequence, event.kind, event.step, event.epoch, event.time, event.body,
                ])
            }
            for answers in update.answers {
                try connection.cachedStatement(
                    sql: "INSERT OR REPLACE INTO runAnswers (run, moment, step, \"values\") VALUES (?, ?, ?, ?)"
                ).execute(arguments: [run, answers.moment.rawValue, answers.step, answers.values])
            }
            if let figures = update.figures { try set(figures, connection) }
            if let closing = update.closing {
                try connection.execute(
                    sql: """
                        UPDATE run SET state = ?, endedAt = ?, result = ?, zeroShotTestTop1 = ?, testTop1 = ?
                        WHERE number = ?
                        """,
                    arguments: [
                        closing.state, closing.endedAt, closing.result, closing.zeroShotTestTop1, closing.testTop1, run,
                    ])
            }
        }
    }

    private func set(_ figures: RunFigures, _ connection: Database) throws {
        try connection.cachedStatement(
            sql: """
                UPDATE run SET steps = ?, epochs = ?, zeroShotTop1 = ?, zeroShotLoss = ?, bestEpoch = ?, bestTop1 = ?,
                bestLoss = ?, finalTop1 = ?, finalLoss = ? WHERE number = ?
                """
        ).execute(arguments: [
            figures.steps, figures.epochs, figures.zeroShotTop1, figures.zeroShotLoss, figures.bestEpoch,
            figures.bestTop1, figures.bestLoss, figures.finalTop1, figures.finalLoss, run,
        ])
    }

    /// Goes back to what the course was after `step`, in one transaction.
    /// - Parameters:
    ///   - chunks: the chunks that reach beyond the step, cut there.
    ///   - events: the events to forget besides those beyond the step.
    ///   - figures: what the figures were then.
    /// - Throws: ``StoreError``.
    public func rollBack(to step: Int, chunks: [RunChunk], forgetting events: [Int], figures: RunFigures) throws {
        try database.write { connection in
            for table in ["runChunk WHERE lastStep", "runEvent WHERE step", "runAnswers WHERE step"] {
                try connection.execute(
                    sql: "DELETE FROM \(table) > ? AND run = ?", arguments: [step, run])
            }
            for event in events {
                try connection.execute(
                    sql: "DELETE FROM runEvent WHERE run = ? AND sequence = ?", arguments: [run, event])
            }
            for chunk in chunks where chunk.count > 0 {
                try connection.execute(
                    sql: """
                        INSERT INTO runChunk (run, kind, firstStep, lastStep, count, "values") VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        run, chunk.kind.rawValue, chunk.firstStep, chunk.lastStep, chunk.count, chunk.values,
                    ])
            }
            try set(figures, connection)
            try connection.execute(
                sql: """
                    UPDATE run SET state = 'running', endedAt = NULL, result = NULL, zeroShotTestTop1 = NULL,
                    testTop1 = NULL WHERE number = ?
                    """, arguments: [run])
        }
    }
}

extension RunCourseTable {
    // MARK: reading

    /// Everything that is needed to tell a course, as it was at one moment.
    public struct Reading: Sendable {
        /// JSON: description, configuration and result.
        public var description, configuration, result: String?
        /// JSON: the pictures.
        public var pictures: Data?
        /// In the order of their steps.
        public var chunks: [RunChunk]
        /// In their own order.
        public var events: [RunEventRow]
    }

    /// Reads the course.
    /// - Parameter kinds: the chunks to read; the curves of epochs do not need those of a million batches.
    /// - Throws: ``StoreError``.
    public func read(_ kinds: Set<RunChunk.Kind> = [.batches, .epochs]) throws -> Reading {
        try database.read { connection in
            let row = try Row.fetchOne(
                connection, sql: "SELECT description, configuration, result FROM run WHERE number = ?",
                arguments: [run])
            return Reading(
                description: try row?.decode(atIndex: 0), configuration: try row?.decode(atIndex: 1),
                result: try row?.decode(atIndex: 2),
                pictures: try Data.fetchOne(
                    connection, sql: "SELECT body FROM runPictures WHERE run = ?", arguments: [run]),
                chunks: try chunks(kinds, after: -1, connection), events: try events(connection))
        }
    }

    /// The chunks that reach beyond a step.
    /// - Throws: ``StoreError``.
    public func chunks(_ kinds: Set<RunChunk.Kind>, after step: Int) throws -> [RunChunk] {
        try database.read { try chunks(kinds, after: step, $0) }
    }

    /// How far the course has come: it differs when anything was added to it, or taken back.
    /// - Throws: ``StoreError``.
    public func extent() throws -> RunExtent {
        try database.read { connection in
            let row = try Row.fetchOne(
                connection,
                sql: """
                    SELECT steps, epochs, endedAt, (SELECT max(sequence) FROM runEvent WHERE run = number)
                    FROM run WHERE number = ?
                    """, arguments: [run])
            return RunExtent(steps: row?[0] ?? 0, epochs: row?[1] ?? 0, endedAt: row?[2], lastEvent: row?[3] ?? 0)
        }
    }

    /// The configuration, as JSON; nil for a run of an older version.
    /// - Throws: ``StoreError``.
    public func configuration() throws -> String? {
        try database.read {
            try String.fetchOne($0, sql: "SELECT configuration FROM run WHERE number = ?", arguments: [run])
        }
    }

    /// The answers of a moment.
    /// - Throws: ``StoreError``.
    public func answers(_ moment: RunAnswersRow.Moment) throws -> RunAnswersRow? {
        try database.read { connection in
            try Row.fetchOne(
                connection, sql: "SELECT step, \"values\" FROM runAnswers WHERE run = ? AND moment = ?",
                arguments: [run, moment.rawValue]
            ).map { RunAnswersRow(moment: moment, step: try $0.decode(atIndex: 0), values: try $0.decode(atIndex: 1)) }
        }
    }

    private func chunks(
        _ kinds: Set<RunChunk.Kind>, after step: Int, _ connection: Database
    ) throws -> [RunChunk] {
        guard !kinds.isEmpty else { return [] }
        return try Row.fetchAll(
            connection,
            sql: """
                SELECT kind, firstStep, lastStep, count, "values" FROM runChunk
                WHERE run = ? AND lastStep > ? AND kind IN (\(marks(kinds.count))) ORDER BY kind, firstStep
                """, arguments: [run, step] + StatementArguments(kinds.map(\.rawValue))
        ).compactMap { row in
            try RunChunk.Kind(rawValue: row.decode(atIndex: 0)).map {
                RunChunk(
                    kind: $0, firstStep: try row.decode(atIndex: 1), lastStep: try row.decode(atIndex: 2),
                    count: try row.decode(atIndex: 3), values: try row.decode(atIndex: 4))
            }
        }
    }

    private func events(_ connection: Database) throws -> [RunEventRow] {
        try Row.fetchAll(
            connection,
            sql: "SELECT sequence, kind, step, epoch, time, body FROM runEvent WHERE run = ? ORDER BY sequence",
            arguments: [run]
        ).map { row in
            RunEventRow(
                sequence: try row.decode(atIndex: 0), kind: try row.decode(atIndex: 1),
                step: try row.decode(atIndex: 2),
                epoch: try row.decode(atIndex: 3), time: try row.decode(atIndex: 4), body: try row.decode(atIndex: 5))
        }
    }
}
