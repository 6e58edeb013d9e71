import FewShot
import Foundation
import Safetensors
import Tensors

/// What a run was begun with. To go on with anything else would be another run.
struct RunIdentity: Sendable, Equatable, Codable {
    /// What people call the model.
    var model: String
    /// The SHA-256 of its weights.
    var modelChecksum: String
    /// What people call the data set.
    var dataset: String
    /// The pictures that train and validate, and the checksum of what they were drawn from.
    var selection: FewShotSelection?
    /// Checksum of the class names and the sentences that stand for them.
    var prompts: String
    /// Checksum of the training and validation pictures, as the model sees them, with their classes.
    var pictures: String
}

extension RunIdentity {
    /// That of a run as it is found now.
    init(_ prepared: RunPlan) {
        let prompts = zip(prepared.dataset.classNames, prepared.prompts.sentences).map { name, sentences in
            Data(([name] + sentences).joined(separator: "\n").utf8)
        }
        let pictures = [Split.train, .validation].map { split in
            let part = prepared.part(split)
            return FeatureDigests(part.features, labels: part.labels).of(Array(0..<part.count))
        }
        self.init(
            model: prepared.model.name, modelChecksum: prepared.model.weightsChecksum, dataset: prepared.dataset.name,
            selection: prepared.selection, prompts: FeatureDigests.joined(prompts),
            pictures: FeatureDigests.joined(pictures))
    }

    /// What differs from the identity that the run was begun with, in words; nil if nothing does.
    func difference(from begun: RunIdentity) -> String? {
        if modelChecksum != begun.modelChecksum { return "the weights of the model \(readable(model)) have changed" }
        if prompts != begun.prompts {
            return "the classes of \(readable(dataset)), or the prompts for them, have changed"
        }
        if selection?.sourceChecksum != begun.selection?.sourceChecksum {
            return "the list of pictures of \(readable(dataset)) has changed"
        }
        if selection?.train != begun.selection?.train || selection?.validation != begun.selection?.validation {
            return
                "other pictures of \(readable(dataset)) are drawn: some can be read that could not, or the other way round"
        }
        if pictures != begun.pictures {
            return "the content of training or validation pictures of \(readable(dataset)) has changed"
        }
        return nil
    }
}
