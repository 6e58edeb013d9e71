import Foundation
import Synchronization

/// A run that is over, played again from what the store has of it. Space pauses the playing; nothing else can be steered.
public final class RecordedSession: TrainingControl {
    /// An event and how long after the one before it is to be told.
    struct Moment: Sendable {
        var event: TrainingEvent
        var wait: Double
    }

    private struct State {
        var isPaused = false
        var singleSteps = 0
        var hasStopped = false
    }

    let moments: [Moment]
    private let introduction: [TrainingEvent]
    private let conclusion: [TrainingEvent]
    private let events = EventQueue()
    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    /// A pause of the run's user, or a night between two processes, is not waited for longer than this.
    private static let longestWait = 2.0

    /// A recording to be played `speed` times as fast as it came.
    /// - Throws: ``NothingRecorded``.
    public init(_ course: RunLog, run: String, speed: Double) throws(NothingRecorded) {
        guard let description = course.description, !course.batches.isEmpty else { throw NothingRecorded(run: run) }
        let text =
            "recorded; played at \(NumberFormat.fixed(speed, speed == speed.rounded() ? 0 : 2)) times its speed (space pauses)"
        introduction = [
            .prepared(description, pictures: course.pictures), .log(LogEntry(text)),
            .zeroShot(validation: course.zeroShot), .phase(.training), .state(.running),
        ]
        conclusion =
            course.result.map { [.phase(.finished), .finished($0)] } ?? [
                .log(LogEntry("the recording ends here; the run had not ended", level: .warning)), .state(.paused),
            ]
        moments = Self.moments(course, speed: speed)
    }

    /// Nothing was recorded of a run.
    public struct NothingRecorded: Error, LocalizedError {
        var run: String
        /// One readable line.
        public var errorDescription: String? {
            "no curves of run \(run) are recorded; it trained no batch, or an older cliptop did"
        }
    }

    /// Begins to play; returns at once.
    public func start() {
        let thread = Thread { [self] in play() }
        thread.name = "cliptop.recording"
        thread.start()
    }

    public func drainEvents() -> [TrainingEvent] { events.drain() }

    public func onEvents(_ wake: @escaping @Sendable () -> Void) { events.onEvents(wake) }

    public func send(_ command: TrainingCommand) {
        let told: RunState? = state.withLock { state in
            switch command {
            case .control(.pause):
                state.isPaused = true
                return .paused
            case .control(.resume):
                (state.isPaused, state.singleSteps) = (false, 0)
                return .running
            case .control(.step):
                state.isPaused = true
                state.singleSteps += 1
                return .paused
            case .control(.stop):
                state.hasStopped = true
                return nil
            default: return nil
            }
        }
        if let told { events.push(.state(told)) }
        changed.signal()
    }

    public func refusal(of command: TrainingCommand) -> String? {
        switch command {
        case .control(.pause), .control(.resume), .control(.step), .control(.stop): nil
        case .control: "a recording cannot be controlled"
        case .subscription(.inspect), .subscription(.watchMistakes(false)), .subscription(.watchRatios(false)),
            .subscription(.attended):
            nil
        case .query, .subscription: "a recording answers no questions"
        }
    }

    // MARK: playing

    /// The course in the order of its steps: a clock that was set back does not turn it round.
    private static func moments(_ course: RunLog, speed: Double) -> [Moment] {
        var told: [(step: Int, rank: Int, time: Double, event: TrainingEvent)] = []
        told += course.batches.map { ($0.record.step, 0, $0.time, .batch($0.record)) }
        told += course.epochs.map { ($0.record.step, 1, $0.time, .epoch($0.record)) }
        for happening in course.happenings {
            switch happening.event {
            // Whether the recording moves is its viewer's affair.
            case .state: continue
            default: told.append((happening.step, 2, happening.time, happening.event))
            }
        }
        let order = told.indices.sorted {
            (told[$0].step, told[$0].rank, $0) < (told[$1].step, told[$1].rank, $1)
        }
        var last: Double?
        return order.map { index in
            let time = told[index].time
            defer { last = max(last ?? time, time) }
            let wait = max(0, time - (last ?? time)) / speed
            return Moment(event: told[index].event, wait: min(wait, longestWait))
        }
    }

    private func play() {
        for event in introduction { events.push(event) }
        var due = ContinuousClock.now
        for moment in moments {
            due += .seconds(moment.wait)
            var isBatch = false
            if case .batch = moment.event { isBatch = true }
            guard waitUntil(&due, isBatch: isBatch) else { return }
            events.push(moment.event)
        }
        for event in conclusion { events.push(event) }
    }

    /// Waits for the moment to come, as long as the playing is paused; false when the viewer has gone.
    private func waitUntil(_ due: inout ContinuousClock.Instant, isBatch: Bool) -> Bool {
        while true {
            let (isHeld, hasStopped) = state.withLock { state in
                guard state.isPaused, !state.hasStopped else { return (false, state.hasStopped) }
                guard state.singleSteps > 0 else { return (true, false) }
                if isBatch { state.singleSteps -= 1 }
                return (false, false)
            }
            if hasStopped { return false }
            if isHeld {
                changed.wait()
                due = .now
                continue
            }
            let left = (due - .now) / .seconds(1)
            // What is due within the blink of a frame need not be slept for.
            guard left > 0.002 else { return true }
            if changed.wait(timeout: .now() + left) == .timedOut { return true }
        }
    }
}
