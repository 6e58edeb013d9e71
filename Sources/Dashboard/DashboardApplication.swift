import CKernels
import Foundation
import Training

/// The dashboard as a program's main thread runs it: keys and events in, frames and commands out.
///
/// One loop polls the keyboard and one wake-up descriptor that events, pictures and signals write to. Keys are answered at
/// once; events are collected and drawn at the frame rate. Nothing here waits for the session, except at the very end.
public final class DashboardApplication {
    /// What the command line chooses.
    public struct Options {
        /// The folder with the theme files.
        public var themesFolder: URL
        /// The theme to begin with; nil for the one that suits the terminal.
        public var themeName: String?
        /// Frames per second at most.
        public var framesPerSecond: Double
        /// Fewer colours than the terminal has.
        public var colors: ColorDepth?
        /// Other glyphs than the terminal's locale suggests.
        public var glyphs: Glyphs?
        /// Whether the mouse is listened to.
        public var listensToMouse: Bool
        /// How pictures are shown; nil for the best that the terminal is known to have.
        public var pictures: PictureMode?
        /// Whether the run can go on without the dashboard, so that leaving may mean that.
        public var canDetach = false
        /// Whether the run is another process's, which this dashboard only looks at and steers.
        public var isAttached = false
        /// Whether it only looks: leaving is no question then.
        public var isReadOnly = false
        /// Where the Compare screen gets its comparisons from; nil for none.
        public var comparisons: (any ComparisonLibrary)?
        /// Opens the stored runs, on another thread; nil where there are none to show.
        public var runs: (@Sendable () throws -> any RunLibrary)?
        /// The process's environment.
        public var environment: [String: String]
        /// Whether standard error is kept off the screen. Tests that run beside others leave it alone.
        var capturesStandardError = true

        /// Options; all but the folder have defaults.
        public init(
            themesFolder: URL, themeName: String? = nil, framesPerSecond: Double? = nil, colors: ColorDepth? = nil,
            glyphs: Glyphs? = nil, listensToMouse: Bool = true, pictures: PictureMode? = nil,
            comparisons: (any ComparisonLibrary)? = nil,
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) {
            self.themesFolder = themesFolder
            self.themeName = themeName
            self.framesPerSecond = framesPerSecond ?? FramePacer.usualRate
            self.colors = colors
            self.glyphs = glyphs
            self.listensToMouse = listensToMouse
            self.pictures = pictures
            self.comparisons = comparisons
            self.environment = environment
        }
    }

    private let control: any TrainingControl
    private let options: Options
    private let openTerminal: () throws -> any Terminal
    private let pictures = PictureLoader { terminal_wake() }
    private let comparisons: ComparisonLoader?
    private let runsReader: RunsReader
    private var theme: Theme
    private var state = DashboardState()
    private var ending: DashboardOutcome.Ending?
    private var pacer: FramePacer
    private var meter = UpdateMeter()
    private var themeWatcher: ThemeWatcher
    private var nextLook = ContinuousClock.now
    /// Whether the next frame only shows what the frames before have cost.
    private var isOnlyCost = false
    /// The last frame: what the mouse points at.
    private var shown = Canvas(width: 0, height: 0)

    /// A dashboard for a session. Reads the theme.
    /// - Throws: `ThemeError`.
    public convenience init(control: any TrainingControl, options: Options) throws(ThemeError) {
        try self.init(control: control, options: options) {
            try CursesTerminal(
                environment: options.environment, colors: options.colors, glyphs: options.glyphs,
                listensToMouse: options.listensToMouse, pictures: options.pictures)
        }
    }

    /// A dashboard on a terminal of the caller's.
    /// - Throws: `ThemeError`.
    init(
        control: any TrainingControl, options: Options, terminal: @escaping () throws -> any Terminal
    ) throws(ThemeError) {
        self.control = control
        self.options = options
        openTerminal = terminal
        comparisons = options.comparisons.map { ComparisonLoader($0) { terminal_wake() } }
        runsReader = RunsReader(options.runs) { terminal_wake() }
        pacer = FramePacer(framesPerSecond: options.framesPerSecond)
        let name = options.themeName ?? Theme.suggestedName(environment: options.environment)
        theme = try Theme.load(named: name, from: options.themesFolder)
        themeWatcher = ThemeWatcher(theme.name, in: options.themesFolder)
        state.themeName = theme.name
        (state.canDetach, state.isAttached) = (options.canDetach, options.isAttached)
        state.isReadOnly = options.isReadOnly
        state.run.readerID = control.readerID
    }

