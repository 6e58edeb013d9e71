import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct LiveLogTests {
    private func events(_ folder: URL) throws -> [URL] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.contains("tfevents") }
            .map { folder.appending(path: $0) }
    }

    @Test func aSessionIsWrittenAsItGoes() throws {
        try withFileTree(["log.jsonl": "{\"kind\":\"end\"}\n{\"kind\":\"st"]) { folder in
            let (lines, board) = (folder.appending(path: "log.jsonl"), folder.appending(path: "board/deep"))
            let harness = try SessionHarness()
            let log = try LiveLog(
                harness.session.makeViewer(), ExportSamples.configuration, jsonLines: lines.path,
                tensorBoard: board.path)
            let result = try #require(try harness.follow())
            #expect(log.finish(hasEnded: true).isEmpty)
            let found = try String(contentsOf: lines, encoding: .utf8).split(separator: "\n").dropFirst(2)
                .map { try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]) }
            // What was there stays, and its half line does not swallow ours.
            #expect(found.first?["kind"] as? String == "run" && found.last?["status"] as? String == "ok")
            let steps = found.filter { $0["kind"] as? String == "step" }
            let losses = steps.compactMap { $0["loss"] as? Double }
            // Foundation reads decimal numbers to all but the last bit.
            #expect(losses.elementsEqual(harness.batches.map(\.loss)) { abs($0 - $1) <= 1e-14 * abs($1) })
            let top1 = found.last { $0["weights"] as? String == "final" }?["top1"] as? Double
            #expect(top1 == result.finalTest?.top1)
            let files = try events(board)
            #expect(files.count == 1)
            #expect(try Data(contentsOf: files[0]).count > 40 + harness.batches.count * 48)
        }
    }

    @Test func aFullDiskEndsTheLogAndNotTheRun() throws {
        try withFileTree([:]) { folder in
            let board = folder.appending(path: "board")
            let harness = try SessionHarness()
            let log = try LiveLog(
                harness.session.makeViewer(), ExportSamples.configuration, jsonLines: "/dev/full",
                tensorBoard: board.path)
            #expect(try harness.follow()?.state == .done)
            let problems = log.finish(hasEnded: true)
            #expect(problems.count == 1 && "\(problems)".contains("/dev/full"))
            #expect(try events(board).count == 1)
        }
    }

    @Test func aRunThatCannotBeginWritesNothing() throws {
        try withFileTree([:]) { folder in
            let lines = folder.appending(path: "log.jsonl")
            let harness = try SessionHarness(change: { $0.data = URL(filePath: "/proc/nonexistent") })
            let log = try LiveLog(
                harness.session.makeViewer(), ExportSamples.configuration, jsonLines: lines.path, tensorBoard: nil)
            try harness.follow()
            #expect(log.finish(hasEnded: true).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: lines.path))
        }
    }

    @Test func whatCannotBeWrittenIsSaidBeforehand() throws {
        try withFileTree(["file": ""]) { folder in
            let session = try SessionHarness().session
            func begin(_ lines: String?, _ board: String?) throws {
                _ = try LiveLog(
                    session.makeViewer(), ExportSamples.configuration, jsonLines: lines, tensorBoard: board)
            }
            #expect(throws: OutputFileError.self) { try begin(folder.path, nil) }
            #expect(throws: OutputFileError.self) { try begin(folder.path + "/none/log.jsonl", nil) }
            #expect(throws: OutputFileError.self) { try begin(nil, folder.path + "/file") }
        }
    }
}
