import Foundation
import TestSupport
import Testing
import Training

@testable import Dashboard

/// What showing things costs, how that is kept small, and how it is said.
@Suite struct ScreenCostTests {
    @Test func ratesAreTakenOverTheTimeThatHasPassed() throws {
        let start = ContinuousClock.now
        var meter = UpdateMeter(at: start, work: .zero)
        for _ in 0..<15 { meter.noteFrame(bytes: 200) }
        let early = meter.read(at: start + .milliseconds(900), work: .milliseconds(9))
        let later = meter.read(at: start + .milliseconds(1500), work: .milliseconds(15))
        let idle = meter.read(at: start + .seconds(4), work: .milliseconds(15))
        #expect(early == nil)
        let cost = try #require(later)
        #expect(cost == ScreenCost(framesPerSecond: 10, bytesPerSecond: 2000, processorShare: 0.01))
        #expect(cost.text == "10 frames/s, 2.0 kB/s, 1.0 % of a core")
        #expect(idle?.text == "0 frames/s, 0 B/s, 0.0 % of a core")
    }

    @Test func whatNobodyCountsIsNotSaid() throws {
        let start = ContinuousClock.now
        var meter = UpdateMeter(at: start, work: .zero)
        meter.noteFrame(bytes: 200)
        meter.noteFrame(bytes: nil)
        let read = meter.read(at: start + .seconds(1), work: .zero)
        let cost = try #require(read)
        #expect(cost.bytesPerSecond == nil && cost.text == "2 frames/s, 0.0 % of a core")
    }

    @Test func theSystemCountsWhatThisThreadWrites() throws {
        let written = try #require(WrittenBytes())
        let before = try #require(written.count)
        let file = FileHandle(forWritingAtPath: "/dev/null")
        try file?.write(contentsOf: Data(repeating: 0, count: 1234))
        #expect(written.count == before + 1234)
    }

    @Test func theThreadsTimeGrowsWithItsWork() {
        let before = UpdateMeter.threadTime
        var sum = 0.0
        while UpdateMeter.threadTime - before < .milliseconds(2) { sum += sin(sum + 1) }
        #expect(sum.isFinite)
    }

