import FewShot
import Training

/// All commands.
enum CommandTable {
    /// The commands of all contexts, in the order of the help.
    static let all: [DashboardCommand] =
        // Where a screen about other runs and the run share a key, it is about the screen.
        Screen.all.filter(\.isAboutOtherRuns).flatMap(\.commands)
        + controls + rate + epochs + settings + looking + pinning
        + Screen.all.filter { !$0.isAboutOtherRuns }.flatMap(\.commands) + Screen.all.map(\.command) + program
        + questions + input + reading

    /// Whether the run can still be steered.
    static let isTraining: @Sendable (DashboardState) -> Bool = { state in
        state.run.description != nil && !state.run.isEnded
    }
    /// Whether neither one chart nor the slider has taken the screen: their keys need the footer's room.
    static let isOverview: @Sendable (DashboardState) -> Bool = {
        $0.screen != .train || (!$0.charts.isFullScreen && $0.ratios == nil)
    }
    private static let needsRoom: @Sendable (DashboardState) -> Bool = {
        !isOverview($0) && ($0.charts.zoom > 0 || $0.charts.crosshair != nil || $0.ratios != nil)
    }
    private static let hasPicturesOrCrosshair: @Sendable (DashboardState) -> Bool = {
        $0.browser.indices.count > 1 || $0.charts.crosshair != nil
    }

    private static let controls: [DashboardCommand] = [
        DashboardCommand(
            .pauseOrResume, keys: [.character(" ")], section: .steer, detail: "pause or resume; after NaN: recover",
            footer: .init(rank: 1, keys: nil, isShown: { !needsRoom($0) && !$0.screen.isAboutOtherRuns }) {
                $0.run.isHalted ? "recover" : $0.run.state == .paused ? "resume" : "pause"
            },
            when: isTraining
        ) { state in
            guard !state.run.isHalted else {
                state.overlay = .question(.notANumber)
                return []
            }
            return [.send(state.run.state == .paused ? .resume : .pause)]
        },
        DashboardCommand(
            .step, in: .train, keys: [.character("."), .character("s")], section: .steer,
            detail: "train one batch and pause",
            footer: .init(rank: 7, keys: nil, isShown: isOverview) { _ in "step" },
            when: { isTraining($0) && !$0.run.isHalted }
        ) { _ in [.send(.step)] },
    ]

    private static let rate = keys(
        of: .learningRate,
        raise: (
            .raiseRate, [.character("+"), .character("=")],
            .init(rank: 2, keys: "+/-", isShown: isOverview) { _ in "rate" }
        ),
        lower: (.lowerRate, [.character("-"), .character("_")]),
        type: (.typeRate, .screen, .character("l"), .init(rank: 8, keys: nil) { _ in "type rate" }))

    private static let epochs: [DashboardCommand] = [
        DashboardCommand(
            .moreEpochs, keys: [.character("e")], section: .steer, detail: "train more epochs, or fewer",
            footer: .init(rank: 6, keys: nil) { _ in "epochs" }, when: isTraining
        ) { $0.type(.moreEpochs) }
    ]

    private static let looking: [DashboardCommand] = [
        DashboardCommand(
            .previousPicture, in: .train, keys: [.left], section: .look,
            detail: "previous picture; with a cross-hair: left",
            when: hasPicturesOrCrosshair
        ) { state in
            state.moveCrosshair(by: -1) ? [] : state.movePicture(by: -1)
        },
        DashboardCommand(
            .nextPicture, in: .train, keys: [.right], section: .look,
            detail: "next picture; with a cross-hair: right",
            footer: .init(rank: 3, keys: "←→", isShown: { isOverview($0) || $0.charts.crosshair != nil }) {
                $0.charts.crosshair == nil ? "picture" : "move it"
            },
            when: hasPicturesOrCrosshair
        ) { state in
            state.moveCrosshair(by: 1) ? [] : state.movePicture(by: 1)
        },
        DashboardCommand(
            .firstPicture, in: .train, keys: [.home], section: .look, detail: "the first picture, or step",
            when: hasPicturesOrCrosshair
        ) { state in
            if state.moveCrosshair(toEnd: false) { return [] }
            state.browser.move(by: -state.browser.position)
            return state.inspectCurrent()
        },
        DashboardCommand(
            .lastPicture, in: .train, keys: [.end], section: .look, detail: "the last picture, or step",
            when: hasPicturesOrCrosshair
        ) { state in
            if state.moveCrosshair(toEnd: true) { return [] }
            state.browser.move(by: -1 - state.browser.position)
            return state.inspectCurrent()
        },
        DashboardCommand(
            .nextSplit, in: .train, keys: [.character("v")], section: .look,
            detail: "validation or training pictures; test if open",
            footer: .init(rank: 10, keys: nil) { _ in "split" }, when: { !$0.run.pictures.isEmpty }
        ) { state in
            state.browser.nextSplit(of: state.run.pictures, isTestOpen: state.run.isTestOpen)
            return state.inspectCurrent()
        },
        DashboardCommand(
            .showResult, keys: [.character("r")], section: .look, detail: "the results, once the run has ended",
            footer: .init(rank: 2, keys: nil) { _ in "results" }, when: { $0.run.result != nil }
        ) { state in
            state.overlay = .result
            return []
        },
        DashboardCommand(
            .nextTheme, keys: [.character("t")], section: .look, detail: "the next theme",
            footer: .init(rank: 5, keys: nil, isShown: isOverview) { _ in "theme" }
        ) { _ in [.nextTheme] },
    ]

