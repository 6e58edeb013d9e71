import Testing
import Training

@testable import Dashboard

/// The mouse does what keys do, where panes have said so.
@Suite struct MouseTests {
    private static let full = TerminalCapabilities(colors: .indexed256, glyphs: .full)

    /// A state, and its screen as it is drawn.
    private struct Clicked {
        var state: DashboardState
        var size = (columns: 80, rows: 24)
        var canvas: Canvas { DashboardView.draw(state, columns: size.columns, rows: size.rows, MouseTests.full) }

        /// Where a text stands.
        func find(_ text: String) -> (x: Int, y: Int)? {
            for (y, line) in canvas.lines.enumerated() {
                if let range = line.range(of: text) {
                    return (line.distance(from: line.startIndex, to: range.lowerBound), y)
                }
            }
            return nil
        }

        mutating func point(_ action: MouseEvent.Action, x: Int, y: Int) -> [Effect] {
            state.point(MouseEvent(action: action, x: x, y: y), on: canvas)
        }

        /// Clicks on a text, `offset` cells into it.
        mutating func click(_ text: String, offset: Int = 0) throws -> [Effect] {
            let place = try #require(find(text), "\(text) is not on the screen")
            return point(.press, x: place.x + offset, y: place.y)
        }
    }

    private static func mistakesState() -> DashboardState {
        var state = SnapshotTests.steered
        _ = state.show(.mistakes)
        // Each class has a picture of the next one's name for an answer, and one that is right.
        let answers = (0..<12).map { index in
            let (picture, label) = (index / 4 * 9 + 4 + index % 4, index / 4)
            let said = index % 4 == 0 ? label : (label + 1) % 3
            return PictureAnswer(
                picture: picture, label: label, zeroShot: .init(label: label, confidence: 0.5, trueProbability: 0.5),
                adapted: .init(label: said, confidence: 0.6, trueProbability: said == label ? 0.6 : 0.2))
        }
        _ = state.apply(.answers(SplitPredictions(split: .validation, epoch: 1, answers: answers)))
        return state
    }

    @Test func everythingThatAnswersIsOnTheScreenAndItsCommandsCountThere() {
        var states = [DashboardState(), SnapshotTests.steered, Self.mistakesState()]
        for id in [DashboardCommand.ID.help, .quit, .typeRate, .show("classify"), .fullScreen] {
            var state = SnapshotTests.steered
            _ = state.perform(id)
            states.append(state)
        }
        var matrix = Self.mistakesState()
        _ = matrix.perform(.matrix)
        var picture = Self.mistakesState()
        _ = picture.perform(.openMistake)
        states += [matrix, picture]
        for state in states {
            for (columns, rows) in [(80, 24), (200, 60), (40, 12), (40, 10), (20, 3), (76, 1)] {
                let canvas = DashboardView.draw(state, columns: columns, rows: rows, Self.full)
                for spot in canvas.hotSpots {
                    #expect(spot.place.x >= 0 && spot.place.right <= columns)
                    #expect(spot.place.y >= 0 && spot.place.bottom <= rows && !spot.place.isEmpty)
                    var commands = [spot.wheel?.up, spot.wheel?.down].compactMap { $0 }
                    if case .command(let id) = spot.click { commands.append(id) }
                    for id in commands where state.overlay == nil {
                        let context = CommandTable.all.first { $0.id == id }?.context
                        #expect(context.map(state.contexts.contains) == true, "\(id) on \(state.screen)")
                    }
                }
            }
        }
    }

    @Test func everyEntryOfTheFooterIsItsKey() throws {
        for screen in Screen.all {
            var state = screen == .mistakes ? Self.mistakesState() : SnapshotTests.steered
            _ = state.show(screen)
            let entries = Footer.entries(for: state, .full)
            for entry in entries {
                var (clicked, pressed) = (Clicked(state: state, size: (300, 24)), state)
                let effects = try clicked.click("\(entry.keys) \(entry.title)", offset: DisplayWidth.of(entry.keys) + 1)
                let expected = pressed.perform(entry.command)
                #expect(effects == expected, "\(entry.title)")
                #expect(clicked.canvas == Clicked(state: pressed, size: (300, 24)).canvas, "\(entry.title)")
            }
        }
    }

    @Test func oneOfTwoKeysIsThatKey() throws {
        var screen = Clicked(state: SnapshotTests.steered)
        let effects = [try screen.click("+/- rate"), try screen.click("+/- rate", offset: 2)]
        #expect(effects == [[.send(.scaleLearningRate(by: 2))], [.send(.scaleLearningRate(by: 0.5))]])
        let start = screen.state.browser.position
        _ = try screen.click("←→ picture", offset: 1)
        #expect(screen.state.browser.position == start + 1)
        _ = try screen.click("←→ picture")
        #expect(screen.state.browser.position == start)
    }

    @Test func aClickIntoACurvePlacesTheCrosshair() throws {
        var screen = Clicked(state: SnapshotTests.steered)
        let title = try #require(screen.find("batch loss"))
        _ = screen.point(.press, x: 10, y: title.y + 3)
        let early = try #require(screen.state.charts.crosshair)
        _ = screen.point(.press, x: 25, y: title.y + 3)
        let late = try #require(screen.state.charts.crosshair)
        #expect(1 <= early && early < late && late <= 34)
        _ = screen.point(.press, x: 37, y: title.y + 3)
        #expect(screen.state.charts.crosshair == 34, "not beyond the newest step")
    }

