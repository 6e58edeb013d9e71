import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import Store
@testable import Training

@Suite struct RunFilterTests {
    private func run(_ change: (inout RunRecord) -> Void = { _ in }, process: Int32? = nil) -> RunSummary {
        var record = RunRecord(number: 1, id: "7f3a91c2", name: "foo-bar", startedAt: 0, state: "done")
        (record.finalTop1, record.zeroShotTop1, record.shots) = (0.85, 0.7, 4)
        (record.method, record.methodTitle, record.dataset) = ("clip-adapter", "clip-adapter visual", "Samples")
        record.tags = ["good"]
        change(&record)
        return RunSummary(record: record, process: process, folder: URL(filePath: "/nowhere"))
    }

    @Test(arguments: [
        ("", true), ("top1>0.8 method:clip-adapter", true), ("top1>80%", true), ("top1>0.9", false),
        ("top1>=0.85", true), ("top1=0.85", true), ("top1!=0.85", false), ("gain>10%", true), ("shots:4", true),
        ("shots<4", false), ("test>0", false), ("tag:good", true), ("tag:g*d", true), ("-tag:good", false),
        ("tag:bad", false), ("name:foo*", true), ("name:foo", false), ("name:*bar", true), ("name!=x", true),
        ("id:7f3a", true), ("state:done", true), ("state:running", false), ("method:CLIP-*", true), ("visual", true),
        ("good", true), ("missing", false), ("name:\"foo-bar\"", true), ("note:*", false),
    ])
    func takesWhatAllTermsHoldFor(filter: String, isTaken: Bool) throws {
        #expect(try RunFilter(filter).takes(run()) == isTaken)
    }

    @Test func asksWhetherARunIsAliveAndNotWhatItsRowSays() throws {
        let row: (inout RunRecord) -> Void = { $0.state = "running" }
        #expect(try RunFilter("state:running").takes(run(row, process: 5)))
        #expect(try RunFilter("state:stale").takes(run(row)))
    }

    @Test(arguments: [
        ("top1>high", "'top1>high': after top1> comes a number, e.g. 0.8 or 80%"),
        ("colour:red", "there is no 'colour'"), ("tag:", "after tag: comes a text"),
        ("name>a", "name is a text: write name:a"), (">4", "something has to stand before >"),
        ("shots:4 -top1>x", "'top1>x'"), ("top1>nan", "comes a number"),
    ])
    func namesTheTermThatMeansNothing(filter: String, message: String) {
        do throws(RunFilter.Mistake) {
            _ = try RunFilter(filter)
            Issue.record("'\(filter)' was taken")
        } catch {
            #expect(error.localizedDescription.contains(message))
        }
    }
}

@Suite struct RunLibraryTests {
    private func withHistory(_ body: (RunHistory, StateDatabase) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try StateDatabase(StateDirectory(folder))
        try body(RunHistory(database), database)
    }

    @Test func knowsWhichRunsAreAlive() throws {
        try withHistory { history, database in
            let runs = RunTable(database)
            let (live, gone) = (try runs.begin(name: "live"), try runs.begin(name: "gone"))
            let lock = try RunLock(folder: database.directory.run(live.id))
            defer { withExtendedLifetime(lock) {} }
            let (first, second) = (try history.summary("live"), try history.summary("gone"))
            #expect(first.isLive && first.state == "running")
            #expect(second.isStale && second.state == "stale")
            #expect(throws: RunHistoryError.isLive(run: live.id, process: getpid())) { try history.remove(live.id) }
            #expect(FileManager.default.fileExists(atPath: database.directory.run(live.id).path))
            try history.remove(gone.id)
            #expect(!FileManager.default.fileExists(atPath: database.directory.run(gone.id).path))
            #expect(try history.summaries().map(\.id) == [live.id])
        }
    }

