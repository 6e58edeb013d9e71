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
        let given: TrainOptions
        do { given = try TrainOptions.parse(rest) } catch { throw UsageError(TrainOptions.message(for: error)) }
        try Self.refuse(given)
        let file = try config.map { try ConfigurationFile($0).trainOptions() }
        var training = try TrainCommand.completed(given, from: file, resources)
        for (isSet, name) in [(training.augment == true, "augment"), (training.pace ?? 0 > 0, "pace")] where isSet {
            notes.append("compare ignores '\(name)': it trains on the cached features of the pictures, at full speed")
        }
        // Left standing, they would be refused for methods that are not trained in batches.
        (training.augment, training.pace) = (nil, nil)
        self.training = training
        // The bundled demonstration is one run; only a file that somebody names says what to compare.
        self.methods = try methods.map(Self.parsed) ?? file?.method.map { [$0] } ?? Self.usualMethods
        self.shots = shots?.values ?? file?.shots.map { [$0] } ?? Self.usualShots
        self.seeds = seeds?.values ?? file?.seed.map { [$0] } ?? Self.usualSeeds
    }

    /// Options of `train` that would do nothing here.
    private static func refuse(_ given: TrainOptions) throws {
        let surplus: [(isGiven: Bool, text: String)] = [
            (given.method != nil, "--method: compare takes --methods a,b"),
            (given.seed != nil, "--seed: compare takes --seeds 1,2,3"),
            (given.augment != nil, "--augment: compare trains on the cached features of the pictures"),
            (given.pace != nil, "--pace: compare runs at full speed"),
            (given.screen.theme != nil, "--theme: compare prints a table; there is no dashboard"),
            (given.screen.fps != nil, "--fps: compare prints a table; there is no dashboard"),
            (given.screen.pictures != nil, "--pictures: compare prints a table; there is no dashboard"),
            (given.screen.mouse != nil, "--mouse: compare prints a table; there is no dashboard"),
            (given.plain, "--plain: compare always prints plain lines"),
            (given.name != nil, "--name: the runs of a comparison have no names"),
            (given.logs.logJsonl != nil, "--log-jsonl: compare keeps results, not courses; --csv writes them"),
            (given.logs.tensorboard != nil, "--tensorboard: compare keeps results, not courses; --csv writes them"),
        ]
        if let first = surplus.first(where: \.isGiven) { throw UsageError(first.text) }
    }

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
