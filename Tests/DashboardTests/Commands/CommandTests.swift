import FewShot
import Testing
import Training

@testable import Dashboard

@Suite struct CommandTests {
    private let training = DashboardState(smallRun(), through: 10)

    private func chosen(_ state: DashboardState) -> Answer? {
        if case .question(let question) = state.overlay { question.chosen } else { nil }
    }

    @Test func noTwoCommandsOfAContextShareAKey() {
        for context in Set(CommandTable.all.map(\.context)) {
            let keys = CommandTable.all.filter { $0.context == context }.flatMap(\.keys)
            #expect(Set(keys).count == keys.count, "\(context)")
        }
    }

    @Test func everyCommandIsThereOnceWithAKeyAndAText() {
        #expect(Set(CommandTable.all.map(\.id)).count == CommandTable.all.count)
        for command in CommandTable.all {
            #expect(!command.keys.isEmpty && !command.detail.isEmpty, "\(command.id)")
            #expect(command.detail.count <= 46, "\(command.id) does not fit into the help")
        }
    }

    @Test func everyScreenHasItsDigitAndNoOtherCommandADigit() {
        let keys = CommandTable.all.flatMap(\.keys)
        for digit in "0123456789" {
            let screen = Screen.all.first { $0.key == .character(digit) }
            #expect(keys.count { $0 == .character(digit) } == (screen == nil ? 0 : 1), "\(digit)")
        }
        var state = training
        for screen in Screen.all {
            _ = state.press(screen.key)
            #expect(state.screen == screen)
        }
        for _ in Screen.all { _ = state.press(.tab) }
        #expect(state.screen == Screen.all.last, "Tab goes around")
    }

    @Test func noKeyOfAScreenHidesOneThatCountsEverywhere() {
        let everywhere = Set(CommandTable.all.filter { $0.context == .screen }.flatMap(\.keys))
        for context in [DashboardCommand.Context.train, .ratios, .classify, .mistakes] {
            let keys = Set(CommandTable.all.filter { $0.context == context }.flatMap(\.keys))
            #expect(keys.isDisjoint(with: everywhere), "\(context): \(keys.intersection(everywhere))")
        }
    }

