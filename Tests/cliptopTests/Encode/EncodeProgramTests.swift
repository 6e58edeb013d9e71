import Foundation
import TestSupport
import Testing

/// The built program's `encode` and `cache`: reports, resumption after being killed, several at once.
@Suite struct EncodeProgramTests {
    /// A model of the reference that encodes a picture in a millisecond.
    private let small = Fixtures.reference.appending(path: "models/vit-openclip").path
    private let images = Fixtures.samples.appending(path: "Images").path

    private struct Report: Decodable {
        struct Skipped: Decodable {
            var path, reason: String
        }
        var pictures, encoded, fromCache, remaining: Int
        var unreadable: [Skipped]
        var interrupted: Bool
    }

    private struct Listing: Decodable {
        struct Space: Decodable {
            var model, pixels, precision, weights: String
            var pictures: Int
        }
        var spaces: [Space]
    }

    private func decode<Value: Decodable>(_ text: String, as _: Value.Type) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }

    private func encode(_ arguments: [String], home: URL, status: Int32 = 0) throws -> Report {
        let run = try Program.run(["encode", "--json"] + arguments, home: home)
        #expect(run.status == status, "\(run.errors)")
        return try decode(run.output, as: Report.self)
    }

    private func listing(_ home: URL) throws -> Listing {
        try decode(try Program.run(["cache", "show", "--json"], home: home).output, as: Listing.self)
    }

    @Test func goesThroughAFolderWithBrokenPicturesToItsEnd() throws {
        try withHome { home in
            let pictures = try BrokenPictures(in: home)
            let total = pictures.good.count + pictures.broken.count
            #expect(Double(pictures.broken.count) / Double(total) > 0.05)
            let arguments = ["--data", pictures.folder.path, "--model", small]
            let report = try encode(arguments, home: home)
            #expect(report.pictures == total)
            #expect(report.unreadable.count == pictures.broken.count)
            for (path, reason) in pictures.broken {
                let entry = report.unreadable.first { $0.path == path }
                #expect(entry?.reason.contains(reason) == true, "\(path): \(entry?.reason ?? "not reported")")
            }
            // Three of the good ones are copies of others under other names.
            #expect(report.encoded + report.fromCache == pictures.good.count)

            let again = try Program.run(["encode"] + arguments, home: home)
            #expect(again.status == 0 && again.output.contains("0 encoded"), "\(again.output)")
            #expect(again.output.contains("\(pictures.broken.count) pictures could not be read:"))
            #expect(!again.output.contains("\u{1b}") && !again.errors.contains("\u{1b}"))
            #expect(again.output.contains("截断.png") && again.output.contains("bad \\u{1b}[2Jname.png"))
            let strict = try Program.run(["encode", "--strict"] + arguments, home: home)
            #expect(strict.status == 1)
        }
    }

    @Test func nothingUsableIsAFailure() throws {
        try withHome { home in
            let folder = home.appending(path: "pictures")
            for name in ["a", "b"] {
                try FileManager.default.createDirectory(
                    at: folder.appending(path: name), withIntermediateDirectories: true)
                try Data().write(to: folder.appending(path: "\(name)/x.png"))
            }
            let run = try Program.run(["encode", "--data", folder.path, "--model", small], home: home)
            #expect(run.status == 1 && run.errors.contains("none of the 2 pictures"), "\(run.errors)")
        }
    }

    /// Killed in the middle, without a chance to tidy up: the database is whole, and the next run goes on.
    @Test func goesOnAfterBeingKilled() throws {
        try withHome { home in
            let database = home.appending(path: "cliptop.sqlite").path
            let status = try runCommand(
                [
                    "bash", "-c",
                    """
                    '\(TMux.program.path)' encode --data '\(images)' &
                    count() { sqlite3 '\(database)' 'SELECT count(*) FROM feature' 2>/dev/null || echo 0; }
                    until [ "$(count)" -ge 8 ]; do kill -0 $! || exit 9; sleep 0.05; done
                    kill -KILL $!; wait $!; exit 0
                    """,
                ],
                environment: environment(home), output: home.appending(path: "killed.txt"))
            #expect(status == 0)
            #expect(try integrity(database) == "ok")
            let kept = try #require(try listing(home).spaces.first).pictures
            #expect(kept >= 8 && kept < 344, "\(kept) of 344 when it was killed")
            let report = try encode(["--data", images], home: home)
            #expect(report.fromCache >= kept && report.encoded <= 344 - kept && report.remaining == 0)
            #expect(report.fromCache + report.encoded == 344)
            #expect(try integrity(database) == "ok")
            #expect(try encode(["--data", images], home: home).fromCache == 344)
        }
    }

    @Test func anInterruptKeepsWhatIsDoneAndSaysSo() throws {
        try withHome { home in
            let database = home.appending(path: "cliptop.sqlite").path
            let status = try runCommand(
                [
                    "bash", "-c",
                    """
                    set -m; '\(TMux.program.path)' encode --json --data '\(images)' > '\(home.path)/report.json' &
                    count() { sqlite3 '\(database)' 'SELECT count(*) FROM feature' 2>/dev/null || echo 0; }
                    until [ "$(count)" -ge 8 ]; do kill -0 $! || exit 9; sleep 0.05; done
                    kill -INT $!; wait $!
                    """,
                ],
                environment: environment(home), output: home.appending(path: "out.txt"))
            #expect(status == 130)
            let report = try decode(
                String(contentsOf: home.appending(path: "report.json"), encoding: .utf8), as: Report.self)
            #expect(report.interrupted && report.remaining > 0 && report.encoded >= 8)
            let rest = try encode(["--data", images], home: home)
            #expect(rest.fromCache >= report.encoded && rest.remaining == 0)
        }
    }

    @Test func severalFillOneCacheAtOnce() throws {
        try withHome { home in
            let command = "'\(TMux.program.path)' encode --data '\(images)' --model '\(small)'"
            let status = try runCommand(
                ["bash", "-c", "\(command) & one=$!; \(command) & two=$!; wait $one && wait $two"],
                environment: environment(home), output: home.appending(path: "both.txt"))
            let said = try String(contentsOf: home.appending(path: "both.txt"), encoding: .utf8)
            #expect(status == 0, "\(said)")
            let database = home.appending(path: "cliptop.sqlite").path
            #expect(try integrity(database) == "ok")
            let whole = try #require(try listing(home).spaces.first).pictures
            #expect(try encode(["--data", images, "--model", small], home: home).fromCache == 344)
            #expect(try listing(home).spaces.map(\.pictures) == [whole])
        }
    }

    @Test func shardsCoverEverythingOnceAndMergeIntoOne() throws {
        try withHome { home in
            let homes = try (1...3).map { number in
                let shard = home.appending(path: "shard\(number)")
                try FileManager.default.createDirectory(at: shard, withIntermediateDirectories: true)
                return shard
            }
            var pictures = 0
            for (number, shard) in homes.enumerated() {
                pictures += try encode(
                    ["--data", images, "--model", small, "--shard", "\(number + 1)/3"], home: shard
                ).pictures
            }
            #expect(pictures == 344)
            let merge = try Program.run(["cache", "merge"] + homes.dropFirst().map(\.path), home: homes[0])
            #expect(merge.status == 0 && merge.output.contains("features added"), "\(merge.errors)")
            #expect(try encode(["--data", images, "--model", small], home: homes[0]).fromCache == 344)
            let nothing = try Program.run(
                ["cache", "merge", home.appending(path: "none.sqlite").path], home: homes[0])
            #expect(nothing.status == 1 && nothing.errors.contains("none.sqlite"))
            let readme = Fixtures.repository.appending(path: "README.md").path
            let text = try Program.run(["cache", "merge", readme], home: homes[0])
            #expect(text.status == 1 && text.errors.contains("not a database; give a cliptop.sqlite"), "\(text.errors)")
        }
    }

    @Test func parityHasFeaturesOfItsOwn() throws {
        try withHome { home in
            _ = try encode(["--data", images, "--model", small], home: home)
            #expect(try encode(["--data", images, "--model", small, "--parity"], home: home).encoded > 0)
            let spaces = try listing(home).spaces
            #expect(Set(spaces.map(\.pixels)) == ["parity", "white, upright"])
            #expect(Set(spaces.map(\.weights)).count == 1 && spaces.allSatisfy { $0.model == "vit-openclip" })
        }
    }

    @Test func prunesWhatItIsToldToAndNothingElse() throws {
        try withHome { home in
            let other = Fixtures.reference.appending(path: "models/rn-openclip").path
            let pictures = try BrokenPictures(in: home)
            for model in [small, other] {
                _ = try encode(["--data", pictures.folder.path, "--model", model], home: home)
            }
            func prune(_ arguments: String...) throws -> Program {
                try Program.run(["cache", "prune"] + arguments, home: home)
            }
            func counts() throws -> [String: Int] {
                Dictionary(uniqueKeysWithValues: try listing(home).spaces.map { ($0.model, $0.pictures) })
            }
            let before = try counts()
            #expect(try prune().status == 2)
            #expect(try prune("--all").status == 2)
            #expect(try prune("--model", "nosuch", "--yes").status == 2)
            #expect(try prune("--missing", "--yes").output == "nothing to remove\n")
            #expect(try prune("--older-than", "1d", "--yes").output == "nothing to remove\n")
            let dry = try prune("--model", "rn-openclip", "--dry-run")
            #expect(dry.status == 0 && dry.output.contains("would be removed"))
            #expect(try counts() == before)

            // The class of coins goes; nothing else holds these pictures.
            let coins = pictures.good.filter { $0.hasPrefix("coin/") }.count
            try FileManager.default.removeItem(at: pictures.folder.appending(path: "coin"))
            let missing = try prune("--missing", "--yes")
            #expect(missing.status == 0 && missing.output.contains("removed"), "\(missing.errors)")
            let after = try counts()
            #expect(
                after.allSatisfy { name, count in before[name].map { $0 - count <= coins && $0 - count > 0 } ?? false })
            #expect(try prune("--model", "rn-openclip", "--yes").status == 0)
            #expect(try counts().keys.sorted() == ["vit-openclip"])
            #expect(try prune("--all", "--yes").status == 0)
            #expect(try listing(home).spaces.isEmpty)
        }
    }

    @Test func exportsForOtherPrograms() throws {
        try withHome { home in
            let file = home.appending(path: "features.safetensors").path
            let arguments = ["cache", "export", "--data", images, "--model", small, "--output"]
            let run = try Program.run(arguments + [file], home: home)
            #expect(run.status == 0, "\(run.errors)")
            let inspected = try Program.run(["inspect", file], home: home)
            #expect(inspected.output.contains("features  F32 [344, 40]") && inspected.output.contains("I64 [344]"))
            let paths = try String(contentsOf: home.appending(path: "features.paths.txt"), encoding: .utf8)
            #expect(paths.split(separator: "\n").count == 344)
            #expect(try Program.run(arguments + ["/proc/nonexistent/x.safetensors"], home: home).status == 2)
            #expect(try Program.run(arguments + ["x.npy"], home: home).status == 2)
        }
    }

    @Test(arguments: [
        (["encode"], "--data", 2), (["encode", "--data", "/proc/nonexistent"], "/proc/nonexistent", 1),
        (["encode", "--data", "IMAGES", "--shard", "3/2"], "3/2", 2),
        (["encode", "--data", "IMAGES", "--shard", "1/0"], "1/0", 2),
        (["encode", "--data", "IMAGES", "--shard-folder", "parts"], "--shard i/n", 2),
        (["encode", "--data", "IMAGES", "--split", "train"], "train", 2),
        (["encode", "--data", "IMAGES", "--model", "/proc/nonexistent"], "/proc/nonexistent", 1),
        (["cache", "prune", "--older-than", "soon"], "such as 12h", 2),
        (["cache", "export", "--data", "IMAGES"], "--output", 2),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let run = try Program.run(arguments.map { $0 == "IMAGES" ? images : $0 }, home: home)
            #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").filter { !$0.hasSuffix(" ...") }.count == 1, "\(run.errors)")
        }
    }

    private func environment(_ home: URL) -> [String: String] {
        ProcessInfo.processInfo.environment.merging([
            "CLIPTOP_HOME": home.path, "CLIPTOP_SAMPLES": Fixtures.samples.path,
        ]) { $1 }
    }

    private func integrity(_ database: String) throws -> String {
        let output = URL(filePath: database).deletingLastPathComponent().appending(path: "integrity.txt")
        _ = try runCommand(["sqlite3", database, "PRAGMA integrity_check"], output: output)
        return try String(contentsOf: output, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
