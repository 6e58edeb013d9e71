import Foundation
import Testing
import Training

@testable import Dashboard

/// Questions over the screen: what can be answered, and what the answers do.
@Suite struct QuestionTests {
    private let training = DashboardState(smallRun(), through: 10)

    private var halted: DashboardState {
        var state = training
        _ = state.apply(
            .state(
                .halted(
                    step: 11, learningRate: 9, lastFiniteLoss: 1.5, loss: .validation(epoch: 6), recoveryRate: 0.003)))
        return state
    }

    private func question(_ state: DashboardState) -> Question? {
        if case .question(let question) = state.overlay { question } else { nil }
    }

    // MARK: NaN

    @Test func notANumberAsksByItselfAndOffersTheRateBefore() {
        var state = halted
        #expect(Answer.restoreLowerRate.title(.notANumber, state) == "restore the last good checkpoint, rate 3.0e-3")
        #expect(state.run.haltText?.hasPrefix("validation loss after epoch 6 is not a number") == true)
        #expect(question(state)?.chosen == .restoreLowerRate)
        #expect(state.press(.enter) == [.send(.restoreCheckpoint(learningRate: 0.003))])
        #expect(state.overlay == nil)
    }

    @Test(arguments: [
        ("h", [Effect.send(.restoreCheckpoint(learningRate: 0.003))]),
        ("r", [.send(.restoreCheckpoint(learningRate: nil))]), ("s", [.send(.stop(.now, save: true))]),
        ("c", []),
    ])
    func everyWayOutHasItsKey(_ key: String, _ effects: [Effect]) {
        var state = halted
        #expect(state.press(.character(Character(key))) == effects)
        #expect(state.overlay == nil && state.pendingStop == .none, "only the run ends, not the dashboard")
    }

    @Test func aTypedRateIsSetAndTheCheckpointRestored() {
        var state = halted
        #expect(state.press(.character("t")) == [] && state.context == .input)
        for key in "2e-3" { _ = state.press(.character(key)) }
        #expect(
            state.press(.enter) == [.send(.restoreCheckpoint(learningRate: 2e-3))])
    }

    @Test func theQuestionCanWaitAndComesBackWithSpace() {
        var state = halted
        _ = state.press(.escape)
        #expect(state.overlay == nil)
        #expect(state.shownNotice?.text.contains("epoch 6") == true, "the banner stays")
        #expect(state.press(.right) != [] && state.shownNotice != nil, "whatever else is pressed")
        for id in [DashboardCommand.ID.step, .runEpochs, .checkpoint] {
            #expect(state.perform(id) == [] && state.overlay == nil, "\(id): nothing can be trained")
        }
        #expect(state.press(.character(" ")) == [] && question(state) == .notANumber)
        _ = state.apply(.state(.running))
        #expect(state.overlay == nil && state.shownNotice == nil, "somebody else has answered")
    }

    @Test func whatIsBeingTypedIsNotTakenAway() {
        var state = training
        _ = state.perform(.typeRate)
        _ = state.apply(.state(.halted(step: 11, learningRate: 9, lastFiniteLoss: nil)))
        #expect(state.context == .input && state.shownNotice != nil)
    }

    @Test func nothingIsPromisedWhileARunIsHalted() {
        #expect(halted.run.secondsLeft == nil)
        var state = halted
        _ = state.press(.escape)
        _ = state.press(.character("q"))
        #expect(question(state)?.answers == [.cancel, .stopNow, .discard], "its epoch has no end to wait for")
    }

    // MARK: restoring

    @Test func restoringAsksAndNoIsTheDefault() {
        var state = training
        #expect(state.press(.character("R")) == [] && question(state)?.chosen == .cancel)
        #expect(state.press(.enter) == [])
        _ = state.press(.character("R"))
        #expect(state.press(.character("r")) == [.send(.restoreCheckpoint(learningRate: nil))])
        _ = state.press(.character("R"))
        #expect(state.press(.character("d")) == [] && question(state) != nil, "no answer to this question")
        #expect(state.press(.control("c")) == [] && question(state)?.topic == .quit)
    }

    // MARK: leaving

    @Test func detachingIsOfferedOnlyWhereItIsPossible() {
        var state = training
        _ = state.press(.character("q"))
        #expect(question(state)?.answers.contains(.detach) == false)
        #expect(state.press(.character("l")) == [] && question(state) != nil)
        state = training
        state.canDetach = true
        _ = state.press(.character("q"))
        #expect(question(state)?.answers == [.cancel, .stopAfterEpoch, .stopNow, .detach, .discard])
        #expect(question(state)?.chosen == .cancel)
        #expect(state.press(.character("l")) == [.detach])
    }

    @Test func aViewerLeavesTheRunRunning() {
        var state = DashboardState(smallRun(), through: 0)
        state.isAttached = true
        #expect(state.press(.character("q")) == [], "not even an untrained run is ended by a viewer in passing")
        #expect(question(state)?.answers.first == .detach && question(state)?.chosen == .detach)
        #expect(state.press(.enter) == [.detach])
        _ = state.press(.character("q"))
        #expect(state.press(.control("c")) == [.detach], "nor by a second Ctrl-C")
    }

    @Test func everyAnswerHasItsOwnKeyAndFitsItsDialog() {
        let keys = Answer.allCases.map(\.key)
        #expect(Set(keys).count == keys.count)
        for topic in [Question.Topic.quit, .notANumber, .restore] {
            for answer in Answer.allCases {
                #expect(answer.title(topic, training).count <= 50 && answer.shortTitle(topic).count <= 20)
            }
        }
    }
}