    /// Takes over the terminal and runs until the user leaves, the session has ended after being told to, or a signal
    /// comes. The terminal is given back as it was found in every case.
    /// - Parameter firstFrameShown: Called once the first frame stands: the place to start the session.
    /// - Throws: `TerminalError` if there is no terminal to draw on.
    public func run(firstFrameShown: () -> Void = {}) throws -> DashboardOutcome {
        let terminal = try openTerminal()
        let capture = options.capturesStandardError ? StandardErrorCapture() : nil
        terminal_watch_signals(terminal.outputDescriptor)
        defer { terminal_unwatch_signals() }
        control.onEvents { terminal_wake() }
        meter = UpdateMeter()
        state.hasMouse = terminal.hasMouse
        draw(on: terminal)
        firstFrameShown()
        control.send(.attended(true))
        while ending == nil { turn(terminal) }
        control.send(.attended(false))
        terminal.close()
        waitForEnd()
        return DashboardOutcome(
            ending: ending ?? .finished, run: state.run.description, result: state.run.result, state: state.run.state,
            standardError: capture?.finish() ?? [])
    }

    // MARK: one turn of the loop

    private func turn(_ terminal: any Terminal) {
        let inputIsGone = wait(for: terminal)
        takeSignals(terminal)
        if inputIsGone, ending == nil { hangUp() }
        // A pasted flood of keys must not keep the screen from being drawn.
        var keysLeft = 256
        while keysLeft > 0, ending == nil, let input = terminal.readInput() {
            switch input {
            // Whatever is being typed or asked, as in every program.
            case .key(.control("z")): carryOut([.suspend], terminal)
            case .key(let key): carryOut(state.press(key), terminal)
            case .mouse(let event): carryOut(state.point(event, on: shown), terminal)
            }
            noteKey()
            keysLeft -= 1
        }
        for event in control.drainEvents() {
            carryOut(state.apply(event), terminal)
            noteChange()
        }
        runsReader.want(state.screen == .runs ? state.runs.wanted : nil)
        if let news = runsReader.take() {
            state.runs.take(news)
            noteChange()
        }
        if nextLook <= .now { lookAround() }
        if let loss = control.loss, ending == nil, !state.run.isEnded { ending = .lost(loss) }
        guard ending == nil, pacer.isDue else { return }
        if terminal.isWritable { draw(on: terminal) } else { pacer.noteBlocked() }
    }

    /// Sleeps until there is something to do; answers whether the keyboard has gone for good.
    private func wait(for terminal: any Terminal) -> Bool {
        // With a frame to come, what else happens can wait for it: a training loop that wakes this thread at every step
        // would make both of them slower. Keys do not wait, and a signal ends the sleep.
        var descriptors = [
            pollfd(fd: terminal.inputDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: pacer.isWaiting ? -1 : terminal_wake_descriptor(), events: Int16(POLLIN), revents: 0),
        ]
        let frame = pacer.timeoutMilliseconds
        let look = Int32(max(0, (nextLook - .now) / .milliseconds(1))) + 1
        let count = poll(&descriptors, nfds_t(descriptors.count), frame < 0 ? look : min(frame, look))
        guard count > 0 else { return false }
        if descriptors[1].revents != 0 {
            terminal_drain_wakes()
            // It may have been a picture: looking is cheap, and nothing is sent where nothing has changed.
            noteChange()
        }
        let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
        return descriptors[0].revents & gone != 0
    }

