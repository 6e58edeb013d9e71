import FewShot
import Foundation
import Synchronization

/// Turns counts from many threads into at most ten progress events a second, with speed and time left.
final class ProgressReporter: Sendable {
    private let emit: @Sendable (TrainingEvent) -> Void
    private let start = ContinuousClock.now
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    init(emit: @escaping @Sendable (TrainingEvent) -> Void) { self.emit = emit }

    func report(_ counts: EncodingCounts) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            if let last, now - last < .milliseconds(100) { return false }
            last = now
            return true
        }
        if isDue { emit(.encoding(progress(counts, seconds: (now - start) / .seconds(1)))) }
    }

    func reportEnd(_ counts: EncodingCounts) {
        emit(.encoding(progress(counts, seconds: (ContinuousClock.now - start) / .seconds(1))))
    }

    private func progress(_ counts: EncodingCounts, seconds: Double) -> EncodingProgress {
        // Speed and time left mean nothing before a few pictures have gone through the tower.
        let isKnown = counts.encoded >= 16 && seconds > 0.3
        let rate = isKnown ? Double(counts.encoded) / seconds : nil
        return EncodingProgress(
            done: counts.done, total: counts.total, fromCache: counts.fromCache, unreadable: counts.unreadable,
            picturesPerSecond: rate, secondsLeft: rate.map { Double(counts.total - counts.done) / $0 })
    }
}
