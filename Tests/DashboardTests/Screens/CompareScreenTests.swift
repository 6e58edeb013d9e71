import FewShot
import Foundation
import Synchronization
import Testing
import Training

@testable import Dashboard

/// The Compare screen: what it shows of the stored comparisons, and how it comes by them.
@Suite struct CompareScreenTests {
    /// Three methods, two numbers of shots, two seeds; one run failed, one is still open.
    static func stored(_ id: String = "a", dataset: String = "sample", at time: Double = 0) -> StoredComparison {
        var description = ComparisonDescription(
            grid: ComparisonGrid(methods: [.zeroShot, .clipAdapter, .tipAdapter], shots: [1, 16], seeds: [1, 2]),
            model: "demo-clip", modelPath: "/m", dataset: dataset, dataPath: "/d", classNames: ["bird", "coin"])
        description.zeroShot = [
            1: Evaluation(loss: 1, top1: 0.6, top5: 1, count: 20),
            2: Evaluation(loss: 1, top1: 0.62, top5: 1, count: 20),
        ]
        description.cappedClasses = [16: [1]]
        var comparison = Comparison(description)
        func add(_ method: Int, _ shots: Int, _ seed: Int, _ top1: Double?) {
            let name = description.grid.methods[method].rawValue
            comparison.results[ComparisonCell(method: method, shots: shots, seed: seed)] = ComparedRun(
                method: name, model: "demo-clip", dataset: dataset, shots: shots, seed: seed, trainImages: 2,
                validationImages: 8, testImages: 20, top1: top1, epochs: 1, trainSeconds: 0.1, hyper: [:],
                failure: top1 == nil ? "the loss became NaN" : nil)
        }
        add(1, 1, 1, 0.70)
        add(1, 1, 2, 0.74)
        add(1, 16, 1, 0.90)
        add(1, 16, 2, nil)
        add(2, 1, 1, 0.80)
        add(2, 1, 2, 0.84)
        add(2, 16, 1, 0.85)
        return StoredComparison(id: id, startedAt: Date(timeIntervalSince1970: time), comparison: comparison)
    }

    private func state(_ all: [StoredComparison]) -> DashboardState {
        var state = DashboardState(smallRun(), through: 3)
        _ = state.press(Screen.compare.key)
        state.compare.take(.comparisons(all))
        return state
    }

    private func lines(_ state: DashboardState, _ columns: Int, _ rows: Int, _ glyphs: Glyphs = .full) -> [String] {
        DashboardView.draw(state, columns: columns, rows: rows, TerminalCapabilities(colors: .none, glyphs: glyphs))
            .lines
    }

    @Test func curvesAndTableAt80x24() {
        let drawn = lines(state([Self.stored()]), 80, 24)
        let table = drawn.drop { !$0.contains("mean of 2 seeds") }.prefix(6).joined(separator: "\n")
        #expect(table == Self.table)
        #expect(drawn[1].hasPrefix("sample · demo-clip · 7 of 12 runs") && drawn[1].contains("begun 1970-01-0"))
        #expect(drawn[2].contains("zero-shot 61.0 %"))
        #expect(drawn.joined().contains("●") && drawn.joined().contains("■"))
    }

    @Test func smallScreensKeepTheTable() {
        let drawn = lines(state([Self.stored()]), 40, 12, .ascii)
        #expect(drawn.contains { $0.contains("x tip-adapter") && $0.contains("82.0") && $0.contains("85.0~") })
        #expect(!drawn.joined().contains("against shots"))
        #expect(drawn.joined().allSatisfy { $0.isASCII })
    }

    @Test func aFrameCostsNoMethodItsRow() {
        var stored = Self.stored()
        stored.comparison.description.grid.methods = MethodName.allCases
        let drawn = lines(state([stored]), 40, MethodName.allCases.count + 5)
        for method in MethodName.allCases {
            #expect(drawn.contains { $0.contains(method.rawValue.prefix(10)) }, "\(method)")
        }
        #expect(drawn[2].hasPrefix("  top-1 %"))
    }

