import Foundation
import Store
import Testing
import Training

@testable import Dashboard

/// The Runs screen: what its keys do, and what it looks like.
@Suite struct RunsTests {
    private static let full = TerminalCapabilities(colors: .indexed256, glyphs: .full)

    /// A noon wherever the test runs.
    private static let noon: Double = {
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday, parts.tm_hour, parts.tm_isdst) = (126, 10, 21, 12, -1)
        return Double(mktime(&parts))
    }()

    private static func run(_ number: Int, _ change: (inout RunRecord) -> Void = { _ in }) -> RunSummary {
        var record = RunRecord(
            number: Int64(number), id: "\(number)\(number)aa00ff", name: number == 1 ? "first" : nil, startedAt: noon,
            state: "done")
        (record.method, record.methodTitle) = ("clip-adapter", "clip-adapter visual")
        (record.shots, record.seed, record.epochs, record.steps, record.plannedEpochs) = (4, 1, 40, 80, 40)
        (record.finalTop1, record.finalLoss, record.zeroShotTop1) = (0.7 + Double(number) / 25, 0.5, 0.65)
        record.endedAt = 1
        change(&record)
        return RunSummary(
            record: record, process: record.state == "running" ? 77 : nil, folder: URL(filePath: "/runs/\(number)"))
    }

    private static func details(_ number: Int) -> RunDetails {
        let epochs = (1...20).map { epoch in
            let evaluation = Evaluation(
                loss: 1.5 / Double(epoch) + 0.4, top1: 0.7 + Double(number) / 25 - 0.3 / Double(epoch), top5: 1,
                count: 64)
            return EpochRecord(
                epoch: epoch, step: epoch * 4, trainLoss: 1, validation: evaluation, learningRate: 0.1, seconds: 1)
        }
        return RunDetails(
            curves: RunCurves(
                epochs: epochs, zeroShot: Evaluation(loss: 1.5, top1: 0.65, top5: 0.9, count: 64)),
            settings: [
                RunSetting(option: "lr", value: number == 1 ? "0.001" : "0.00\(number)"),
                RunSetting(option: "shots", value: "4"),
            ], interventions: [],
            extent: RunExtent(steps: 80, epochs: 20, endedAt: number == 4 ? nil : 1, lastEvent: 1))
    }

    /// Three ended runs and a live one, the newest first.
    private static var state: DashboardState {
        var state = DashboardState()
        _ = state.show(.runs)
        var news = RunsNews(
            runs: [
                run(4) { ($0.state, $0.endedAt) = ("running", nil) }, run(3) { $0.tags = ["good"] },
                run(2) { ($0.method, $0.methodTitle, $0.name) = ("tip-adapter", "tip-adapter", "cache") }, run(1),
            ])
        for number in 1...4 { news.details["\(number)\(number)aa00ff"] = details(number) }
        state.runs.take(news)
        return state
    }

    private func screen(_ state: DashboardState, _ columns: Int, _ rows: Int) -> String {
        DashboardView.draw(state, columns: columns, rows: rows, Self.full).plain
    }

    private func type(_ text: String, into state: inout DashboardState) {
        for character in text { _ = state.press(.character(character)) }
    }

    @Test func marksKeepTheirPlaceWhenOthersGo() {
        var state = Self.state
        for _ in 0..<3 { _ = state.press(.character(" ")) }
        #expect(state.runs.marked.map(\.slot) == [0, 1, 2])
        #expect(state.runs.current?.id == "11aa00ff", "marking goes on to the next")
        for _ in 0..<3 { _ = state.press(.up) }
        _ = state.press(.character(" "))
        #expect(state.runs.marked.map(\.id) == ["33aa00ff", "22aa00ff"])
        #expect(state.runs.marked.map(\.slot) == [1, 2], "the others keep marker and colour")
        _ = state.press(.up)
        _ = state.press(.character(" "))
        #expect(state.runs.slot(of: "44aa00ff") == 0, "the free one is given again")
        #expect(state.runs.differences.map(\.option) == ["lr"])
        _ = state.press(.escape)
        #expect(state.runs.marked.isEmpty)
    }

    @Test func pausingIsOnlyForTheOtherScreens() {
        var state = Self.state
        #expect(state.press(.character(" ")) == [])
    }

    @Test func filtersWhileItIsTyped() {
        var state = Self.state
        _ = state.press(.character("/"))
        type("top1>0.79", into: &state)
        #expect(state.runs.shown.map(\.id) == ["44aa00ff", "33aa00ff"])
        type(" colour:red", into: &state)
        #expect(state.runs.complaint?.contains("there is no 'colour'") == true)
        _ = state.press(.enter)
        #expect(state.runs.editing != nil, "what means nothing is not taken")
        _ = state.press(.control("u"))
        type("q tag:good", into: &state)
        #expect(state.screen == .runs && state.overlay == nil, "letters are text")
        #expect(state.runs.shown.isEmpty)
        _ = state.press(.control("u"))
        type("tag:good", into: &state)
        _ = state.press(.enter)
        #expect(state.runs.editing == nil && state.runs.shown.map(\.id) == ["33aa00ff"])
    }

    @Test func tagsAndNotesAreWrittenForTheRunUnderTheCursor() {
        var state = Self.state
        _ = state.press(.down)
        _ = state.press(.character("g"))
        type(" kept", into: &state)
        #expect(state.press(.enter) == [.editRuns(.tags(run: "33aa00ff", ["good", "kept"]))])
        _ = state.press(.character("n"))
        type("a note", into: &state)
        #expect(state.press(.enter) == [.editRuns(.note(run: "33aa00ff", "a note"))])
        _ = state.press(.character("n"))
        #expect(state.press(.escape) == [])
        #expect(state.runs.editing == nil)
    }

    @Test func removesOnlyAfterAYesAndNeverALiveRun() {
        var state = Self.state
        _ = state.press(.character("d"))
        #expect(state.runs.removing.isEmpty && state.runs.failure?.contains("being trained") == true)
        _ = state.press(.down)
        _ = state.press(.character("d"))
        #expect(state.runs.removing == ["33aa00ff"])
        #expect(state.press(.enter) == [], "enter is no yes")
        #expect(state.runs.removing.isEmpty)
        _ = state.press(.character("d"))
        #expect(state.press(.character("y")) == [.editRuns(.remove(["33aa00ff"]))])
    }

    @Test func forgetsRunsThatAreGone() {
        var state = Self.state
        for _ in 0..<3 { _ = state.press(.character(" ")) }
        state.runs.take(RunsNews(runs: [Self.run(1)]))
        #expect(state.runs.marked.isEmpty && state.runs.current?.id == "11aa00ff")
        state.runs.take(RunsNews(failure: "the database is locked"))
        #expect(state.runs.all?.count == 1, "what was read before stays")
        #expect(screen(state, 80, 24).contains("the database is locked"))
    }

    @Test func theReaderReadsWhileSomebodyLooks() throws {
        let library = FakeLibrary()
        let woken = DispatchSemaphore(value: 0)
        let reader = RunsReader({ library }) { woken.signal() }
        #expect(reader.take() == nil)
        reader.want(["33aa00ff"])
        func news() throws -> RunsNews {
            // The reader wakes whoever waits; one wake may stand for news that was fetched already.
            while true {
                if let news = reader.take() { return news }
                try #require(woken.wait(timeout: .now() + 60) == .success, "no news")
            }
        }
        let first = try news()
        #expect(first.runs?.count == 1 && first.details["33aa00ff"] != nil)
        // By itself, a second later; what has ended is not read again.
        let second = try news()
        #expect(second.runs?.count == 1 && second.details.isEmpty)
        reader.perform(.note(run: "33aa00ff", nil))
        var refused = try news()
        while refused.failure == nil { refused = try news() }
        #expect(refused.failure == RunHistoryError.damaged(run: "33aa00ff").localizedDescription)
    }

    private struct FakeLibrary: RunLibrary {
        func summaries() throws -> [RunSummary] { [RunsTests.run(3)] }
        func details(of id: String, since known: RunExtent?) throws -> RunDetails? { RunsTests.details(3) }
        func setNote(_ note: String?, of id: String) throws { throw RunHistoryError.damaged(run: id) }
        func setTags(_ tags: [String], of id: String) throws {}
        func remove(_ id: String) throws {}
    }

    // MARK: what it looks like

    private static var compared: DashboardState {
        var state = state
        for _ in 0..<2 { _ = state.press(.character(" ")) }
        return state
    }

    @Test func atEightyByTwentyFour() {
        #expect(
            screen(Self.compared, 80, 24) == """
                cliptop  getting ready                                                 ○ READING
                4 runs  1 live
                ╭ runs ───────────────────────────────────────────────────────────── val top-1 ╮
                │  ● 44aa00ff ● clip-adapter visual                  4 shots    40 ep   86.0 % │
                │  ■ 33aa00ff ■ clip-adapter visual  #good           4 shots    40 ep   82.0 % │
                │ ▸  22aa00ff ■ cache · tip-adapter                  4 shots    40 ep   78.0 % │
                │    11aa00ff ■ first · clip-adapter visual          4 shots    40 ep   74.0 % │
                │                                                                              │
                │                                                                              │
                ╰ 2 marked ──────────────────────────────────────────────────────────── 4 runs ╯
                ╭ top-1, validation  ● 84.5 % ■ 80.5 % ╮╭ differences ─────────────────────────╮
                │ 90                                   ││             ● 44aa00ff    ■ 33aa00ff │
                │                     ⣀⣀●⣀⣀●⠤⠤●⠤⠤●⠤⠤●  ││ lr               0.004         0.003 │
                │            ⣀⡠●⠒⠊●⠉⠉● ⢀■⣀⣀■⣀⣀■⠤⠤■⠤⠤■  ││                                      │
                │ 80       ⡰●⢀⡠■⠒⠒■⠉⠉■⠉⠁               ││                                      │
                │        ⢀⠎⡠■⠁                         ││                                      │
                │ 70     ●⠜                            ││                                      │
                │       ⢰■                             ││                                      │
                │       ⢠⠃                             ││                                      │
                │ 60    ⢸                              ││                                      │
                │       ⡜                              ││                                      │
                │ 50    ⠃                              ││                                      │
                ╰───────────────────────────── step 80 ╯╰──────────────────────────────────────╯
                space mark  / filter  1 train  ↑↓ run  enter details  m loss  g tag  ? keys
                """)
    }

    @Test func atFortyByTwelve() {
        #expect(
            screen(Self.compared, 40, 12) == """
                cliptop  getting ready         ○ READING
                4 runs  1 live
                ╭ runs ───────────────────── val top-1 ╮
                │  ● 44aa00ff ● clip-adapter…   86.0 % │
                │  ■ 33aa00ff ■ clip-adapter…   82.0 % │
                │ ▸  22aa00ff ■ cache · tip-…   78.0 % │
                │    11aa00ff ■ first · clip…   74.0 % │
                │                                      │
                │                                      │
                │                                      │
                ╰ 2 marked ──────────────────── 4 runs ╯
                space mark  / filter  1 train  ? keys
                """)
    }

    @Test func largeWithDetailsOfOneRun() {
        var state = Self.state
        _ = state.press(.down)
        #expect(
            screen(state, 200, 60) == """
                cliptop  getting ready                                                                                                                                                                         ○ READING
                4 runs  1 live
                ╭ runs ───────────────────────────────────────────────────────────────────────────────── val top-1 ╮╭ top-1, validation ───────────────────────────────────────────────────────────────────── ● 80.5 % ╮
                │    44aa00ff ● clip-adapter visual                       21 Nov 12:00   4 shots    40 ep   86.0 % ││ 90                                                                                               │
                │ ▸  33aa00ff ■ clip-adapter visual  #good                21 Nov 12:00   4 shots    40 ep   82.0 % ││                                                                                                  │
                │    22aa00ff ■ cache · tip-adapter                       21 Nov 12:00   4 shots    40 ep   78.0 % ││                                                                                                  │
                │    11aa00ff ■ first · clip-adapter visual               21 Nov 12:00   4 shots    40 ep   74.0 % ││ 85                                                                                               │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││ 80                                                      ⣀⣀●⣀⣀⣀⣀⣀⣀⠤⠤●⠤⠤⠤⠤⠤⠤⠒⠒●⠒⠒⠒⠒⠒⠒⠒⠒●⠒⠒⠒⠒⠒⠒⠉⠉●  │
                │                                                                                                  ││                                     ⢀⣀⣀⠤●⠤⠔⠒⠒⠒⠒⠉⠉●⠉⠉⠉⠉⠉⠉                                         │
                │                                                                                                  ││                             ⣀⠤⠔●⠒⠉⠉⠉⠁                                                            │
                │                                                                                                  ││ 75                     ⣀⠤⠔⠊⠉                                                                     │
                │                                                                                                  ││                     ⡠⠒●                                                                          │
                │                                                                                                  ││                  ⢀⠔⠉                                                                             │
                │                                                                                                  ││                 ⡠⠃                                                                               │
                │                                                                                                  ││ 70            ⢀⠜                                                                                 │
                │                                                                                                  ││              ●⠃                                                                                  │
                │                                                                                                  ││             ⢠⠃                                                                                   │
                │                                                                                                  ││ 65 ╌╌╌╌╌╌╌╌╌⡸╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ │
                │                                                                                                  ││             ⡇                                                                                    │
                │                                                                                                  ││            ⢸                                                                                     │
                │                                                                                                  ││ 60         ⡎                                                                                     │
                │                                                                                                  ││           ⢰⠁                                                                                     │
                │                                                                                                  ││           ⡜                                                                                      │
                │                                                                                                  ││ 55       ⢀⠇                                                                                      │
                │                                                                                                  ││          ⢸                                                                                       │
                │                                                                                                  ││          ⠇                                                                                       │
                │                                                                                                  ││ 50                                                                                               │
                │                                                                                                  │╰───────────────────────────────────────────────────────────────────────────────────────── step 80 ╯
                │                                                                                                  │╭ run 33aa00ff ────────────────────────────────────────────────────────────────────────────────────╮
                │                                                                                                  ││ state                           done                                                             │
                │                                                                                                  ││ tags                            good                                                             │
                │                                                                                                  ││ began                           21 Nov 12:00                                                     │
                │                                                                                                  ││ validation, zero-shot           top-1 65.0 %                                                     │
                │                                                                                                  ││ validation, last weights        top-1 82.0 %, loss 0.500                                         │
                │                                                                                                  ││ weights measured                last weights (an earlier version did not record of which epoch)  │
                │                                                                                                  ││ trained                         80 steps, 40 epochs                                              │
                │                                                                                                  ││ lr                              0.003                                                            │
                │                                                                                                  ││ shots                           4                                                                │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                │                                                                                                  ││                                                                                                  │
                ╰────────────────────────────────────────────────────────────────────────────────────────── 4 runs ╯╰──────────────────────────────────────────────────────────────────────────────────────────────────╯
                space mark  / filter  1 train  ↑↓ run  enter details  m loss  g tag  2 classify  3 mistakes  n note  d remove  q quit  t theme  5 compare  ? keys
                """)
    }
}
