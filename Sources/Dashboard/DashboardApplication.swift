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
        /// Opens the stored runs, on another thread; nil where there are none to show.
        public var runs: (@Sendable () throws -> any RunLibrary)?
        /// The process's environment.
        public var environment: [String: String]
        /// Whether standard error is kept off the screen. Tests that run beside others leave it alone.
        var capturesStandardError = true

        /// Options; all but the folder have defaults.
        public init(
            themesFolder: URL, themeName: String? = nil, framesPerSecond: Double = 12, colors: ColorDepth? = nil,
            glyphs: Glyphs? = nil, environment: [String: String] = ProcessInfo.processInfo.environment
        ) {
            self.themesFolder = themesFolder
            self.themeName = themeName
            self.framesPerSecond = framesPerSecond
            self.colors = colors
            self.glyphs = glyphs
            self.environment = environment
        }
    }

    private let control: any TrainingControl
    private let options: Options
    private let openTerminal: () throws -> any Terminal
    private let pictures = PictureLoader { terminal_wake() }
    private let runsReader: RunsReader
    private var theme: Theme
    private var state = DashboardState()
    private var ending: DashboardOutcome.Ending?
    private var pacer: FramePacer

    /// A dashboard for a session. Reads the theme.
    /// - Throws: `ThemeError`.
    public convenience init(control: any TrainingControl, options: Options) throws(ThemeError) {
        try self.init(control: control, options: options) {
            try CursesTerminal(environment: options.environment, colors: options.colors, glyphs: options.glyphs)
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
        runsReader = RunsReader(options.runs) { terminal_wake() }
        pacer = FramePacer(framesPerSecond: options.framesPerSecond)
        let name = options.themeName ?? Theme.suggestedName(environment: options.environment)
        theme = try Theme.load(named: name, from: options.themesFolder)
        state.themeName = theme.name
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
        draw(on: terminal)
        firstFrameShown()
        while ending == nil { turn(terminal) }
        terminal.close()
        waitForEnd()
        return DashboardOutcome(
            ending: ending ?? .finished, result: state.run.result, state: state.run.state,
            standardError: capture?.finish() ?? [])
    }

    // MARK: one turn of the loop

    private func turn(_ terminal: any Terminal) {
        let inputIsGone = wait(for: terminal)
        takeSignals(terminal)
        if inputIsGone, ending == nil { stopAndLeave(SIGHUP) }
        // A pasted flood of keys must not keep the screen from being drawn.
        var keysLeft = 256
        while keysLeft > 0, ending == nil, let key = terminal.readKey() {
            carryOut(state.press(key), terminal)
            pacer.noteKey()
            keysLeft -= 1
        }
        for event in control.drainEvents() {
            carryOut(state.apply(event), terminal)
            pacer.noteChange()
        }
        runsReader.want(state.screen == .runs ? state.runs.wanted : nil)
        if let news = runsReader.take() {
            state.runs.take(news)
            pacer.noteChange()
        }
        guard ending == nil, pacer.isDue else { return }
        if terminal.isWritable { draw(on: terminal) } else { pacer.noteBlocked() }
    }

    /// Sleeps until there is something to do; answers whether the keyboard has gone for good.
    private func wait(for terminal: any Terminal) -> Bool {
        var descriptors = [
            pollfd(fd: terminal.inputDescriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: terminal_wake_descriptor(), events: Int16(POLLIN), revents: 0),
        ]
        let count = poll(&descriptors, nfds_t(descriptors.count), pacer.timeoutMilliseconds)
        guard count > 0 else { return false }
        if descriptors[1].revents != 0 {
            terminal_drain_wakes()
            // It may have been a picture: looking is cheap, and nothing is sent where nothing has changed.
            pacer.noteChange()
        }
        let gone = Int16(POLLHUP | POLLERR | POLLNVAL)
        return descriptors[0].revents & gone != 0
    }

    private func draw(on terminal: any Terminal) {
        let size = terminal.size
        loadPictures(terminal)
        let canvas = DashboardView.draw(state, columns: size.columns, rows: size.rows, terminal.capabilities)
        let start = ContinuousClock.now
        terminal.show(canvas, theme: theme)
        pacer.noteFrame(took: ContinuousClock.now - start)
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
            case .send(let command): control.send(command)
            case .leave: ending = endingOfLeaving
            case .interrupted: ending = .signal(SIGINT)
            case .suspend:
                terminal.suspend()
                pacer.noteKey()
            case .repaint:
                terminal.resize()
                terminal.invalidate()
            case .exportMistakes: exportMistakes()
            case .editRuns(let edit): runsReader.perform(edit)
            case .nextTheme: switchTheme()
            }
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
    }

    // MARK: signals

    private func takeSignals(_ terminal: any Terminal) {
        let signals = terminal_take_signals()
        func has(_ number: Int32) -> Bool { signals & (1 << UInt32(number)) != 0 }
        for deadly in [SIGTERM, SIGHUP, SIGQUIT] where has(deadly) { return stopAndLeave(deadly) }
        if has(SIGWINCH) {
            terminal.resize()
            pacer.noteKey()
        }
        if has(SIGCONT) {
            terminal.resize()
            terminal.invalidate()
            pacer.noteKey()
        }
        if has(SIGTSTP) { carryOut([.suspend], terminal) }
        if has(SIGINT) {
            carryOut(state.press(.control("c")), terminal)
            pacer.noteKey()
        }
    }

    private func stopAndLeave(_ signal: Int32) {
        if !state.run.isEnded { control.send(.stop(.now, save: true)) }
        ending = .signal(signal)
    }

    /// The session may still be saving. The terminal is back already; an impatient signal ends the wait.
    private func waitForEnd() {
        let deadline = ContinuousClock.now + .seconds(state.run.isEnded ? 2 : 10)
        while true {
            for event in control.drainEvents() { _ = state.apply(event) }
            guard state.run.result == nil, ContinuousClock.now < deadline else { return }
            var descriptor = pollfd(fd: terminal_wake_descriptor(), events: Int16(POLLIN), revents: 0)
            _ = poll(&descriptor, 1, 100)
            terminal_drain_wakes()
            if terminal_take_signals() & (1 << UInt32(SIGINT) | 1 << UInt32(SIGTERM)) != 0 { return }
        }
    }
}
