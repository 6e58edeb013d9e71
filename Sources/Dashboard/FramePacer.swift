/// Decides when the next frame is due: keys at once, events at the frame rate, and slower where output blocks.
struct FramePacer {
    private enum Cause { case none, event, key }

    private let interval: Duration
    private var slowdown: Duration = .zero
    private var lastFrame: ContinuousClock.Instant
    private var blockedUntil: ContinuousClock.Instant
    private var cause = Cause.none

    /// Two frames never follow each other faster than this, whatever the keys.
    private static let shortest = Duration.milliseconds(16)

    init(framesPerSecond: Double) {
        interval = .seconds(1 / min(60, max(0.2, framesPerSecond.isFinite ? framesPerSecond : 12)))
        lastFrame = .now
        blockedUntil = .now
    }

    /// Something on the screen may have changed.
    mutating func noteChange() { if cause == .none { cause = .event } }
    /// The user waits for an answer.
    mutating func noteKey() { cause = .key }

    /// The terminal would not take a frame; it is asked again a little later.
    mutating func noteBlocked() { blockedUntil = .now + .milliseconds(100) }

    /// A frame was sent. One that took long was held up by a slow line: the rate falls until it flows again.
    mutating func noteFrame(took duration: Duration) {
        cause = .none
        lastFrame = .now
        if duration > .milliseconds(50) {
            slowdown = min(.seconds(1), max(interval, slowdown * 2))
        } else {
            slowdown = slowdown / 2
        }
    }

    private var due: ContinuousClock.Instant? {
        switch cause {
        case .none: nil
        case .event: max(lastFrame + interval + slowdown, blockedUntil)
        case .key: max(lastFrame + Self.shortest, blockedUntil)
        }
    }

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
