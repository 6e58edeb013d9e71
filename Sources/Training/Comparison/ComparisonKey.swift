import FewShot
import Foundation
import Tensors

/// The key under which a cell's result is kept: everything that determines it, so that a result that is found is the
/// one that training again would give.
struct ComparisonKey {
    /// To be raised whenever a method, the session or a metric begins to give other results.
    static let revision = 1

    private let pictures: FeatureDigests
    /// Classifier, scale and kernel set: the same for all cells.
    private let common: Data

    init(_ prepared: PreparedComparison) {
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

    /// All settings in words, but for what is in the key as pictures and features already: where they come from, and
    /// what the run is called.
    static func settings(_ configuration: TrainingConfiguration) -> String {
        var settings = configuration
        settings.model = URL(filePath: "/")
        settings.data = URL(filePath: "/")
        settings.dataFormat = nil
        settings.dataOptions = DatasetOptions()
        settings.templates = []
        settings.parity = false
        settings.name = nil
        return String(describing: settings)
    }
}
