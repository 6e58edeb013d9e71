import FewShot
import Foundation
import Tensors

/// The key under which a cell's result is kept: everything that determines it, so that a result that is found is the
/// one that training again would give.
struct ComparisonKey {
    /// To be raised whenever a method, the session or a metric begins to give other results.
    static let revision = 2

    private let prepared: PreparedComparison
    private let pictures: FeatureDigests
    /// Classifier, scale and kernel set: the same for all cells.
    private let common: Data

    init(_ prepared: PreparedComparison) {
        self.prepared = prepared
        pictures = FeatureDigests(prepared.encoded.features, labels: prepared.labels)
        let text = [
            "revision \(Self.revision)", "core \(OpenBLAS.coreName)", "scale \(prepared.model.logitScale)",
            "classes \(prepared.dataset.classNames.count)",
        ]
        common = Data(
            FeatureDigests.joined(
                [
                    Data(text.joined(separator: "\n").utf8), FeatureDigests.bytes(prepared.texts.classifier),
                    FeatureDigests.bytes(prepared.texts.means),
                ]
            ).utf8)
    }

    /// The key of a run on `split` with these settings.
    func of(_ configuration: TrainingConfiguration, _ split: FewShotSplit) -> String {
        FeatureDigests.joined([
            common, Data(Self.settings(configuration).utf8), pictures.of(split.train), pictures.of(split.validation),
            pictures.of(split.test),
        ])
    }

    /// The name of a whole comparison, the same on every machine: what it is over in words, not in features, whose last
    /// bits are another kernel's own.
    func comparison(_ plan: ComparisonPlan) -> String {
        let space = FeatureSpace(model: prepared.model, pillowCompatible: plan.configurations[0].pillowCompatible).key
        let draws = plan.seeds.map { seed in
            plan.shots.map { shots in
                let split = prepared.splits[seed]?.split(shots: shots) ?? FewShotSplit()
                return [split.train, split.validation, split.test]
                    .map { part in part.map { prepared.dataset.items[$0].path }.joined(separator: "\n") }
                    .joined(separator: "\n\n")
            }.joined(separator: "\n\n\n")
        }
        let words =
            ["revision \(Self.revision)", "\(plan.grid)", space] + prepared.dataset.classNames
            + prepared.prompts.sentences.flatMap { $0 } + plan.configurations.map(Self.settings) + draws
        return FeatureDigests.joined(words.map { Data($0.utf8) })
    }

    /// All settings in words, but for what is in the key as pictures and features already: where they come from, and
    /// what the run is called.
    static func settings(_ configuration: TrainingConfiguration) -> String {
        var settings = configuration
        settings.model = URL(filePath: "/")
        settings.data = URL(filePath: "/")
        settings.dataFormat = nil
        settings.dataOptions = DatasetOptions()
        settings.templates = []
        settings.pillowCompatible = false
        settings.name = nil
        return String(describing: settings)
    }
}
