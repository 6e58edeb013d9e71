import CKernels
import Foundation
import Training

/// What keys and events ask of the world outside the state, done.
extension DashboardApplication {
    func carryOut(_ effects: [Effect], _ terminal: any Terminal) {
        for effect in effects {
            switch effect {
            case .send(let command): send(command)
            case .leave: ending = endingOfLeaving
            case .detach:
                // Nobody is left who could go on with a paused run; another process's is its own user's affair.
                if !state.isAttached, state.run.state == .paused { control.send(.resume) }
                leaveRunning()
            case .interrupted: ending = .signal(SIGINT)
            case .suspend:
                terminal.suspend()
                noteKey()
            case .repaint:
                terminal.resize()
                terminal.invalidate()
            case .exportMistakes: state.notice = MistakesList.write(state)
            case .editRuns(let edit): runsReader.perform(edit)
            case .nextTheme:
                state.notice = theme.next()
                state.themeName = theme.theme.name
            }
        }
    }

    private func send(_ command: TrainingCommand) {
        if let reason = control.refusal(of: command) {
            state.notice = .init(text: reason, level: .warning)
            if case .classify = command { state.classify.refuse(reason) }
        } else {
            control.send(command)
        }
    }

    private var endingOfLeaving: DashboardOutcome.Ending {
        switch state.pendingStop {
        case .none: return .finished
        case .leaving(let saving, _): return saving || !state.run.hasTrained ? .stopped : .discarded
        }
    }

    /// From here on the terminal's end is not the run's, not even between two handlers of its signal.
    func leaveRunning() {
        if !state.isAttached { terminal_ignore_afterwards(SIGHUP) }
        ending = .detached
    }
}
