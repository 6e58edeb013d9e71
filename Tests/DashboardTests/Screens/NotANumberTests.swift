import Foundation
import Testing
import Training

@testable import Dashboard

/// Weights that broke give figures that are no numbers, everywhere. No screen shows one as if it were.
@Suite struct NotANumberTests {
    /// A run after step 34 that has told nothing but NaN and infinity since.
    private static func broken(_ value: Double) -> DashboardState {
        let run = smallRun()
        var state = DashboardState(run, through: 34)
        for picture in [4, 13] { #expect(state.pinned.toggle(picture) == .pinned) }
        let evaluation = Evaluation(loss: value, top1: value, top5: value, count: 12)
        var batch = run.batch(35)
        batch.loss = value
        var epoch = run.epoch(18)
        (epoch.trainLoss, epoch.validation, epoch.seconds) = (value, evaluation, value)
        var prediction = run.prediction(state.browser.current ?? 0, step: 35)
        prediction.adapted = prediction.adapted.map { _ in Float(value) }
        var pinned = run.probes([4, 13], step: 35)
        for index in pinned.probes.indices { pinned.probes[index].adapted = Float(value) }
        for event: TrainingEvent in [
            .probes(run.probes([4, 13], step: 34)), .batch(batch), .epoch(epoch), .prediction(prediction),
            .probes(pinned), .answers(answers(run, value)),
        ] { _ = state.apply(event) }
        return state
    }

    private static func answers(_ run: ScriptedRun, _ value: Double) -> SplitPredictions {
        var answers = run.answers(.validation, epoch: 18)
        for index in answers.answers.indices {
            answers.answers[index].adapted = .init(label: 0, confidence: Float(value), trueProbability: Float(value))
        }
        return answers
    }

    private static func classified(_ value: Double, in state: inout DashboardState) {
        _ = state.press(.character("2"))
        _ = state.press(.enter)
        for key in "/a.png" { _ = state.press(.character(key)) }
        _ = state.press(.enter)
        var answer = ClassifyAnswer(ClassifyRequest(number: 1, picture: URL(filePath: "/a.png")))
        answer.labels = ["bird", "coin"]
        (answer.zeroShot, answer.adapted) = ([0.4, 0.6], [Float(value), Float(value)])
        _ = state.apply(.classified(answer))
    }

    /// The states in which every pane is shown.
    private static func states(_ value: Double) -> [(name: String, state: DashboardState)] {
        let train = broken(value)
        func after(_ keys: String) -> DashboardState {
            var state = train
            for key in keys { _ = state.press(.character(key)) }
            return state
        }
        var classify = train
        classified(value, in: &classify)
        var earlier = train
        _ = earlier.apply(.answers(smallRun().answers(.validation, epoch: 17)))
        _ = earlier.apply(.answers(answers(smallRun(), value)))
        _ = earlier.press(.character("3"))
        var halted = train
        _ = halted.apply(.state(.halted(step: 35, learningRate: value, lastFiniteLoss: value)))
        var result = train
        var ended = smallRun().result
        (ended.finalTest, ended.bestTest) = (
            Evaluation(loss: value, top1: value, top5: value, count: 9), ended.zeroShotTest
        )
        ended.state = .diverged(step: 35, learningRate: 9, lastFiniteLoss: value)
        _ = result.apply(.finished(ended))
        return [
            ("train", train), ("one chart", after("fx")), ("logarithmic", after("ym")), ("pinned", after("P")),
            ("ratios", after("b")), ("mistakes", after("3")), ("matrix", after("3m")), ("earlier mistakes", earlier),
            ("classify", classify), ("halted", halted), ("result", result),
        ]
    }

    @Test(arguments: [Double.nan, -.nan, .infinity, -.infinity])
    func noScreenShowsItAsANumber(_ value: Double) {
        for (name, state) in Self.states(value) {
            for (columns, rows) in [(40, 12), (80, 24), (160, 50), (76, 1)] {
                for glyphs in [Glyphs.full, .ascii] {
                    let text = DashboardView.draw(
                        state, columns: columns, rows: rows, .init(colors: .indexed256, glyphs: glyphs)
                    ).plain
                    for word in text.split(whereSeparator: { !"+-".contains($0) && !$0.isLetter }) {
                        #expect(
                            !["nan", "inf"].contains(word.drop { "+-".contains($0) }),
                            "\(name) \(columns)x\(rows):\n\(text)")
                    }
                    #expect(!text.contains("broken by"), "\(name):\n\(text)")
                }
            }
        }
    }

    @Test func thePredictionPaneSaysWhatIsTrue() {
        let text = DashboardView.draw(
            Self.broken(.nan), columns: 160, rows: 50, .init(colors: .indexed256, glyphs: .full)
        ).plain
        #expect(text.contains("no prediction: the weights are not numbers"))
    }

    @Test func mistakesStayThoseOfTheLastGoodWeights() throws {
        let state = try #require(Self.states(.nan).first { $0.name == "earlier mistakes" }?.state)
        #expect(state.mistakes.current?.epoch == 17)
        let text = DashboardView.draw(
            state, columns: 160, rows: 50, .init(colors: .indexed256, glyphs: .full)
        ).plain
        #expect(text.contains("epoch 17; the weights since are not numbers"))
    }
}
