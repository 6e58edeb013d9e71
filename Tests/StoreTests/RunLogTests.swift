import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite struct RunLogTests {
    private func withDatabase(_ body: (StateDatabase) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(StateDatabase(StateDirectory(folder)))
    }

    private static let chunk = RunChunk(kind: .batches, firstStep: 1, lastStep: 3, count: 3, values: Data([1, 2, 3]))
    private static let event = RunEventRow(
        sequence: 1, kind: "log", step: 2, epoch: 0, time: 5, body: "{}")

    @Test func bringsRunsOfTheLayoutBeforeAlong() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let directory = StateDirectory(folder)
        do {
            let queue = try DatabaseQueue(path: directory.database.path)
            try StateDatabase.migrator.migrate(queue, upTo: "3: cells of comparisons")
            try queue.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO run (id, name, startedAt, state) VALUES
                        ('bbbbbbbb', 'second', 20.5, 'done'), ('aaaaaaaa', NULL, 10, 'running')
                        """)
            }
        }
        let database = try StateDatabase(directory)
        let runs = RunTable(database)
        #expect(try runs.all().map(\.id) == ["bbbbbbbb", "aaaaaaaa"])
        let records = try runs.records()
        #expect(records.map(\.name) == ["second", nil])
        #expect(records.map(\.startedAt) == [20.5, 10])
        #expect(records.map(\.state) == ["done", "running"])
        #expect(records.map(\.number) == [2, 1])
        #expect(records[0].method == nil && records[0].steps == 0)
        // New runs and their courses have a place in it.
        let new = try runs.begin(name: "third")
        #expect(new.number == 3)
        var update = RunCourseUpdate()
        update.chunks = [Self.chunk]
        try RunCourseTable(database, run: new.number).add(update)
        #expect(try RunCourseTable(database, run: new.number).read().chunks == [Self.chunk])
    }

    @Test func writesAllOfAnUpdateOrNothing() throws {
        try withDatabase { database in
            let run = try RunTable(database).begin(name: nil)
            let course = RunCourseTable(database, run: run.number)
            var update = RunCourseUpdate()
            update.chunks = [Self.chunk]
            update.events = [Self.event]
            update.answers = [RunAnswersRow(moment: .best, step: 3, values: Data([9]))]
            var figures = RunFigures()
            (figures.steps, figures.bestTop1) = (3, 0.75)
            update.figures = figures
            // A run that is not there: the last of the statements would still find nothing wrong.
            #expect(throws: StoreError.self) { try RunCourseTable(database, run: 99).add(update) }
            #expect(try course.read().chunks.isEmpty)
            try course.add(update, durably: true)
            let reading = try course.read()
            #expect(reading.chunks == [Self.chunk] && reading.events == [Self.event])
            #expect(try course.answers(.best)?.values == Data([9]))
            #expect(try course.answers(.latest) == nil)
            let record = try #require(try RunTable(database).records().first)
            #expect(record.steps == 3 && record.bestTop1 == 0.75)
        }
    }

    @Test func aChunkGrowsByBeingReplaced() throws {
        try withDatabase { database in
            let course = RunCourseTable(database, run: try RunTable(database).begin(name: nil).number)
            var update = RunCourseUpdate()
            update.chunks = [Self.chunk]
            try course.add(update)
            update.chunks[0].lastStep = 4
            update.chunks[0].count = 4
            try course.add(update)
            #expect(try course.read().chunks.map(\.count) == [4])
            #expect(try course.read([.epochs]).chunks.isEmpty)
        }
    }

    @Test func removingARunRemovesItsCourseAndNothingElse() throws {
        try withDatabase { database in
            let runs = RunTable(database)
            let (first, second) = (try runs.begin(name: "a"), try runs.begin(name: "b"))
            var update = RunCourseUpdate()
            update.chunks = [Self.chunk]
            update.events = [Self.event]
            for run in [first, second] {
                try RunCourseTable(database, run: run.number).add(update)
                try runs.changeTags(adding: ["good", "new"], removing: [], of: run.number)
            }
            try runs.changeTags(adding: ["new"], removing: ["good"], of: second.number)
            try runs.setNote("a note", of: second.number)
            try runs.remove(first.number) {}
            let left = try runs.records()
            #expect(left.map(\.id) == [second.id])
            #expect(left.first?.tags == ["new"] && left.first?.note == "a note")
            #expect(try RunCourseTable(database, run: first.number).read().chunks.isEmpty)
            #expect(try RunCourseTable(database, run: second.number).read().chunks == [Self.chunk])
            // The number is not given to another run, which would inherit what another process still writes.
            #expect(try runs.begin(name: "c").number == 3)
        }
    }

    @Test func aReaderSeesTheCourseWhileItIsWritten() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let writer = try StateDatabase(StateDirectory(folder))
        let readers = try (0..<2).map { _ in try StateDatabase(StateDirectory(folder)) }
        let run = try RunTable(writer).begin(name: nil)
        for step in 1...50 {
            var update = RunCourseUpdate()
            update.chunks = [RunChunk(kind: .batches, firstStep: step, lastStep: step, count: 1, values: Data([1]))]
            try RunCourseTable(writer, run: run.number).add(update)
            for reader in readers {
                #expect(try RunCourseTable(reader, run: run.number).read().chunks.count == step)
            }
        }
    }
}