    @Test func findingARunReadsOneRow() throws {
        try withStatements { history, runs, statements in
            for _ in 0..<50 { _ = try runs.begin(name: "other") }
            let wanted = try runs.begin(name: "wanted")
            statements.take()
            for query in [wanted.id, "wanted", "latest", String(wanted.id.prefix(7))] {
                #expect(try runs.find(query).id == wanted.id)
                #expect(try history.summary(query).id == wanted.id)
            }
            #expect(try runs.find(id: wanted.id).number == wanted.number)
            let select = statements.take().filter { $0.hasPrefix("SELECT") }
            #expect(
                select.count < 30 && select.allSatisfy { $0.contains("WHERE") || $0.contains("LIMIT 1") }, "\(select)")
            #expect(throws: StoreError.unknownRun("x\u{1F600}")) { try runs.find("x\u{1F600}") }
        }
    }

    @Test func aCourseIsReadAgainOnlyWhenItHasGrown() throws {
        try withStatements { history, runs, statements in
            let run = try runs.begin(name: nil)
            let course = RunCourseTable(history.database, run: run.number)
            let known = try #require(try history.details(of: run.id, since: nil)).extent
            statements.take()
            #expect(try history.details(of: run.id, since: known) == nil)
            let asked = statements.take().filter { $0.hasPrefix("SELECT") }
            #expect(asked.count == 2 && !asked.contains { $0.contains("runChunk") || $0.contains("body") }, "\(asked)")
            var update = RunCourseUpdate()
            let setTo = Intervention(
                change: .testOpened, afterStep: 0, afterEpoch: 0, time: Date(timeIntervalSince1970: 0))
            update.events = [
                RunEventRow(
                    sequence: 1, kind: "intervention", step: 0, epoch: 0, time: 0,
                    body: try WireFormat.text(TrainingEvent.intervention(setTo)))
            ]
            try course.add(update)
            let grown = try #require(try history.details(of: run.id, since: known))
            #expect(grown.interventions == [setTo] && grown.extent != known)
        }
    }

    /// The statements that a database was given.
    private final class Statements: Sendable {
        private let texts = Mutex<[String]>([])

        func append(_ text: String) { texts.withLock { $0.append(text) } }

        /// Those since the last call.
        @discardableResult func take() -> [String] {
            texts.withLock { texts in
                defer { texts = [] }
                return texts
            }
        }
    }

    /// A database with one connection, of which every statement is counted.
    private func withStatements(_ body: (RunHistory, RunTable, Statements) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = try StateDatabase(shardFile: folder.appending(path: "one.sqlite"))
        let statements = Statements()
        database.pool.writeWithoutTransaction { connection in
            connection.trace { event in
                statements.append(event.description.trimmingCharacters(in: .whitespacesAndNewlines))
            }
        }
        try body(RunHistory(database), RunTable(database), statements)
    }

    @Test func keepsExactlyTheTagsItIsGiven() throws {
        try withHistory { history, database in
            let id = try RunTable(database).begin(name: nil).id
            try history.setTags(["b", "a"], of: id)
            try history.setTags(["c", "a"], of: id)
            #expect(try history.summary(id).record.tags == ["a", "c"])
            try history.setNote("a note", of: id)
            #expect(try history.summary(id).record.note == "a note")
        }
    }

    @Test func aRunOfAnOlderVersionHasNoCourse() throws {
        try withHistory { history, database in
            let id = try RunTable(database).begin(name: nil).id
            #expect(try history.events(of: id).isEmpty)
            #expect(try history.details(of: id).settings.isEmpty)
            #expect(try history.details(of: id).curves.epochs.isEmpty)
        }
    }

    @Test func saysInWhichSettingsRunsDiffer() {
        var (one, two) = (
            TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d")),
            TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
        )
        two.learningRate = 0.25
        two.schedule.shape = one.schedule.shape == .cosine ? .constant : .cosine
        two.patience = 3
        two.method["ratio-lr"] = 10
        one.name = "one"
        let differences = RunDifference.between([RunSetting.all(one), RunSetting.all(two)])
        #expect(differences.map(\.option) == ["lr", "patience", "ratio-lr", "schedule"])
        #expect(differences.first?.values == [RunSetting.all(one).first { $0.option == "lr" }?.value, "0.25"])
        #expect(differences[1].values == [nil, "3"])
        // It is kept as a multiple of the learning rate, shown as the option writes it, and only where it is set.
        #expect(differences[2].values == [nil, "2.5"])
    }
}
