import FewShot
import Foundation
import Safetensors
import Tensors

/// The key under which a cell's result is kept: everything that determines it, so that a result that is found is the
/// one that training again would give.
struct ComparisonKey {
    /// To be raised whenever a method, the session or a metric begins to give other results, or a default changes.
    static let revision = 3

    private let source: EncodedSource
    private let pictures: FeatureDigests
    /// Classifier, scale and kernel set: the same for all cells.
    private let common: Data

    init(_ source: EncodedSource) {
        self.source = source
        pictures = FeatureDigests(source.encoded.features, labels: source.labels)
        let text = [
            "revision \(Self.revision)", "core \(OpenBLAS.coreName)", "scale \(source.model.logitScale)",
            "classes \(source.dataset.classNames.count)",
        ]
        common = Data(
            FeatureDigests.joined(
                [
                    Data(text.joined(separator: "\n").utf8), FeatureDigests.bytes(source.texts.classifier),
                    FeatureDigests.bytes(source.texts.means),
                ]
            ).utf8)
    }

    /// The key of a cell's run with these settings.
    /// - Throws: errors of the encoder.
    func of(_ configuration: TrainingConfiguration) throws -> String {
        let split = source.draw(of: configuration)?.split ?? FewShotSplit()
        return FeatureDigests.joined([
            common, Data(try Self.settings(configuration).utf8), pictures.of(split.train),
            pictures.of(split.validation), pictures.of(split.test),
        ])
    }

    /// The name of a whole comparison, the same on every machine: what it is over in words, not in features, whose last
    /// bits are another kernel's own.
    /// - Throws: errors of the encoder.
    func comparison(_ plan: ComparisonPlan) throws -> String {
        let space = FeatureSpace(model: source.model, pillowCompatible: plan.configurations[0].pillowCompatible).key
        let draws = plan.grid.cells.filter { $0.method == 0 }.map { cell in
            let draw = source.draw(of: plan.configuration(of: cell))
            return Split.allCases.map { part in
                (draw?.split.rows(of: part) ?? []).map { source.dataset.items[$0].path }.joined(separator: "\n")
            }.joined(separator: "\n\n")
        }
        let words =
            try plan.words + [space] + source.dataset.classNames + source.prompts.sentences.flatMap { $0 } + draws
        return FeatureDigests.joined(words.map { Data($0.utf8) })
    }

    /// Settings of a configuration that leave a cell's result as it is: what the run is called, and what is in the key as
    /// pictures and features already.
    private static let withoutEffect: Set<String> = [
        "model", "modelFormat", "data", "dataFormat", "dataOptions", "templates", "validation", "pick", "stratified",
        "repeats", "nestedIn", "selection", "precision", "parity", "name", "branchedFrom", "checkpointEvery",
    ]

    /// The settings in words, one a line: method, shots, seed, and every value of the stored form that is not the method's
    /// default. So a setting that is added later changes no key as long as it has its default.
    /// - Throws: errors of the encoder.
    static func settings(_ configuration: TrainingConfiguration) throws -> String {
        var usual = TrainingConfiguration(model: configuration.model, data: configuration.data)
        usual.use(configuration.method.name)
        let (own, defaults) = (try values(configuration), try values(usual))
        let changed = Set(own.keys).union(defaults.keys).subtracting(["shots", "seed"])
            .filter { own[$0] != defaults[$0] }.sorted()
        let lines = changed.map { "\($0) \(own[$0] ?? "default")" }
        return
            ([
                "method \(configuration.method.name.rawValue)", "shots \(configuration.shots)",
                "seed \(configuration.seed)",
            ]
            + lines).joined(separator: "\n")
    }

    /// The values of the stored form by their paths: `schedule.shape` is `"cosine"`.
    private static func values(_ configuration: TrainingConfiguration) throws -> [String: String] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        let stored = try JSONValue(parsing: Array(encoder.encode(configuration)), maximumDepth: 64)
        var values: [String: String] = [:]
        func add(_ value: JSONValue, _ path: String) {
            switch value {
            case .object(let members):
                for (name, member) in members where !path.isEmpty || !withoutEffect.contains(name) {
                    add(member, path.isEmpty ? name : "\(path).\(name)")
                }
            case .array(let elements):
                values[path] = "\(elements.count) elements"
                for (index, element) in elements.enumerated() { add(element, "\(path).\(index)") }
            case .string(let text): values[path] = text
            case .null, .boolean, .integer, .fraction: values[path] = value.summary
            }
        }
        add(stored, "")
        return values
    }
}

extension ComparisonPlan {
    /// What is compared, in words.
    /// - Throws: errors of the encoder.
    var words: [String] {
        get throws {
            func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ",") }
            return try ["revision \(ComparisonKey.revision)", "shots \(list(shots))", "seeds \(list(seeds))"]
                + configurations.map(ComparisonKey.settings)
        }
    }

    /// A name for a plan, the same for equal ones: what is compared, on which data set, with which model.
    /// - Throws: errors of the encoder.
    public var fingerprint: String {
        get throws {
            let places = [configurations[0].model.path, configurations[0].data.path]
            return FeatureDigests.joined((try words + places).map { Data($0.utf8) })
        }
    }
}
