import Foundation
import TestSupport
import Testing

/// Runs that outlive their terminal, and terminals that come back to them: the built program in real terminals.
@Suite(.serialized) struct AttachProgramTests {
    private let options =
        " --config " + Fixtures.samples.appending(path: "demo.toml").path + " --no-augment --epochs 100000 --pace 10"

    private var train: String { TMux.program.path + " train" + options }

    private func attach(_ state: URL, _ options: String = "") throws -> TMux {
        try TMux(TMux.program.path + " attach" + options, state: state)
    }

    /// The epoch that a dashboard is at.
    private func epoch(_ screen: String) -> Int? {
        guard let match = screen.firstMatch(of: #/epoch +([0-9,]+)/100,000/#) else { return nil }
        return Int(match.1.replacing(",", with: ""))
    }

    /// The pty is closed under the program, as a connection drops.
    @Test func aRunOutlivesItsTerminalAndIsSteeredFromOthers() throws {
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: state) }
        let first = try TMux(train, state: state)
        try first.wait(seconds: 300, for: "RUNNING")
        let before = try epoch(first.wait { (self.epoch($0) ?? 0) >= 2 }) ?? 0
        try first.hangUp()

        let second = try attach(state)
        try second.wait { $0.contains("RUNNING") && (self.epoch($0) ?? 0) > before }
        // The mark of what happened while nobody looked is in the log, and the curves begin at the first step.
        try second.wait { $0.contains("continued in the background") || $0.contains("attached") }
        let third = try attach(state, " --read-only")
        try third.wait(for: "RUNNING")
        try third.press("Space")
        try third.wait(for: "is read-only")
        try second.press("+")
        for terminal in [second, third] { try terminal.wait(for: "lr 6.0e-3") }
        try second.press("Space")
        for terminal in [second, third] { try terminal.wait(for: "PAUSED") }
        try second.press("Space")
        try third.press("Escape", "q")
        #expect(try third.wait(for: "[exit ").contains("[exit 0]"))
        #expect(try third.modesAreRestored())

        // Leaving leaves it running; that is the first choice.
        try second.press("q")
        try second.wait(for: "leave it running")
        try second.press("Enter")
        #expect(try second.wait(for: "[exit ").contains("[exit 0]"))
        let (fourth, fifth) = (try attach(state), try attach(state))
        for terminal in [fourth, fifth] { try terminal.wait(for: "RUNNING") }
        try fourth.press("q", "s")
        #expect(try fourth.wait(for: "[exit ").contains("stopped, saved in"))
        try fifth.wait(for: "results on 216 test pictures")
        try fifth.press("q")
        #expect(try fifth.wait(for: "[exit ").contains("[exit 0]"))

        let none = try Program.run(["attach"], home: state)
        #expect(none.status == 1 && none.errors.contains("no run is live"), "\(none.errors)")
        let ended = try Program.run(["attach", "latest"], home: state)
        #expect(ended.status == 1 && ended.errors.contains("has ended (stopped)"), "\(ended.errors)")
    }

    @Test func detachingGivesThePromptBackAndTheRunGoesOn() throws {
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: state) }
        let first = try TMux(train, state: state)
        try first.wait(seconds: 300) { (self.epoch($0) ?? 0) >= 1 }
        try first.press("q")
        try first.wait(for: "detach")
        try first.press("l")
        let prompt = try first.wait(for: "[exit ")
        #expect(prompt.contains("[exit 0]") && prompt.contains("cliptop attach"))
        #expect(try first.modesAreRestored())
        let second = try attach(state)
        try second.wait { (self.epoch($0) ?? 0) >= 2 }
        try second.press("q", "d", "y")
        try second.wait(for: "[exit ")
    }

    @Test func aRunThatIsKilledIsLostInOneLine() throws {
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: state) }
        let start = try Program.run(["train", "--detach"] + words(options), home: state)
        #expect(start.status == 0, "\(start.errors)")
        let run = try #require(start.output.firstMatch(of: #/run ([0-9a-f]{8}) goes on/#)?.1)
        let terminal = try TMux(TMux.program.path + " attach \(run)", state: state)
        try terminal.wait(for: "RUNNING")
        let lock = state.appending(path: "runs/\(run)/lock")
        let process = try #require(
            Int32(String(contentsOf: lock, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(process, SIGKILL) == 0)
        let end = try terminal.wait(for: "[exit ")
        #expect(end.contains("[exit 1]") && end.contains("the connection to run \(run) is lost"), "\(end)")
        #expect(try terminal.modesAreRestored())
        let stale = try Program.run(["attach", String(run)], home: state)
        #expect(stale.status == 1 && stale.errors.contains("cliptop resume \(run)"), "\(stale.errors)")
    }

    @Test func whatKeepsARunFromBeginningIsSaidBeforeTheProgramGoes() throws {
        try withHome { home in
            let run = try Program.run(["train", "--detach", "--data", "/proc/nonexistent/data"], home: home)
            #expect(
                run.status == 1 && run.errors.contains("there is no data folder /proc/nonexistent/data"),
                "\(run.errors)")
        }
    }

    /// Without the dashboard too: plain lines whose terminal goes away.
    @Test func aPlainRunOutlivesItsTerminal() throws {
        let state = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: state) }
        // Nobody can slow plain lines down: enough epochs for a terminal to go away in between, and an end to wait for.
        let long = options.replacing("--epochs 100000", with: "--epochs 5000")
        let first = try TMux(TMux.program.path + " train --plain" + long, state: state)
        try first.wait(seconds: 300, for: "epoch")
        try first.hangUp()
        let runs = state.appending(path: "runs")
        let run = try #require(try FileManager.default.contentsOfDirectory(atPath: runs.path).first)
        let log = runs.appending(path: run).appending(path: "headless.log")
        let end = Date().addingTimeInterval(300)
        func text() -> String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
        while !text().contains("saved in"), Date() < end { Thread.sleep(forTimeInterval: 0.05) }
        #expect(text().contains("continued in the background") && text().contains("epoch 5000/5000"))
    }

    private func words(_ options: String) -> [String] { options.split(separator: " ").map(String.init) }
}