    @Test func everyCommandOfTheScreenIsInTheHelpAndEveryFooterEntryToo() {
        let lines = HelpOverlay.lines(for: training, .full)
        for command in CommandTable.all where command.section != nil {
            #expect(
                lines.contains { if case .entry(_, command.detail, _) = $0 { true } else { false } }, "\(command.id)")
        }
    }

    @Test(arguments: [
        (DashboardCommand.ID.pauseOrResume, RunControl.pause), (.step, .step),
        (.raiseRate, .scale("lr", by: 2)), (.lowerRate, .scale("lr", by: 0.5)),
        (.undo, .undo),
    ])
    func steering(_ id: DashboardCommand.ID, _ command: RunControl) {
        var state = training
        #expect(state.perform(id) == [.send(command)])
    }

    @Test func spaceResumesWhatItPaused() {
        var state = training
        #expect(state.press(.character(" ")) == [.send(.pause)])
        _ = state.apply(.state(.paused))
        #expect(state.press(.character(" ")) == [.send(.resume)])
    }

    @Test func nothingSteersARunThatHasEndedOrHasNotBegun() {
        var ended = training
        _ = ended.apply(.finished(smallRun().result))
        _ = ended.press(.escape)
        var fresh = DashboardState()
        for id in [DashboardCommand.ID.step, .raiseRate, .lowerRate, .typeRate, .undo, .moreEpochs] {
            #expect(ended.perform(id) == [] && ended.overlay == nil, "\(id)")
            #expect(fresh.perform(id) == [] && fresh.overlay == nil, "\(id)")
        }
        #expect(ended.perform(.pauseOrResume) == [])
        #expect(fresh.perform(.nextPicture) == [])
    }

    @Test func aTypedRateIsSent() {
        var state = training
        _ = state.press(.character("l"))
        #expect(state.context == .input)
        for key in "5e-4" { #expect(state.press(.character(key)) == []) }
        #expect(state.press(.enter) == [.send(.set("lr", 5e-4))])
        #expect(state.overlay == nil)
    }

    @Test func keysAreTextWhileAValueIsTyped() {
        var state = training
        _ = state.perform(.typeRate)
        for key in "q+ ?" { _ = state.press(.character(key)) }
        guard case .input(let line)? = state.overlay else {
            Issue.record("the line was closed")
            return
        }
        #expect(line.text == "q+ ?")
        _ = state.press(.backspace)
        #expect(state.press(.enter) == [])
        #expect(state.context == .input, "a refused value stays to be corrected")
        #expect(state.press(.escape) == [])
        #expect(state.overlay == nil)
    }

    /// Twice is enough in every state: the first closes what is open and asks, the second saves and leaves.
    @Test(arguments: ["", "l", "e", "q", "?", "qd", "2\r", "2n", "4/", "4g"]) func controlCTwiceSavesAndLeaves(
        _ keys: String
    ) {
        var state = training
        for key in keys { _ = state.press(key == "\r" ? .enter : .character(key)) }
        if !keys.hasPrefix("q") {
            #expect(state.press(.control("c")) == [])
            #expect(state.context == .question)
        } else if keys == "qd" {
            #expect(state.press(.control("c")) == [])
        }
        #expect(state.press(.control("c")) == [.send(.stop(.now, save: true)), .interrupted])
    }

    /// Before there is anything to lose, Ctrl-C is an interruption and no decision.
    @Test func controlCWhileEncodingIsAnInterruption() {
        var state = DashboardState()
        #expect(state.press(.control("c")) == [.send(.stop(.now, save: false)), .interrupted])
        var other = DashboardState()
        #expect(other.press(.character("q")) == [.send(.stop(.now, save: false)), .leave])
    }

    @Test func discardingAsksAgain() {
        var state = training
        for key in "qd" { #expect(state.press(.character(key)) == []) }
        #expect(state.press(.character("d")) == [], "no answer to this question")
        #expect(state.press(.enter) == [] && state.overlay == nil, "no is what Enter takes")
        #expect(state.pendingStop == .none)
        for key in "qd" { _ = state.press(.character(key)) }
        #expect(state.press(.character("y")) == [.send(.stop(.now, save: false))])
        #expect(state.pendingStop == .leaving(saving: false, afterEpoch: false))
    }

    /// Pasted text is text in a line, and nothing anywhere else.
    @Test func pastedTextIsTextInALineAndNothingElsewhere() {
        for screen in "12345" {
            var state = training
            _ = state.press(.character(screen))
            let before = state.contexts
            state.paste("qdy\n+ öl\n")
            #expect(state.contexts == before && state.pendingStop == .none && state.notice != nil)
        }
        var state = training
        _ = state.perform(.typeRate)
        state.paste("0.00\u{1B}\n5\r\n")
        guard case .input(let line)? = state.overlay else { return #expect(Bool(false), "the line was closed") }
        #expect(line.text == "0.005")
    }

    @Test(arguments: ["nan", "NaN", "inf", "-1", "0", "abc", "", " ", "0x1p3", "1e999", "0,003", "1 2", "--1"])
    func ratesThatAreRefusedWithALine(_ text: String) {
        guard case .failure(let refusal) = InputLine.value(text, of: .learningRate) else {
            Issue.record("\(text) was taken")
            return
        }
        #expect(!refusal.reason.isEmpty && !refusal.reason.contains("\n") && refusal.reason.count < 60)
    }

    @Test(arguments: [("0.003", 0.003), (" 3e-3 ", 0.003), ("1", 1), (".5", 0.5), ("+2E-1", 0.2)])
    func ratesThatAreTaken(_ text: String, _ value: Double) {
        #expect(InputLine.value(text, of: .learningRate) == .success(value))
    }

    @Test func epochs() {
        #expect(InputLine.moreEpochs("10") == .success(10) && InputLine.moreEpochs("-5") == .success(-5))
        for text in ["0", "", "1.5", "ten", "99999999999999999999", "2000000"] {
            #expect((try? InputLine.moreEpochs(text).get()) == nil, "\(text)")
        }
        var state = training
        _ = state.perform(.moreEpochs)
        for key in "15" { _ = state.press(.character(key)) }
        #expect(state.perform(.acceptInput) == [.send(.addEpochs(15))])
    }

    // MARK: leaving

    @Test func nothingIsAskedWhereNothingCanBeLost() {
        var state = DashboardState(smallRun(), through: 0)
        #expect(state.press(.character("q")) == [.send(.stop(.now, save: false)), .leave])
    }

    @Test func theHarmlessAnswerIsTheDefault() {
        var state = training
        #expect(state.press(.character("q")) == [])
        #expect(chosen(state) == .cancel)
        #expect(state.press(.enter) == [])
        #expect(state.overlay == nil && state.pendingStop == .none)
    }

    @Test(arguments: [
        ("e", RunControl.stop(.afterEpoch, save: true)), ("s", .stop(.now, save: true)),
        ("dy", .stop(.now, save: false)),
    ])
    func answersStopTheRunAndLeaveWhenItHasEnded(_ key: String, _ command: RunControl) {
        var state = training
        let effects = ("q" + key).map { state.press(.character($0)) }
        #expect(effects.last == [.send(command)])
        #expect(state.pendingStop != .none)
        var result = smallRun().result
        result.state = .stopped(saved: key != "dy")
        #expect(state.apply(.finished(result)) == [.leave])
    }

    @Test func arrowsChooseAnAnswer() {
        var state = training
        _ = state.press(.character("q"))
        _ = state.press(.up)
        #expect(chosen(state) == .discard)
        _ = state.press(.down)
        _ = state.press(.down)
        #expect(chosen(state) == .stopAfterEpoch)
        #expect(state.press(.enter) == [.send(.stop(.afterEpoch, save: true))])
    }

    @Test func aPausedRunIsWokenToReachTheEndOfItsEpoch() {
        var state = training
        _ = state.apply(.state(.paused))
        _ = state.press(.character("q"))
        #expect(state.press(.character("e")) == [.send(.stop(.afterEpoch, save: true)), .send(.resume)])
    }

    @Test func controlCAsksFirstAndSavesThen() {
        var state = training
        #expect(state.press(.control("c")) == [])
        #expect(state.context == .question)
        #expect(state.press(.control("c")) == [.send(.stop(.now, save: true)), .interrupted])
    }

    @Test func helpClosesWithAnyKeyAndScrollsWithArrows() {
        var state = training
        _ = state.press(.character("?"))
        _ = state.press(.down)
        #expect(state.overlay == .help(firstLine: 1))
        #expect(state.press(.character(" ")) == [], "the key that closes it pauses nothing")
        #expect(state.overlay == nil)
    }
}
