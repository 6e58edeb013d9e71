import Foundation

/// A terminal without a screen: it keeps the canvases it was shown and hands out keys it was given.
final class MemoryTerminal: Terminal {
    private(set) var size: (columns: Int, rows: Int)
    let capabilities: TerminalCapabilities
    let inputDescriptor: Int32
    let outputDescriptor: Int32 = -1
    let bytesSent: Int? = nil
    let hasMouse = true
    let inputDeadline: ContinuousClock.Instant? = nil
    /// The last canvas shown.
    private(set) var canvas: Canvas?
    /// The colours it was shown in.
    private(set) var theme: Theme?
    /// Canvases shown so far.
    private(set) var framesShown = 0
    /// Whether it was given back.
    private(set) var isClosed = false
    /// Called after every frame; how a test drives a loop that runs on its own thread.
    var onFrame: ((MemoryTerminal) -> Void)?
    /// Whether it takes output.
    var isWritable = true
    private let pipe = Pipe()
    private var input: [Input] = []
    private var nextSize: (columns: Int, rows: Int)?

    /// A terminal of a size.
    init(columns: Int, rows: Int, capabilities: TerminalCapabilities = .init(colors: .indexed256, glyphs: .full)) {
        size = (columns, rows)
        self.capabilities = capabilities
        inputDescriptor = pipe.fileHandleForReading.fileDescriptor
    }

    /// Puts keys into the input queue.
    func press(_ pressed: Key...) { send(pressed.map { .key($0) }) }

    /// Clicks on a cell.
    func click(x: Int, y: Int) { send([.mouse(MouseEvent(action: .press, x: x, y: y))]) }

    /// Pastes a text.
    func paste(_ text: String) { send([.paste(text)]) }

    private func send(_ new: [Input]) {
        input += new
        pipe.fileHandleForWriting.write(Data([0]))
    }

    /// The size that the next `resize()` finds.
    func setSize(columns: Int, rows: Int) { nextSize = (columns, rows) }

    func show(_ canvas: Canvas, theme: Theme) {
        (self.canvas, self.theme) = (canvas, theme)
        framesShown += 1
        onFrame?(self)
    }

    func readInput() -> Input? {
        guard !input.isEmpty else {
            var descriptor = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 0) > 0 { _ = pipe.fileHandleForReading.availableData }
            return nil
        }
        return input.removeFirst()
    }

    func resize() { size = nextSize ?? size }
    func invalidate() {}
    func suspend() {}
    func close() { isClosed = true }
}