    @Test func aClickOnATitleGivesAChartTheScreenAndTheWheelZooms() throws {
        var screen = Clicked(state: SnapshotTests.steered)
        _ = try screen.click("top-1, 12")
        #expect(screen.state.charts.isFullScreen && screen.state.charts.chosen == .top1)
        _ = screen.point(.wheelUp, x: 40, y: 10)
        #expect(screen.state.charts.zoom == 1)
        _ = screen.point(.wheelDown, x: 40, y: 10)
        #expect(screen.state.charts.zoom == 0)
        _ = try screen.click("top-1, 12")
        #expect(!screen.state.charts.isFullScreen)
    }

    @Test func classesAndPicturesOfMistakesAreChosenAndOpened() throws {
        var screen = Clicked(state: Self.mistakesState())
        let names = ["bird", "coin", "tree"]
        let rows = screen.state.mistakes.rows(names: names)
        try #require(rows.count >= 2)
        let other = rows[1].label
        let row = try #require(screen.canvas.hotSpots.last { $0.click == .mistakeClass(label: other) }?.place)
        #expect(screen.canvas.lines[row.y].contains(" " + names[other] + " "))
        _ = screen.point(.press, x: row.x + 2, y: row.y)
        #expect(screen.state.mistakes.chosenLabel == other)
        let pictures = screen.state.mistakes.pictures(names: names)
        let tile = try #require(
            screen.canvas.hotSpots.last { $0.click == .mistake(position: pictures.count - 1) }?.place)
        _ = screen.point(.press, x: tile.x, y: tile.y)
        #expect(screen.state.mistakes.position == pictures.count - 1)
        _ = screen.point(.press, x: tile.x, y: tile.y)
        #expect(screen.state.mistakes.mode == .picture)
    }

    @Test func aCellOfTheMatrixIsChosenThenOpened() throws {
        var screen = Clicked(state: Self.mistakesState())
        _ = screen.state.perform(.matrix)
        let (truth, answer) = screen.state.mistakes.cursor
        screen.state.mistakes.choose(truth: answer, answer: answer)
        let cell = try #require(
            screen.canvas.hotSpots.last { $0.click == .matrixCell(truth: truth, answer: answer) }?.place)
        _ = screen.point(.press, x: cell.right - 1, y: cell.y)
        #expect(screen.state.mistakes.cursor == (truth, answer) && screen.state.mistakes.mode == .matrix)
        _ = screen.point(.press, x: cell.x, y: cell.y)
        #expect(screen.state.mistakes.mode == .picture)
    }

    @Test func whatADialogCoversDoesNotAnswer() throws {
        var screen = Clicked(state: SnapshotTests.steered)
        _ = screen.state.perform(.quit)
        #expect(screen.canvas.hotSpots.count == Question.quit(screen.state).answers.count)
        let effects = [try screen.click("space pause"), try screen.click("stop now and save")]
        #expect(effects == [[], [.send(.stop(.now, save: true))]])
        screen.state = SnapshotTests.steered
        _ = screen.state.perform(.help)
        _ = screen.point(.wheelDown, x: 40, y: 10)
        #expect(screen.state.overlay == .help(firstLine: 1))
        _ = screen.point(.press, x: 1, y: 23)
        #expect(screen.state.overlay == nil)
    }

    @Test func behindALineThatIsTypedNothingMoves() throws {
        var screen = Clicked(state: SnapshotTests.steered)
        _ = screen.state.perform(.typeRate)
        let before = screen.canvas
        _ = try screen.click("batch loss")
        _ = screen.point(.press, x: 20, y: 6)
        _ = screen.point(.wheelUp, x: 20, y: 6)
        #expect(screen.canvas == before)
    }

    @Test func helpSpeaksOfTheMouseWhereThereIsOne() {
        var state = SnapshotTests.steered
        #expect(!HelpOverlay.lines(for: state, .full).contains(.heading("Mouse")))
        state.hasMouse = true
        let lines = HelpOverlay.lines(for: state, .full)
        #expect(lines.contains(.heading("Mouse")))
        #expect(lines.contains { if case .entry("with shift", _, _) = $0 { true } else { false } })
    }

    @Test func hotSpotsAreClippedAndTheUppermostAnswers() {
        var canvas = Canvas(width: 10, height: 4)
        canvas.inside(Rect(x: 6, y: 1, width: 10, height: 2)) { pane in
            pane.hotSpot(Rect(x: 0, y: 0, width: 8, height: 8), .help)
            pane.hotSpot(Rect(x: 1, y: 1, width: 1, height: 1), .quit)
            pane.hotSpot(Rect(x: 5, y: 0, width: 2, height: 1), .suspend)
            pane.wheel(up: .scrollUp, down: .scrollDown)
        }
        #expect(canvas.hotSpots.map(\.place).first == Rect(x: 6, y: 1, width: 4, height: 2))
        #expect(canvas.target(x: 6, y: 1) == .command(.help))
        #expect(canvas.target(x: 7, y: 2) == .command(.quit))
        #expect(canvas.target(x: 5, y: 1) == nil)
        #expect(!canvas.hotSpots.contains { $0.click == .command(.suspend) })
    }
}
