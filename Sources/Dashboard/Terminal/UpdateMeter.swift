import Foundation
import Training

/// What showing the dashboard costs, as the log's pane says it.
struct ScreenCost: Sendable, Equatable {
    /// Frames drawn a second.
    var framesPerSecond: Double
    /// Bytes sent to the terminal a second; nil where the system does not count them.
    var bytesPerSecond: Double?
    /// The share of one core that the thread which draws has used, 0...1.
    var processorShare: Double

    /// `10 frames/s, 1.2 kB/s, 0.8 % of a core`.
    var text: String {
        var parts = [NumberFormat.fixed(framesPerSecond, 0) + " frames/s"]
        if let bytes = bytesPerSecond {
            parts.append(
                bytes < 1000 ? NumberFormat.fixed(bytes, 0) + " B/s" : NumberFormat.fixed(bytes / 1000, 1) + " kB/s")
        }
        parts.append(NumberFormat.fixed(processorShare * 100, 1) + " % of a core")
        return parts.joined(separator: ", ")
    }
}

/// Adds up frames, bytes and processor time, and answers once a second what they come to.
///
/// A frame that shows nothing new but these figures is not counted: an idle screen costs nothing, and says so.
struct UpdateMeter {
    /// The shortest time that a rate is taken over.
    static let interval = Duration.seconds(1)

    private var frames = 0
    private var bytes: Int? = 0
    private var start: ContinuousClock.Instant
    private var startOfWork: Duration

    /// A meter that begins at `now`, when the thread has used `work` of processor time.
    init(at now: ContinuousClock.Instant = .now, work: Duration = Self.threadTime) {
        start = now
        startOfWork = work
    }

    /// A frame was sent in so many bytes; nil where nobody counts them.
    mutating func noteFrame(bytes sent: Int?) {
        frames += 1
        bytes = bytes.flatMap { total in sent.map { total + $0 } }
    }

    /// What it has come to since the last answer; nil when that is not long ago.
    mutating func read(at now: ContinuousClock.Instant = .now, work: Duration = Self.threadTime) -> ScreenCost? {
        let time = now - start
        guard time >= Self.interval else { return nil }
        let seconds = time / .seconds(1)
        let cost = ScreenCost(
            framesPerSecond: Double(frames) / seconds, bytesPerSecond: bytes.map { Double($0) / seconds },
            processorShare: (work - startOfWork) / time)
        (frames, bytes, start, startOfWork) = (0, 0, now, work)
        return cost
    }

    /// The processor time that the calling thread has used so far.
    static var threadTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
