import Foundation
import Testing

@testable import Training

/// What versions before the live settings had names have stored is read as what it was.
@Suite struct StoredControlsTests {
    @Test(arguments: [
        (#"{"learningRate":{"from":0.003,"to":0.006}}"#, Intervention.Change.set(name: "lr", from: 0.003, to: 0.006)),
        (#"{"residualRatio":{"from":0.4,"to":0.55}}"#, .set(name: "ratio", from: 0.4, to: 0.55)),
        (#"{"dropout":{"from":0,"to":0.2}}"#, .set(name: "dropout", from: 0, to: 0.2)),
        (#"{"epochs":{"from":5,"to":8}}"#, .epochs(from: 5, to: 8)),
        (#"{"restored":{"epoch":3}}"#, .restored(epoch: 3)), (#"{"testOpened":{}}"#, .testOpened),
        (#"{"resumed":{}}"#, .resumed), (#"{"detached":{}}"#, .detached), (#"{"attached":{}}"#, .attached),
    ])
    func changes(stored: String, change: Intervention.Change) throws {
        let text = #"{"afterEpoch":1,"afterStep":3,"change":\#(stored),"time":0}"#
        let intervention = try WireFormat.decode(Intervention.self, from: text)
        #expect(intervention.change == change && intervention.afterStep == 3)
        #expect(intervention.sender == nil && intervention.nextUndo == nil)
        #expect(try WireFormat.decode(from: WireFormat.text(intervention)) == intervention)
    }

    @Test func theStateOfALoop() throws {
        let text = """
            {"position":4,"lossSum":1.5,"lossCount":4,"step":7,"lastRate":0.001,"bestEpoch":2,"bestRatio":0.3,\
            "seconds":1,"epochSeconds":0.5,"ending":{"diverged":{"step":3,"learningRate":"inf"}},"steering":\
            {"learningRate":0.002,"residualRatio":0.5,"plannedEpochs":9,"interventions":[],"isRateFixed":false,\
            "isScheduled":true,"earlier":[{"learningRate":{"_0":0.001}},{"residualRatio":{"_0":0.4}}]}}
            """
        let state = try WireFormat.decode(LoopState.self, from: text)
        #expect(state.bestValues == ["ratio": 0.3] && state.step == 7 && state.position == 4)
        #expect(state.ending == .diverged(step: 3, learningRate: .infinity, lastFiniteLoss: nil))
        #expect(state.controls.values == ["lr": 0.002, "ratio": 0.5])
        #expect(state.controls.plannedEpochs == 9 && state.controls.isScheduled)
        #expect(state.controls.nextUndo == .init(name: "ratio", value: 0.4))
        #expect(try WireFormat.decode(from: WireFormat.text(state)) == state)
    }

    @Test func theDescriptionOfARun() throws {
        let text = """
            {"runID":"7f3a91c2","dataset":"sample","model":"m","method":"clip-adapter visual","shots":4,"seed":1,\
            "classNames":["a"],"epochs":5,"batchesPerEpoch":2,"batchSize":32,"trainCount":4,"validationCount":2,\
            "testCount":3,"learningRate":0.003,"residualRatio":0.4,"dropout":0.1,"augment":false,"folder":"file:///r/7"}
            """
        let description = try WireFormat.decode(RunDescription.self, from: text)
        #expect(description.settings == ["ratio": 0.4, "dropout": 0.1])
        #expect(try WireFormat.decode(from: WireFormat.text(description)) == description)
    }

    /// Nothing that a description says is lost in the store or on its way to a viewer.
    @Test func everyFieldOfADescriptionIsReadBack() throws {
        var description = RunDescription(
            runID: "7f3a91c2", name: "mine", dataset: "sample", model: "m", method: "clip-adapter visual", shots: 4,
            seed: 1, classNames: ["a"], epochs: 5, batchesPerEpoch: 2, batchSize: 32, trainCount: 4, validationCount: 2,
            testCount: 3, learningRate: 0.003, settings: ["ratio": 0.4], augment: true, pace: 3,
            folder: URL(filePath: "/r/7"))
        description.split = try WireFormat.decode(
            from: #"{"name":"4 shots, seed 1","train":"01","validation":"02","test":"03"}"#)
        // A field that is nil here would not be tested.
        for field in Mirror(reflecting: description).children {
            let value = Mirror(reflecting: field.value)
            #expect(value.displayStyle != .optional || !value.children.isEmpty, "\(field.label ?? "")")
        }
        #expect(try WireFormat.decode(from: WireFormat.text(description)) == description)
    }
}
