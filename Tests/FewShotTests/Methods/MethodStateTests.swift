import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// Every method goes on from its parameters and its state, kept in a file, as if it had never stopped.
@Suite struct MethodStateTests {
    /// A method with settings of its own.
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var configuration: MethodConfiguration

        init(_ title: String, _ name: MethodName, change: (inout MethodConfiguration) -> Void = { _ in }) {
            testDescription = title
            configuration = MethodConfiguration(name)
            change(&configuration)
        }
    }

    static let cases = [
        Case("adapter, adam", .clipAdapter),
        Case("adapter, adamw, dropout", .clipAdapter) {
            $0.optimiser = .adamW()
            $0["dropout"] = 0.3
        },
        Case("adapter, both sides, sgd with momentum", .clipAdapter) {
            $0.optimiser = .sgd(weightDecay: 1e-3)
            $0["branch"] = "both"
        },
        Case("adapter, learned ratio", .clipAdapter) { $0["ratio-mode"] = "learnable" },
        Case("adapter, raw ratio", .clipAdapter) { $0["ratio-mode"] = "raw" },
        Case("adapter, ratio per picture", .clipAdapter) { $0["ratio-mode"] = "hyper" },
        Case("adapter, sweep", .clipAdapter) { $0["ratio-mode"] = "sweep" },
        Case("tip-adapter-f", .tipAdapterF) { $0["alpha"] = 1.3 },
        Case("lp++", .lpPlusPlus),
        Case("lp++, summed gradients", .lpPlusPlus) { $0["lppp-accumulate"] = true },
        Case("channel head", .channelHead),
        Case("linear probe", .linearProbe) { $0["C"] = 1e4 },
        Case("linear probe, searched", .linearProbe),
    ]

    private let inputs: MethodInputs = {
        let text = (randomTensor([4, 8], seed: 3) as Tensor<Float>).normalisedRows()
        return MethodInputs(
            train: LabelledFeatures(features: randomTensor([12, 8], seed: 1), labels: (0..<12).map { Int32($0 % 4) }),
            validation: LabelledFeatures(
                features: randomTensor([20, 8], seed: 2), labels: (0..<20).map { Int32($0 % 4) }),
            textFeatures: text, meanTextFeatures: Tensor(text.values.map { 3 * $0 }, shape: text.shape), logitScale: 10,
            batchSize: 12, seed: 1)
    }()

    private func train(_ method: any AdaptationMethod, _ steps: ClosedRange<Int>) -> [Double] {
        steps.map { step in
            let count = method.batching == .fullBatch ? 12 : 5 + step % 3
            let rows = (0..<count).map { ($0 * 5 + step) % 12 }
            let result = method.trainBatch(
                features: inputs.train.features, rows: rows[...], labels: inputs.train.labels,
                learningRate: 1e-2 / Double(step), step: step)
            if step.isMultiple(of: 2) { method.endEpoch() }
            return result.loss
        }
    }

    private func throughAFile(_ state: TrainingState) throws -> TrainingState {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "state.safetensors")
        try SafetensorsWriter.write(state.floats, doubles: state.doubles, integers: state.integers, to: url)
        return try TrainingState(SafetensorsFile(url))
    }

    @Test(arguments: cases) func goesOnAsIfItHadNeverStopped(_ test: Case) throws {
        let whole = try MethodRegistry.make(test.configuration, inputs)
        let losses = train(whole, 1...23)
        let first = try MethodRegistry.make(test.configuration, inputs)
        _ = train(first, 1...11)
        var content = TrainingState()
        content.floats = first.parameters()
        let parameters = try throughAFile(content).floats
        let state = try throughAFile(first.trainingState())
        #expect(state == first.trainingState() && parameters == first.parameters())

        let second = try MethodRegistry.make(test.configuration, inputs)
        second.restore(parameters)
        try second.restore(state)
        #expect(train(second, 12...23) == Array(losses[11...]))
        #expect(second.parameters() == whole.parameters())
        #expect(second.trainingState() == whole.trainingState())
        // What is searched at the end comes out the same too.
        #expect(
            second.selectHyperparameters(validation: inputs.validation)
                == whole.selectHyperparameters(validation: inputs.validation))
        #expect(second.parameters() == whole.parameters())
        #expect(second.hyperParameters == whole.hyperParameters)
    }

    /// Without its state it would not: the test above can fail.
    @Test(arguments: cases) func theStateMatters(_ test: Case) throws {
        let whole = try MethodRegistry.make(test.configuration, inputs)
        _ = train(whole, 1...11)
        let second = try MethodRegistry.make(test.configuration, inputs)
        second.restore(whole.parameters())
        _ = train(whole, 12...23)
        _ = train(second, 12...23)
        #expect(second.parameters() != whole.parameters() || second.trainingState() != whole.trainingState())
    }

    @Test(arguments: cases) func anIncompleteStateIsRefused(_ test: Case) throws {
        let method = try MethodRegistry.make(test.configuration, inputs)
        _ = train(method, 1...4)
        let state = method.trainingState()
        var damaged: [TrainingState] = []
        for name in state.floats.keys {
            damaged.append(state)
            damaged[damaged.count - 1].floats[name] = Tensor(shape: [3, 5])
        }
        for name in state.doubles.keys {
            damaged.append(state)
            damaged[damaged.count - 1].doubles[name] = nil
        }
        for name in state.integers.keys {
            damaged.append(state)
            damaged[damaged.count - 1].integers[name] = [-7]
        }
        #expect(!damaged.isEmpty)
        for state in damaged { #expect(throws: TrainingStateError.self) { try method.restore(state) } }
    }

    @Test func ratioAndDropoutAreForAdaptersThatHaveThem() throws {
        func method(_ test: Case) throws -> any AdaptationMethod { try MethodRegistry.make(test.configuration, inputs) }
        let given = try method(Case("", .clipAdapter))
        given[.residualRatio] = 0.7
        given[.dropout] = 0.25
        #expect(given[.residualRatio] == 0.7 && given[.dropout] == 0.25)
        #expect(given.hyperParameters.number("residual_ratio") == 0.7)
        #expect(
            given.logits(inputs.validation.features) == given.logits(inputs.validation.features, residualRatio: 0.7))
        let text = try method(Case("", .clipAdapter) { $0["branch"] = "text" })
        text[.residualRatio] = 0.7
        text[.dropout] = 0.25
        #expect(text[.residualRatio] == 0.7 && text[.dropout] == nil)
        for test in [Case("", .clipAdapter) { $0["ratio-mode"] = "learnable" }, Case("", .tipAdapterF)] {
            let other = try method(test)
            other[.residualRatio] = 0.7
            #expect(other[.residualRatio] == nil)
        }
    }

    /// A live setting is declared where all are listed, keeps what is set, and begins with what is configured.
    @Test(arguments: MethodName.allCases) func everyLiveSettingIsDeclaredAndConfigured(name: MethodName) throws {
        let configuration = MethodConfiguration(name)
        for live in try MethodRegistry.make(configuration, inputs).liveValues {
            #expect(LiveSetting.all.count { $0 == live.setting } == 1)
            live.value = 0.625
            #expect(live.value == 0.625)
            var changed = configuration
            changed[keyPath: try #require(live.setting.configured)] = 0.375
            #expect(try MethodRegistry.make(changed, inputs)[live.setting] == 0.375)
        }
    }

    /// A ratio and a dropout that are set before the first step are those of a method made with them.
    @Test func whatIsSetIsWhatIsTrained() throws {
        var configuration = MethodConfiguration(.clipAdapter)
        let changed = try MethodRegistry.make(configuration, inputs)
        changed[.residualRatio] = 0.6
        changed[.dropout] = 0.4
        configuration["ratio"] = 0.6
        configuration["dropout"] = 0.4
        let made = try MethodRegistry.make(configuration, inputs)
        #expect(train(changed, 1...9) == train(made, 1...9))
        #expect(changed.parameters() == made.parameters())
    }
}
