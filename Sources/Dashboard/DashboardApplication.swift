import CKernels
import Foundation
import Training

/// The dashboard as a program's main thread runs it: keys and events in, frames and commands out.
///
/// One loop polls the keyboard and one wake-up descriptor that events, pictures and signals write to. Keys are answered at
/// once; events are collected and drawn at the frame rate. Nothing here waits for the session, except at the very end.
public final class DashboardApplication {
    let control: any TrainingControl
    let options: Options
    private let openTerminal: () throws -> any Terminal
    private let pictures = PictureLoader { terminal_wake() }
    private let comparisons: ComparisonLoader?
    let runsReader: RunsReader
    var theme: CurrentTheme
    var state = DashboardState()
    var ending: DashboardOutcome.Ending?
    private var pacer: FramePacer
    private var meter = UpdateMeter()
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
        theme = try CurrentTheme(named: name, in: options.themesFolder)
        state.themeName = theme.theme.name
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
            case .paste(let text): state.paste(text)
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
        let input = terminal.inputDeadline.map { Int32(max(0, ($0 - .now) / .milliseconds(1))) + 1 } ?? look
        let count = poll(&descriptors, nfds_t(descriptors.count), min(frame < 0 ? look : frame, look, input))
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
        terminal.show(canvas, theme: theme.theme)
        shown = canvas
        let sent = terminal.bytesSent.map { $0 - sentBefore }
        // 1.5 kB/s at 80x24; a larger screen has more to say.
        pacer.bytesPerSecond = max(1000, 0.8 * Double(size.columns * size.rows))
        pacer.noteFrame(took: ContinuousClock.now - start, bytes: sent ?? 0)
        if !isOnlyCost { meter.noteFrame(bytes: sent) }
        isOnlyCost = false
    }

    func noteKey() {
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
        if let notice = theme.reloadIfChanged() {
            state.notice = notice
            noteChange()
        }
        // Whoever was asked may be gone before the answer.
        if let request = state.classify.request, let reason = control.refusal(of: .query(.classify(request))) {
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
        let shown = state.screen.pictures(state, Rect(x: 0, y: 0, width: screen.columns, height: screen.rows))
        if let url = state.pictureInSight, let size = shown.large { request(url, size.columns, size.rows) }
        let hasLarge = !requests.isEmpty
        let thumbnails = shown.small.filter { state.run.pictures.indices.contains($0.picture) }
        for thumbnail in thumbnails {
            request(state.run.pictures[thumbnail.picture].url, thumbnail.columns, thumbnail.rows)
        }
        guard !requests.isEmpty else { return }
        let loaded = pictures.pictures(requests)
        if hasLarge { state.picture = loaded.first }
        state.thumbnails = Dictionary(
            zip(thumbnails.map(\.picture), loaded.dropFirst(hasLarge ? 1 : 0)), uniquingKeysWith: { first, _ in first })
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
        // Batch systems send these before the time is up.
        if has(SIGUSR1) || has(SIGUSR2), !state.isAttached { control.send(.checkpoint) }
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
            let signals = terminal_take_signals() & (1 << UInt32(SIGINT) | 1 << UInt32(SIGTERM) | 1 << UInt32(SIGQUIT))
            // A signal to the whole group comes to this process twice; that is not impatience.
            if signals != 0, ContinuousClock.now > start + .seconds(1) { return }
        }
    }
}
