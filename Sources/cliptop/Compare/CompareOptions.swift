import ArgumentParser
import FewShot
import Foundation
import Training

/// What a comparison is made of, from the command line and a configuration file.
struct CompareOptions {
    var methods: [MethodName]
    var shots: [Int]
    var seeds: [Int]
    var training: TrainOptions
    /// What a configuration file says that a comparison does not do.
    var notes: [String] = []

    /// The methods, if none are named: all there are but zero-shot, which is in every comparison.
    static let usualMethods = MethodName.allCases.filter { $0 != MethodRegistry.baseline }
    /// The numbers of shots of the papers.
    static let usualShots = [1, 2, 4, 8, 16]
    /// The seeds of CoOp's protocol.
    static let usualSeeds = [1, 2, 3]

    /// Reads the options that belong to `train`; those of the file stand behind those of the command line.
    /// - Throws: `UsageError`.
    init(
        methods: String?, shots: WholeNumbers?, seeds: WholeNumbers?, config: String?, rest: [String],
        resources: Resources
    ) throws {
        func parse(_ arguments: [String]) throws -> TrainOptions {
            do { return try TrainOptions.parse(arguments) } catch {
                throw UsageError(TrainOptions.message(for: error))
            }
        }
        let commandLine = try parse(rest)
        for name in OptionCatalogue.train.names(in: rest).sorted() {
            if let reason = Self.refused[name] { throw UsageError("--\(name): \(reason)") }
        }
        let given = try GivenOptions(rest, file: try TrainCommand.file(config, commandLine, resources))
        // The bundled demonstration is one run; only a file that somebody names says what to compare.
        let named = config == nil ? nil : try parse(given.arguments)
        self.methods = try methods.map(Self.parsed) ?? named?.method.map { [$0] } ?? Self.usualMethods
        self.shots = shots?.values ?? named?.shots.map { [$0] } ?? Self.usualShots
        self.seeds = seeds?.values ?? named?.seed.map { [$0] } ?? Self.usualSeeds
        let settled = try given.arguments(for: self.methods.map(\.descriptor))
        var training = try parse(settled.arguments)
        for (isSet, name) in [(training.augment == true, "augment"), (training.pace ?? 0 > 0, "pace")] where isSet {
            notes.append("compare ignores '\(name)': it trains on the cached features of the pictures, at full speed")
        }
        if training.split.nested != nil {
            notes.append("compare ignores 'nested': its splits are nested in that of its largest number of shots")
        }
        if config != nil {
            notes += settled.ignored.map { "compare ignores '\($0)': none of the methods has a use for it" }
        }
        // Left standing, they would be refused for methods that are not trained in batches.
        (training.augment, training.pace, training.split.nested) = (nil, nil, nil)
        self.training = training
    }

    /// Options of `train` that would do nothing here, and why.
    private static let refused: [String: String] = {
        let noDashboard = "compare prints a table; there is no dashboard"
        let noLog = "compare keeps results, not logs; --csv writes them"
        return [
            "method": "compare takes --methods a,b", "seed": "compare takes --seeds 1,2,3",
            "augment": "compare trains on the cached features of the pictures", "pace": "compare runs at full speed",
            "theme": noDashboard, "fps": noDashboard, "pictures": noDashboard, "mouse": noDashboard,
            "nested": "compare nests its splits in the largest of --shots",
            "name": "the runs of a comparison have no names", "log-jsonl": noLog, "tensorboard": noLog,
        ]
    }()

    private static func parsed(_ list: String) throws -> [MethodName] {
        try list.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let name = part.trimmingCharacters(in: .whitespaces)
            guard let method = MethodName(rawValue: name) else {
                let known = MethodName.allCases.map(\.rawValue).joined(separator: ", ")
                throw UsageError("--methods \(list): there is no method '\(name)'; there are \(known)")
            }
            return method
        }
    }

    /// The plan: each method with its own defaults and with what the options say.
    /// - Throws: `UsageError`.
    func plan(_ resources: Resources) throws -> ComparisonPlan {
        let configurations = try methods.map { method in
            var options = training
            options.method = method
            options.shots = shots.first
            options.seed = seeds.first
            return try options.trainingConfiguration(resources)
        }
        do { return try ComparisonPlan(configurations: configurations, shots: shots, seeds: seeds) } catch {
            throw UsageError(error.localizedDescription)
        }
    }
}