    private func draw(on terminal: any Terminal) {
        let size = terminal.size
        loadPictures(terminal)
        comparisons?.watch(state.screen == .compare)
        if let new = comparisons?.take() { state.compare.take(new) }
        let canvas = DashboardView.draw(state, columns: size.columns, rows: size.rows, terminal.capabilities)
        let (start, sentBefore) = (ContinuousClock.now, terminal.bytesSent ?? 0)
        terminal.show(canvas, theme: theme)
        shown = canvas
        let sent = terminal.bytesSent.map { $0 - sentBefore }
        // 1.5 kB/s at 80x24; a larger screen has more to say.
        pacer.bytesPerSecond = max(1000, 0.8 * Double(size.columns * size.rows))
        pacer.noteFrame(took: ContinuousClock.now - start, bytes: sent ?? 0)
        if !isOnlyCost { meter.noteFrame(bytes: sent) }
        isOnlyCost = false
    }

    private func noteKey() {
        isOnlyCost = false
        pacer.noteKey()
    }

    private func noteChange() {
        isOnlyCost = false
        pacer.noteChange()
    }

    /// What is looked at once a second: the figures that the screen holds, what it costs, and the theme's file.
    private func lookAround() {
        nextLook = .now + UpdateMeter.interval
        var held = state.held
        held.refresh(from: state.run)
        if held != state.held {
            state.held = held
            noteChange()
        }
        if themeWatcher.hasChanged() { reloadTheme() }
        // Whoever was asked may be gone before the answer.
        if let request = state.classify.request, let reason = control.refusal(of: .classify(request)) {
            state.classify.refuse(reason)
            noteChange()
        }
        if let cost = meter.read(), cost.text != state.cost?.text {
            state.cost = cost
            if !pacer.isWaiting { isOnlyCost = true }
            pacer.noteChange()
        }
    }

    /// Asks for the pictures that this frame shows, the large one first.
    private func loadPictures(_ terminal: any Terminal) {
        let screen = terminal.size
        var requests: [PictureLoader.Request] = []
        func request(_ url: URL, _ columns: Int, _ rows: Int) {
            requests.append(.init(url: url, columns: columns, rows: rows, capabilities: terminal.capabilities))
        }
        let size = DashboardView.pictureSize(state, columns: screen.columns, rows: screen.rows)
        if let url = state.pictureInSight, let size { request(url, size.columns, size.rows) }
        let hasLarge = !requests.isEmpty
        let thumbnails = DashboardView.thumbnails(state, columns: screen.columns, rows: screen.rows)
            .filter { state.run.pictures.indices.contains($0.picture) }
        for thumbnail in thumbnails {
            request(state.run.pictures[thumbnail.picture].url, thumbnail.columns, thumbnail.rows)
        }
        guard !requests.isEmpty else { return }
        let loaded = pictures.pictures(requests)
        if hasLarge { state.picture = loaded.first }
        state.thumbnails = Dictionary(
            zip(thumbnails.map(\.picture), loaded.dropFirst(hasLarge ? 1 : 0)), uniquingKeysWith: { first, _ in first })
    }

    // MARK: effects

    private func carryOut(_ effects: [Effect], _ terminal: any Terminal) {
        for effect in effects {
            switch effect {
            case .send(let command): send(command)
            case .leave: ending = endingOfLeaving
            case .detach:
                // Nobody is left who could go on with a paused run; another process's is its own user's affair.
                if !state.isAttached, state.run.state == .paused { control.send(.resume) }
                leaveRunning()
            case .interrupted: ending = .signal(SIGINT)
            case .suspend:
                terminal.suspend()
                noteKey()
            case .repaint:
                terminal.resize()
                terminal.invalidate()
            case .exportMistakes: exportMistakes()
            case .editRuns(let edit): runsReader.perform(edit)
            case .nextTheme: switchTheme()
            }
        }
    }

    private func send(_ command: TrainingCommand) {
        if let reason = control.refusal(of: command) {
            state.notice = .init(text: reason, level: .warning)
            if case .classify = command { state.classify.refuse(reason) }
        } else {
            control.send(command)
        }
    }

    private var endingOfLeaving: DashboardOutcome.Ending {
        switch state.pendingStop {
        case .none: return .finished
        case .leaving(let saving, _): return saving || !state.run.hasTrained ? .stopped : .discarded
        }
    }

