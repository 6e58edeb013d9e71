import Files
import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct PictureFileTableTests {
    private let folder: URL
    private let database: StateDatabase
    private let file: URL

    init() throws {
        folder = try Fixtures.temporaryFolder()
        database = try StateDatabase(StateDirectory(folder))
        file = folder.appending(path: "a file")
        try Data([1, 2, 3]).write(to: file)
    }

    /// A record of the file as it is, read so long after it was written.
    private func record(_ picture: UInt8, secondsLater: Double) throws -> PictureFileRecord {
        let state = try #require(FileState(path: file.path))
        return PictureFileRecord(
            path: file.path, picture: Data([picture]), state: state,
            readAt: max(state.modifiedAt, state.changedAt) + Int64(secondsLater * 1e9))
    }

    private func store(_ records: PictureFileRecord...) throws {
        try FeatureTable(database, space: "m").insert([], files: records)
    }

    private func lookUp() throws -> [String: Data] {
        let state = try #require(FileState(path: file.path))
        let found = try PictureFileTable(database).pictures(of: [ExactText(file.path): state])
        return Dictionary(uniqueKeysWithValues: found.map { ($0.key.text, $0.value) })
    }

    @Test func knowsAnUntouchedFile() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try lookUp().isEmpty)
        try store(record(7, secondsLater: 3))
        #expect(try lookUp() == [file.path: Data([7])])
    }

    @Test func doesNotVouchForAFileReadWhileItMightStillHaveBeenWritten() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try store(record(7, secondsLater: 1))
        #expect(try lookUp().isEmpty)
    }

    /// The same length, and the time of writing set back: the time of the change gives it away.
    @Test func noticesAChangeThatHides() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate]
        try store(record(7, secondsLater: 3))
        let before = try #require(FileState(path: file.path))
        // The clock of the file system may have to tick first.
        let end = Date().addingTimeInterval(60)
        repeat {
            try Data([4, 5, 6]).write(to: file)
            try FileManager.default.setAttributes([.modificationDate: old as Any], ofItemAtPath: file.path)
        } while FileState(path: file.path)?.changedAt == before.changedAt && Date() < end
        #expect(try lookUp().isEmpty)
    }

    @Test func takesTheRecordThatFits() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var other = try record(8, secondsLater: 3)
        other.state.inode += 1
        try store(record(7, secondsLater: 3), other)
        #expect(try lookUp() == [file.path: Data([7])])
    }
}
