import Foundation
import Pictures

/// One viewer of another process, as the server's thread sees it. Nothing here blocks.
final class ViewerConnection {
    let descriptor: Int32
    /// What the session knows it by.
    let number: Subscriptions.Viewer
    /// Whether it has introduced itself and gets events.
    var isAttached = false
    /// Whether it may only ask.
    private(set) var isReadOnly = true
    /// Who sends its controls.
    private(set) var sender = Sender(.viewer(terminal: nil))
    /// `read-only viewer on pts/2`, for the log.
    var name: String {
        let place = if case .viewer(let terminal?) = sender.place { " on \(terminal)" } else { " without a terminal" }
        return (isReadOnly ? "read-only viewer" : "viewer") + place
    }
    /// Whether the conversation is over and the descriptor closed.
    private(set) var isDone = false

    private var reader = FrameReader(limit: ViewerMessage.frameLimit)
    /// What has not been sent: the first of it from `sent` on.
    private var unsent: [Data] = []
    private var sent = 0
    private var unsentBytes = 0
    /// Unsent bytes that are too many.
    private var limit = ViewerConnection.lag
    private var isLeaving = false

    /// When it has to have introduced itself, or to have taken its last word; nil while it takes part.
    private(set) var deadline: ContinuousClock.Instant? = .now + ViewerConnection.patience

    /// How long a connection that does not take part is kept.
    private static let patience = Duration.seconds(3)

    /// A viewer may lag so many bytes behind: some minutes of a fast run.
    private static let lag = 32 << 20

    init(_ descriptor: Int32, number: Subscriptions.Viewer) {
        self.descriptor = descriptor
        self.number = number
    }

    var hasUnsent: Bool { !unsent.isEmpty }

    /// The viewer has said who it is.
    func begin(_ hello: ViewerMessage.Hello) {
        isAttached = true
        deadline = nil
        isReadOnly = hello.isReadOnly
        sender.place = .viewer(terminal: hello.terminal.map { printable(String($0.prefix(64))) })
    }

    /// The course so far is as long as it is; only what comes on top of it makes a viewer slow.
    func backlogIsQueued() { limit = unsentBytes + Self.lag }

    func enqueue(_ frames: [Frame]) { for frame in frames { enqueue(frame.bytes) } }

    func enqueue(_ bytes: Data) {
        guard !isDone, !isLeaving else { return }
        unsent.append(bytes)
        unsentBytes += bytes.count
        if unsentBytes > limit {
            sayGoodbye(.tooSlow, "it did not read for so long that \(unsentBytes >> 20) MB were waiting for it")
        }
    }

    /// Sends a last word and closes when it has been taken. What waited behind the frame that is being sent is forgotten
    /// where the viewer is too slow for it.
    func sayGoodbye(_ reason: RunMessage.Goodbye, _ text: String) {
        guard !isDone, !isLeaving else { return }
        isLeaving = true
        deadline = .now + Self.patience
        if reason == .tooSlow {
            unsent = sent > 0 ? Array(unsent.prefix(1)) : []
        }
        if let frame = Frame(RunMessage.goodbye(reason, text)) { unsent.append(frame.bytes) }
        unsentBytes = unsent.reduce(0) { $0 + $1.count }
    }

    /// Lets a connection go that has not introduced itself in time, or does not take its last word.
    func checkDeadline() {
        guard let deadline, deadline <= .now else { return }
        if isLeaving { close() } else { sayGoodbye(.refused, "it has not introduced itself in time") }
    }

    /// What it has said since the last call. Nonsense ends the conversation.
    func receive() -> [ViewerMessage] {
        guard !isDone else { return [] }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        if count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR) {
            close()
            return []
        }
        guard count > 0, !isLeaving else { return [] }
        var messages: [ViewerMessage] = []
        do {
            bytes.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            while let frame = try reader.next() { messages.append(try frame.message(ViewerMessage.self)) }
        } catch {
            sayGoodbye(.refused, "it sent \(error.localizedDescription)")
        }
        return messages
    }

    /// Sends as much as is taken.
    func flush() {
        while !isDone, let first = unsent.first {
            let count = first.withUnsafeBytes {
                send(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent, LocalSocket.sendFlags)
            }
            if count < 0 {
                if errno == EINTR { continue }
                if errno != EAGAIN { close() }
                return
            }
            sent += count
            guard sent == first.count else { continue }
            unsent.removeFirst()
            unsentBytes -= sent
            limit = max(limit - sent, Self.lag)
            sent = 0
        }
        if isLeaving { close() }
    }

    func close() {
        guard !isDone else { return }
        isDone = true
        unsent = []
        Foundation.close(descriptor)
    }
}
