import Foundation
import TestSupport
import Testing
import Training

@testable import Dashboard

/// What a real session said, recorded (`RecordedRunTests`), played into the dashboard.
@Suite struct ReplayTests {
    private static func recorded() throws -> [TrainingEvent] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let file = Fixtures.repository.appending(path: "Tests/Fixtures/events/steered.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { try decoder.decode(TrainingEvent.self, from: Data($0.utf8)) }
    }

    @Test func theRecordedRunIsToldAsItWas() throws {
        var state = DashboardState()
        var wasAsked = false
        for event in try Self.recorded() {
            _ = state.apply(event)
            if case .question(let question) = state.overlay { wasAsked = wasAsked || question == .notANumber }
        }
        #expect(wasAsked, "NaN asks how to go on")
        #expect(state.run.state == .done && state.overlay == .result)
        #expect(state.run.epochsDone == 6 && state.run.step > 12, "the epoch that was broken was begun anew")
        #expect(state.run.settings.residualRatio == 0.55 && state.run.settings.dropout == 0)
        #expect(state.run.epochs(at: state.run.step) == 6)
        let marks = state.run.marks.map { $0.text(.ascii) }
        for mark in ["ratio 0.40 -> 0.55", "dropout 0.00 -> 0.20", "checkpoint kept", "epoch 3 restored"] {
            #expect(marks.contains(mark), "\(mark) in \(marks)")
        }
        let curves = [state.run[.batchLoss], state.run[.validationLoss]]
        #expect(curves.contains { $0.bins.contains { $0.gapCount > 0 } }, "the gap stays")
        #expect(state.pinned.pictures == [2, 10] && state.run.ratios?.points.count == 21)
        _ = state.press(.escape)
        state.pinned.isShown = true
        try StoredScreens.check(state, "replayed")
    }

    /// Wherever a stream is joined or cut, every screen can be drawn.
    @Test func everyMomentOfItCanBeDrawn() throws {
        let capabilities = [
            TerminalCapabilities(colors: .indexed256, glyphs: .full),
            TerminalCapabilities(colors: .none, glyphs: .ascii),
        ]
        var state = DashboardState()
        for (index, event) in try Self.recorded().enumerated() {
            _ = state.apply(event)
            for (columns, rows) in [(80, 24), (40, 12), (7, 3)] {
                let canvas = DashboardView.draw(state, columns: columns, rows: rows, capabilities[index % 2])
                #expect(canvas.width == columns && canvas.height == rows)
            }
        }
        var late = DashboardState()
        for event in try Self.recorded().dropFirst(40) { _ = late.apply(event) }
        #expect(!DashboardView.draw(late, columns: 80, rows: 24, capabilities[0]).plain.isEmpty)
    }
}
