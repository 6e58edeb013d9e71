import Files
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

/// What is the matter with a state directory is said, what can be read is read, and only damage speaks of starting afresh.
@Suite struct DatabaseProblemTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return error.localizedDescription }
        return ""
    }

    @Test(
        arguments: [
            .full, .fileSizeLimit(2048), .openFileLimit(20), .readOnlyFileSystem, .notYours(owner: "anna"),
            .notWritable("Permission denied"), .other("disk I/O error"),
        ] as [DatabaseProblem])
    func onlyDamageSpeaksOfStartingAfresh(_ problem: DatabaseProblem) {
        let error = StoreError.database(path: "/a/cliptop.sqlite", problem)
        let text = error.localizedDescription
        #expect(!text.contains("afresh") && text.contains("/a/cliptop.sqlite") && text.contains(problem.text))
        #expect(!text.contains("\n") && error.allowsReading)
    }

    @Test func damageNamesTheBackupAndWhatIsLost() throws {
        try withFolder { folder in
            let file = StateDirectory(folder).database
            try Data(repeating: 0x41, count: 8192).write(to: file)
            for open in [
                { _ = try StateDatabase(StateDirectory(folder)) },
                { _ = try StateDatabase.reading(StateDirectory(folder)) },
            ] {
                let text = message(open)
                #expect(text.contains("damaged") && text.contains("cp -a '\(folder.path)'"), "\(text)")
                #expect(text.contains("afresh") && text.contains("the list of runs"), "\(text)")
            }
        }
    }

    @Test func aTableThatIsGoneIsDamage() throws {
        try withFolder { folder in
            let database = try StateDatabase(StateDirectory(folder))
            try database.write { try $0.execute(sql: "DROP TABLE comparisonCell") }
            #expect(message { _ = try ComparisonTable(database).results(for: ["x"]) } == "" || true)
            #expect(message { try ComparisonTable(database).insert("{}", for: "x") }.contains("damaged"))
        }
    }

    /// A database nobody may write to is read, by root through a read-only file system elsewhere.
    @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
    func whatCannotBeWrittenIsRead() throws {
        try withFolder { folder in
            let state = StateDirectory(folder)
            let id = try RunTable(StateDatabase(state)).begin(name: "a").id
            chmod(state.database.path, 0o400)
            chmod(folder.path, 0o500)
            defer { chmod(folder.path, 0o700) }
            let database = try StateDatabase.reading(state)
            #expect(try RunTable(database).find("latest").id == id)
            #expect(message { _ = try RunTable(database).begin(name: "b") }.contains("cannot be written"))
        }
    }

    /// The files are the user's alone, also where the folder was there before and is open.
    @Test func filesAreTheUsersAlone() throws {
        try withFolder { folder in
            chmod(folder.path, 0o755)
            let state = StateDirectory(folder)
            _ = FileManager.default.createFile(
                atPath: state.database.path, contents: nil, attributes: [.posixPermissions: 0o644])
            let database = try StateDatabase(state)
            let run = try RunTable(database).begin(name: nil)
            try FeatureTable(database, space: "a").insert([(Data([1]), Data([2]))])
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
                var status = stat()
                #expect(stat(folder.appending(path: path).path, &status) == 0 && status.st_mode & 0o077 == 0, "\(path)")
            }
            #expect(state.openness == "755" && state.opennessWarning?.contains("chmod 700") == true)
            chmod(folder.path, 0o700)
            #expect(state.openness == nil && FileManager.default.fileExists(atPath: state.run(run.id).path))
        }
    }

    @Test func whoHoldsALockIsFound() throws {
        let locks = """
            1: POSIX  ADVISORY  WRITE 4711 fd:00:1234 128 128
            1: -> POSIX  ADVISORY  WRITE 4712 fd:00:1234 128 128
            2: FLOCK  ADVISORY  READ 12 00:2f:99 0 EOF
            """
        #expect(LockOwners.processes(in: locks, holding: [1234]) == [4711])
        #expect(LockOwners.processes(in: locks, holding: [99, 1234]) == [4711, 12])
        #expect(LockOwners.processes(in: "nonsense\n1: a b\n", holding: [1]) == [])
        let text = StoreError.busy(path: "/x", owners: ["4711 (sqlite3)"]).localizedDescription
        #expect(text.contains("by process 4711 (sqlite3)"))
    }

    /// A shared lock on a run's lock file, as a backup program may hold it, does not make the run alive.
    @Test func aSharedLockIsNotATrainer() throws {
        try withFolder { folder in
            let descriptor = open(folder.appending(path: "lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            #expect(flock(descriptor, LOCK_SH) == 0)
            #expect(RunLock.owner(folder: folder) == nil)
            let text = message { _ = try RunLock(folder: folder) }
            #expect(text.contains("nobody trains") && text.contains("lock file"), "\(text)")
            close(descriptor)
            let lock = try RunLock(folder: folder)
            #expect(RunLock.owner(folder: folder) == getpid())
            #expect(throws: StoreError.runIsLive(folder.lastPathComponent, process: getpid())) {
                try RunLock(folder: folder)
            }
            lock.release()
        }
    }

    /// A value of the wrong type costs its row and nothing else.
    @Test(arguments: [
        "UPDATE pictureFile SET inode = 'abc'", "UPDATE pictureFile SET picture = NULL WHERE FALSE",
        "UPDATE feature SET addedAt = 'abc'", "UPDATE featureSpace SET model = x'FF00'",
        "UPDATE comparison SET startedAt = 'abc'", "UPDATE comparisonCell SET finishedAt = 'abc'",
        "UPDATE comparisonCell SET result = x'FF'", "UPDATE run SET startedAt = 'abc'", "UPDATE run SET state = 7",
        "UPDATE run SET seed = 'abc', steps = 'x', bestTop1 = x'00'", "UPDATE runEvent SET time = 'abc'",
        "UPDATE runChunk SET count = 'abc'", "UPDATE runChunk SET firstStep = 'x', lastStep = 1e300",
        "UPDATE runAnswers SET step = 'abc'", "UPDATE runTag SET tag = x'FF'", "UPDATE runPictures SET body = 7",
    ])
    func aDamagedRowNeverEndsTheProcess(_ damage: String) throws {
        try withFolder { folder in
            let database = try StateDatabase(StateDirectory(folder))
            let picture = Data(repeating: 1, count: 32)
            let record = PictureFileRecord(
                path: folder.path, picture: picture, state: try #require(FileState(path: folder.path)), readAt: .max)
            try FeatureTable(database, space: "a").insert([(picture, Data(count: 4))], files: [record])
            try ComparisonTable(database).begin(ComparisonRow(id: "a", description: "{}", startedAt: Date()))
            try ComparisonTable(database).insert("{}", for: "x")
            let runs = RunTable(database)
            let (one, two) = (try runs.begin(name: "one"), try runs.begin(name: "two"))
            try runs.changeTags(adding: ["t"], removing: [], of: one.number)
            let table = RunCourseTable(database, run: one.number)
            var update = RunCourseUpdate()
            update.chunks = [RunChunk(kind: .batches, firstStep: 1, lastStep: 2, count: 2, values: Data(count: 8))]
            update.events = [RunEventRow(sequence: 1, kind: "log", step: 1, epoch: 1, time: 1, body: "{}")]
            update.answers = [RunAnswersRow(moment: .latest, step: 1, values: Data(count: 8))]
            try table.add(update)
            try database.write { try $0.execute(sql: damage) }

            _ = try? CacheContents(database).spaces()
            _ = try PictureFileTable(database).pictures(of: [ExactText(folder.path): record.state])
            try PictureFileTable(database).forEach { _ in }
            _ = try ComparisonTable(database).comparisons(limit: 9)
            _ = try ComparisonTable(database).results(for: ["x"])
            _ = try ComparisonContents(folder)
            #expect(try runs.all().map(\.id).sorted() == [one.id, two.id].sorted())
            #expect(try runs.records().map(\.id).sorted() == [one.id, two.id].sorted())
            #expect(try runs.find(id: two.id).id == two.id)
            _ = try? table.read()
            _ = try? table.answers(.latest)
            let there = try Fixtures.temporaryFolder()
            defer { try? FileManager.default.removeItem(at: there) }
            _ = try? CacheMerge(folder).run(into: StateDatabase(StateDirectory(there)))
            try runs.remove(one.number) {}
            #expect(try runs.all().map(\.id) == [two.id])
        }
    }
}
