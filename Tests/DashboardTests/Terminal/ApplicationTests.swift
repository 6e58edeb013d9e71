import Foundation
import Synchronization
import TestSupport
import Testing
import Training

@testable import Dashboard

/// The loop itself, with keys from a script and frames kept in memory. One at a time: signals belong to the process.
@Suite(.serialized) struct ApplicationTests {
    private static let themes = Fixtures.repository.appending(path: "Themes")

    /// Runs the dashboard on a quick scripted session; `onFrame` may press keys.
    private func run(
        epochs: Int = 20, start: Bool = true, capturesStandardError: Bool = false, refusal: String? = nil,
        change: (inout DashboardApplication.Options) -> Void = { _ in }, loss: String? = nil,
        _ onFrame: @escaping (MemoryTerminal, String) -> Void
    ) throws -> (DashboardOutcome, MemoryTerminal, [TrainingCommand]) {
        // A dashboard that left its run running has made the process deaf to it.
        signal(SIGHUP, SIG_DFL)
        var script = try ScriptedRun(folder: Fixtures.samples.appending(path: "Images"))
        script.epochs = epochs
        let control = ScriptedControl(script, isQuick: true, refuses: refusal, loss: loss)
        let terminal = MemoryTerminal(columns: 80, rows: 24)
        terminal.onFrame = { onFrame($0, $0.canvas?.plain ?? "") }
        var options = DashboardApplication.Options(themesFolder: Self.themes, themeName: "night", framesPerSecond: 60)
        options.capturesStandardError = capturesStandardError
        change(&options)
        let application = try DashboardApplication(control: control, options: options) { terminal }
        let outcome = try application.run {
            #expect(terminal.framesShown == 1, "the first frame stands before the session begins")
            if start { control.start() }
        }
        #expect(terminal.isClosed)
        #expect(control.commands.first { $0 != .subscription(.inspect(picture: 4)) } == .subscription(.attended(true)))
        #expect(control.commands.last == .subscription(.attended(false)))
        return (
            outcome, terminal,
            control.commands.filter { $0 != .subscription(.attended(true)) && $0 != .subscription(.attended(false)) }
        )
    }

    @Test(.timeLimit(.minutes(1))) func aRunIsWatchedToItsEnd() throws {
        let (outcome, terminal, commands) = try run { terminal, text in
            if text.contains("results on 216 test pictures") { terminal.press(.character("q")) }
        }
        #expect(outcome.ending == .finished && outcome.exitStatus == 0)
        #expect(outcome.result?.finalTest?.count == 216)
        #expect(terminal.canvas?.plain.contains("■ DONE") == true)
        #expect(commands == [.subscription(.inspect(picture: 4))])
    }

