import FewShot
import Foundation

/// What a comparison trains: every method with every number of shots and every seed, on one data set.
public struct ComparisonPlan: Sendable {
    /// One configuration for each method, in the order they are shown; all for the same model and data. How pictures are
    /// drawn is that of the first. Shots and seed are ignored, and so are augmentation and pace: a comparison works on
    /// cached features, at full speed.
    public var configurations: [TrainingConfiguration]
    /// Training pictures a class, ascending.
    public var shots: [Int]
    /// The seeds.
    public var seeds: [Int]

    /// A plan; shots are sorted, and what is given twice counts once.
    /// - Throws: ``ConfigurationError`` for what makes no sense.
    public init(configurations: [TrainingConfiguration], shots: [Int], seeds: [Int]) throws {
        self.configurations = configurations.reduce(into: []) { kept, configuration in
            if !kept.contains(where: { $0.method.name == configuration.method.name }) { kept.append(configuration) }
        }
        self.shots = Set(shots).sorted()
        self.seeds = seeds.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        guard !self.configurations.isEmpty else {
            throw ConfigurationError(option: "methods", value: "", wants: "at least one method")
        }
        guard !shots.isEmpty else { throw ConfigurationError(option: "shots", value: "", wants: "at least one number") }
        guard !seeds.isEmpty else { throw ConfigurationError(option: "seeds", value: "", wants: "at least one number") }
        for cell in grid.cells { try configuration(of: cell).validate() }
        guard !configurations.contains(where: { $0.selection != nil }) else {
            throw ConfigurationError(
                option: "selection", value: "", wants: "a single run: compare draws for every number of shots and seed")
        }
        guard !configurations.contains(where: \.repeats) else {
            throw ConfigurationError(
                option: "repeat", value: "", wants: "a single run: compare caps classes that are too small, and says so"
            )
        }
    }

    /// What is compared, without the settings.
    public var grid: ComparisonGrid {
        ComparisonGrid(methods: configurations.map(\.method.name), shots: shots, seeds: seeds)
    }

    /// The largest number of shots.
    public var largestShots: Int { shots.last ?? 1 }

    /// How a cell is trained.
    func configuration(of cell: ComparisonCell) -> TrainingConfiguration {
        let first = configurations[0]
        var configuration = configurations[cell.method]
        configuration.shots = cell.shots
        configuration.seed = cell.seed
        // All methods of a cell train, validate and test on the same pictures.
        configuration.nestedIn = largestShots
        configuration.validation = first.validation
        configuration.pick = first.pick
        configuration.stratified = first.stratified
        configuration.augment = false
        configuration.pace = nil
        return configuration
    }
}
