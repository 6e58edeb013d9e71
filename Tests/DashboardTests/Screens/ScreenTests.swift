import Foundation
import Pictures
import TestSupport
import Testing
import Training

@testable import Dashboard

@Suite struct ScreenTests {
    private static let capabilities = [
        TerminalCapabilities(colors: .indexed256, glyphs: .full),
        TerminalCapabilities(colors: .ansi8, glyphs: .console),
        TerminalCapabilities(colors: .ansi16, glyphs: .blocks), TerminalCapabilities(colors: .none, glyphs: .ascii),
    ]

    /// States that between them open every pane and every overlay.
    private static var states: [DashboardState] {
        let long = smallRun(classes: ["musical instrument", "日本の鳥", "e\u{301}toile"])
        var typing = SnapshotTests.steered
        _ = typing.perform(.typeRate)
        _ = typing.press(.character("x"))
        _ = typing.press(.enter)
        var asking = SnapshotTests.steered
        _ = asking.perform(.quit)
        var helping = SnapshotTests.steered
        _ = helping.perform(.help)
        _ = helping.perform(.scrollDown)
        var finished = SnapshotTests.steered
        _ = finished.apply(.finished(smallRun().result))
        var diverged = DashboardState(long, through: 9)
        _ = diverged.apply(
            .batch(BatchRecord(step: 10, epoch: 5, batch: 2, loss: .nan, learningRate: 9, samplesPerSecond: 0)))
        _ = diverged.apply(.state(.diverged(step: 10, learningRate: 9, lastFiniteLoss: nil)))
        var picture = DashboardState(long, through: 3)
        let grey = Picture(width: 4, height: 3, pixels: Array(repeating: 120, count: 36))
        picture.picture = .ready(PictureCells(grey, columns: 12, rows: 7, capabilities[0]))
        return [DashboardState(), SnapshotTests.steered, typing, asking, helping, finished, diverged, picture]
    }

    @Test func everySizeIsDrawnInsideItsBounds() {
        let sentinel = Cell("¿")
        for state in Self.states {
            for columns in 1...90 {
                for rows in stride(from: 1, through: 30, by: columns % 7 == 0 ? 1 : 4) {
                    // A margin of two cells all round, which must stay untouched.
                    var canvas = Canvas(width: columns + 4, height: rows + 4, filledWith: sentinel)
                    let place = Rect(x: 2, y: 2, width: columns, height: rows)
                    canvas.inside(place) {
                        DashboardView.draw(state, Self.capabilities[(columns + rows) % 4], into: &$0)
                    }
                    var torn = 0
                    for y in 0..<canvas.height {
                        for x in 0..<canvas.width where !place.contains(x: x, y: y) {
                            if canvas.cell(x: x, y: y) != sentinel { torn += 1 }
                        }
                    }
                    #expect(torn == 0, "\(columns)x\(rows)")
                }
            }
        }
    }

    @Test(arguments: [(300, 100), (200, 60), (120, 40), (80, 24), (160, 24), (60, 50), (72, 10), (44, 16)])
    func panesFillTheScreenAndDoNotOverlap(_ columns: Int, _ rows: Int) {
        let layout = TrainLayout(columns: columns, rows: rows)
        let places =
            layout.charts.map(\.place)
            + [layout.status, layout.prediction, layout.log, layout.footer].compactMap { $0 }
        for y in 0..<rows {
            for x in 0..<columns {
                #expect(places.count { $0.contains(x: x, y: y) } == 1, "\(x), \(y)")
            }
        }
    }

