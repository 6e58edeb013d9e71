/// Something a key does. One table of these drives dispatch, footer, help and tests.
struct DashboardCommand: Sendable {
    /// The name tests and scripts call a command by.
    enum ID: String, Sendable, CaseIterable {
        case pauseOrResume, step, raiseRate, lowerRate, typeRate, undo, moreEpochs
        case runEpochs, raiseRatio, lowerRatio, typeRatio, raiseDropout, lowerDropout, typeDropout, typeSetting
        case checkpoint, restoreCheckpoint, pin, showPinned
        case showRatios, lowerRatioCursor, raiseRatioCursor, firstRatio, lastRatio, takeRatio, closeRatios
        case previousPicture, nextPicture, firstPicture, lastPicture, nextSplit
        case fullScreen, nextChart, previousChart, zoomIn, zoomOut, panLeft, panRight, crosshair, smoothing, logarithm
        case stepBack
        case typePicture, typeLabels, typeTemplate, previousFile, nextFile, previousTemplate, nextTemplate, askAgain
        case acceptLine, completeLine, deleteInLine, clearLine, cancelLine
        case showTrain, showClassify, showMistakes, showRuns, nextScreen
        case previousRun, nextRun, markRun, openRun, leaveRun, branchRun, filterRuns, runsMetric, tagRun, noteRun
        case removeRuns, confirmRemoval, cancelRemoval
        case acceptRunsLine, deleteInRunsLine, clearRunsLine, cancelRunsLine
        case previousClass, nextClass, previousMistake, nextMistake, openMistake, filterMistakes, sortMistakes, matrix
        case otherSplit, openTest, exportMistakes, leaveMistake
        case showCompare, previousComparison, nextComparison
        case nextTheme, showResult, help, repaint, suspend, quit, interrupt
        case choosePrevious, chooseNext, takeChoice
        case takeCancel, takeStopAfterEpoch, takeStopNow, takeDetach, takeDiscard, interruptAgain
        case takeRestoreLowerRate, takeRestore, takeRestoreWithRate
        case acceptInput, deleteBackward, clearInput, closeInput
        case scrollUp, scrollDown, pageUp, pageDown, closeOverlay
    }

    /// Where its keys count.
    enum Context: String, Sendable, CaseIterable {
        /// Any screen, with nothing laid over it.
        case screen
        /// The Train screen.
        case train
        /// The Classify screen.
        case classify
        /// A line of the Classify screen is being typed; keys that are no command are text.
        case classifyInput
        /// The Mistakes screen.
        case mistakes
        /// The residual-ratio slider lies over the Train screen's panes.
        case ratios
        /// A question that waits for one of a few answers.
        case question
        /// The Compare screen.
        case compare
        /// The Runs screen.
        case runs
        /// A line of the Runs screen is being typed; keys that are no command are text.
        case runsInput
        /// The question whether runs shall be removed.
        case runsQuestion
        /// A value is being typed; keys that are no command are text.
        case input
        /// Help or results lie over the screen; keys that are no command close them.
        case reading
    }

    /// The heading it stands under in the help.
    enum Section: String, Sendable, CaseIterable {
        case steer = "Steer the run"
        case look = "Look around"
        case charts = "Charts"
        case ratios = "Residual ratio"
        case classify = "Classify"
        case mistakes = "Mistakes"
        case runs = "Runs"
        case compare = "Compare"
        case screens = "Screens"
        case program = "Program"
    }

    /// What the footer says of it: neighbours with one label share an entry ("+/-").
    struct FooterEntry: Sendable {
        var rank: Int
        var keys: String?
        /// Whether it is worth its room just now.
        var isShown: @Sendable (DashboardState) -> Bool = { _ in true }
        var title: @Sendable (DashboardState) -> String
    }

    /// Its name.
    let id: ID
    /// Where its keys count.
    let context: Context
    /// The keys, the first of them the one to show.
    let keys: [Key]
    /// Its heading in the help; nil to keep it out.
    let section: Section?
    /// What it does, in a few words for the help.
    let detail: String
    let footer: FooterEntry?
    let isEnabled: @Sendable (DashboardState) -> Bool
    let action: @Sendable (inout DashboardState) -> [Effect]

    init(
        _ id: ID, in context: Context = .screen, keys: [Key], section: Section? = nil, detail: String,
        footer: FooterEntry? = nil, when isEnabled: @escaping @Sendable (DashboardState) -> Bool = { _ in true },
        action: @escaping @Sendable (inout DashboardState) -> [Effect]
    ) {
        self.id = id
        self.context = context
        self.keys = keys
        self.section = section
        self.detail = detail
        self.footer = footer
        self.isEnabled = isEnabled
        self.action = action
    }
}

extension DashboardState {
    /// Which commands the next key can mean, the innermost first.
    var contexts: [DashboardCommand.Context] {
        switch overlay {
        case nil where screen == .classify && classify.editing != nil: [.classifyInput]
        case nil where screen == .train && ratios != nil: [.ratios, .screen]
        case nil where screen == .runs && runs.editing != nil: [.runsInput]
        case nil where screen == .runs && !runs.removing.isEmpty: [.runsQuestion]
        case nil: [screen.context, .screen]
        case .question: [.question]
        case .input: [.input]
        case .help, .result: [.reading]
        }
    }

    /// Where the user is.
    var context: DashboardCommand.Context { contexts[0] }

    /// Does what a key means here; answers what is to be done outside.
    mutating func press(_ key: Key) -> [Effect] {
        notice = nil
        let here = contexts
        if let command = CommandTable.all.first(where: { here.contains($0.context) && $0.keys.contains(key) }) {
            return command.isEnabled(self) ? command.action(&self) : []
        }
        switch (context, key) {
        case (.input, .character(let character)):
            if case .input(var line) = overlay {
                line.insert(character)
                overlay = .input(line)
            }
        case (.classifyInput, .character(let character)): classify.insert(character)
        case (.runsInput, .character(let character)): runs.insert(character)
        case (.reading, .control("c")), (.reading, .character("q")):
            overlay = nil
            return press(key)
        case (.reading, _): overlay = nil
        default: break
        }
        return []
    }

    /// Does what a command does, if it is enabled in its context; for tests and scripts.
    mutating func perform(_ id: DashboardCommand.ID) -> [Effect] {
        let here = contexts
        guard let command = CommandTable.all.first(where: { $0.id == id && here.contains($0.context) }),
            command.isEnabled(self)
        else { return [] }
        return command.action(&self)
    }
}

extension ScreenID {
    /// Where its own keys count.
    fileprivate var context: DashboardCommand.Context {
        switch self {
        case .train: .train
        case .classify: .classify
        case .mistakes: .mistakes
        case .runs: .runs
        case .compare: .compare
        }
    }
}
