import FewShot
import Foundation
import Store
import Testing

@testable import Training

/// Runs that begin at a checkpoint of another.
@Suite struct BranchTests {
    @Test func aBranchWithTheSameSettingsTakesTheNextStep() throws {
        // One batch an epoch, in which the order of the pictures makes no difference but to the last bits.
        let settings: (inout TrainingConfiguration) -> Void = { ($0.epochs, $0.batchSize) = (4, 64) }
        let whole = try SessionHarness(change: {
            settings(&$0); $0.epochs = 5
        })
        try whole.follow()
        let first = try SessionHarness(change: settings)
        try first.follow()
        let branch = try SessionHarness(branching: first, change: { $0.epochs = 1 })
        try branch.follow()
        #expect(branch.batches.map(\.step) == [1])
        let (loss, expected) = (try #require(branch.batches.first?.loss), try #require(whole.batches.last?.loss))
        #expect(abs(loss - expected) < 1e-5)
        let report = try #require(branch.session.report)
        let other = try #require(whole.session.report)
        for (name, tensor) in report.parameters {
            let same = try #require(other.parameters[name])
            #expect(
                zip(tensor.values, same.values).allSatisfy { abs($0 - $1) < 1e-4 }, "\(name), the optimiser's state too"
            )
        }
        #expect(report.description.runID != first.session.report?.description.runID)
        #expect(report.configuration.branchedFrom?.hasSuffix("at step 4") == true)
    }

    @Test func aBranchIsReplayedAndResumedWithoutItsOrigin() throws {
        let first = try SessionHarness()
        try first.steps([3: [.set("ratio", 0.6)]])
        let origin = try #require(first.session.report?.description.runID)
        let branch = try SessionHarness(
            branching: first, at: .best, change: { ($0.epochs, $0.method.optimiser) = (4, .sgd()) })
        try branch.steps(stopAfter: 3)
        #expect(branch.session.report?.configuration.method["ratio"] == 0.6)
        try FileManager.default.removeItem(at: first.state.run(origin))
        let resumed = try SessionHarness(resuming: branch)
        try resumed.follow()
        #expect(resumed.session.report?.epochs.count == 4)
        let replayed = try #require(try Replay("latest", state: first.state).repeatRun { _ in })
        #expect(replayed.difference == nil && !replayed.compared.isEmpty)
    }

    @Test func whatCannotBeBranchedFromIsNamed() throws {
        let first = try SessionHarness()
        try first.follow()
        let id = try #require(first.session.report?.description.runID)
        #expect(throws: BranchError.noSuchStep(id, step: 3, kept: [10])) {
            try SessionHarness(branching: first, at: .step(3))
        }
        #expect(BranchPoint.Moment("17") == .step(17) && BranchPoint.Moment("best") == .best)
        #expect(BranchPoint.Moment("-1") == nil && BranchPoint.Moment("first") == nil)
        let other = try SessionHarness(branching: first, change: { $0.method["reduction"] = 8 })
        let result = try #require(try other.follow())
        guard case .failed(let reason) = result.state else { throw Unexpected(state: result.state) }
        #expect(reason.contains("cannot begin at the checkpoint"))
        #expect(try RunTable(StateDatabase(first.state)).find("latest").state == "failed")
    }

    private struct Unexpected: Error { var state: RunState }
}
