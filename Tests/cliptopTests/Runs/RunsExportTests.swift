import Foundation
import TestSupport
import Testing

/// The built program writes stored runs for other programs.
@Suite struct RunsExportTests {
    private static let python = Python.with("tensorboard")

    private func train(_ name: String, _ options: [String] = [], home: URL) throws {
        let demo = Fixtures.samples.appending(path: "demo.toml").path
        let run = try Program.run(
            ["train", "--config", demo, "--no-augment", "--name", name] + options, home: home)
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func storedRunsBecomeFiles() throws {
        try withHome { home in
            try train("mine", ["--epochs", "3", "--log-jsonl", home.appending(path: "live.jsonl").path], home: home)
            try train("other", ["--method", "tip-adapter"], home: home)
            let (csv, log) = (home.appending(path: "runs.csv"), home.appending(path: "mine.jsonl"))
            for arguments in [["mine", "other", "mine", "-o", csv.path], ["mine", "--output", log.path]] {
                let run = try Program.run(["runs", "export"] + arguments, home: home)
                #expect(run.status == 0, "\(run.errors)")
            }
            let rows = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n")
            // Before the first step, two batches in each epoch, and the run without steps once.
            #expect(
                rows.count == 1 + 7 + 1
                    && rows.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 35 })
            #expect(rows.last?.contains(",other,") == true)
            // What is exported later is what was written live, but for the clock.
            func steps(_ file: URL) throws -> [[String: Any]] {
                try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
                    var object = try #require(
                        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
                    object["time"] = nil
                    return object
                }
            }
            let live = try steps(home.appending(path: "live.jsonl"))
            let stored = try steps(log)
            for kind in ["run", "step", "epoch", "eval", "end"] {
                func own(_ lines: [[String: Any]]) -> NSArray {
                    lines.filter { $0["kind"] as? String == kind } as NSArray
                }
                #expect(own(live) == own(stored) && own(live).count > 0, "\(kind): \(own(live)) \(own(stored))")
            }
            let folder = home.appending(path: "each")
            #expect(
                try Program.run(
                    ["runs", "export", "mine", "other", "--format", "jsonl", "-o", folder.path + "/"], home: home
                ).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
            let printed = try Program.run(["runs", "export", "other", "--format", "csv", "--long"], home: home)
            #expect(printed.output.contains(",test_top1,") && printed.output.hasPrefix("run,name"))
        }
    }

    @Test(.enabled(if: python != nil, "no Python with tensorboard; CLIPTOP_TEST_PYTHON may name one"))
    func tensorBoardShowsAStoredRun() throws {
        let python = try #require(Self.python)
        try withHome { home in
            try train("mine", home: home)
            let (board, csv) = (home.appending(path: "board"), home.appending(path: "runs.csv"))
            #expect(
                try Program.run(["runs", "export", "mine", "--format", "tensorboard", "-o", board.path], home: home)
                    .status == 0)
            #expect(try Program.run(["runs", "export", "mine", "--long", "-o", csv.path], home: home).status == 0)
            let found = try Python.run("tensorboard_scalars.py", with: python, [board.path]).split(separator: "\n")
            let rows = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n").dropFirst()
            #expect(found.count == rows.count && found.count > 12)
            // Figure, step and value: the same in the table, which has all digits.
            let scalars = found.map { $0.split(separator: "\t") }.map {
                "\($0[1].replacing("/", with: "_")) \($0[2]) \($0[4])"
            }
            let figures = rows.map { $0.split(separator: ",", omittingEmptySubsequences: false) }
                .map { "\($0[9]) \($0[7]) \(Double(Float($0[10]) ?? .nan))" }
            #expect(scalars.sorted() == figures.sorted())
        }
    }

    @Test(arguments: [
        (["runs", "export", "nobody", "-o", "x.csv"], "no run 'nobody'", 1),
        (["runs", "export", "nobody"], "--format", 2),
        (["runs", "export", "x", "--format", "tensorboard"], "--output", 2),
        (["runs", "export", "x", "--format", "jsonl", "--long"], "--long", 2),
        (["runs", "export", "x", "--format", "xml"], "tensorboard", 2), (["runs", "export"], "<run>", 2),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let run = try Program.run(arguments, home: home)
            #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
