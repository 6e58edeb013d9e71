import Foundation
import Training

@testable import Dashboard

/// The training loop's stand-in: it obeys every command as a session does, with made-up figures.
struct ScriptedPlayer {
    let control: ScriptedControl
    let run: ScriptedRun
    private var step = 0
    private var completed = 0
    private var batch = 0
    private var epochs: Int
    private var values = ["lr": 0.003, "ratio": 0.4, "dropout": 0.1]
    private var undoable: [Intervention.Undo] = []
    private var rate: Double { values["lr"] ?? 0 }
    private var ratio: Double { values["ratio"] ?? 0 }
    private var isPaused = false
    private var isHalted = false
    private var isAttended = false
    private var pausesAfterStep = false
    private var pausesAtEpoch: Int?
    private var stopsAfterEpoch: Bool?
    private var stopsNow: Bool?
    private var inspected: Int?
    private var pinned: [Int] = []
    private var watchesRatios = false

    /// Beyond this rate the loss is no number.
    static let brokenRate = 1.0

    init(control: ScriptedControl, run: ScriptedRun) {
        self.control = control
        self.run = run
        epochs = run.epochs
    }

    mutating func train() {
        control.emit(.state(.running))
        while completed < epochs {
            apply()
            if let saves = stopsNow { return end(.stopped(saved: saves)) }
            if isHalted || (isPaused && !pausesAfterStep) {
                Thread.sleep(forTimeInterval: 0.02)
                continue
            }
            control.sleep(1 / 3)
            trainBatch()
            if !isAttended, isHalted {
                return end(.diverged(step: step, learningRate: rate, lastFiniteLoss: run.batch(max(1, step - 1)).loss))
            }
            if let saves = stopsAfterEpoch, batch == 0 { return end(.stopped(saved: saves)) }
            pausesAfterStep = false
        }
        end(.done)
    }

    private mutating func trainBatch() {
        step += 1
        batch += 1
        var record = run.batch(step, rate: rate)
        (record.epoch, record.batch) = (completed + 1, batch)
        guard rate < Self.brokenRate else {
            record.loss = .nan
            isHalted = true
            control.emit(.batch(record))
            if isAttended {
                let last = step > 1 ? run.batch(step - 1).loss : nil
                control.emit(
                    .state(
                        .halted(
                            step: step, learningRate: rate, lastFiniteLoss: last, loss: .batch,
                            recoveryRate: undoable.last?.value)))
            }
            return
        }
        control.emit(.batch(record))
        if batch == ScriptedRun.batchesPerEpoch { endEpoch() }
        answer()
    }

    private mutating func endEpoch() {
        (completed, batch) = (completed + 1, 0)
        var record = run.epoch(completed, rate: rate)
        record.step = step
        control.emit(.epoch(record))
        emitRatioCurve()
        emitPinnedPictures()
        if completed == pausesAtEpoch {
            pausesAtEpoch = nil
            isPaused = true
            control.emit(.state(.paused))
        }
    }

    private mutating func apply() {
        for command in control.inbox.withLock({ inbox in
            defer { inbox.commands = [] }
            return inbox.commands
        }) { apply(command) }
    }

    private mutating func apply(_ command: TrainingCommand) {
        switch command {
        case .control(let control): apply(control)
        case .query(.classify(let request)): control.emit(.classified(classify(request)))
        case .subscription(let subscription): follow(subscription)
        }
    }

    private mutating func apply(_ control: RunControl) {
        switch control {
        case .pause: setPaused(true)
        case .resume: if !isHalted { setPaused(false) }
        case .step:
            setPaused(true)
            pausesAfterStep = true
        case .runEpochs(let count):
            pausesAtEpoch = completed + count
            if epochs < completed + count { change(.epochs(from: epochs, to: completed + count)) }
            setPaused(false)
        case .scale(let name, let factor): set(name, (values[name] ?? 0) * factor)
        case .set(let name, let value): set(name, value)
        case .undo: if let last = undoable.popLast() { set(last.name, last.value, isUndo: true) }
        case .addEpochs(let more): change(.epochs(from: epochs, to: epochs + more))
        case .checkpoint:
            self.control.emit(
                .checkpoint(
                    CheckpointRecord(step: step, epoch: completed, reason: .asked, file: nil, time: Date())),
                .log(LogEntry("checkpoint kept after step \(step), by you")))
        case .restoreCheckpoint(let rate): restore(rate)
        case .stop(.now, let saves): stopsNow = saves
        case .stop(.afterEpoch, let saves): stopsAfterEpoch = saves
        case .openTest: self.control.emit(.answers(run.answers(.test, epoch: completed)))
        }
    }

    private mutating func follow(_ subscription: ViewerSubscription) {
        switch subscription {
        case .inspect(let picture):
            inspected = picture
            answer()
        case .watchMistakes(let watches):
            if watches { control.emit(.answers(run.answers(.validation, epoch: completed))) }
        case .watchRatios(let watches):
            watchesRatios = watches
            emitRatioCurve()
        case .pin(let pictures):
            pinned = pictures
            emitPinnedPictures()
        case .attended(let isAttended): self.isAttended = isAttended
        }
    }

    private mutating func setPaused(_ paused: Bool) {
        isPaused = paused
        control.emit(.state(paused ? .paused : .running))
    }

    private mutating func set(_ name: String, _ value: Double, isUndo: Bool = false) {
        let current = values[name] ?? 0
        if !isUndo { undoable.append(.init(name: name, value: current)) }
        values[name] = value
        change(.set(name: name, from: current, to: value, isUndo: isUndo))
    }

    private mutating func change(_ change: Intervention.Change) {
        if case .epochs(_, let new) = change { epochs = new }
        control.emit(
            .log(LogEntry("\(change.words()) at step \(step), by you")),
            .intervention(
                Intervention(
                    change: change, afterStep: step, afterEpoch: completed, time: Date(), nextUndo: undoable.last)))
    }

    private mutating func restore(_ rate: Double?) {
        change(.restored(epoch: completed))
        if let rate { set("lr", rate) }
        batch = 0
        isHalted = false
        control.emit(.state(isPaused ? .paused : .running))
    }

    private func emitRatioCurve() {
        if watchesRatios { control.emit(.ratios(run.ratios(epoch: completed, ratio: ratio))) }
    }

    private func emitPinnedPictures() {
        if !pinned.isEmpty { control.emit(.probes(run.probes(pinned, step: step))) }
    }

    private func answer() {
        if let inspected { control.emit(.prediction(run.prediction(inspected, step: step))) }
    }

    /// An answer about the run's classes, with training pictures for neighbours.
    private func classify(_ request: ClassifyRequest) -> ClassifyAnswer {
        var answer = ClassifyAnswer(request)
        answer.labels = request.labels.isEmpty ? run.classNames : request.labels
        let prediction = run.prediction(0, step: step)
        let count = min(answer.labels.count, prediction.zeroShot.count)
        answer.labels = Array(answer.labels.prefix(count))
        (answer.zeroShot, answer.adapted) = (
            Array(prediction.zeroShot.prefix(count)), Array(prediction.adapted.prefix(count))
        )
        answer.size = [600, 400]
        answer.nearest = run.pictures.indices.filter { run.pictures[$0].split == .train }.prefix(3).enumerated()
            .map { .init(picture: $1, cosine: 0.91 - 0.07 * Float($0)) }
        answer.milliseconds = 31
        return answer
    }

    private func end(_ state: RunState) {
        var result = run.result
        result.state = state
        if state == .stopped(saved: false) { result.adapterFile = nil }
        control.emit(.state(state), .log(LogEntry("the run has ended")), .finished(result))
    }
}