    @Test func smallerScreensNeverHaveMorePanes() {
        func panes(_ columns: Int, _ rows: Int) -> Int {
            let layout = TrainLayout(columns: columns, rows: rows)
            return layout.charts.count + [layout.prediction, layout.log, layout.status].compactMap { $0 }.count
        }
        for rows in 1..<70 { #expect(panes(80, rows) <= panes(80, rows + 1), "80x\(rows)") }
        for columns in 1..<220 { #expect(panes(columns, 60) <= panes(columns + 1, 60), "\(columns)x60") }
    }

    @Test func largeScreensShowSixChartsAndTenClasses() {
        let layout = TrainLayout(columns: 200, rows: 60)
        #expect(layout.charts.count == 6 && layout.isLogBoxed)
        let state = DashboardState(smallRun(classes: (1...12).map { "class \($0)" }), through: 20)
        let text = DashboardView.draw(state, columns: 200, rows: 60, Self.capabilities[0]).plain
        #expect((1...12).count { text.contains("class \($0) ") } >= 10)
    }

    @Test func theLineToBeatIsThereBeforeTheFirstEpoch() {
        let state = DashboardState(smallRun(), through: 0)
        let text = DashboardView.draw(state, columns: 80, rows: 24, Self.capabilities[0]).plain
        #expect(text.contains("zero-shot 70.3 %"))
    }

    @Test func rateMarksStandAtTheSameColumnInChartsBelowEachOther() {
        let lines = DashboardView.draw(SnapshotTests.steered, columns: 80, rows: 24, Self.capabilities[0]).lines
        func column(_ row: Int) -> Int? { Array(lines[row].prefix(40)).firstIndex(of: "┊") }
        #expect(column(3) != nil && column(3) == column(12))
    }

    @Test func lossesThatAreNoNumbersAreMarked() {
        var state = DashboardState(smallRun(), through: 9)
        _ = state.apply(
            .batch(BatchRecord(step: 10, epoch: 5, batch: 2, loss: .nan, learningRate: 9, samplesPerSecond: 0)))
        let lines = DashboardView.draw(state, columns: 80, rows: 24, Self.capabilities[0]).lines
        #expect(lines[2].contains("NaN ╮"))
        #expect(lines[3...9].contains { $0.prefix(40).contains("▲") })
    }

    @Test func aPacedRunSaysSoAt80Columns() {
        let text = DashboardView.draw(SnapshotTests.steered, columns: 80, rows: 24, Self.capabilities[0]).lines[1]
        #expect(text.contains("at most 3/s"))
    }

    @Test(arguments: [
        (RunState.running, "● RUNNING"), (.paused, "‖ PAUSED"), (.done, "■ DONE"), (.stopped(saved: true), "■ STOPPED"),
        (.stopped(saved: false), "■ DISCARDED"), (.failed("no"), "▲ FAILED"),
        (.diverged(step: 1, learningRate: 1, lastFiniteLoss: nil), "▲ NaN"),
    ])
    func everyStateHasAWordAndAGlyph(_ runState: RunState, _ text: String) {
        var state = DashboardState(smallRun(), through: 3)
        _ = state.apply(.state(runState))
        #expect(DashboardView.draw(state, columns: 80, rows: 24, Self.capabilities[0]).lines[0].hasSuffix(text))
    }

    @Test func figuresDoNotMoveWhileTheyChange() {
        func status(_ step: Int) -> [Int] {
            let line = DashboardView.draw(
                DashboardState(smallRun(), through: step), columns: 80, rows: 24, Self.capabilities[0]
            ).lines[1]
            return ["▕", " %", " left", "lr ", " pictures/s", "at most"].map { piece in
                line.firstRange(of: piece).map { line.distance(from: line.startIndex, to: $0.lowerBound) } ?? -1
            }
        }
        let first = status(4)
        #expect(!first.contains(-1))
        for step in [5, 9, 18, 40, 77] { #expect(status(step) == first, "step \(step)") }
    }

    @Test func failedRunsSayWhy() {
        var state = DashboardState()
        _ = state.apply(.state(.failed("Samples/Model/open_clip_model.safetensors: the file ends early")))
        _ = state.apply(
            .finished(RunResult(state: .failed("Samples/Model/open_clip_model.safetensors: the file ends early"))))
        let text = DashboardView.draw(state, columns: 80, rows: 24, Self.capabilities[0]).plain
        #expect(text.contains("the file ends early"))
    }
}

@Suite struct PredictionTests {
    private let prediction = PicturePrediction(
        picture: 0, zeroShot: [0.05, 0.4, 0.3, 0.1, 0.1, 0.05], adapted: [0.6, 0.1, 0.1, 0.1, 0.05, 0.05], step: 9)

    @Test func rowsAreInZeroShotOrderAndHoldTheTrueClass() {
        #expect(PredictionPane.classes(prediction, label: 5, count: 4) == [1, 2, 0, 5])
        #expect(PredictionPane.classes(prediction, label: 0, count: 10) == [1, 2, 3, 4, 0, 5])
        #expect(PredictionPane.classes(prediction, label: 0, count: 1) == [0])
        let empty = PicturePrediction(picture: 0, zeroShot: [], adapted: [], step: 0)
        #expect(PredictionPane.classes(empty, label: 3, count: 5) == [])
    }

    @Test(arguments: [
        (0, "✓ fixed by the adapter", "✓ fixed"), (1, "✗ broken by the adapter", "✗ broken"), (2, "✗ wrong", "✗ wrong"),
    ])
    func verdicts(_ label: Int, _ text: String, _ short: String) {
        let picture = PictureReference(name: "a", url: URL(filePath: "/a"), label: label, split: .validation)
        #expect(PredictionPane.verdict(prediction, picture, room: 23, .full).map(\.text) == [text])
        #expect(PredictionPane.verdict(prediction, picture, room: 10, .full).map(\.text) == [short])
    }

    @Test func picturesBecomeHalfBlocksOfTwoColors() {
        let red: [UInt8] = [255, 0, 0]
        let blue: [UInt8] = [0, 0, 255]
        let picture = Picture(width: 1, height: 2, pixels: red + blue)
        func cell(_ colors: ColorDepth, _ glyphs: Glyphs) -> Cell? {
            var canvas = Canvas(width: 1, height: 1)
            canvas.picture(PictureCells(picture, columns: 1, rows: 1, .init(colors: colors, glyphs: glyphs)))
            return canvas.cell(x: 0, y: 0)
        }
        #expect(cell(.indexed256, .full) == Cell("▀", Style(.indexed(196), on: .indexed(21))))
        #expect(cell(.direct, .full)?.style.foreground == .rgb(RGB(red: 255, green: 0, blue: 0)))
        // Eight colours: the same pair whichever half is on top, or 64 pairs would not do.
        #expect(cell(.ansi8, .full) == Cell("▄", Style(.indexed(4), on: .indexed(1))))
        #expect(cell(.indexed256, .ascii)?.scalar == " ")
        #expect(cell(.none, .ascii).map { ShadeRamp.ascii.glyphs.contains(Character($0.scalar)) } == true)
    }

    @Test(arguments: [ColorDepth.ansi8, .ansi16, .indexed256])
    func whitePaperIsPlain(_ depth: ColorDepth) {
        let paper = Picture(width: 8, height: 8, pixels: Array(repeating: 255, count: 192))
        var canvas = Canvas(width: 8, height: 4)
        canvas.picture(PictureCells(paper, columns: 8, rows: 4, .init(colors: depth, glyphs: .full)))
        let cells = Set((0..<32).compactMap { canvas.cell(x: $0 % 8, y: $0 / 8) })
        #expect(cells.count == 1)
    }

    @Test func eightColorPicturesNeedFewerThan64Pairs() {
        var pairs: Set<Set<Paint>> = []
        var noise: UInt64 = 1
        for _ in 0..<4096 {
            let pixels = (0..<6).map { _ in
                noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: noise >> 56)
            }
            var canvas = Canvas(width: 1, height: 1)
            let picture = Picture(width: 1, height: 2, pixels: pixels)
            canvas.picture(PictureCells(picture, columns: 1, rows: 1, .init(colors: .ansi8, glyphs: .full)))
            let style = canvas.cell(x: 0, y: 0)?.style
            if let style { pairs.insert([style.foreground, style.background]) }
        }
        #expect(pairs.count > 20 && pairs.count <= 36)
    }
}

@Suite struct BarChartTests {
    @Test func theLineToBeatIsSeenAcrossTheBars() {
        let capabilities = TerminalCapabilities(colors: .ansi8, glyphs: .console)
        let canvas = DashboardView.draw(SnapshotTests.steered, columns: 80, rows: 24, capabilities)
        #expect(canvas.lines[2].contains("70.3 → 82.8 % ┐"))
        let across = (41..<79).filter {
            canvas.cell(x: $0, y: 9)?.style == Style(.role(.zeroShot), on: .role(.accuracy))
        }
        #expect(across.count > 10)
    }
}
