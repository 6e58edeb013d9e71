import Foundation

/// A terminal without a screen: it keeps the canvases it was shown and hands out keys it was given.
final class MemoryTerminal: Terminal {
    private(set) var size: (columns: Int, rows: Int)
    let capabilities: TerminalCapabilities
    let inputDescriptor: Int32
    let outputDescriptor: Int32 = -1
    let bytesSent: Int? = nil
    /// The last canvas shown.
    private(set) var canvas: Canvas?
    /// Canvases shown so far.
    private(set) var framesShown = 0
    /// Whether it was given back.
    private(set) var isClosed = false
    /// Called after every frame; how a test drives a loop that runs on its own thread.
    var onFrame: ((MemoryTerminal) -> Void)?
    /// Whether it takes output.
    var isWritable = true
    private let pipe = Pipe()
    private var keys: [Key] = []
    private var nextSize: (columns: Int, rows: Int)?

    /// A terminal of a size.
    init(columns: Int, rows: Int, capabilities: TerminalCapabilities = .init(colors: .indexed256, glyphs: .full)) {
        size = (columns, rows)
        self.capabilities = capabilities
        inputDescriptor = pipe.fileHandleForReading.fileDescriptor
    }

    /// Puts keys into the input queue.
    func press(_ pressed: Key...) {
        keys += pressed
        pipe.fileHandleForWriting.write(Data([0]))
    }

    /// The size that the next `resize()` finds.
    func setSize(columns: Int, rows: Int) { nextSize = (columns, rows) }

    func show(_ canvas: Canvas, theme: Theme) {
        self.canvas = canvas
        framesShown += 1
        onFrame?(self)
    }

    func readKey() -> Key? {
        guard !keys.isEmpty else {
            var descriptor = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
            if poll(&descriptor, 1, 0) > 0 { _ = pipe.fileHandleForReading.availableData }
            return nil
        }
        return keys.removeFirst()
    }

    func resize() { size = nextSize ?? size }
    func invalidate() {}
    func suspend() {}
    func close() { isClosed = true }
}