    @Test(.timeLimit(.minutes(1))) func keysSteerAndQuitSaves() throws {
        var pressed = false
        let (outcome, _, commands) = try run(epochs: 100_000) { terminal, text in
            guard !pressed, text.contains("● RUNNING"), text.contains("step 1") else { return }
            pressed = true
            terminal.press(.character("+"), .character(" "), .character("q"), .character("s"))
        }
        #expect(outcome.ending == .stopped && outcome.state == .stopped(saved: true))
        #expect(
            commands.suffix(3) == [.control(.scale("lr", by: 2)), .control(.pause), .control(.stop(.now, save: true))])
    }

    @Test(.timeLimit(.minutes(1))) func discardingIsADifferentEnd() throws {
        var pressed = false
        let (outcome, _, _) = try run(epochs: 100_000) { terminal, text in
            guard !pressed, text.contains("● RUNNING"), text.contains("step 1") else { return }
            pressed = true
            terminal.press(.character("q"), .character("d"), .character("y"))
        }
        #expect(outcome.ending == .discarded && outcome.result?.adapterFile == nil)
    }

    /// NaN by a typed rate, the question, the rate before, and on.
    @Test(.timeLimit(.minutes(1))) func aRunComesBackFromNaN() throws {
        var hasBroken = false
        var hasQuit = false
        let (outcome, _, commands) = try run(epochs: 100_000) { terminal, text in
            if !hasBroken {
                guard text.contains("● RUNNING"), text.contains("step 1") else { return }
                hasBroken = true
                terminal.press(.character("l"), .character("3"), .enter)
            } else if text.contains("loss is NaN: what now?") {
                terminal.press(.enter)
            } else if text.contains("● RUNNING"), text.contains("lr 3.0e-3"), !hasQuit {
                hasQuit = true
                terminal.press(.character("q"), .character("s"))
            }
        }
        #expect(outcome.ending == .stopped)
        #expect(commands.contains(.control(.restoreCheckpoint(learningRate: 0.003))))
    }

    /// Leaving without an end: neither a command that stops nor a wait for one.
    @Test(.timeLimit(.minutes(1)), arguments: [true, false])
    func leavingARunRunningIsADifferentEnd(_ isAttached: Bool) throws {
        var pressed = false
        let (outcome, _, commands) = try run(
            epochs: 100_000, change: { ($0.canDetach, $0.isAttached) = (!isAttached, isAttached) }
        ) { terminal, text in
            guard !pressed, text.contains("step 1") else { return }
            pressed = true
            terminal.press(.character("q"), .character("l"))
        }
        #expect(outcome.ending == .detached && outcome.exitStatus == 0 && outcome.result == nil)
        #expect(!commands.contains { if case .control(.stop) = $0 { true } else { false } })
    }

    @Test(.timeLimit(.minutes(1))) func aSignalToAViewerEndsTheViewerAlone() throws {
        var sent = false
        let (outcome, _, commands) = try run(epochs: 100_000, change: { $0.isAttached = true }) { _, text in
            guard !sent, text.contains("step 1") else { return }
            sent = true
            kill(getpid(), SIGTERM)
        }
        #expect(outcome.exitStatus == 143)
        #expect(!commands.contains { if case .control(.stop) = $0 { true } else { false } })
    }

    @Test(.timeLimit(.minutes(1)), arguments: [(SIGTERM, Int32(143)), (SIGHUP, Int32(129))])
    func deadlySignalsSaveAndGiveTheTerminalBack(_ signal: Int32, _ status: Int32) throws {
        var sent = false
        let (outcome, _, commands) = try run(epochs: 100_000) { _, text in
            guard !sent, text.contains("step 1") else { return }
            sent = true
            kill(getpid(), signal)
        }
        #expect(outcome.ending == .signal(signal) && outcome.exitStatus == status)
        #expect(commands.last == .control(.stop(.now, save: true)))
        #expect(outcome.state == .stopped(saved: true), "the end waits for the session to have saved")
    }

    /// A terminal that goes away takes nothing with it where the run can go on by itself.
    @Test(.timeLimit(.minutes(1))) func hangingUpLeavesARunThatCanGoOn() throws {
        let before = signal(SIGHUP, SIG_DFL)
        defer { signal(SIGHUP, before) }
        var sent = false
        let (outcome, terminal, commands) = try run(epochs: 100_000, change: { $0.canDetach = true }) { _, text in
            guard !sent, text.contains("step 1") else { return }
            sent = true
            kill(getpid(), SIGHUP)
        }
        #expect(outcome.ending == .detached && outcome.run?.runID == "7f3a91c2")
        #expect(!commands.contains { if case .control(.stop) = $0 { true } else { false } })
        #expect(terminal.isClosed)
        // The second of two such signals must not end the process.
        kill(getpid(), SIGHUP)
    }

    @Test(.timeLimit(.minutes(1))) func aReadOnlyViewerIsToldSoAndLeavesWithoutAQuestion() throws {
        var pressed = false
        let (outcome, _, commands) = try run(
            epochs: 100_000, refusal: "this viewer is read-only",
            change: { ($0.isAttached, $0.isReadOnly) = (true, true) }
        ) { terminal, text in
            if !pressed, text.contains("step 1") {
                pressed = true
                terminal.press(.character(" "))
            } else if text.contains("is read-only") {
                terminal.press(.character("q"))
            }
        }
        #expect(outcome.ending == .detached)
        #expect(!commands.contains(.control(.pause)))
    }

    @Test(.timeLimit(.minutes(1))) func aViewerWhoseRunIsLostLeaves() throws {
        let (outcome, terminal, _) = try run(
            epochs: 100_000, change: { $0.isAttached = true }, loss: "the process that trained it has gone"
        ) { _, _ in }
        #expect(outcome.ending == .lost("the process that trained it has gone") && outcome.exitStatus == 1)
        #expect(terminal.isClosed)
    }

    @Test(.timeLimit(.minutes(1))) func controlCTwiceEndsWith130() throws {
        var sent = 0
        let (outcome, _, commands) = try run(epochs: 100_000) { _, text in
            if sent == 0, text.contains("step 1") {
                sent = 1
                kill(getpid(), SIGINT)
            } else if sent == 1, text.contains("quit?") {
                sent = 2
                kill(getpid(), SIGINT)
            }
        }
        #expect(outcome.exitStatus == 130 && commands.last == .control(.stop(.now, save: true)))
    }

    @Test(.timeLimit(.minutes(1))) func aResizeIsDrawn() throws {
        var sent = false
        let (_, terminal, _) = try run { terminal, text in
            if !sent {
                sent = true
                terminal.setSize(columns: 40, rows: 10)
                kill(getpid(), SIGWINCH)
            } else if terminal.size.columns == 40, text.contains("DONE") {
                terminal.press(.escape, .character("q"))
            }
        }
        #expect(terminal.canvas?.width == 40 && terminal.canvas?.height == 10)
    }

    @Test(.timeLimit(.minutes(1))) func standardErrorIsKeptForAfterwards() throws {
        var written = false
        let (outcome, _, _) = try run(start: false, capturesStandardError: true) { terminal, _ in
            guard !written else { return }
            written = true
            FileHandle.standardError.write(Data("a library complains\n".utf8))
            terminal.press(.character("q"))
        }
        #expect(outcome.standardError.contains("a library complains"))
        #expect(outcome.ending == .discarded || outcome.ending == .stopped)
    }

    @Test(.timeLimit(.minutes(1))) func aBrokenThemeIsSaidAndSkipped() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try "accent = \"cyan\"".write(to: folder.appending(path: "a.toml"), atomically: true, encoding: .utf8)
        try "accent = \"#12G\"".write(to: folder.appending(path: "b.toml"), atomically: true, encoding: .utf8)
        try "accent = \"red\"".write(to: folder.appending(path: "c.toml"), atomically: true, encoding: .utf8)
        let terminal = MemoryTerminal(columns: 120, rows: 24)
        var seen: [String] = []
        terminal.onFrame = { terminal in
            let text = terminal.canvas?.plain ?? ""
            switch terminal.framesShown {
            case 1, 2: terminal.press(.character("t"))
            default: terminal.press(.character("q"))
            }
            seen.append(text)
        }
        let control = ScriptedControl(smallRun(), isQuick: true)
        var options = DashboardApplication.Options(themesFolder: folder, themeName: "a", framesPerSecond: 60)
        options.capturesStandardError = false
        let application = try DashboardApplication(control: control, options: options) { terminal }
        _ = try application.run()
        #expect(seen.contains { $0.contains("b.toml:1: accent: '#12G' is not a colour") })
        #expect(seen.contains { $0.contains("theme c") })
    }

    @Test func aThemeThatIsNotThereIsAnErrorBeforeAnythingElse() {
        #expect(throws: ThemeError.self) {
            try DashboardApplication(
                control: ScriptedControl(smallRun(), isQuick: true),
                options: .init(themesFolder: Self.themes, themeName: "nope"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func aTerminalThatTakesNoOutputDoesNotSpin() throws {
        let clock = ContinuousClock()
        var pacer = FramePacer(framesPerSecond: 30)
        pacer.noteKey()
        let deadline = clock.now + .milliseconds(350)
        var attempts = 0
        while clock.now < deadline {
            if pacer.isDue {
                attempts += 1
                pacer.noteBlocked()
            }
            usleep(UInt32(max(1, pacer.timeoutMilliseconds)) * 1000)
        }
        #expect((1...5).contains(attempts))
    }

    @Test func framesAreFewerWhereTheLineIsSlow() {
        var pacer = FramePacer(framesPerSecond: 10)
        for _ in 0..<8 { pacer.noteFrame(took: .milliseconds(80)) }
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds > 900)
        for _ in 0..<8 { pacer.noteFrame(took: .milliseconds(1)) }
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds <= 110)
        pacer.noteKey()
        #expect(pacer.timeoutMilliseconds <= 17, "keys do not wait for the frame rate")
    }

    @Test(.timeLimit(.minutes(1))) func picturesAreDecodedElsewhereAndKept() throws {
        let wakes = Mutex(0)
        let loader = PictureLoader { wakes.withLock { $0 += 1 } }
        let capabilities = TerminalCapabilities(colors: .indexed256, glyphs: .full)
        func request(_ path: String) -> PictureLoader.Request {
            .init(url: Fixtures.samples.appending(path: path), columns: 10, rows: 5, capabilities: capabilities)
        }
        let good = request("Images/planet/3_earth.png")
        #expect(loader.pictures([good])[0] == .loading)
        while loader.pictures([good])[0] == .loading { usleep(1000) }
        guard case .ready(let cells) = loader.pictures([good])[0] else {
            Issue.record("not decoded")
            return
        }
        #expect(cells.columns == 10 && cells.rows == 5)
        let bad = request("ATTRIBUTION.md")
        while loader.pictures([bad])[0] == .loading { usleep(1000) }
        guard case .failed(let reason) = loader.pictures([bad])[0] else {
            Issue.record("a text file was taken for a picture")
            return
        }
        #expect(reason.contains("ATTRIBUTION.md"))
        #expect(wakes.withLock { $0 } == 2)
    }
}
