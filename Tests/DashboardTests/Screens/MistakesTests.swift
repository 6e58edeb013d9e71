import Foundation
import Testing
import Training

@testable import Dashboard

/// What the Mistakes screen counts, and where its keys lead.
@Suite struct MistakesTests {
    private static let names = ["bird", "coin", "tree"]

    private func answer(
        _ picture: Int, truth: Int, zeroShot: Int, adapted: Int, confidence: Float = 0.6
    ) -> PictureAnswer {
        PictureAnswer(
            picture: picture, label: truth,
            zeroShot: .init(label: zeroShot, confidence: 0.5, trueProbability: zeroShot == truth ? 0.5 : 0.2),
            adapted: .init(
                label: adapted, confidence: confidence, trueProbability: adapted == truth ? confidence : 0.1))
    }

    /// Two birds (one wrong, one fixed), three coins (two wrong, one of them broken), one tree that is right.
    private var model: MistakesModel {
        var model = MistakesModel()
        model.take(
            SplitPredictions(
                split: .validation, epoch: 3,
                answers: [
                    answer(0, truth: 0, zeroShot: 1, adapted: 1), answer(1, truth: 0, zeroShot: 2, adapted: 0),
                    answer(2, truth: 1, zeroShot: 1, adapted: 2, confidence: 0.9),
                    answer(3, truth: 1, zeroShot: 0, adapted: 2, confidence: 0.7),
                    answer(4, truth: 1, zeroShot: 1, adapted: 1), answer(5, truth: 2, zeroShot: 2, adapted: 2),
                ]))
        return model
    }

    @Test func countsWhatIsWrongFixedAndBroken() {
        #expect(model.count(.wrong) == 3 && model.count(.fixed) == 1 && model.count(.broken) == 1)
        #expect(model.zeroShotWrong == 3)
    }

    @Test func classesAreSortedByShareByCountAndByName() {
        var model = model
        #expect(model.rows(names: Self.names).map(\.label) == [1, 0])
        let coin = model.rows(names: Self.names)[0]
        #expect(coin.count == 2 && coin.total == 3 && coin.mostAnswered == (2, 2))
        model.nextOrder()
        #expect(model.rows(names: Self.names).map(\.label) == [1, 0])
        model.nextOrder()
        #expect(model.rows(names: Self.names).map(\.label) == [0, 1])
    }

    @Test func aFixedPictureIsToldApartByWhatItWasTakenFor() {
        var model = model
        model.nextFilter()
        #expect(model.filter == .fixed)
        let rows = model.rows(names: Self.names)
        #expect(rows.map(\.label) == [0] && rows[0].mostAnswered == (2, 1))
        #expect(model.pictures(names: Self.names).map(\.picture) == [1])
    }

    @Test func picturesAreThoseOfTheChosenClassTheSurestFirst() {
        var model = model
        #expect(model.pictures(names: Self.names).map(\.picture) == [2, 3])
        model.movePicture(by: 1, names: Self.names)
        #expect(model.picture(names: Self.names)?.picture == 3)
        model.movePicture(by: 1, names: Self.names)
        #expect(model.picture(names: Self.names)?.picture == 2)
        model.moveClass(by: 1, names: Self.names)
        #expect(model.pictures(names: Self.names).map(\.picture) == [0])
        model.moveClass(by: 5, names: Self.names)
        #expect(model.pictures(names: Self.names).map(\.picture) == [0], "the list has an end")
    }

    @Test func theMatrixBeginsAtTheWorstConfusionAndOpensItsPictures() {
        var model = model
        model.toggleMatrix(classes: 3)
        #expect(model.cursor == (1, 2))
        #expect(model.confusion(classes: 3) == [[1, 1, 0], [0, 1, 2], [0, 0, 1]])
        model.openCell(classes: 3)
        #expect(model.mode == .picture && model.pictures(names: Self.names).map(\.picture) == [2, 3])
        model.mode = .matrix
        model.moveCursor(truth: 9, answer: -9, classes: 3)
        #expect(model.cursor == (2, 0))
        model.openCell(classes: 3)
        #expect(model.mode == .matrix, "an empty cell has nothing to open")
    }

    @Test func aClassThatGotBetterMakesRoom() {
        var model = model
        model.moveClass(by: 1, names: Self.names)
        model.take(
            SplitPredictions(
                split: .validation, epoch: 4,
                answers: [
                    answer(0, truth: 0, zeroShot: 1, adapted: 0), answer(2, truth: 1, zeroShot: 1, adapted: 2),
                ]))
        #expect(model.label(names: Self.names) == 1)
        model.take(SplitPredictions(split: .validation, epoch: 5, answers: []))
        #expect(model.rows(names: Self.names).isEmpty && model.picture(names: Self.names) == nil)
    }

    @Test func theTestSplitStaysClosedUntilItsAnswersCome() {
        var state = DashboardState(smallRun(), through: 4)
        #expect(state.press(.character("3")) == [.send(.watchMistakes(true))])
        #expect(state.press(.character("v")).isEmpty && state.mistakes.split == .validation)
        #expect(state.press(.character("o")) == [.send(.openTest)])
        _ = state.apply(.answers(smallRun().answers(.test, epoch: 2)))
        _ = state.press(.character("v"))
        #expect(state.mistakes.split == .test)
        #expect(state.press(.character("1")) == [.send(.watchMistakes(false))])
    }

    @Test func theListIsATableForOtherPrograms() {
        let script = smallRun()
        let answers = script.answers(.validation, epoch: 17)
        let lines = MistakesList(answers, script.description, script.pictures).csv.split(separator: "\n")
        #expect(lines.count == 1 + answers.answers.count { $0.isWrong || $0.isFixed })
        #expect(lines[0].split(separator: ",").count == 9)
        #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",").count == 9 })
    }

    @Test(arguments: [(40, 10), (40, 24), (80, 24), (200, 60), (300, 100), (20, 5), (1, 1)])
    func everySizeShowsSomethingAndNoSizeCrashes(columns: Int, rows: Int) {
        var state = DashboardState(smallRun(), through: 10)
        _ = state.press(.character("3"))
        _ = state.apply(.answers(smallRun().answers(.validation, epoch: 5)))
        for capabilities in [
            TerminalCapabilities(colors: .indexed256, glyphs: .full),
            TerminalCapabilities(colors: .none, glyphs: .ascii),
        ] {
            for key in [Key.escape, .character("m"), .enter] {
                _ = state.press(key)
                let canvas = DashboardView.draw(state, columns: columns, rows: rows, capabilities)
                if columns >= 40 { #expect(canvas.plain.contains("cliptop")) }
                if columns >= 80 { #expect(canvas.plain.contains(" of 12 validation pictures wrong")) }
            }
        }
    }
}
