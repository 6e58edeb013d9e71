import Foundation
import TestSupport
import Testing

@testable import Store

@Suite struct StateDatabaseTests {
    private func withDatabase(_ body: (StateDatabase) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(StateDatabase(StateDirectory(folder)))
    }

    @Test func findsTheDirectoryTheEnvironmentAsksFor() {
        #expect(StateDirectory(environment: ["CLIPTOP_HOME": "/a", "XDG_STATE_HOME": "/b"]).url.path == "/a")
        #expect(StateDirectory(environment: ["XDG_STATE_HOME": "/b", "HOME": "/c"]).url.path == "/b/cliptop")
        #expect(StateDirectory(environment: ["CLIPTOP_HOME": "", "HOME": "/c"]).url.path == "/c/.local/state/cliptop")
    }

    @Test func keepsFeaturesApartByModelAndPicture() throws {
        try withDatabase { database in
            let (one, two) = (Data([1]), Data([2]))
            let first = try FeatureTable(database, space: "model a")
            let second = try FeatureTable(database, space: "model b")
            try first.insert([(one, Data([10])), (two, Data([20]))])
            try second.insert([(one, Data([30]))])
            #expect(try first.values(for: [one, two, Data([3])]) == [one: Data([10]), two: Data([20])])
            #expect(try second.values(for: [one, two]) == [one: Data([30])])
            #expect(try FeatureTable(database, space: "model a").count() == 2)
        }
    }

    @Test func survivesReopening() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FeatureTable(StateDatabase(StateDirectory(folder)), space: "m").insert([(Data([1]), Data([2]))])
        let again = try FeatureTable(StateDatabase(StateDirectory(folder)), space: "m")
        #expect(try again.values(for: [Data([1])]) == [Data([1]): Data([2])])
    }

    @Test func manyMayMakeItAtOnce() async throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    let database = try StateDatabase(StateDirectory(folder))
                    try FeatureTable(database, space: "m").insert([(Data([UInt8(number)]), Data([1]))])
                }
            }
            try await group.waitForAll()
        }
        #expect(try FeatureTable(StateDatabase(StateDirectory(folder)), space: "m").count() == 8)
    }

    @Test func findsRunsByWhatPeopleType() throws {
        try withDatabase { database in
            let runs = RunTable(database)
            let first = try runs.begin(name: "first", at: Date(timeIntervalSince1970: 1))
            let second = try runs.begin(name: nil, at: Date(timeIntervalSince1970: 2))
            #expect(try runs.find("latest").id == second.id)
            #expect(try runs.find("first").id == first.id)
            #expect(try runs.find(first.id).id == first.id)
            #expect(try runs.find(String(second.id.prefix(7))).id == second.id)
            #expect(throws: StoreError.unknownRun("zzz")) { try runs.find("zzz") }
            #expect(throws: StoreError.unknownRun("")) { try runs.find("") }
            #expect(try runs.find("first").state == "running")
            #expect(FileManager.default.fileExists(atPath: database.directory.run(first.id).path))
        }
    }

    @Test func namesAFileThatIsNoDatabase() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("this is a text file, and long enough to be read as a header of a database".utf8)
            .write(to: folder.appending(path: "cliptop.sqlite"))
        #expect {
            try StateDatabase(StateDirectory(folder))
        } throws: { error in
            error.localizedDescription.contains("cliptop.sqlite")
                && error.localizedDescription.contains("not a database")
        }
    }

    @Test func namesADirectoryThatCannotBeMade() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file")
        try Data().write(to: file)
        #expect {
            try StateDatabase(StateDirectory(file))
        } throws: { error in
            if case StoreError.notWritable = error { true } else { false }
        }
    }

    @Test func recognisesNetworkFileSystems() {
        let mounts = """
            /dev/sda1 / ext4 rw 0 0
            server:/home /home nfs4 rw 0 0
            /dev/sdb1 /home/local\\040disk ext4 rw 0 0
            """
        #expect(FileSystemKind.network(at: "/home/anna/state", mounts: mounts) == "nfs4")
        #expect(FileSystemKind.network(at: "/homestead", mounts: mounts) == nil)
        #expect(FileSystemKind.network(at: "/home/local disk/x", mounts: mounts) == nil)
        #expect(FileSystemKind.network(at: "/var", mounts: mounts) == nil)
    }
}
