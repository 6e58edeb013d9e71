import FewShot
import Foundation
import TestSupport
import Testing
import Training

@testable import cliptop

/// What the help says of defaults is what a run gets, for every method.
@Suite struct OptionHelpTests {
    private struct Help: Decodable {
        struct Command: Decodable { var arguments: [Argument] }
        struct Argument: Decodable {
            struct Name: Decodable { var name: String }
            var names: [Name]?
            var abstract: String?
        }
        var command: Command
    }

    private static let abstracts: [String: String] = {
        let help = try? JSONDecoder().decode(Help.self, from: Data(TrainOptions._dumpHelp().utf8))
        return (help?.command.arguments ?? []).reduce(into: [:]) { all, argument in
            for name in argument.names ?? [] { all[name.name] = argument.abstract }
        }
    }()

    private func configuration(_ method: MethodName) throws -> TrainingConfiguration {
        let resources = Resources(environment: ["CLIPTOP_SAMPLES": Fixtures.samples.path])
        return try TrainOptions.parse(["--data", "/data", "--method", method.rawValue])
            .trainingConfiguration(resources)
    }

    /// The default that `(default: 50; linear-probe 1000; lp++, channel-head 300)` states for a method.
    private func stated(_ option: String, for method: MethodName) throws -> String {
        let abstract = try #require(Self.abstracts[option])
        let start = try #require(abstract.range(of: "(default: "))
        let parts = abstract[start.upperBound...].prefix { $0 != ")" }.components(separatedBy: "; ")
        for part in parts.dropFirst() {
            let words = part.components(separatedBy: " ")
            if words.dropLast().map({ $0.replacing(",", with: "") }).contains(method.rawValue) {
                return words.last ?? ""
            }
        }
        return parts[0]
    }

    @Test(arguments: MethodName.allCases) func trainingDefaultsAreTrue(method: MethodName) throws {
        let configuration = try configuration(method)
        let values: [String: String] = [
            "epochs": "\(configuration.epochs)", "batch-size": "\(configuration.batchSize)",
            "lr": "\(configuration.learningRate)", "warmup": "\(configuration.schedule.warmUpEpochs)",
            "warmup-shape": configuration.schedule.warmUp.rawValue,
        ]
        let settings = RunSetting.all(configuration).reduce(into: [:]) { $0[$1.option] = $1.value }
        for option in ["epochs", "batch-size", "lr", "warmup", "warmup-shape", "schedule", "optimiser", "weight-decay"]
        where method.descriptor.reason(against: option) == nil {
            let expected = try #require(values[option] ?? settings[option])
            let said = try stated(option, for: method)
            #expect(said == expected || Double(said) == Double(expected), "\(option) of \(method.rawValue): \(said)")
        }
    }

    @Test(arguments: MethodName.allCases) func everySettingIsAnOptionWithItsDefault(method: MethodName) throws {
        let defaults = try configuration(method).method
        for setting in method.descriptor.settings {
            let abstract = try #require(Self.abstracts[setting.name])
            #expect(abstract.contains(method.rawValue), "\(setting.name)")
            let words = setting.defaultInWords ?? defaults[setting.name].map { setting.text($0) } ?? ""
            #expect(!words.isEmpty && abstract.contains("(default: \(words))"), "\(setting.name): \(abstract)")
        }
    }

    /// The settings of a stored run are shown under the names of the command line.
    @Test(arguments: MethodName.allCases) func runsShowTheNamesOfOptions(method: MethodName) throws {
        var configuration = try configuration(method)
        configuration.dataOptions.classFile = URL(filePath: "/c")
        configuration.dataOptions.vocabulary = URL(filePath: "/v")
        configuration.dataOptions.imageRoot = URL(filePath: "/i")
        (configuration.patience, configuration.pace, configuration.name) = (3, 2, "n")
        (configuration.dataFormat, configuration.modelFormat) = (.coop, .openCLIP)
        configuration.templates = ["a {}"]
        let options = Set(RunSetting.all(configuration).map(\.option))
        #expect(options.subtracting(OptionCatalogue.train.entries.keys).isEmpty)
        // One that follows the learning rate is shown once it is set.
        let shown = method.descriptor.settings.filter { !$0.followsLearningRate }.map(\.name)
        #expect(options.isSuperset(of: method.descriptor.defaultSettings.keys.filter(shown.contains)))
        #expect(options.isSuperset(of: ["allow-outside", "raw-names", "lr", "template", "patience"]))
    }

    @Test func theParserSaysHowOptionsTakeTheirValues() {
        let entries = OptionCatalogue.train.entries
        for (name, kind) in [
            ("data", OptionCatalogue.Kind.path), ("json", .path), ("image-root", .path), ("template", .prompt),
            ("strict", .flag), ("mouse", .invertibleFlag), ("augment", .invertibleFlag), ("ratio", .value),
            ("shots", .value),
        ] { #expect(entries[name]?.kind == kind, "\(name)") }
        #expect(entries["template"]?.isRepeating == true && entries["shots"]?.isRepeating == false)
        #expect(entries["help"] == nil && entries["no-mouse"] == nil && entries["config"] == nil)
    }
}
