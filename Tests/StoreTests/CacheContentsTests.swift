import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct CacheContentsTests {
    private func withDatabase(_ body: (StateDatabase) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(StateDatabase(StateDirectory(folder)))
    }

    private func picture(_ number: UInt8) -> Data { Data(repeating: number, count: 32) }
    private func day(_ number: Double) -> Date { Date(timeIntervalSince1970: number * 86400) }

    private func fill(_ database: StateDatabase) throws {
        try FeatureTable(database, space: "key a", model: "A")
            .insert([(picture(1), Data(count: 8)), (picture(2), Data(count: 8))], at: day(1))
        try FeatureTable(database, space: "key b", model: "B").insert([(picture(1), Data(count: 4))], at: day(2))
        try FeatureTable(database, space: "key b").insert([(picture(3), Data(count: 4))], at: day(9))
    }

    @Test func saysWhatThereIsByModel() throws {
        try withDatabase { database in
            try fill(database)
            let spaces = try CacheContents(database).spaces()
            #expect(spaces.map(\.model) == ["B", "A"])
            #expect(spaces.map(\.key) == ["key b", "key a"])
            #expect(spaces.map(\.pictures) == [2, 2])
            #expect(spaces.map(\.bytes) == [8, 16])
            #expect(spaces.map(\.added) == [day(2)...day(9), day(1)...day(1)])
        }
    }

    @Test func removesWhatMeetsEveryCondition() throws {
        try withDatabase { database in
            try fill(database)
            let contents = CacheContents(database)
            let b = try #require(try contents.spaces().first)
            var selection = FeatureSelection(spaces: [b.id], addedBefore: day(5), pictures: [picture(1), picture(3)])
            #expect(try contents.summaries(of: selection).map(\.pictures) == [1])
            #expect(try contents.remove(selection) == 1)
            #expect(try contents.spaces().map(\.pictures) == [1, 2])
            selection = FeatureSelection(spaces: [b.id])
            #expect(try contents.remove(selection) == 1)
            // A space without features is not listed, and makes no trouble when it is needed again.
            #expect(try contents.spaces().map(\.model) == ["A"])
            #expect(try FeatureTable(database, space: "key b").count() == 0)
            #expect(try contents.remove(FeatureSelection()) == 2)
            #expect(try contents.spaces().isEmpty)
        }
    }

    @Test func forgetsFilesWithTheirPictures() throws {
        try withDatabase { database in
            let file = database.directory.url.appending(path: "file")
            try Data([1]).write(to: file)
            let record = PictureFileRecord(
                path: file.path, picture: picture(1), state: try #require(FileState(path: file.path)),
                readAt: .max)
            try FeatureTable(database, space: "a").insert([(picture(1), Data(count: 4))], files: [record])
            try CacheContents(database).remove(FeatureSelection())
            try PictureFileTable(database).forEach { _ in Issue.record("a file is left") }
        }
    }

    @Test func aVacuumGivesTheRoomBack() throws {
        try withDatabase { database in
            try #require(database.compact())
            let empty = database.bytesOnDisk
            try FeatureTable(database, space: "a").insert((0..<200).map { (picture(UInt8($0)), Data(count: 4096)) })
            #expect(database.bytesOnDisk > empty + 200 * 4096)
            try CacheContents(database).remove(FeatureSelection())
            #expect(database.compact())
            #expect(database.bytesOnDisk < empty + 200 * 1024)
        }
    }

    /// What a live process encodes into is left alone, and what was pruned under it is made again.
    @Test func pruningAndEncodingDoNotDisturbEachOther() throws {
        try withDatabase { database in
            var table: FeatureTable? = try FeatureTable(database, space: "used", model: "A")
            try table?.insert([(picture(1), Data(count: 4))])
            try FeatureTable(database, space: "free").insert([(picture(2), Data(count: 4))])
            let contents = CacheContents(database)
            #expect(try contents.spacesInUse().count == 1 && contents.remove(FeatureSelection()) == 1)
            #expect(try contents.spaces().map(\.key) == ["used"])
            // As a version does that knows no such lock.
            try database.write { try $0.execute(sql: "DELETE FROM featureSpace") }
            #expect(try table?.values(for: [picture(1)]).isEmpty == true)
            try table?.insert([(picture(3), Data(count: 4))])
            #expect(try contents.spaces().map(\.model) == ["A"] && table?.count() == 1)
            table = nil
            #expect(try contents.remove(FeatureSelection()) == 1)
        }
    }

    @Test func manyPruneWhileManyEncode() async throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<6 {
                group.addTask {
                    let database = try StateDatabase(StateDirectory(folder))
                    for round in 0..<20 {
                        if number < 2 {
                            try CacheContents(database).remove(FeatureSelection())
                        } else {
                            try FeatureTable(database, space: "s\(round % 3)")
                                .insert([(Data([UInt8(number), UInt8(round)]), Data(count: 4))])
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
