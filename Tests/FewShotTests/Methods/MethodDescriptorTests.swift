import CLIP
import Foundation
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// What methods say about themselves is complete and agrees with itself.
@Suite struct MethodDescriptorTests {
    @Test func namesAreUnique() {
        let names = MethodRegistry.descriptors.map(\.name.rawValue)
        #expect(Set(names).count == names.count && names.count >= 7)
        #expect(MethodName(rawValue: "no-such-method") == nil)
    }

    @Test(arguments: MethodName.allCases) func agreesWithItself(name: MethodName) throws {
        let descriptor = name.descriptor
        #expect(descriptor.name == name && descriptor.summary.hasSuffix("."))
        #expect(Set(descriptor.settings.map(\.name)).count == descriptor.settings.count)
        try descriptor.validate(descriptor.defaultSettings, learningRate: 1e-3)
        for setting in descriptor.settings {
            #expect(setting.help.hasSuffix("."), "\(setting.name)")
            #expect(setting.defaultInWords != nil || descriptor.defaultSettings[setting.name] != nil, "\(setting.name)")
            if let value = descriptor.defaultSettings[setting.name] {
                #expect(setting.value(setting.text(value)) == value, "\(setting.name)")
            }
        }
        #expect(descriptor.liveSettings.allSatisfy { descriptor.setting($0.name) != nil })
        for preset in descriptor.presets {
            let settings = descriptor.defaultSettings.merging(preset.settings) { $1 }
            try descriptor.validate(settings, learningRate: preset.training.learningRate)
        }
    }

    @Test(
        arguments: [
            (MethodSetting.Kind.number(.share), "0.5", HyperValue.number(0.5), "a number from 0 to 1"),
            (.number(.positive(example: "5")), "1e3", 1000, "a positive number, e.g. 5"),
            (.number(NumberRange(0, 1, includingUpper: false)), "0", 0, "a number from 0 to below 1"),
            (.whole(1...32), "4", 4, "a whole number from 1 to 32"), (.flag, "off", false, "on or off"),
            (.choice(["a", "b", "c"]), "c", "c", "a, b or c"),
            (.numbers(.share), "0, 0.5,1", [0, 0.5, 1], "different numbers from 0 to 1, separated by commas"),
            (.numberOr("search", .share), "search", "search", "a number from 0 to 1, or search"),
            (.learningRate, "0.01", 10, "a positive number"),
        ] as [(MethodSetting.Kind, String, HyperValue, String)])
    func textsBecomeValues(kind: MethodSetting.Kind, text: String, value: HyperValue, wants: String) throws {
        let setting = MethodSetting(name: "x", help: "", valueName: "", kind: kind, defaultInWords: nil, implies: [:])
        #expect(setting.value(text, learningRate: 1e-3) == value && setting.wants == wants)
        try setting.validate(value, learningRate: 1e-3)
        #expect(setting.value("nonsense") == nil)
        #expect(throws: ConfigurationError.self) { try setting.validate(.number(-1), learningRate: 1) }
        #expect(throws: ConfigurationError.self) { try setting.validate("elsewhere", learningRate: 1) }
    }

    /// Runs that were stored before settings had names are read with the settings of their method.
    @Test(
        arguments: [
            (
                "clip-adapter",
                ["branch": "both", "ratio": 0.3, "ratios": [0, 1], "adapter-relu2": false, "ratio-lr": 10]
            ),
            ("linear-probe", ["C": 3, "features": "projected", "ensemble": 0.25]),
            ("tip-adapter", ["alpha": 2, "augment-passes": 4]), ("tip-adapter-f", ["alpha": 2, "augment-passes": 4]),
            ("lp++", ["lppp-accumulate": true]), ("channel-head", ["fusion": 0.5, "head-start": "lp++"]),
            ("zero-shot", [:]),
        ] as [(String, MethodSettings)])
    func formerSettingsAreRead(name: String, expected: MethodSettings) throws {
        let stored = """
            {"name": "\(name)", "optimiser": {"sgd": {"momentum": 0.5, "weightDecay": 0, "dampening": 0, "nesterov": false}},
            "clipAdapter": {"branch": "both", "residualRatio": 0.3, "ratioMode": "fixed", "sweptRatios": [0, 1],
              "ratioRateFactor": 10, "reduction": 4, "secondReLU": false, "dropout": 0, "initialisation": "linear"},
            "linearProbe": {"inverseRegularisation": 3, "features": "projected", "start": "zero",
              "ensemble": {"fixed": {"_0": 0.25}}},
            "tipAdapter": {"alpha": 2, "augmentPasses": 4,
              "grid": {"betaLimit": 50, "betaSteps": 200, "alphaLimit": 51, "alphaSteps": 200}},
            "lpPlusPlus": {"accumulates": true}, "channelHead": {"fusion": 0.5, "start": "lp++"}}
            """
        let configuration = try JSONDecoder().decode(MethodConfiguration.self, from: Data(stored.utf8))
        #expect(configuration.name.rawValue == name && configuration.optimiser == .sgd(momentum: 0.5))
        let defaults = configuration.descriptor.defaultSettings
        #expect(configuration.settings == defaults.merging(expected) { $1 })
        let again = try JSONDecoder().decode(MethodConfiguration.self, from: JSONEncoder().encode(configuration))
        #expect(again == configuration)
    }

    @Test func anotherMethodBeginsWithItsDefaults() {
        var configuration = MethodConfiguration(.clipAdapter)
        configuration["ratio"] = 0.9
        configuration.name = .lpPlusPlus
        #expect(configuration.settings == MethodConfiguration(.lpPlusPlus).settings)
        #expect(configuration.title == "lp++" && MethodConfiguration(.clipAdapter).title == "clip-adapter visual")
    }
}

@Suite struct MethodInputsTests {
    /// The features of single prompts are there for a method that needs them, with their classes.
    @Test func promptsAreForThoseWhoNeedThem() throws {
        let texts = ClassTexts(features: randomTensor([5, 6], seed: 1), counts: [2, 1, 2])
        let none = LabelledFeatures(features: Tensor(shape: [0, 6]), labels: [])
        func inputs(_ needs: MethodNeeds) -> MethodInputs {
            MethodInputs(
                train: none, validation: none, texts: texts, needs: needs, logitScale: 1, batchSize: 1, seed: 1)
        }
        #expect(inputs([]).prompts?.labels == nil && inputs(.averagedViews).prompts?.labels == nil)
        let prompts = try #require(inputs(.promptFeatures).prompts)
        #expect(prompts.labels == [0, 0, 1, 2, 2] && prompts.features == texts.prompts)
        #expect(inputs([]).meanTextFeatures == texts.means && inputs([]).textFeatures == texts.classifier)
    }
}