    @Test func largeFramesAreFollowedByAPause() {
        var pacer = Self.pacerWithoutKeys()
        // A second's worth may be saved up; after that every byte is waited for.
        for _ in 0..<4 { pacer.noteFrame(took: .milliseconds(1), bytes: 400) }
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds > 300)
        for _ in 0..<8 { pacer.noteFrame(took: .milliseconds(1), bytes: 4000) }
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds <= 501, "never for longer than half a second")
        pacer.noteKey()
        #expect(pacer.timeoutMilliseconds <= 17, "a key does not wait for it")
    }

    /// A pacer on which no key was pressed for a while, for a thousand bytes a second.
    private static func pacerWithoutKeys() -> FramePacer {
        var pacer = FramePacer(framesPerSecond: 10, lastKey: .now - .seconds(60))
        pacer.bytesPerSecond = 1000
        return pacer
    }

    @Test func whatAKeyAskedForIsNotCounted() {
        var pacer = FramePacer(framesPerSecond: 10)
        pacer.bytesPerSecond = 1000
        pacer.noteKey()
        for _ in 0..<8 { pacer.noteFrame(took: .milliseconds(1), bytes: 4000) }
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds <= 101)
    }

    @Test func aTerminalThatTakesNothingIsSentLess() {
        var pacer = FramePacer(framesPerSecond: 10)
        for _ in 0..<6 { pacer.noteBlocked() }
        pacer.noteFrame(took: .milliseconds(1))
        pacer.noteChange()
        #expect(pacer.timeoutMilliseconds > 400)
    }

    @Test func theRateIsTenFramesASecondUnlessAskedOtherwise() {
        let folder = URL(filePath: "/themes")
        #expect(DashboardApplication.Options(themesFolder: folder).framesPerSecond == 10)
        #expect(DashboardApplication.Options(themesFolder: folder, framesPerSecond: 4).framesPerSecond == 4)
    }

    // MARK: on the screen

    private static let cost = ScreenCost(framesPerSecond: 9, bytesPerSecond: 870, processorShare: 0.012)

    private func lines(_ state: DashboardState, _ columns: Int, _ rows: Int) -> [String] {
        DashboardView.draw(state, columns: columns, rows: rows, .init(colors: .indexed256, glyphs: .full)).lines
    }

    @Test func itStandsWhereTheLogHasRoomAndGoesFirst() {
        var state = SnapshotTests.steered
        state.cost = Self.cost
        let text = "screen: 9 frames/s, 870 B/s, 1.2 % of a core"
        #expect(lines(state, 80, 24)[20] == String(repeating: " ", count: 80 - text.count) + text)
        #expect(lines(state, 160, 50).contains { $0.contains("╰ " + text + " ─") })
        for _ in 0..<3 { _ = state.apply(.log(LogEntry("something else"))) }
        #expect(!lines(state, 80, 24).contains { $0.contains("frames/s") })
        #expect(!lines(state, 40, 12).contains { $0.contains("frames/s") })
    }

    @Test func figuresThatChangeWithEveryBatchAreHeld() {
        let run = smallRun()
        var state = DashboardState(run, through: 10)
        #expect(state.shownSpeed == run.batch(10).samplesPerSecond, "before the first second the newest is shown")
        state.held.refresh(from: state.run)
        let (speed, left) = (state.shownSpeed, state.shownSecondsLeft)
        for step in 11...14 {
            _ = state.apply(.batch(run.batch(step, speed: step % 2 == 0 ? 50 : 200)))
        }
        _ = state.apply(.epoch(run.epoch(7)))
        #expect(state.shownSpeed == speed && state.shownSecondsLeft == left)
        state.held.refresh(from: state.run)
        // The mean over time, not over batches: of 50 and 200 that is 80.
        #expect(abs((state.shownSpeed ?? 0) - 80) < 1)
        #expect(state.shownSecondsLeft == state.run.secondsLeft)
        _ = state.apply(.finished(run.result))
        #expect(state.shownSecondsLeft == nil, "a run that has ended has nothing left")
    }
}

/// Themes that are written to while they are in use.
@Suite(.serialized) struct ThemeReloadTests {
    private func write(_ text: String, _ folder: URL) throws {
        try text.write(to: folder.appending(path: "mine.toml"), atomically: true, encoding: .utf8)
    }

    @Test func aWatcherTellsEachChangeOnce() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("accent = \"cyan\"", folder)
        var watcher = ThemeWatcher("mine", in: folder)
        var seen = [watcher.hasChanged()]
        try write("accent = \"blue\"", folder)
        seen += [watcher.hasChanged(), watcher.hasChanged()]
        try FileManager.default.removeItem(at: folder.appending(path: "mine.toml"))
        // An editor may be about to put it back.
        seen.append(watcher.hasChanged())
        try write("accent = \"cyan\"", folder)
        seen.append(watcher.hasChanged())
        #expect(seen == [false, true, false, false, true])
    }

    @Test(.timeLimit(.minutes(1))) func aThemeInUseIsReadAgainAndAnErrorKeepsTheOldOne() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try write("accent = \"cyan\"", folder)
        let terminal = MemoryTerminal(columns: 120, rows: 24)
        var stage = 0
        var accents: [ANSIColor?] = []
        terminal.onFrame = { terminal in
            let text = terminal.canvas?.plain ?? ""
            do {
                switch stage {
                case 0: try write("accent = \"blue\"", folder)
                case 1 where text.contains("theme mine read again"): try write("accent = \"bluish\"", folder)
                case 2 where text.contains("mine.toml:1: accent: 'bluish' is not a colour"):
                    terminal.press(.character("q"))
                default: return
                }
            } catch { Issue.record(error) }
            accents.append(terminal.theme?[.accent].ansi)
            stage += 1
        }
        var options = DashboardApplication.Options(themesFolder: folder, themeName: "mine", framesPerSecond: 60)
        options.capturesStandardError = false
        let application = try DashboardApplication(
            control: ScriptedControl(smallRun(), isQuick: true), options: options
        ) { terminal }
        _ = try application.run()
        #expect(accents == [.cyan, .blue, .blue])
    }
}
