import FewShot
import Foundation
import Synchronization

/// Turns counts from many threads into at most ten progress events a second, with speed and time left.
public final class ProgressReporter: Sendable {
    private struct History {
        var lastReport: ContinuousClock.Instant?
        /// How many pictures were done when, over the last seconds.
        var recent: [(time: ContinuousClock.Instant, done: Int)] = []
    }

    /// The time left is told from the speed of these last seconds: pictures from the cache and pictures through the
    /// tower come at very different speeds.
    private static let window = Duration.seconds(10)

    private let emit: @Sendable (EncodingProgress) -> Void
    private let start = ContinuousClock.now
    private let history = Mutex(History())

    /// A reporter; `emit` is called from any thread, one call at a time.
    public init(emit: @escaping @Sendable (EncodingProgress) -> Void) { self.emit = emit }

    /// Takes counts; tells them if the last report is a tenth of a second ago.
    public func report(_ counts: EncodingCounts) {
        let now = ContinuousClock.now
        history.withLock { history in
            if let last = history.lastReport, now - last < .milliseconds(100) { return }
            history.lastReport = now
            emit(progress(counts, at: now, &history))
        }
    }

    /// Tells the last counts whenever the last report was.
    public func reportEnd(_ counts: EncodingCounts) {
        history.withLock { emit(progress(counts, at: .now, &$0)) }
    }

    private func progress(
        _ counts: EncodingCounts, at now: ContinuousClock.Instant, _ history: inout History
    ) -> EncodingProgress {
        history.recent.append((now, counts.done))
        history.recent.removeFirst(history.recent.firstIndex { now - $0.time <= Self.window } ?? 0)
        let seconds = (now - start) / .seconds(1)
        // Speed and time left mean nothing before a few pictures have gone through the tower.
        let isKnown = counts.encoded >= 16 && seconds > 0.3
        var secondsLeft: Double?
        if let first = history.recent.first, now - first.time > .milliseconds(300), counts.done > first.done {
            let speed = Double(counts.done - first.done) / ((now - first.time) / .seconds(1))
            secondsLeft = Double(counts.total - counts.done) / speed
        }
        return EncodingProgress(
            done: counts.done, total: counts.total, fromCache: counts.fromCache, unreadable: counts.unreadable,
            picturesPerSecond: isKnown ? Double(counts.encoded) / seconds : nil, secondsLeft: secondsLeft)
    }
}
