import Foundation
import TestSupport
import Testing

/// The built program writes logs for others while it trains.
@Suite struct LogProgramTests {
    private let demo = Fixtures.samples.appending(path: "demo.toml").path

    @Test func writesLogsWhileItTrains() throws {
        try withHome { home in
            let (lines, board) = (home.appending(path: "log.jsonl"), home.appending(path: "board"))
            let run = try Program.run(
                [
                    "train", "--config", demo, "--no-augment", "--epochs", "3", "--name", "mine", "--log-jsonl",
                    lines.path, "--tensorboard", board.path,
                ], home: home)
            #expect(run.status == 0, "\(run.errors)")
            let text = try String(contentsOf: lines, encoding: .utf8)
            #expect(text.hasPrefix("{\"kind\":\"run\"") && text.contains("{\"kind\":\"end\""))
            #expect(text.components(separatedBy: "{\"kind\":\"epoch\"").count == 4)
            let folders = try FileManager.default.contentsOfDirectory(atPath: board.path)
            #expect(folders.count == 1 && folders[0].hasPrefix("mine-"))
        }
    }

    @Test(arguments: ["--log-jsonl", "--tensorboard"]) func whatCannotBeWrittenIsWrongUse(option: String) throws {
        try withHome { home in
            let run = try Program.run(["train", option, "/dev/null/none"], home: home)
            let problem = "\(option): cannot write to /dev/null/none"
            #expect(run.status == 2 && run.errors.contains(problem), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1)
        }
    }
}
