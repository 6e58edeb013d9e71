import Foundation
import Testing
import Training

@testable import Dashboard

/// The panes and questions of steering as literal screens.
@Suite struct PaneScreenTests {
    /// Step 34, with the rate doubled after step 11 and the ratio set after step 24.
    private var steered: DashboardState {
        var state = SnapshotTests.steered
        _ = state.apply(
            .intervention(
                Intervention(
                    change: .set(name: "ratio", from: 0.4, to: 0.55), afterStep: 24, afterEpoch: 12, time: Date(),
                    nextUndo: .init(name: "ratio", value: 0.4))))
        return state
    }

    private var halted: DashboardState {
        var state = steered
        var broken = smallRun().batch(35, rate: 9)
        broken.loss = .nan
        _ = state.apply(.batch(broken))
        _ = state.apply(
            .state(.halted(step: 35, learningRate: 9, lastFiniteLoss: 0.53, loss: .batch, recoveryRate: 0.003)))
        return state
    }

    /// Three pictures, pinned before the first epoch.
    private var pinned: DashboardState {
        let run = smallRun()
        var state = DashboardState(run, through: 0)
        for picture in [4, 13, 25] { #expect(state.pinned.toggle(picture) == .pinned) }
        for step in 1...34 {
            _ = state.apply(.batch(run.batch(step)))
            guard step % ScriptedRun.batchesPerEpoch == 0 else { continue }
            _ = state.apply(.epoch(run.epoch(step / ScriptedRun.batchesPerEpoch)))
            _ = state.apply(.probes(run.probes(state.pinned.pictures, step: step)))
        }
        _ = state.apply(.prediction(run.prediction(4, step: 34)))
        return state
    }

    @Test func notANumber() throws { try StoredScreens.check(halted, "nan-question") }

    @Test func notANumberToBeDecidedLater() throws {
        var state = halted
        _ = state.press(.escape)
        try StoredScreens.check(state, "nan-waiting")
    }

    @Test func ratioSlider() throws {
        var state = steered
        _ = state.perform(.showRatios)
        _ = state.apply(.ratios(smallRun().ratios(epoch: 17, ratio: 0.55)))
        for _ in 0..<3 { _ = state.perform(.raiseRatioCursor) }
        try StoredScreens.check(state, "ratio-slider")
    }

    @Test func pinnedPictures() throws {
        var state = pinned
        _ = state.perform(.showPinned)
        try StoredScreens.check(state, "pinned")
    }

    @Test func quitting() throws {
        var state = steered
        state.canDetach = true
        _ = state.perform(.quit)
        try StoredScreens.check(state, "quit-detachable")
        state = steered
        state.isAttached = true
        _ = state.perform(.quit)
        try StoredScreens.check(state, "quit-attached")
    }

    @Test func restoring() throws {
        var state = steered
        _ = state.perform(.restoreCheckpoint)
        try StoredScreens.check(state, "restore-question")
    }

    @Test func typingARatio() throws {
        var state = steered
        _ = state.perform(.typeRatio)
        for key in "0.7" { _ = state.press(.character(key)) }
        try StoredScreens.check(state, "typing-ratio")
    }

    @Test func nearestShots() throws {
        var state = pinned
        _ = state.press(.character("2"))
        _ = state.press(.enter)
        for key in "/a.png" { _ = state.press(.character(key)) }
        _ = state.press(.enter)
        var answer = ClassifyAnswer(ClassifyRequest(number: 1, picture: URL(filePath: "/a.png")))
        (answer.labels, answer.zeroShot, answer.adapted) = (["bird", "coin"], [0.4, 0.6], [0.9, 0.1])
        answer.nearest = [
            .init(picture: 0, cosine: 0.91), .init(picture: 1, cosine: 0.83), .init(picture: 9, cosine: 0.5),
        ]
        (answer.size, answer.milliseconds) = ([1600, 1200], 31)
        _ = state.apply(.classified(answer))
        try StoredScreens.check(state, "nearest-shots")
        func small(_ columns: Int, _ rows: Int) -> [Int] {
            state.screen.pictures(state, Rect(x: 0, y: 0, width: columns, height: rows)).small.map(\.picture)
        }
        #expect(small(80, 24) == [0, 1, 9])
        #expect(small(40, 12).isEmpty)
    }

    @Test func oneChartWithItsKeys() throws {
        var state = steered
        _ = state.perform(.fullScreen)
        _ = state.perform(.crosshair)
        try StoredScreens.check(state, "one-chart")
        let footer = DashboardView.draw(
            state, columns: 80, rows: 24, TerminalCapabilities(colors: .indexed256, glyphs: .full)
        ).lines[23]
        for title in [
            "[ ] chart", "f all", "z Z zoom", "x hide it", "m smooth", "y log", "←→ move it", "? keys",
        ] {
            #expect(footer.contains(title), "\(title)")
        }
    }
}
