import Foundation
import Tensors
import TestSupport
import Testing

@testable import FewShot
@testable import Training

/// Every variant of CLIP-Adapter through a whole session.
@Suite struct ClipAdapterSessionTests {
    typealias Variant = ClipAdapterConfiguration

    static let variants: [Variant] = [
        Variant(branch: .text, residualRatio: 0.4),
        Variant(branch: .both, residualRatio: 0.4, textRatio: 0.3, dropout: 0.2),
        Variant(residualRatio: 0.4, ratioMode: .learnable),
        Variant(branch: .both, residualRatio: 0.4, ratioMode: .raw, ratioRateFactor: 10),
        Variant(branch: .both, residualRatio: 0.4, ratioMode: .hyper, secondReLU: false),
        Variant(ratioMode: .sweep, sweptRatios: [0, 0.3, 0.7], dropout: 0.1),
    ]

    /// Trained, saved, read again: the file answers as the run's weights do, and two runs agree to the last bit although
    /// one of them is paused, stepped and watched.
    @Test(arguments: variants) func aVariantIsTrainedSavedAndReproducible(variant: Variant) throws {
        let quiet = try SessionHarness(change: { $0.method[ClipAdapterConfiguration.self] = variant })
        let result = try #require(try quiet.follow())
        #expect(result.state == .done)
        let report = try #require(quiet.session.report)
        let file = try AdapterFile(contentsOf: try #require(result.adapterFile))
        #expect(file.kind == .clipAdapter && file.parameters == report.parameters)
        #expect(report.search == nil || variant.ratioMode == .sweep)
        if variant.ratioMode == .sweep {
            let ratio = try #require(report.search?.found["residual_ratio"])
            #expect(variant.sweptRatios.contains(ratio))
            #expect(file.hyper.number("residual_ratio") == ratio)
            #expect(report.search?.validationTop1 == report.finalValidation?.top1)
            #expect(quiet.log.contains { $0.text.contains("residual ratio searched on 6 validation pictures") })
        }
        // The last weights and the best ones are files of the same make.
        let text: Tensor<Float> = randomTensor([3, 320], seed: 1).normalisedRows()
        let pictures: Tensor<Float> = randomTensor([2, 320], seed: 2)
        for name in ["adapter.safetensors", "best.safetensors"] {
            let file = try AdapterFile(contentsOf: report.description.folder.appending(path: name))
            let classifier = try MethodRegistry.classifier(file, textFeatures: text, logitScale: 10)
            #expect(classifier.logits(pictures).values.allSatisfy { $0.isFinite })
        }

        let busy = try SessionHarness(change: { $0.method[ClipAdapterConfiguration.self] = variant })
        var steps = 0
        busy.session.send(.pause)
        try busy.follow(react: { event, session in
            switch event {
            case .prepared:
                session.send(.inspect(picture: 3))
                session.send(.step)
            case .batch:
                steps += 1
                session.send(steps < 4 ? .step : .resume)
            default: break
            }
        })
        #expect(busy.session.report?.parameters == report.parameters)
        #expect(!report.parameters.isEmpty)
    }

    @Test func aSweepSaysInOneLineWhatDiverged() throws {
        let harness = try SessionHarness(change: {
            $0.method["ratio-mode"] = "sweep"
            $0.method["ratios"] = [0, 0.5, 0.9]
            $0.method.optimiser = .sgd(momentum: 0, weightDecay: 0, dampening: 0, nesterov: false)
            $0.learningRate = 1e30
        })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        let lines = harness.log.filter { $0.text.contains("is out: its loss is not a number") }
        #expect(lines.count == 1 && lines.first?.level == .warning, "\(lines)")
        #expect(lines.first?.text.contains("ratio 0.5, 0.9 ") == true && lines.first?.text.contains("0.0 go") == true)
        let report = try #require(harness.session.report)
        #expect(report.hyperParameters["diverged_ratios"] == .numbers([0.5, 0.9]))
    }

    @Test func aSweepWithoutValidationIsRefused() throws {
        let harness = try SessionHarness(change: {
            $0.method["ratio-mode"] = "sweep"
            $0.validation = .perClass(0)
        })
        let result = try #require(try harness.follow())
        guard case .failed(let reason) = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        #expect(reason.contains("--ratio-mode sweep") && reason.contains("validation"))
    }

    /// A rate set by hand replaces the base; the cosine goes on from where it is, and so it does when epochs are added.
    @Test func steeringAndScheduleGoTogether() throws {
        let harness = try SessionHarness(change: {
            $0.schedule = LearningRateSchedule(.cosine, per: .epoch)
            $0.learningRate = 1e-3
            $0.epochs = 4
            $0.pace = 20
        })
        try harness.follow(react: { event, session in
            guard case .epoch(let record) = event else { return }
            if record.epoch == 1 { session.send(.set("lr", 2e-3)) }
            if record.epoch == 2 { session.send(.addEpochs(1)) }
        })
        func cosine(_ epoch: Double, _ total: Double) -> Double { 0.5 * (1 + cos(.pi * epoch / total)) }
        let expected = [
            1e-3, 2e-3 * cosine(1, 4), 2e-3 * cosine(2, 5), 2e-3 * cosine(3, 5), 2e-3 * cosine(4, 5),
        ]
        #expect(harness.epochs.count == 5)
        for (record, rate) in zip(harness.epochs, expected) { #expect(abs(record.learningRate - rate) < 1e-12) }
        #expect(harness.log.contains { $0.text.hasPrefix("base learning rate") })
    }

    @Test func patienceEndsARunThatNoLongerImproves() throws {
        let harness = try SessionHarness(change: {
            $0.learningRate = 0.3
            $0.epochs = 500
            $0.patience = 3
        })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        let best = try #require(harness.session.report?.best?.record)
        #expect(harness.epochs.count == best.epoch + 3)
        let losses = harness.epochs.compactMap { $0.validation?.loss }
        #expect(losses.min() == best.validation?.loss)
        #expect(harness.log.contains { $0.text.contains("stopped early") })
        let none = try SessionHarness(change: {
            $0.patience = 3
            $0.validation = .perClass(0)
        })
        let refused = try #require(try none.follow())
        guard case .failed = refused.state else {
            Issue.record("ended as \(refused.state)")
            return
        }
    }

    /// Two classes, one picture each to train on, and a batch larger than that.
    @Test(arguments: Variant.Branch.allCases) func theSmallestRunWorks(branch: Variant.Branch) throws {
        let harness = try SessionHarness(
            classes: ["bird", "coin"], pictures: 3,
            change: {
                $0.method[ClipAdapterConfiguration.self] = Variant(branch: branch, residualRatio: 1)
                $0.shots = 1
                $0.batchSize = 64
                $0.validation = .perClass(1)
            })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        #expect(harness.batches.count == 5)
        #expect(harness.batches.allSatisfy { $0.loss.isFinite })
        #expect(result.finalTest?.count == 2)
    }

    @Test(arguments: [Variant.Branch.text, .both]) func aVariantThatExplodesKeepsItsLastGoodWeights(
        branch: Variant.Branch
    ) throws {
        let harness = try SessionHarness(change: {
            $0.method[ClipAdapterConfiguration.self] = Variant(branch: branch, ratioMode: .raw)
            $0.learningRate = 1e30
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
