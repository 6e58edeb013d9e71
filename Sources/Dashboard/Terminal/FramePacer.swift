/// Decides when the next frame is due: keys at once, events at the frame rate, and slower where output blocks or frames
/// are large.
struct FramePacer {
    private enum Cause { case none, event, key }

    /// Frames a second where nobody asked for another rate.
    static let usualRate = 10.0

    /// Bytes a second that events may cause, on average; set it with the screen's size.
    var bytesPerSecond = 2000.0

    private let interval: Duration
    private var slowdown: Duration = .zero
    private var lastFrame: ContinuousClock.Instant
    private var blockedUntil: ContinuousClock.Instant
    private var lastKey: ContinuousClock.Instant
    private var cause = Cause.none
    /// Seconds of the allowance that have been saved up, at most one, or overdrawn.
    private var saved = 1.0

    /// Two frames never follow each other faster than this, whatever the keys.
    private static let shortest = Duration.milliseconds(16)
    /// A single large frame holds up the next one for this long at most.
    private static let mostOverdrawn = 0.5
    /// For so long after a key, what is sent is what the user asked for: no account is kept of it.
    private static let attention = Duration.seconds(1)

    init(framesPerSecond: Double, lastKey: ContinuousClock.Instant = .now) {
        interval = .seconds(1 / min(60, max(0.2, framesPerSecond.isFinite ? framesPerSecond : Self.usualRate)))
        lastFrame = .now
        blockedUntil = .now
        self.lastKey = lastKey
    }

    /// Something on the screen may have changed.
    mutating func noteChange() { if cause == .none { cause = .event } }
    /// The user waits for an answer.
    mutating func noteKey() {
        cause = .key
        lastKey = .now
    }

    /// The terminal would not take a frame; it is asked again a little later, and sent fewer.
    mutating func noteBlocked() {
        blockedUntil = .now + .milliseconds(100)
        slowDown()
    }

    /// A frame was sent. One that took long was held up by a slow line: the rate falls until it flows again.
    mutating func noteFrame(took duration: Duration, bytes: Int = 0) {
        cause = .none
        let now = ContinuousClock.now
        saved = min(1, saved + (now - lastFrame) / .seconds(1))
        if now - lastKey > Self.attention {
            saved = max(-Self.mostOverdrawn, saved - Double(bytes) / max(1, bytesPerSecond))
        }
        lastFrame = now
        if duration > .milliseconds(50) { slowDown() } else { slowdown = slowdown / 2 }
    }

    private mutating func slowDown() { slowdown = min(.seconds(1), max(interval, slowdown * 2)) }

    private var due: ContinuousClock.Instant? {
        switch cause {
        case .none: nil
        case .event: max(lastFrame + max(interval + slowdown, .seconds(-saved)), blockedUntil)
        case .key: max(lastFrame + Self.shortest, blockedUntil)
        }
    }

    /// Whether anything waits to be drawn.
    var isWaiting: Bool { cause != .none }

    /// Whether a frame is to be drawn now.
    var isDue: Bool { due.map { $0 <= .now } ?? false }

    /// How long `poll` may sleep; -1 for as long as nothing happens.
    var timeoutMilliseconds: Int32 {
        guard let due else { return -1 }
        let left = due - .now
        guard left > .zero else { return 0 }
        return Int32(min(60_000, left / .milliseconds(1))) + 1
    }
}