    @Test func wideScreensHaveTheListBesides() {
        let drawn = lines(state([Self.stored("a"), Self.stored("b", dataset: "other")]), 160, 50)
        #expect(drawn.contains { $0.contains("▸sample") } && drawn.contains { $0.contains("other") })
        #expect(drawn.contains { $0.contains("against shots a class") && $0.contains("mean of 2 seeds") })
        for note in [
            "on 20 test pictures a seed, choices on 8 validation pictures", "* 1 of 2 classes cannot give 16",
            "! 1 failed, e.g. clip-adapter: the loss became NaN", "… 5 runs are still open",
        ] {
            #expect(drawn.contains { $0.contains(note) }, "\(note)")
        }
    }

    @Test func nothingStoredIsAHelpfulSentence() {
        let drawn = lines(state([]), 80, 24)
        #expect(drawn[1] == "no comparison is stored yet" && drawn[3] == "cliptop compare --data FOLDER")
        var failing = state([])
        failing.compare = CompareModel()
        #expect(lines(failing, 80, 24)[1] == "looking for comparisons")
        failing.compare.take(.failed("the database is gone"))
        #expect(lines(failing, 80, 24)[1] == "the database is gone")
        failing.compare.take(.comparisons([Self.stored()]))
        failing.compare.take(.failed("busy"))
        #expect(lines(failing, 80, 24)[1].hasPrefix("sample"), "an error takes nothing away that is shown")
    }

    @Test func thoseOfTheRunsDataSetComeFirstAndKeysGoThroughAll() {
        let all = [Self.stored("new", dataset: "other"), Self.stored("b"), Self.stored("c")]
        var state = state(all)
        #expect(state.run.description?.dataset == "sample")
        #expect(state.currentComparison?.stored.id == "b")
        for expected in ["c", "new", "new"] {
            _ = state.press(.down)
            #expect(state.currentComparison?.stored.id == expected)
        }
        // One that is begun meanwhile does not take the place of the one that is looked at.
        state.compare.take(.comparisons([Self.stored("newest")] + all))
        #expect(state.currentComparison?.stored.id == "new")
        _ = state.press(.up)
        #expect(state.currentComparison?.stored.id == "c")
    }

    @Test func noSizeIsTooSmall() {
        var several = state((0..<20).map { Self.stored("\($0)") })
        for _ in 0..<12 { _ = several.press(.down) }
        for state in [several, state([Self.stored()]), state([])] {
            for columns in stride(from: 1, through: 170, by: 7) {
                for rows in stride(from: 1, through: 60, by: 3) {
                    let canvas = DashboardView.draw(
                        state, columns: columns, rows: rows, TerminalCapabilities(colors: .none, glyphs: .full))
                    #expect(canvas.lines.count == rows)
                }
            }
        }
    }

    /// Answers with one comparison more each time.
    private final class GrowingLibrary: ComparisonLibrary {
        private let count = Mutex(0)
        var calls: Int { count.withLock { $0 } }

        func comparisons() throws -> [StoredComparison] {
            let count = count.withLock { count in
                count += 1
                return count
            }
            return (0..<count).map { CompareScreenTests.stored("\($0)") }
        }
    }

    @Test(.timeLimit(.minutes(1))) func theLibraryIsReadAgainWhileSomebodyLooks() throws {
        let library = GrowingLibrary()
        let woken = DispatchSemaphore(value: 0)
        let loader = ComparisonLoader(library) { woken.signal() }
        #expect(loader.take() == nil)
        for count in 1...2 {
            loader.watch(true)
            #expect(woken.wait(timeout: .now() + 50) == .success)
            guard case .comparisons(let read)? = loader.take() else {
                Issue.record("nothing was read")
                return
            }
            #expect(read.count == count)
            #expect(loader.take() == nil, "what has been taken is not new")
        }
        loader.watch(false)
        #expect(library.calls >= 2)
    }

    private static let table = """
        ╭ top-1 on test, % ─────────────────────────────────────────── mean of 2 seeds ╮
        │   shots                   1           16*                                    │
        │ ╌ zero-shot      61.0 ±12.7   61.0 ±12.7                                     │
        │ ● clip-adapter   72.0 ±25.4         90.0!                                    │
        │ ■ tip-adapter    82.0 ±25.4         85.0…                                    │
        ╰──────────────────────────────────────────────────────────────────────────────╯
        """
}
