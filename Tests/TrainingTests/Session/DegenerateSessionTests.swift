import FewShot
import Tensors
import TestSupport
import Testing

@testable import Training

/// Every method through a whole session where there is next to nothing to learn from.
@Suite struct DegenerateSessionTests {
    private func expectUsable(_ harness: SessionHarness, test count: Int) throws {
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        let report = try #require(harness.session.report)
        let final = try #require(report.finalTest)
        #expect(final.count == count && final.loss.isFinite)
        #expect(report.parameters.values.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
        #expect(harness.batches.allSatisfy { $0.loss.isFinite })
    }

    /// Two classes, a picture each to train on, and a batch larger than that.
    @Test(arguments: MethodName.allCases) func twoClassesWithOnePictureEach(name: MethodName) throws {
        let harness = try SessionHarness(
            classes: ["bird", "coin"], pictures: 3,
            change: {
                $0.use(name)
                ($0.shots, $0.batchSize, $0.epochs, $0.validation) = (1, 64, 3, .perClass(1))
            })
        try expectUsable(harness, test: 2)
    }

    @Test func oneClassIsRefusedInWords() throws {
        let harness = try SessionHarness(classes: ["bird"], pictures: 2)
        let result = try #require(try harness.follow())
        guard case .failed(let reason) = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        #expect(reason.contains("only one class, 'bird'"))
    }

    /// Three pictures in all, one of which validates: its class has none to train on.
    @Test(arguments: MethodName.allCases) func aClassWithoutTrainingPictures(name: MethodName) throws {
        let harness = try SessionHarness(
            pictures: 3,
            change: {
                $0.use(name)
                ($0.shots, $0.epochs, $0.validation) = (1, 3, .fifthOfTraining)
            })
        try expectUsable(harness, test: 6)
        #expect(harness.session.report?.description.trainCount == 2)
    }

    @Test(arguments: [MethodName.clipAdapter, .tipAdapterF, .channelHead])
    func aLossThatExplodesLeavesGoodWeights(name: MethodName) throws {
        let harness = try SessionHarness(change: {
            $0.use(name)
            ($0.learningRate, $0.schedule, $0.epochs) = (1e30, LearningRateSchedule(), 5)
        })
        let result = try #require(try harness.follow())
        guard case .diverged = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        let file = try AdapterFile(contentsOf: try #require(result.adapterFile))
        #expect(file.parameters.values.allSatisfy { $0.values.allSatisfy { $0.isFinite } })
    }
}
