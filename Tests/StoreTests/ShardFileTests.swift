import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite struct ShardFileTests {
    private func withFile(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "shard.sqlite"))
    }

    @Test func aShardIsOneFileWithoutALog() throws {
        try withFile { file in
            let database = try StateDatabase(shardFile: file)
            try FeatureTable(database, space: "m").insert([(Data([1]), Data([2]))])
            try ComparisonTable(database).insert("result", for: "key")
            #expect(try database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "delete")
            let names = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
            #expect(names == ["shard.sqlite"])
            // While it is open others may read it.
            #expect(try ComparisonContents(file).cells.map(\.result) == ["result"])
            let home = try StateDatabase(StateDirectory(file.deletingLastPathComponent().appending(path: "home")))
            #expect(try CacheMerge(file).run(into: home).added == 1)
        }
    }

    @Test func aShardIsOpenedAgainWithWhatIsInIt() throws {
        try withFile { file in
            try ComparisonTable(StateDatabase(shardFile: file)).insert("result", for: "key")
            #expect(try ComparisonTable(StateDatabase(shardFile: file)).results(for: ["key"]) == ["key": "result"])
        }
    }

    /// Killed in the middle of a transaction: what a shard had before is there, and nothing else.
    @Test func aKilledShardIsReadWithoutWhatWasHalfDone() throws {
        try withFile { file in
            let killed = file.deletingLastPathComponent().appending(path: "killed.sqlite")
            let database = try StateDatabase(shardFile: file)
            let table = ComparisonTable(database)
            for number in 0..<50 { try table.insert(String(repeating: "x", count: 20_000), for: "old \(number)") }
            try database.pool.writeWithoutTransaction { connection in
                try connection.execute(sql: "PRAGMA cache_size = 1")
                try connection.inTransaction {
                    try connection.execute(
                        sql: "UPDATE comparisonCell SET result = 'changed', finishedAt = 0; DELETE FROM comparison")
                    // What a process that dies now leaves behind.
                    for suffix in ["", "-journal"] {
                        try FileManager.default.copyItem(
                            at: URL(filePath: file.path + suffix), to: URL(filePath: killed.path + suffix))
                    }
                    return .rollback
                }
            }
            let contents = try ComparisonContents(killed)
            #expect(contents.cells.count == 50 && contents.cells.allSatisfy { $0.result.hasPrefix("xxx") })
        }
    }

    @Test func whatIsNoShardIsRefusedByName() throws {
        try withFile { file in
            try Data("text, and enough of it to be looked at".utf8).write(to: file)
            #expect(throws: StoreError.self) { try StateDatabase(shardFile: file) }
            #expect(throws: StoreError.self) { try ComparisonContents(file) }
            let missing = file.deletingLastPathComponent().appending(path: "none/shard.sqlite")
            #expect {
                try StateDatabase(shardFile: missing)
            } throws: {
                $0.localizedDescription.contains("none/shard.sqlite")
                    && $0.localizedDescription.contains("--shard-folder")
            }
        }
    }

    @Test func theComparisonBegunLastIsFirst() throws {
        try withFile { file in
            let table = try ComparisonTable(StateDatabase(shardFile: file))
            func row(_ id: String, _ time: Double, _ text: String = "") -> ComparisonRow {
                ComparisonRow(id: id, description: text, startedAt: Date(timeIntervalSince1970: time))
            }
            try table.begin(row("a", 1))
            try table.begin(row("b", 2))
            #expect(try table.comparisons(limit: 9).map(\.id) == ["b", "a"])
            try table.begin(row("a", 3, "again"))
            #expect(try table.comparisons(limit: 1) == [row("a", 3, "again")])
            // An older shard takes nothing back.
            try table.add([row("a", 2, "older")], cells: [])
            #expect(try table.comparisons(limit: 1) == [row("a", 3, "again")])
            let cell = ComparisonCellRow(key: "k", result: "r", finishedAt: Date(timeIntervalSince1970: 5))
            try table.add([], cells: [cell, ComparisonCellRow(key: "k", result: "other", finishedAt: Date())])
            #expect(try ComparisonContents(file).cells == [cell])
        }
    }
}
