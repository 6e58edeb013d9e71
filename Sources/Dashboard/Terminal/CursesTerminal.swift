import CKernels
import CNCurses
import Foundation

/// The terminal through ncurses; the only file that knows it. Whole rows are handed over when they have changed, and
/// ncurses sends the cells that differ.
///
/// Use from the main thread only: ncurses is not thread-safe.
final class CursesTerminal: Terminal {
    private(set) var capabilities: TerminalCapabilities
    let inputDescriptor: Int32
    let outputDescriptor: Int32
    let hasMouse: Bool
    private let ownsDescriptors: [Int32]
    private let written = WrittenBytes()
    private(set) var bytesSent: Int?
    private var screen: OpaquePointer?
    private let pictureMode: PictureMode
    private let environment: [String: String]
    private var painter = PixelPainter()
    private var shown: Canvas?
    private var shownTheme: Theme?
    private var pairs: ColorPairs
    private var styles: [Style: (attributes: attr_t, pair: Int32)] = [:]
    private var decoder: InputDecoder

    /// Takes over the terminal of the standard streams, or `/dev/tty` where they are redirected.
    /// - Throws: `TerminalError`.
    init(
        environment: [String: String], colors: ColorDepth? = nil, glyphs: Glyphs? = nil, listensToMouse: Bool = true,
        pictures: PictureMode? = nil
    ) throws(TerminalError) {
        var opened: [Int32] = []
        func terminal(_ standard: Int32) throws(TerminalError) -> Int32 {
            if isatty(standard) != 0 { return standard }
            let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else { throw .noTerminal }
            opened.append(descriptor)
            return descriptor
        }
        let output = try terminal(STDOUT_FILENO)
        let input = try terminal(STDIN_FILENO)
        let codeset = String(cString: curses_locale_codeset())
        terminal_save_modes(output)

        // What COLUMNS and LINES say was true of some other terminal, or of this one before it was resized.
        use_env(false)
        let types = TerminalCapabilities.types(environment: environment, colors: colors)
        var found: (screen: OpaquePointer, type: String)?
        for type in types where found == nil {
            if let screen = curses_newterm(type, output, input) { found = (screen, type) }
        }
        guard let found else {
            for descriptor in opened { Foundation.close(descriptor) }
            throw .unknownType(tried: types)
        }
        guard tigetstr("cup") != nil else {
            endwin()
            delscreen(found.screen)
            for descriptor in opened { Foundation.close(descriptor) }
            throw .cannotPlaceCursor(type: found.type)
        }
        screen = found.screen
        inputDescriptor = input
        outputDescriptor = output
        ownsDescriptors = opened

        decoder = InputDecoder(InputDecoder.Patience(environment: environment))
        cbreak()
        noecho()
        nonl()
        Self.takeSuspensionAsKey(output)
        if let window = curses_screen() {
            keypad(window, true)
            leaveok(window, true)
            intrflush(window, false)
        }
        curs_set(0)
        var available = 0
        if has_colors() {
            start_color()
            use_default_colors()
            available = Int(curses_colors())
        }
        hasMouse = listensToMouse && curses_listen_to_mouse() != 0
        let detected = TerminalCapabilities.depth(colors: available, environment: environment)
        capabilities = TerminalCapabilities(
            colors: Self.smaller(detected, colors),
            glyphs: glyphs ?? TerminalCapabilities.glyphs(codeset: codeset, type: found.type))
        pictureMode = pictures ?? PictureMode.detected(environment: environment)
        self.environment = environment
        pairs = ColorPairs(limit: Int(curses_color_pairs()))
        let bytes =
            ["sgr0", "op", "rmkx", "cnorm", "rmcup"].flatMap(Self.controlString) + Self.pasteUnmarked
            + (hasMouse ? Self.mouseOff : [])
        bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) {
                terminal_arm_restore(output, $0.baseAddress, $0.count)
            }
        }
        send(Self.pasteMarked)
        resize()
    }

    deinit { close() }

    /// Ctrl-Z comes as a key: while ncurses updates the screen it ignores the signal, and a press would be lost.
    private static func takeSuspensionAsKey(_ output: Int32) {
        var modes = termios()
        guard tcgetattr(output, &modes) == 0 else { return }
        // _POSIX_VDISABLE, which Swift does not see.
        withUnsafeMutableBytes(of: &modes.c_cc) { $0[Int(VSUSP)] = 0 }
        tcsetattr(output, TCSANOW, &modes)
        def_prog_mode()
    }

    var size: (columns: Int, rows: Int) {
        guard let window = curses_screen() else { return (1, 1) }
        return (max(1, Int(getmaxx(window))), max(1, Int(getmaxy(window))))
    }

    var isWritable: Bool {
        var descriptor = pollfd(fd: outputDescriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    func show(_ canvas: Canvas, theme: Theme) {
        guard screen != nil, let window = curses_screen() else { return }
        let before = written?.count
        defer {
            if let before, let after = written?.count { bytesSent = (bytesSent ?? 0) + after - before }
        }
        if theme != shownTheme {
            styles = [:]
            shown = nil
            shownTheme = theme
            paintBackground(window, theme)
        }
        if shown?.width != canvas.width || shown?.height != canvas.height { shown = nil }
        for row in painter.rowsToRestore(canvas) { wredrawln(window, Int32(row), 1) }
        copy(canvas, theme, into: window)
        if pairs.ranOut {
            // More combinations of colours were used since the start than the terminal can number: begin anew.
            pairs.reset()
            styles = [:]
            shown = nil
            paintBackground(window, theme)
            clearok(window, true)
            painter.forget()
            copy(canvas, theme, into: window)
        }
        shown = canvas
        send(painter.before(canvas))
        wrefresh(window)
        send(painter.after(canvas))
    }

    private func copy(_ canvas: Canvas, _ theme: Theme, into window: UnsafeMutablePointer<WINDOW>) {
        var cells: [cchar_t] = []
        cells.reserveCapacity(canvas.width)
        for y in 0..<canvas.height {
            let row = canvas.row(y)
            if let shown, shown.row(y) == row { continue }
            cells.removeAll(keepingCapacity: true)
            for cell in row where cell.scalar != Cell.continuation {
                let look = look(of: cell.style, theme)
                cells.append(curses_cell(cell.scalar.value, cell.mark?.value ?? 0, look.attributes, look.pair))
            }
            // ERR is the usual answer for the last cell of the screen, which is written all the same.
            _ = mvwadd_wchnstr(window, Int32(y), 0, cells, Int32(cells.count))
        }
    }

    private func look(of style: Style, _ theme: Theme) -> (attributes: attr_t, pair: Int32) {
        if let known = styles[style] { return known }
        let resolved = theme.resolve(style, capabilities.colors)
        var attributes: attr_t = 0
        if resolved.attributes.contains(.bold) { attributes |= curses_bold }
        if resolved.attributes.contains(.dim) { attributes |= curses_dim }
        if resolved.attributes.contains(.reverse) { attributes |= curses_reverse }
        if resolved.attributes.contains(.underline) { attributes |= curses_underline }
        let pair =
            capabilities.colors == .none
            ? 0 : pairs.number(foreground: resolved.foreground, background: resolved.background)
        if !pairs.ranOut { styles[style] = (attributes, pair) }
        return (attributes, pair)
    }

    /// Erased parts of the screen take the theme's background too, so that ncurses may erase instead of writing spaces.
    private func paintBackground(_ window: UnsafeMutablePointer<WINDOW>, _ theme: Theme) {
        let look = look(of: .text, theme)
        var blank = curses_cell(0x20, 0, look.attributes, look.pair)
        wbkgrnd(window, &blank)
        werase(window)
    }

    var inputDeadline: ContinuousClock.Instant? { decoder.deadline }

    func readInput() -> Input? {
        guard screen != nil else { return nil }
        while true {
            if let input = decoder.next(at: .now) {
                if case .mouse = input, !hasMouse { continue }
                return input
            }
            var waiting = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, 0) > 0 else { return nil }
            var bytes = [UInt8](repeating: 0, count: 4096)
            let count = read(inputDescriptor, &bytes, bytes.count)
            guard count > 0 else { return nil }
            decoder.take(bytes.prefix(count), at: .now)
        }
    }

    /// What stops a terminal from sending the mouse, for the case of a crash; ncurses does it itself otherwise.
    private static let mouseOff = Array("\u{1B}[?1006l\u{1B}[?1000l".utf8)
    /// Has the terminal mark pasted text, and stops it.
    private static let (pasteMarked, pasteUnmarked) = (Array("\u{1B}[?2004h".utf8), Array("\u{1B}[?2004l".utf8))

    func resize() {
        var size = winsize()
        guard screen != nil, ioctl(outputDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0
        else { return }
        resizeterm(Int32(size.ws_row), Int32(size.ws_col))
        measureCells()
        invalidate()
    }

    /// How large a cell is can change with the font, and with it what fits into one.
    private func measureCells() {
        var size = winsize()
        var cell: PixelSupport.Size?
        if ioctl(outputDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 {
            let (width, height) = (Int(size.ws_xpixel / size.ws_col), Int(size.ws_ypixel / size.ws_row))
            if width > 0, height > 0 { cell = PixelSupport.Size(width: width, height: height) }
        }
        capabilities.showsPictures = pictureMode != .none
        capabilities.pixels = PixelSupport(
            pictureMode, cell: cell, colors: capabilities.colors, glyphs: capabilities.glyphs, environment: environment)
    }

    /// Writes what ncurses knows nothing of, past it.
    private func send(_ bytes: [UInt8]) {
        var start = 0
        while start < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(outputDescriptor, buffer.baseAddress?.advanced(by: start), bytes.count - start)
            }
            if count > 0 { start += count } else if errno != EINTR && errno != EAGAIN { return }
        }
    }

    func invalidate() {
        shown = nil
        painter.forget()
        if let window = curses_screen() { clearok(window, true) }
    }

    func suspend() {
        guard screen != nil else { return }
        send(painter.removal() + Self.pasteUnmarked)
        endwin()
        raise(SIGSTOP)
        reset_prog_mode()
        send(Self.pasteMarked)
        resize()
        invalidate()
    }

    func close() {
        guard let screen else { return }
        self.screen = nil
        send(painter.removal() + Self.pasteUnmarked)
        endwin()
        terminal_disarm_restore()
        delscreen(screen)
        for descriptor in ownsDescriptors { Foundation.close(descriptor) }
    }

    /// A string of the terminal's description without its padding marks (`$<5>`).
    private static func controlString(_ name: String) -> [UInt8] {
        guard let text = tigetstr(name), Int(bitPattern: text) != -1 else { return [] }
        let string = String(cString: text).replacing(#/\$<[0-9.]+[*/]*>/#, with: "")
        return Array(string.utf8)
    }

    private static func smaller(_ detected: ColorDepth, _ wished: ColorDepth?) -> ColorDepth {
        guard let wished else { return detected }
        let order = ColorDepth.allCases
        let index = min(order.firstIndex(of: detected) ?? 0, order.firstIndex(of: wished) ?? 0)
        return order[index]
    }
}
