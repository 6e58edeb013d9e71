import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite struct CacheMergeTests {
    private func withTwo(_ body: (StateDatabase, StateDatabase) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(
            StateDatabase(StateDirectory(folder.appending(path: "one"))),
            StateDatabase(StateDirectory(folder.appending(path: "two"))))
    }

    private func picture(_ number: Int) -> Data { Data("picture \(number)".utf8) }

    @Test func addsWhatIsMissingAndKeepsWhatIsThere() throws {
        try withTwo { here, there in
            try FeatureTable(here, space: "a", model: "A").insert([(picture(1), Data([1]))])
            try FeatureTable(there, space: "a", model: "A").insert([(picture(1), Data([1])), (picture(2), Data([2]))])
            try FeatureTable(there, space: "b", model: "B").insert((0..<600).map { (picture($0), Data([3])) })
            var steps: [CacheMerge.Counts] = []
            let counts = try CacheMerge(there.directory.url).run(into: here, progress: { steps.append($0) })
            #expect(counts.total == 602 && counts.done == 602 && counts.added == 601)
            #expect(steps.count >= 3 && steps.last == counts)
            let a = try FeatureTable(here, space: "a")
            #expect(try a.values(for: [picture(1), picture(2)]) == [picture(1): Data([1]), picture(2): Data([2])])
            #expect(try FeatureTable(here, space: "b").count() == 600)
            #expect(try CacheContents(here).spaces().map(\.model).compactMap { $0 }.sorted() == ["A", "B"])
            #expect(try CacheMerge(there.directory.database).run(into: here).added == 0)
        }
    }

    @Test func staysWholeWhenItIsCancelled() throws {
        try withTwo { here, there in
            try FeatureTable(there, space: "b").insert((0..<600).map { (picture($0), Data([3])) })
            var isCancelled = false
            let counts = try CacheMerge(there.directory.url).run(
                into: here, progress: { _ in isCancelled = true }, isCancelled: { isCancelled })
            #expect(counts.done == 256 && counts.added == 256)
            #expect(try FeatureTable(here, space: "b").count() == 256)
        }
    }

    @Test func refusesWhatItCannotRead() throws {
        try withTwo { here, there in
            let folder = here.directory.url
            #expect(throws: StoreError.self) { try CacheMerge(folder.appending(path: "none.sqlite")) }
            let text = folder.appending(path: "text.sqlite")
            try Data(String(repeating: "not a database ", count: 100).utf8).write(to: text)
            #expect {
                try CacheMerge(text)
            } throws: { "\($0.localizedDescription)".contains("text.sqlite") }
            let foreign = folder.appending(path: "foreign.sqlite")
            try DatabaseQueue(path: foreign.path).write { try $0.execute(sql: "CREATE TABLE t (x)") }
            #expect(throws: StoreError.foreignDatabase(path: foreign.path)) { try CacheMerge(foreign) }
            let path = there.directory.database.path
            try there.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99: the future')") }
            #expect(throws: StoreError.newerDatabase(path: path)) { try CacheMerge(there.directory.url) }
            try there.write {
                try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier NOT LIKE '1:%'")
            }
            #expect(throws: StoreError.olderDatabase(path: path)) { try CacheMerge(there.directory.url) }
        }
    }

    /// A database of the first version keeps its features.
    @Test func bringsOldDatabasesUpToDate() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let queue = try DatabaseQueue(path: folder.appending(path: "cliptop.sqlite").path)
        try queue.write { connection in
            for statement in [
                "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)",
                "INSERT INTO grdb_migrations VALUES ('1: features and runs')",
                "CREATE TABLE featureSpace (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE)",
                """
                CREATE TABLE feature (space INTEGER NOT NULL REFERENCES featureSpace ON DELETE CASCADE,
                picture BLOB NOT NULL, "values" BLOB NOT NULL, PRIMARY KEY (space, picture)) WITHOUT ROWID
                """,
                "CREATE TABLE run (id TEXT PRIMARY KEY NOT NULL, name TEXT, startedAt DOUBLE NOT NULL, state TEXT NOT NULL)",
                "INSERT INTO featureSpace (key) VALUES ('m')",
                "INSERT INTO feature VALUES (1, x'07', x'2A')",
            ] { try connection.execute(sql: statement) }
        }
        try queue.close()
        let before = Date().addingTimeInterval(-1)
        let database = try StateDatabase(StateDirectory(folder))
        #expect(try FeatureTable(database, space: "m").values(for: [Data([7])]) == [Data([7]): Data([42])])
        let space = try #require(try CacheContents(database).spaces().first)
        #expect(space.model == nil)
        #expect(try #require(space.added).lowerBound >= Date(timeIntervalSince1970: before.timeIntervalSince1970 - 1))
    }
}
