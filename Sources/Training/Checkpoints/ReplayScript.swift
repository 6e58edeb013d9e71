/// A recorded run, as the loop that repeats it needs it: what was changed after which step, and how it ended.
struct ReplayScript {
    /// The last step there is a record of.
    let lastStep: Int
    private let ending: RunState?
    private var changes: ArraySlice<Intervention>

    init(_ checkpoint: Checkpoint) {
        lastStep = checkpoint.course.step
        ending = checkpoint.course.ending
        changes = checkpoint.course.controls.interventions[...]
    }

    /// The next change that took effect after `step`, which is then done.
    mutating func next(atStep step: Int) -> Intervention.Change? {
        guard let first = changes.first, first.afterStep <= step else { return nil }
        changes.removeFirst()
        return first.change
    }

    /// Whether the run went back to earlier weights after this step.
    func goesBack(atStep step: Int) -> Bool {
        changes.contains { if case .restored = $0.change { $0.afterStep == step } else { false } }
    }

    /// How the run is to end after this step, where it does not come to its end by itself.
    func stop(atStep step: Int) -> RunState? {
        guard step >= lastStep else { return nil }
        switch ending {
        case .done, .diverged: return step > lastStep ? .stopped(saved: true) : nil
        default: return .stopped(saved: true)
        }
    }
}

extension TrainingLoop {
    /// Does what was done to the recorded run after this step.
    func applyScript() {
        while ending == nil, let change = script?.next(atStep: course.step) {
            switch change {
            case .set(let name, _, let value, _): apply(.set(name, value))
            case .epochs(_, let count): apply(.addEpochs(count - course.controls.plannedEpochs))
            case .restored: apply(.restoreCheckpoint(learningRate: nil))
            case .testOpened, .resumed, .detached, .attached: break
            }
        }
        if ending == nil { ending = script?.stop(atStep: course.step) }
    }
}