    private func exportMistakes() {
        guard let run = state.run.description, let answers = state.mistakes.current else { return }
        let file = run.folder.appending(path: "mistakes-\(answers.split.rawValue)-epoch\(answers.epoch).csv")
        do {
            try FileManager.default.createDirectory(at: run.folder, withIntermediateDirectories: true)
            try MistakesList(answers, run, state.run.pictures).csv.write(to: file, atomically: true, encoding: .utf8)
            state.notice = .init(text: "written: \(file.path)", level: .info)
        } catch {
            state.notice = .init(
                text: "cannot write \(file.path): \(error.localizedDescription)", level: .error)
        }
    }

    private func switchTheme() {
        let names = Theme.names(in: options.themesFolder)
        guard !names.isEmpty else { return }
        let next = ((names.firstIndex(of: theme.name) ?? -1) + 1) % names.count
        do {
            theme = try Theme.load(named: names[next], from: options.themesFolder)
            state.themeName = theme.name
            let summary = theme.summary.isEmpty ? "" : ": \(theme.summary)"
            state.notice = .init(text: "theme \(theme.name)\(summary)", level: .info)
        } catch {
            state.notice = .init(text: "\(error)", level: .error)
            // The broken one keeps its place in the round, so that the key does not stick at it.
            theme = Theme(
                name: names[next], summary: theme.summary, isLight: theme.isLight, colors: theme.colors,
                gradient: theme.gradient)
        }
        themeWatcher = ThemeWatcher(theme.name, in: options.themesFolder)
    }

    /// Takes up what was written into the theme's file; with an error in it, the colours stay as they are.
    private func reloadTheme() {
        do {
            theme = try Theme.load(named: theme.name, from: options.themesFolder)
            state.notice = .init(text: "theme \(theme.name) read again", level: .info)
        } catch { state.notice = .init(text: "\(error)", level: .error) }
        noteChange()
    }

    // MARK: signals

    private func takeSignals(_ terminal: any Terminal) {
        let signals = terminal_take_signals()
        func has(_ number: Int32) -> Bool { signals & (1 << UInt32(number)) != 0 }
        for deadly in [SIGTERM, SIGQUIT] where has(deadly) { return stopAndLeave(deadly) }
        if has(SIGHUP) { return hangUp() }
        if has(SIGWINCH) {
            terminal.resize()
            noteKey()
        }
        if has(SIGCONT) {
            terminal.resize()
            terminal.invalidate()
            noteKey()
        }
        if has(SIGTSTP) { carryOut([.suspend], terminal) }
        if has(SIGINT) {
            carryOut(state.press(.control("c")), terminal)
            noteKey()
        }
    }

    /// The terminal has gone. A run that can go on without one does.
    private func hangUp() {
        guard state.canDetach, !state.run.isEnded else { return stopAndLeave(SIGHUP) }
        leaveRunning()
    }

    /// From here on the terminal's end is not the run's, not even between two handlers of its signal.
    private func leaveRunning() {
        if !state.isAttached { terminal_ignore_afterwards(SIGHUP) }
        ending = .detached
    }

    private func stopAndLeave(_ signal: Int32) {
        if !state.run.isEnded, !state.isAttached { control.send(.stop(.now, save: true)) }
        ending = .signal(signal)
    }

    /// The session may still be saving. The terminal is back already; an impatient signal ends the wait.
    private func waitForEnd() {
        // What goes on without this dashboard has no end to wait for.
        guard ending != .detached, control.loss == nil, !(state.isAttached && state.pendingStop == .none) else {
            return
        }
        let start = ContinuousClock.now
        let deadline = start + .seconds(state.run.isEnded ? 2 : 10)
        while true {
            for event in control.drainEvents() { _ = state.apply(event) }
            guard state.run.result == nil, ContinuousClock.now < deadline else { return }
            var descriptor = pollfd(fd: terminal_wake_descriptor(), events: Int16(POLLIN), revents: 0)
            _ = poll(&descriptor, 1, 100)
            terminal_drain_wakes()
            let signals = terminal_take_signals() & (1 << UInt32(SIGINT) | 1 << UInt32(SIGTERM))
            // A signal to the whole group comes to this process twice; that is not impatience.
            if signals != 0, ContinuousClock.now > start + .seconds(1) { return }
        }
    }
}
