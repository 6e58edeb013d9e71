import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import FewShot

/// The few-shot results of the sample model's report, by its own protocol: 4 shots a class drawn with Python's generator,
/// seeds 0, 1 and 2, no validation, fixed settings, tested on all other pictures. The features are those that
/// ``SampleModelTests`` shows to be ours too.
@Suite struct SampleReportTests {
    /// Mean top-1 over the seeds, in per cent, as the report gives it.
    private static let reported = [
        MethodName.zeroShot: 68.9, .linearProbe: 77.9, .clipAdapter: 83.6, .tipAdapter: 83.7, .tipAdapterF: 83.3,
    ]

    private let features: Tensor<Float>
    private let labels: [Int32]
    private let textFeatures: Tensor<Float>
    private let logitScale: Float
    /// Pictures of each class, in file order.
    private let members: [[Int]]

    init() throws {
        let folder = Fixtures.repository.appending(path: "Tests/Fixtures/sample-expected")
        let expected = try SafetensorsFile(folder.appending(path: "expected.safetensors"))
        features = try expected.tensor("image_features")
        labels = try expected.integers("labels").map { Int32($0) }
        textFeatures = try expected.tensor("text_features").normalisedRows()
        let weights = try SafetensorsFile(Fixtures.samples.appending(path: "Model/open_clip_model.safetensors"))
        logitScale = exp(try weights.tensor("logit_scale").values[0])
        var members = [[Int]](repeating: [], count: textFeatures.rows)
        for (index, label) in labels.enumerated() { members[Int(label)].append(index) }
        self.members = members
    }

    private func configuration(_ name: MethodName) -> MethodConfiguration {
        var configuration = MethodConfiguration(name, optimiser: .adam())
        let settings: MethodSettings = ["ratio": 0.4, "C": 10, "alpha": 30, "beta": 1]
        for (setting, value) in settings where name.descriptor.setting(setting) != nil {
            configuration[setting] = value
        }
        if name == .tipAdapterF { configuration.optimiser = .adamW(epsilon: 1e-4) }
        return configuration
    }

    /// How the report's script trains: epochs, batch size, learning rate.
    private func schedule(_ name: MethodName) -> (epochs: Int, batchSize: Int, rate: Double) {
        switch name {
        case .clipAdapter: (40, 32, 3e-3)
        case .tipAdapterF: (20, 32, 1e-3)
        case .linearProbe: (1000, 64, 0)
        default: (0, 64, 0)
        }
    }

    private func top1(_ name: MethodName, seed: Int) throws -> Double {
        var random = PythonRandom(seed: UInt32(seed))
        let train = members.flatMap { pictures in random.sample(pictures, 4) }
        let test = labels.indices.filter { !train.contains($0) }
        func part(_ rows: [Int]) -> LabelledFeatures {
            LabelledFeatures(features: features.gatheringRows(rows), labels: rows.map { labels[$0] })
        }
        let (epochs, batchSize, rate) = schedule(name)
        let shots = part(train)
        let method = try MethodRegistry.make(
            configuration(name),
            MethodInputs(
                train: shots, validation: part([]), textFeatures: textFeatures, meanTextFeatures: textFeatures,
                logitScale: logitScale, batchSize: batchSize, seed: seed))
        var step = 0
        for epoch in 0..<epochs where !method.isConverged {
            var generator = SeededGenerator(seed: seed, purpose: "order", epoch)
            let order = generator.permutation(train.count)
            for start in stride(from: 0, to: train.count, by: batchSize) {
                step += 1
                let batch = order[start..<min(start + batchSize, train.count)]
                _ = method.trainBatch(
                    features: shots.features, rows: batch, labels: shots.labels, learningRate: rate, step: step)
            }
        }
        _ = method.selectHyperparameters(validation: nil)
        let rest = part(test)
        return try #require(ClassificationMetrics(logits: method.logits(rest.features), labels: rest.labels)).top1
    }

    @Test(
        arguments: [MethodName.zeroShot, .linearProbe, .clipAdapter, .tipAdapter, .tipAdapterF])
    func means(name: MethodName) throws {
        let reported = try #require(Self.reported[name])
        let accuracies = try (0..<3).map { 100 * (try top1(name, seed: $0)) }
        let mean = accuracies.reduce(0, +) / 3
        #expect(abs(mean - reported) <= 2.5, "\(name.rawValue): \(accuracies), reported \(reported)")
    }
}
