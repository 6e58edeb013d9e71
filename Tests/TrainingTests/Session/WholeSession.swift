import Dispatch
import Testing

@testable import Training

extension TrainingSession {
    /// Trains to the end and answers how it ended.
    @discardableResult
    func trainToTheEnd() throws -> RunResult {
        let arrived = DispatchSemaphore(value: 0)
        onEvents { arrived.signal() }
        start()
        while true {
            try #require(arrived.wait(timeout: .now() + 60) == .success, "the session fell silent")
            for case .finished(let result) in drainEvents() { return result }
        }
    }
}
