import CLIP
import FewShot
import Foundation
import Pictures
import Synchronization
import Tensors

/// Answers for pictures that are not of the run.
///
/// Reading and encoding happen on a queue of their own, beside the training; the method, which belongs to the training's
/// queue, answers between two batches, when the loop fetches what is ready.
final class InteractiveClassifier: Sendable {
    /// A picture that has been encoded and waits for the method.
    private struct Ready: Sendable {
        var answer: ClassifyAnswer
        var features: Tensor<Float>
        var textFeatures: Tensor<Float>
    }

    private struct State {
        /// The number of each asker's newest question.
        var newest: [Int: Int] = [:]
        var ready: [Ready] = []
        /// The text features of the labels asked for last.
        var texts: (labels: [String], template: String?, features: Tensor<Float>)?
    }

    private let model: CLIPModel
    private let decoding: DecodingOptions
    private let classNames: [String]
    /// The run's own templates: what stands for typed labels where no other was chosen.
    private let templates: [PromptTemplate]
    private let classifier: Tensor<Float>
    /// Unit features of the training pictures, `[pictures, width]`, and their places in the run's list.
    private let shots: (features: Tensor<Float>, pictures: [Int])
    private let onReady: @Sendable () -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cliptop.classify", qos: .userInitiated)

    init(
        _ prepared: RunPlan, decoding: DecodingOptions, onReady: @escaping @Sendable () -> Void
    ) {
        model = prepared.model
        self.decoding = decoding
        classNames = prepared.description.classNames
        templates = prepared.prompts.templates
        classifier = prepared.classifier
        shots = (prepared.part(.train).features.normalisedRows(), prepared.split.train)
        self.onReady = onReady
    }

    /// Takes a question; one that was asked before and has not been begun is dropped.
    func ask(_ request: ClassifyRequest) {
        state.withLock { $0.newest[request.asker] = request.number }
        queue.async { [self] in
            guard state.withLock({ $0.newest[request.asker] == request.number }) else { return }
            let ready = encode(request)
            state.withLock { $0.ready.append(ready) }
            onReady()
        }
    }

    /// The answers that have become ready, with the method's as its weights are now.
    /// - Parameter adapted: the method's logits for image features and other classes; nil where it has none for them.
    func answers(_ adapted: (Tensor<Float>, _ textFeatures: Tensor<Float>, _ isOwn: Bool) -> Tensor<Float>?)
        -> [ClassifyAnswer]
    {
        let ready = state.withLock { state in
            defer { state.ready = [] }
            return state.ready
        }
        return ready.map { ready in
            var answer = ready.answer
            guard answer.problem == nil else { return answer }
            let isOwn = answer.request.labels.isEmpty && answer.request.template == nil
            let logits = adapted(ready.features, ready.textFeatures, isOwn)
            answer.adapted = logits?.softmaxRows().values ?? []
            return answer
        }
    }

    private func encode(_ request: ClassifyRequest) -> Ready {
        var answer = ClassifyAnswer(request)
        let nothing = Tensor<Float>(shape: [0, 0])
        let start = ContinuousClock.now
        do {
            let picture = try decodePicture(contentsOf: request.picture, options: decoding)
            let size = model.preprocessing.size
            let features = model.encodeImages(
                Tensor(model.preprocessing.pixels(of: picture), shape: [1, 3, size, size]))
            let textFeatures = try self.textFeatures(request)
            answer.size = [picture.width, picture.height]
            answer.labels = request.labels.isEmpty ? classNames : request.labels
            let unit = features.normalisedRows()
            answer.zeroShot =
                Predictor.zeroShot(textFeatures: textFeatures, logitScale: model.logitScale)
                .probabilities(features).values
            answer.nearest = nearest(unit)
            answer.milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            return Ready(answer: answer, features: features, textFeatures: textFeatures)
        } catch {
            answer.problem = error.localizedDescription
            return Ready(answer: answer, features: nothing, textFeatures: nothing)
        }
    }

    private func textFeatures(_ request: ClassifyRequest) throws -> Tensor<Float> {
        if request.labels.isEmpty, request.template == nil { return classifier }
        if let kept = state.withLock(\.texts), kept.labels == request.labels, kept.template == request.template {
            return kept.features
        }
        let features = try model.classifierWeights(
            classNames: request.labels.isEmpty ? classNames : request.labels,
            templates: try request.template.map { [try PromptTemplate($0)] } ?? templates)
        state.withLock { $0.texts = (request.labels, request.template, features) }
        return features
    }

    /// The three training pictures with the largest cosines.
    private func nearest(_ unit: Tensor<Float>) -> [ClassifyAnswer.Neighbour] {
        guard shots.features.rows > 0 else { return [] }
        let cosines = unit.product(shots.features, transposeOther: true).values
        return cosines.indices.sorted { (cosines[$0], $1) > (cosines[$1], $0) }.prefix(3)
            .map { .init(picture: shots.pictures[$0], cosine: cosines[$0]) }
    }
}
