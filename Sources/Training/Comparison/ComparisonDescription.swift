import FewShot
import Foundation
import Tensors

/// What is known of a comparison before its first run; the state database keeps it beside the results.
public struct ComparisonDescription: Sendable, Equatable, Codable {
    /// What is compared.
    public var grid: ComparisonGrid
    /// What people call the model, and where it is.
    public var model, modelPath: String
    /// What people call the data set, and where it is.
    public var dataset, dataPath: String
    /// Class names in label order.
    public var classNames: [String]
    /// The ``ComparisonKey/revision`` of its results.
    public private(set) var revision = ComparisonKey.revision
    /// Zero-shot on the test pictures of each seed.
    public var zeroShot: [Int: Evaluation] = [:]
    /// The checksum of the test pictures of each seed, as ``SplitIdentity`` has it; they are the same for all numbers of shots.
    public var testChecksums: [Int: String] = [:]
    /// For each number of shots, the classes that cannot give so many in some seed.
    public var cappedClasses: [Int: [Int]] = [:]
    /// Classes with fewer test pictures than a class should have, in some seed.
    public var classesShortOfTest: [Int] = []
    /// Classes with fewer validation pictures than the rule asks for in some seed, and the fewest they have.
    public var classesShortOfValidation: [Int: Int] = [:]
    /// Numbers of shots for which some seed has no validation picture at all.
    public var shotsWithoutValidation: [Int] = []
    /// Pictures that could not be used, as path and reason.
    public var unreadable: [Unreadable] = []
    /// The OpenBLAS kernels that it is computed with.
    public var openblasCore = OpenBLAS.coreName
    /// The keys of the cells in the grid's order.
    public var keys: [String] = []

    /// A picture that could not be used.
    public struct Unreadable: Sendable, Equatable, Codable {
        /// Its path as the data set writes it, and why.
        public var path, reason: String
    }

    /// A description with nothing in it but names.
    public init(
        grid: ComparisonGrid, model: String, modelPath: String, dataset: String, dataPath: String, classNames: [String]
    ) {
        self.grid = grid
        self.model = model
        self.modelPath = modelPath
        self.dataset = dataset
        self.dataPath = dataPath
        self.classNames = classNames
    }

    /// As the state database keeps it.
    var json: String {
        get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
    }

    /// Out of the state database; nil if another version wrote it, in another form or with results that differ.
    init?(json: String) {
        guard let description = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)),
            description.revision == ComparisonKey.revision, description.keys.count == description.grid.cells.count,
            description.cappedClasses.values.joined().allSatisfy(description.classNames.indices.contains),
            description.classesShortOfTest.allSatisfy(description.classNames.indices.contains),
            description.classesShortOfValidation.keys.allSatisfy(description.classNames.indices.contains)
        else { return nil }
        self = description
    }
}

extension ComparisonDescription {
    /// What the draws and zero-shot say about a comparison.
    init(_ plan: ComparisonPlan, _ source: EncodedSource, keys: [String]) {
        self.init(
            grid: plan.grid, model: source.model.name, modelPath: plan.configurations[0].model.path,
            dataset: source.dataset.name, dataPath: plan.configurations[0].data.path,
            classNames: source.dataset.classNames)
        self.keys = keys
        var short: Set<Int> = []
        for cell in plan.grid.cells where cell.method == 0 {
            guard let draw = source.draw(of: plan.configuration(of: cell)) else { continue }
            let split = draw.split
            // The same for all numbers of shots.
            if testChecksums.updateValue(draw.identity.test, forKey: cell.seed) == nil {
                let test = source.part(split.test)
                zeroShot[cell.seed] = ClassificationMetrics(
                    logits: source.zeroShot.logits(test.features), labels: test.labels
                ).map(Evaluation.init)
            }
            short.formUnion(split.classesShortOfTest)
            classesShortOfValidation.merge(split.classesShortOfValidation, uniquingKeysWith: min)
            let capped = Set(cappedClasses[cell.shots] ?? []).union(split.shortClasses.map(\.label))
            if !capped.isEmpty { cappedClasses[cell.shots] = capped.sorted() }
            if split.validation.isEmpty { shotsWithoutValidation.append(cell.shots) }
        }
        classesShortOfTest = short.sorted()
        shotsWithoutValidation = Set(shotsWithoutValidation).sorted()
        unreadable = source.encoded.unreadable.map { Unreadable(path: $0.path, reason: $0.reason) }
    }
}
