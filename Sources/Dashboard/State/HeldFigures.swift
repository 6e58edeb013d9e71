import Training

/// Figures that change with every batch and are read by nobody at that speed. The screen holds them for a second, so that
/// they stand still long enough to be read and are not sent ten times a second.
struct HeldFigures: Sendable, Equatable {
    /// Pictures a second, the mean over the batches since the last time.
    private(set) var picturesPerSecond: Double?
    /// Seconds until training ends.
    private(set) var secondsLeft: Double?
    private var phase: TrainingPhase?
    private var batches = 0
    private var secondsPerPicture = 0.0

    /// Takes a batch into the mean.
    mutating func note(_ batch: BatchRecord) {
        guard batch.samplesPerSecond > 0 else { return }
        batches += 1
        secondsPerPicture += 1 / batch.samplesPerSecond
    }

    /// Holds the figures as they are now.
    mutating func refresh(from run: RunModel) {
        if batches > 0 { picturesPerSecond = Double(batches) / secondsPerPicture }
        (batches, secondsPerPicture) = (0, 0)
        secondsLeft = run.secondsLeft
        phase = run.phase
    }

    /// Whether they are about what the run is doing.
    func suit(_ run: RunModel) -> Bool { phase == run.phase && !run.isEnded }
}

extension DashboardState {
    /// Pictures a second while training, as the screen says it.
    var shownSpeed: Double? { held.suit(run) ? held.picturesPerSecond : run.lastBatch?.samplesPerSecond }

    /// Seconds that are left, as the screen says it.
    var shownSecondsLeft: Double? { held.suit(run) ? held.secondsLeft : run.secondsLeft }
}
