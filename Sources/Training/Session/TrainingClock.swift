/// The time a run spends training; what its user pauses does not count. Nothing here looks at the wall clock, which people
/// and machines set.
struct TrainingClock {
    private var elapsed: Duration = .zero
    private var runningSince: ContinuousClock.Instant? = .now
    private var epochStart: Duration = .zero
    private var lastBatchElapsed: Duration = .zero
    private var smoothed: (rate: Double, weight: Double) = (0, 0)
    /// When the last batch ended.
    private(set) var lastBatch: ContinuousClock.Instant?

    /// A clock that shows `seconds`, and an epoch that has taken `epochSeconds` so far.
    init(seconds: Double = 0, epochSeconds: Double = 0) {
        elapsed = .seconds(seconds)
        epochStart = elapsed - .seconds(epochSeconds)
        lastBatchElapsed = elapsed
    }

    private var now: Duration {
        elapsed + (runningSince.map { ContinuousClock.now - $0 } ?? .zero)
    }

    /// Stops counting; harmless if it has stopped.
    mutating func pause() {
        elapsed = now
        runningSince = nil
    }

    /// Goes on counting; harmless if it counts.
    mutating func resume() {
        if runningSince == nil { runningSince = .now }
    }

    /// Seconds of training so far.
    var totalSeconds: Double { now / .seconds(1) }

    /// Seconds of training since the epoch began.
    var epochSeconds: Double { (now - epochStart) / .seconds(1) }

    /// Marks the start of an epoch.
    mutating func beginEpoch() { epochStart = now }

    /// Marks the end of a batch of `count` pictures.
    mutating func batch(count: Int) {
        let now = now
        let seconds = max((now - lastBatchElapsed) / .seconds(1), 1e-6)
        lastBatchElapsed = now
        lastBatch = .now
        // Seconds per picture, averaged with weights that fade by a tenth a batch; debiased, so the first is exact.
        smoothed.rate = 0.9 * smoothed.rate + 0.1 * seconds / Double(max(count, 1))
        smoothed.weight = 0.9 * smoothed.weight + 0.1
    }

    /// Training pictures per second over the last ten batches or so.
    /// In the precision in which the record of a batch is stored and sent.
    var samplesPerSecond: Double { smoothed.weight > 0 ? Double(Float(smoothed.weight / smoothed.rate)) : 0 }
}
