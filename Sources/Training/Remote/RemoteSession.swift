import Foundation
import Synchronization

/// A session in another process, as a viewer sees it: the course so far, then what happens, and a way for commands.
public final class RemoteSession: TrainingControl {
    /// The run's ID.
    public let run: String
    /// The process that trains it.
    public let process: Int32
    /// Whether this viewer only looks.
    public let isReadOnly: Bool

    public let readerID: Int?

    private struct State {
        /// Why the conversation is over; nil while it is not.
        var end: String?
        var hasFinished = false
        var wake: (@Sendable () -> Void)?
    }

    private let socket: OpenSocket
    private let events = EventQueue()
    private let state = Mutex(State())
    /// Commands leave from here, so that a process that does not read never holds up the keyboard.
    private let outbox = DispatchQueue(label: "cliptop.viewer")

    /// The answer of a process that is alive comes at once.
    private static let patience = 5

    /// Attaches to the run whose files are in `folder`.
    /// - Throws: ``RemoteError``.
    public convenience init(folder: URL, isReadOnly: Bool = false, terminal: String? = nil) throws(RemoteError) {
        let run = folder.lastPathComponent
        guard let socket = try LocalSocket.connect(in: folder).map(OpenSocket.init) else { throw .notLive(run: run) }
        guard LocalSocket.admits(LocalSocket.peer(of: socket.descriptor)) else { throw .foreign(run: run) }
        var reader = FrameReader(limit: RunMessage.frameLimit)
        let hello = try Self.greeting(of: run, socket.descriptor, &reader)
        guard hello.version == RunMessage.version else {
            throw .otherVersion(run: run, theirs: hello.version, ours: RunMessage.version)
        }
        self.init(hello, socket, reader, isReadOnly: isReadOnly)
        say(.hello(.init(isReadOnly: isReadOnly, terminal: terminal)))
    }

    /// Whether a process answers for the run in `folder`.
    public static func isLive(folder: URL) -> Bool {
        guard let descriptor = try? LocalSocket.connect(in: folder) else { return false }
        close(descriptor)
        return true
    }

    private init(_ hello: RunMessage.Hello, _ socket: OpenSocket, _ reader: FrameReader, isReadOnly: Bool) {
        (run, process, readerID) = (hello.run, hello.process, hello.viewer)
        self.socket = socket
        self.isReadOnly = isReadOnly
        let listener = Thread { [weak self] in
            Self.listen(socket, reader) { self?.take($0) ?? false }
        }
        listener.name = "cliptop.viewer"
        listener.start()
    }

    deinit { shutdown(socket.descriptor, Int32(SHUT_RDWR)) }

    public func send(_ command: TrainingCommand) { say(.command(command)) }

    public func drainEvents() -> [TrainingEvent] { events.drain() }

    public func onEvents(_ wake: @escaping @Sendable () -> Void) {
        state.withLock { $0.wake = wake }
        events.onEvents(wake)
    }

    public func refusal(of command: TrainingCommand) -> String? {
        if let end = state.withLock(\.end) { return "nobody is left to answer: \(end)" }
        guard isReadOnly, case .control = command else { return nil }
        return "this viewer is read-only (--read-only): it cannot control the run"
    }

    /// After the run's own end, nothing is lost with the process.
    public var loss: String? { state.withLock { $0.hasFinished ? nil : $0.end } }

    private func say(_ message: ViewerMessage) {
        guard let bytes = Frame(message)?.bytes else { return }
        outbox.async { [socket] in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.send(socket.descriptor, $0.baseAddress, $0.count, LocalSocket.sendFlags)
                }
                // A conversation that is over is noticed by whoever listens.
                if count < 0, errno != EINTR { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }

    // MARK: listening

    private enum Heard {
        case frame(Frame)
        case end(String)
    }

    /// Reads until the conversation ends or `take` has had enough.
    private static func listen(_ socket: OpenSocket, _ begun: FrameReader, _ take: (Heard) -> Bool) {
        var reader = begun
        while true {
            do {
                while let frame = try reader.next() { if !take(.frame(frame)) { return } }
                guard try receive(socket.descriptor, &reader) else {
                    _ = take(.end("the process that trained it has gone"))
                    return
                }
            } catch {
                _ = take(.end("it sent \(error.localizedDescription)"))
                return
            }
        }
    }

    /// Waits for bytes; false at the end of the conversation.
    private static func receive(_ descriptor: Int32, _ reader: inout FrameReader) throws(FrameError) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            return true
        }
    }

    /// Answers whether to go on listening.
    private func take(_ heard: Heard) -> Bool {
        switch heard {
        case .end(let reason): return end(reason)
        case .frame(let frame):
            do {
                if frame.kind == .message, case .goodbye(let goodbye, let text) = try frame.message(RunMessage.self) {
                    return end(goodbye == .ended ? text : "this viewer was let go, because \(text)")
                }
                for event in try EventFrames.events(frame) {
                    if case .finished = event { state.withLock { $0.hasFinished = true } }
                    events.push(event)
                }
                return true
            } catch { return end("it sent \(error.localizedDescription)") }
        }
    }

    private func end(_ reason: String) -> Bool {
        let wake = state.withLock { state in
            if state.end == nil { state.end = reason }
            return state.wake
        }
        wake?()
        return false
    }

    /// The first words of the process; a process that has stopped says nothing for long.
    private static func greeting(
        of run: String, _ descriptor: Int32, _ reader: inout FrameReader
    ) throws(RemoteError) -> RunMessage.Hello {
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        var forever = timeval()
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        defer { setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &forever, size) }
        do throws(FrameError) {
            while true {
                if let frame = try reader.next() {
                    guard case .hello(let hello) = try frame.message(RunMessage.self) else { throw .malformed }
                    return hello
                }
                errno = 0
                guard try receive(descriptor, &reader) else { break }
            }
        } catch { throw .lost(run: run, reason: "it sent \(error.localizedDescription)") }
        if errno == EAGAIN { throw .silent(run: run, seconds: Self.patience) }
        throw .lost(run: run, reason: "the process that trained it has gone")
    }
}
