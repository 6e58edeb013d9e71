import Foundation
import Synchronization
import Training

/// A session's stand-in: it plays a scripted run on a thread of its own and obeys commands as a session does.
final class ScriptedControl: TrainingControl {
    private struct Inbox {
        var commands: [TrainingCommand] = []
        var events: [TrainingEvent] = []
        var wake: (@Sendable () -> Void)?
        var hasBegun = false
    }

    private let inbox = Mutex(Inbox())
    private let received = Mutex<[TrainingCommand]>([])
    private let run: ScriptedRun
    private let isQuick: Bool

    /// - Parameter isQuick: Whether to leave out the waiting that a real session's work is.
    init(_ run: ScriptedRun, isQuick: Bool) {
        self.run = run
        self.isQuick = isQuick
    }

    /// Every command that was sent.
    var commands: [TrainingCommand] { received.withLock { $0 } }

    func send(_ command: TrainingCommand) {
        received.withLock { $0.append(command) }
        let hasBegun = inbox.withLock { inbox in
            inbox.commands.append(command)
            return inbox.hasBegun
        }
        // A session that has not begun has nothing to finish.
        if !hasBegun, case .stop = command { emit(.finished(RunResult(state: .stopped(saved: false)))) }
    }

    func drainEvents() -> [TrainingEvent] {
        inbox.withLock { inbox in
            defer { inbox.events = [] }
            return inbox.events
        }
    }

    func onEvents(_ wake: @escaping @Sendable () -> Void) { inbox.withLock { $0.wake = wake } }

    func emit(_ events: TrainingEvent...) {
        let wake = inbox.withLock { inbox -> (@Sendable () -> Void)? in
            let wasEmpty = inbox.events.isEmpty
            inbox.events += events
            return wasEmpty ? inbox.wake : nil
        }
        wake?()
    }

    /// Begins to play.
    func start() {
        inbox.withLock { $0.hasBegun = true }
        Thread.detachNewThread { [self] in play() }
    }

    private func sleep(_ seconds: Double) { Thread.sleep(forTimeInterval: isQuick ? 0.001 : seconds) }

    private func play() {
        emit(.phase(.loadingModel), .log(LogEntry("demo-clip: EfficientNet-Lite0, 512 dimensions, 13.2 M parameters")))
        sleep(0.6)
        emit(.phase(.readingData))
        sleep(0.2)
        emit(.prepared(run.description, pictures: run.pictures), .phase(.encoding))
        let total = run.pictures.count
        for done in stride(from: 0, through: total, by: 16) {
            emit(
                .encoding(
                    EncodingProgress(
                        done: done, total: total, picturesPerSecond: done > 0 ? 164 : nil,
                        secondsLeft: done > 0 ? Double(total - done) / 164 : nil)))
            sleep(0.1)
        }
        emit(
            .encoding(EncodingProgress(done: total, total: total, picturesPerSecond: 164, secondsLeft: 0)),
            .log(LogEntry("encoded \(total) pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable")),
            .phase(.zeroShot))
        sleep(0.2)
        emit(
            .zeroShot(validation: run.zeroShot),
            .log(LogEntry("zero-shot on 64 validation pictures: top-1 70.3 %, top-5 95.3 %, loss 0.98")),
            .phase(.training))
        var player = Player(control: self, run: run)
        player.train()
    }

    /// The training loop's stand-in.
    private struct Player {
        let control: ScriptedControl
        let run: ScriptedRun
        var step = 0
        var epochs: Int
        var rates = [0.003]
        var isPaused = false
        var pausesAfterStep = false
        var stopsAfterEpoch: Bool?
        var stopsNow: Bool?
        var inspected: Int?

        init(control: ScriptedControl, run: ScriptedRun) {
            self.control = control
            self.run = run
            epochs = run.epochs
        }

        mutating func train() {
            control.emit(.state(.running))
            while step < epochs * ScriptedRun.batchesPerEpoch {
                obey()
                if let saves = stopsNow { return end(.stopped(saved: saves)) }
                if isPaused, !pausesAfterStep {
                    Thread.sleep(forTimeInterval: 0.02)
                    continue
                }
                control.sleep(1 / 3)
                step += 1
                control.emit(.batch(run.batch(step, rate: rates[rates.count - 1])))
                if step % ScriptedRun.batchesPerEpoch == 0 {
                    control.emit(.epoch(run.epoch(step / ScriptedRun.batchesPerEpoch, rate: rates[rates.count - 1])))
                    if let saves = stopsAfterEpoch { return end(.stopped(saved: saves)) }
                }
                answer()
                pausesAfterStep = false
            }
            end(.done)
        }

        private mutating func obey() {
            for command in control.inbox.withLock({ inbox in
                defer { inbox.commands = [] }
                return inbox.commands
            }) {
                switch command {
                case .pause:
                    isPaused = true
                    control.emit(.state(.paused))
                case .resume:
                    isPaused = false
                    control.emit(.state(.running))
                case .step:
                    isPaused = true
                    pausesAfterStep = true
                    control.emit(.state(.paused))
                case .scaleLearningRate(let factor): setRate(rates[rates.count - 1] * factor)
                case .setLearningRate(let rate): setRate(rate)
                case .undo where rates.count > 1:
                    let current = rates.removeLast()
                    tell(.learningRate(from: current, to: rates[rates.count - 1]))
                case .undo: control.emit(.log(LogEntry("nothing to undo", level: .warning)))
                case .addEpochs(let more):
                    tell(.epochs(from: epochs, to: epochs + more))
                    epochs += more
                case .stop(.now, let saves): stopsNow = saves
                case .stop(.afterEpoch, let saves): stopsAfterEpoch = saves
                case .inspect(let picture):
                    inspected = picture
                    answer()
                case .watchMistakes(let watches):
                    if watches { control.emit(.answers(run.answers(.validation, epoch: step / 2))) }
                case .classify(let request):
                    control.emit(.classified(ClassifyAnswer(request, problem: "a scripted run has no model")))
                case .openTest: control.emit(.answers(run.answers(.test, epoch: step / 2)))
                case .setResidualRatio, .setDropout, .runEpochs, .checkpoint, .restoreCheckpoint, .watchRatios, .pin,
                    .attended:
                    break
                }
            }
        }

        private mutating func setRate(_ rate: Double) {
            tell(.learningRate(from: rates[rates.count - 1], to: rate))
            rates.append(rate)
        }

        private func tell(_ change: Intervention.Change) {
            control.emit(
                .intervention(
                    Intervention(
                        change: change, afterStep: step, afterEpoch: step / ScriptedRun.batchesPerEpoch, time: Date())))
            if case .learningRate(let from, let to) = change {
                control.emit(.log(LogEntry("learning rate \(from) → \(to) at step \(step), by you (u undoes it)")))
            }
        }

        private func answer() {
            if let inspected { control.emit(.prediction(run.prediction(inspected, step: step))) }
        }

        private func end(_ state: RunState) {
            var result = run.result
            result.state = state
            if state == .stopped(saved: false) { result.adapterFile = nil }
            control.emit(.state(state), .log(LogEntry("the run has ended")), .finished(result))
        }
    }
}
