import Foundation
import Synchronization

/// Events on their way from the training thread to the recorder. What a store keeps is stamped with the time and put
/// aside, all else is dropped; the training thread does no more than that.
final class RecordingQueue: EventSink {
    /// Something that happened besides batches and epochs, and where the run was then.
    struct Happening: Sendable, Equatable {
        var event: TrainingEvent
        var step, epoch: Int
        var time: Double
    }

    /// What has come together.
    struct Content: Sendable {
        var batches: [Timed<BatchRecord>] = []
        var epochs: [Timed<EpochRecord>] = []
        var happenings: [Happening] = []

        var isEmpty: Bool { batches.isEmpty && epochs.isEmpty && happenings.isEmpty }

        /// Puts newer content behind this.
        mutating func append(_ newer: Content) {
            batches += newer.batches
            epochs += newer.epochs
            happenings += newer.happenings
        }
    }

    private struct State {
        var content = Content()
        var step = 0
        var epoch = 0
        /// Whether somebody has been told that there is something.
        var isAnnounced = false
        var announce: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Names a function that is called with the first event after each ``take()``.
    func onContent(_ announce: @escaping @Sendable () -> Void) { state.withLock { $0.announce = announce } }

    func push(_ event: TrainingEvent) {
        let time = Date().timeIntervalSince1970
        let announce: (@Sendable () -> Void)? = state.withLock { state in
            switch event {
            case .batch(let record):
                state.step = record.step
                state.content.batches.append(Timed(record, time: time))
            case .epoch(let record):
                state.epoch = record.epoch
                state.content.epochs.append(Timed(record, time: time))
            case .zeroShot, .intervention, .checkpoint, .state, .log, .finished:
                // Steps count on from where a resumed run is.
                if case .intervention(let intervention) = event {
                    (state.step, state.epoch) = (intervention.afterStep, intervention.afterEpoch)
                }
                state.content.happenings.append(
                    Happening(event: event, step: state.step, epoch: state.epoch, time: time))
            case .phase, .encoding, .prepared, .prediction, .answers, .classified, .ratios, .probes: return nil
            }
            guard !state.isAnnounced else { return nil }
            state.isAnnounced = true
            return state.announce
        }
        announce?()
    }

    /// Everything since the last call.
    func take() -> Content {
        state.withLock { state in
            state.isAnnounced = false
            defer { state.content = Content() }
            return state.content
        }
    }
}