    private static let program: [DashboardCommand] = [
        DashboardCommand(.nextScreen, keys: [.tab], section: .screens, detail: "the next screen") { state in
            state.show(Screen.all[((Screen.all.firstIndex(of: state.screen) ?? 0) + 1) % Screen.all.count])
        },
        DashboardCommand(
            .help, keys: [.character("?"), .character("h")], section: .program, detail: "this list",
            footer: .init(rank: 0, keys: nil) { _ in "keys" }
        ) { state in
            state.overlay = .help(firstLine: 0)
            return []
        },
        DashboardCommand(
            .repaint, keys: [.control("l")], section: .program, detail: "redraw the screen"
        ) { _ in [.repaint] },
        DashboardCommand(
            .suspend, keys: [.control("z")], section: .program, detail: "suspend; fg comes back"
        ) { _ in [.suspend] },
        DashboardCommand(
            .quit, keys: [.character("q")], section: .program, detail: "quit; asks if work could be lost",
            footer: .init(rank: 4, keys: nil, isShown: isOverview) { _ in "quit" }
        ) { $0.askBeforeLeaving() },
        DashboardCommand(
            .interrupt, keys: [.control("c")], section: .program, detail: "the same; twice: save and leave"
        ) { $0.interrupt() },
    ]

    private static let input: [DashboardCommand] = [
        DashboardCommand(.acceptInput, in: .input, keys: [.enter], detail: "apply the value") { $0.acceptInput() },
        DashboardCommand(
            .deleteBackward, in: .input, keys: [.backspace, .delete], detail: "delete a character"
        ) { state in
            state.edit { $0.deleteBackward() }
        },
        DashboardCommand(.clearInput, in: .input, keys: [.control("u")], detail: "delete all") { state in
            state.edit { $0.clear() }
        },
        DashboardCommand(
            .closeInput, in: .input, keys: [.escape], detail: "leave everything as it is"
        ) { state in
            state.overlay = nil
            return []
        },
    ]

    private static let reading: [DashboardCommand] = [
        DashboardCommand(.scrollUp, in: .reading, keys: [.up], detail: "up") { $0.scrollHelp(by: -1) },
        DashboardCommand(.scrollDown, in: .reading, keys: [.down], detail: "down") { $0.scrollHelp(by: 1) },
        DashboardCommand(.pageUp, in: .reading, keys: [.pageUp], detail: "ten lines up") { $0.scrollHelp(by: -10) },
        DashboardCommand(.pageDown, in: .reading, keys: [.pageDown], detail: "ten lines down") {
            $0.scrollHelp(by: 10)
        },
        DashboardCommand(.closeOverlay, in: .reading, keys: [.escape, .enter], detail: "close") { state in
            state.overlay = nil
            return []
        },
    ]
}

extension DashboardCommand.ID {
    static let pauseOrResume = Self("pauseOrResume")
    static let step = Self("step")
    static let raiseRate = Self("raiseRate")
    static let lowerRate = Self("lowerRate")
    static let typeRate = Self("typeRate")
    static let moreEpochs = Self("moreEpochs")
    static let previousPicture = Self("previousPicture")
    static let nextPicture = Self("nextPicture")
    static let firstPicture = Self("firstPicture")
    static let lastPicture = Self("lastPicture")
    static let nextSplit = Self("nextSplit")
    static let showResult = Self("showResult")
    static let nextTheme = Self("nextTheme")
    static let nextScreen = Self("nextScreen")
    static let help = Self("help")
    static let repaint = Self("repaint")
    static let suspend = Self("suspend")
    static let quit = Self("quit")
    static let interrupt = Self("interrupt")
    static let acceptInput = Self("acceptInput")
    static let deleteBackward = Self("deleteBackward")
    static let clearInput = Self("clearInput")
    static let closeInput = Self("closeInput")
    static let scrollUp = Self("scrollUp")
    static let scrollDown = Self("scrollDown")
    static let pageUp = Self("pageUp")
    static let pageDown = Self("pageDown")
    static let closeOverlay = Self("closeOverlay")
}
