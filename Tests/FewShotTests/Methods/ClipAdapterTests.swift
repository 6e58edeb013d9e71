import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct ClipAdapterTests {
    typealias Configuration = ClipAdapterConfiguration

    private let width = 12
    private let classes = 7

    private func adapter(_ configuration: Configuration, batch: Int = 5) -> ClipAdapter<Double> {
        let hidden = 3
        var parameters: [String: Tensor<Double>] = [
            "visual_adapter.fc.0.weight": randomTensor([hidden, width], seed: 1),
            "visual_adapter.fc.2.weight": randomTensor([width, hidden], seed: 2),
            "text_adapter.fc.0.weight": randomTensor([hidden, width], seed: 11),
            "text_adapter.fc.2.weight": randomTensor([width, hidden], seed: 12),
        ]
        if configuration.ratioMode == .hyper {
            parameters["ratio_v.weight"] = randomTensor([1, width], seed: 13)
            parameters["ratio_t.weight"] = randomTensor([1, width], seed: 14)
        }
        return ClipAdapter(
            configuration: configuration, parameters: parameters, textFeatures: text, logitScale: 10,
            batchCapacity: batch)
    }

    private var text: Tensor<Double> { randomTensor([classes, width], seed: 3) }

    /// Every branch with every kind of ratio, with and without the second ReLU and dropout
    /// (docs/methods.md#checking-gradients).
    @Test(arguments: Configuration.Branch.allCases, [Configuration.RatioMode.fixed, .learnable, .raw, .hyper])
    func gradientsAgreeWithFiniteDifferences(
        branch: Configuration.Branch, mode: Configuration.RatioMode
    ) {
        for secondReLU in [true, false] {
            for dropout in [false, true] {
                let adapter = adapter(
                    Configuration(
                        branch: branch, residualRatio: 0.3, textRatio: 0.6, ratioMode: mode, secondReLU: secondReLU))
                let features: Tensor<Double> = randomTensor([5, width], seed: 4)
                let labels: [Int32] = [0, 3, 6, 2, 2]
                let mask =
                    dropout ? Matrix<Double>(Tensor((0..<60).map { $0 % 4 == 0 ? 0 : 1.25 }, shape: [5, 12])) : nil
                func loss() -> Double {
                    adapter.lossAndGradients(features, rows: Array(0..<5)[...], labels: labels, mask: mask)
                }
                _ = loss()
                let analytic = adapter.trained.map { Matrix($0.gradient.tensor) }
                for (matrix, gradient) in zip(adapter.trained, analytic) {
                    let problem = gradientMismatch(of: gradient, at: matrix.value, loss: loss)
                    #expect(problem == nil, "\(matrix.name) \(problem ?? "")")
                    #expect(gradient.tensor.values.contains { $0 != 0 }, "\(matrix.name) has no gradient")
                }
            }
        }
    }

    /// Enough pictures and classes for both cores.
    @Test(arguments: Configuration.Branch.allCases) func gradientsAgreeWhereBothHalvesHaveWork(
        branch: Configuration.Branch
    ) {
        let layers: [String: Tensor<Double>] = [
            "visual_adapter.fc.0.weight": randomTensor([2, 5], seed: 1),
            "visual_adapter.fc.2.weight": randomTensor([5, 2], seed: 2),
            "text_adapter.fc.0.weight": randomTensor([2, 5], seed: 11),
            "text_adapter.fc.2.weight": randomTensor([5, 2], seed: 12),
        ]
        let adapter = ClipAdapter<Double>(
            configuration: Configuration(branch: branch, residualRatio: 0.3, ratioMode: .hyper), parameters: layers,
            textFeatures: randomTensor([37, 5], seed: 3), logitScale: 10, batchCapacity: 70)
        let features: Tensor<Double> = randomTensor([70, 5], seed: 4)
        let labels = (0..<70).map { Int32($0 * 7 % 37) }
        func loss() -> Double { adapter.lossAndGradients(features, rows: Array(0..<70)[...], labels: labels) }
        _ = loss()
        let analytic = adapter.trained.map { Matrix($0.gradient.tensor) }
        for (matrix, gradient) in zip(adapter.trained, analytic) {
            let problem = gradientMismatch(of: gradient, at: matrix.value, loss: loss)
            #expect(problem == nil, "\(matrix.name) \(problem ?? "")")
        }
    }

    @Test(arguments: [0.0, 1.0]) func gradientsAgreeAtTheEndsOfTheRatio(ratio: Double) {
        let adapter = adapter(Configuration(residualRatio: ratio))
        let features: Tensor<Double> = randomTensor([5, width], seed: 4)
        func loss() -> Double {
            adapter.lossAndGradients(features, rows: Array(0..<5)[...], labels: [0, 3, 6, 2, 2])
        }
        _ = loss()
        let analytic = adapter.trained.map { Matrix($0.gradient.tensor) }
        for (matrix, gradient) in zip(adapter.trained, analytic) {
            #expect(gradientMismatch(of: gradient, at: matrix.value, loss: loss) == nil)
            #expect((gradient.tensor.values.contains { $0 != 0 }) == (ratio > 0))
        }
    }

    @Test(arguments: Configuration.Branch.allCases) func ratioZeroIsZeroShot(branch: Configuration.Branch) {
        let features: Tensor<Double> = randomTensor([9, width], seed: 4)
        let zeroShot = features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 10)
        let fixed = adapter(Configuration(branch: branch, residualRatio: 0))
        #expect(fixed.logits(features).largestDifference(from: zeroShot) < 1e-12)
        // Any adapter, looked at with ratio 0.
        for mode in [Configuration.RatioMode.fixed, .learnable, .raw, .hyper] {
            let other = adapter(Configuration(branch: branch, residualRatio: 0.6, ratioMode: mode))
            #expect(other.logits(features, residualRatio: 0).largestDifference(from: zeroShot) < 1e-12)
            #expect(other.logits(features).largestDifference(from: zeroShot) > 1e-3)
        }
    }

    /// Looking at an adapter with another ratio is the adapter with that ratio, and changes nothing.
    @Test(arguments: Configuration.Branch.allCases) func anotherRatioNeedsNoTraining(branch: Configuration.Branch) {
        let features: Tensor<Double> = randomTensor([9, width], seed: 4)
        let one = adapter(Configuration(branch: branch, residualRatio: 0.3))
        let other = adapter(Configuration(branch: branch, residualRatio: 0.8))
        let before = one.logits(features)
        #expect(one.logits(features, residualRatio: 0.8) == other.logits(features))
        #expect(one.logits(features) == before)
    }

    /// An adapter is homogeneous (docs/methods.md#homogeneity), so the norm of a feature does not matter.
    @Test(arguments: Configuration.Branch.allCases, [Configuration.RatioMode.fixed, .hyper])
    func theNormOfAFeatureDoesNotMatter(branch: Configuration.Branch, mode: Configuration.RatioMode) {
        let adapter = adapter(Configuration(branch: branch, residualRatio: 0.6, ratioMode: mode))
        let features: Tensor<Double> = randomTensor([4, width], seed: 4)
        let longer = Tensor(features.values.map { $0 * 7 }, shape: [4, width])
        #expect(adapter.logits(features).largestDifference(from: adapter.logits(longer)) < 1e-12)
    }

    /// One row leaves the second half of the batch empty.
    @Test(arguments: Configuration.Branch.allCases) func aBatchOfOneIsABatch(branch: Configuration.Branch) {
        let adapter = adapter(Configuration(branch: branch, residualRatio: 0.5, ratioMode: .learnable))
        let features: Tensor<Double> = randomTensor([5, width], seed: 4)
        _ = adapter.lossAndGradients(features, rows: [0, 1, 2, 3, 4], labels: [0, 3, 6, 2, 2])
        func loss() -> Double { adapter.lossAndGradients(features, rows: [3], labels: [2]) }
        _ = loss()
        let analytic = adapter.trained.map { Matrix($0.gradient.tensor) }
        for (matrix, gradient) in zip(adapter.trained, analytic) {
            #expect(gradientMismatch(of: gradient, at: matrix.value, loss: loss) == nil, "\(matrix.name)")
        }
    }

    /// A single class is always right: no loss, no gradient, no NaN. Likewise features that are all zero.
    @Test(arguments: Configuration.Branch.allCases) func nothingToLearnIsNoNaN(branch: Configuration.Branch) {
        let layers: [String: Tensor<Double>] = [
            "visual_adapter.fc.0.weight": randomTensor([3, width], seed: 1),
            "visual_adapter.fc.2.weight": randomTensor([width, 3], seed: 2),
            "text_adapter.fc.0.weight": randomTensor([3, width], seed: 11),
            "text_adapter.fc.2.weight": randomTensor([width, 3], seed: 12),
        ]
        let single = ClipAdapter(
            configuration: Configuration(branch: branch), parameters: layers,
            textFeatures: randomTensor([1, width], seed: 3), logitScale: 100, batchCapacity: 4)
        let features: Tensor<Double> = randomTensor([4, width], seed: 4)
        #expect(single.lossAndGradients(features, rows: [0, 1, 2, 3], labels: [0, 0, 0, 0]) == 0)
        #expect(single.trained.allSatisfy { $0.gradient.tensor.values.allSatisfy { $0 == 0 } })
        for (ratio, secondReLU) in [(1.0, true), (1.0, false), (0.4, true)] {
            let adapter = adapter(Configuration(branch: branch, residualRatio: ratio, secondReLU: secondReLU))
            let zeros = Tensor<Double>(shape: [3, width])
            let loss = adapter.lossAndGradients(zeros, rows: [0, 1, 2], labels: [0, 1, 2])
            #expect(abs(loss - 1.945910149055313) < 1e-12)  // ln 7: all classes alike
            #expect(adapter.trained.allSatisfy { $0.gradient.tensor.values.allSatisfy { $0.isFinite } })
        }
    }

    @Test func moreRowsThanTheBatchAreAnsweredInPieces() {
        let adapter = adapter(Configuration(branch: .both, residualRatio: 0.6))
        let features: Tensor<Double> = randomTensor([131, width], seed: 4)
        let all = adapter.logits(features)
        #expect(all.shape == [131, classes])
        for row in stride(from: 0, to: 131, by: 13) {
            let alone = adapter.logits(features.gatheringRows([row]))
            #expect(alone.largestDifference(from: Tensor(Array(all.row(row)), shape: [1, classes])) < 1e-12)
        }
        #expect(adapter.logits(Tensor(shape: [0, width])).shape == [0, classes])
    }

    @Test(arguments: [1, 2, 4, 8, 16, 32]) func theBottleneckFollowsTheReduction(reduction: Int) {
        var generator = SeededGenerator(seed: 1, purpose: "test")
        let parameters = ClipAdapter<Float>.initialParameters(
            width: 64, configuration: Configuration(branch: .both, reduction: reduction), using: &generator)
        #expect(parameters.count == 4)
        #expect(parameters["visual_adapter.fc.0.weight"]?.shape == [64 / reduction, 64])
        #expect(parameters["text_adapter.fc.2.weight"]?.shape == [64, 64 / reduction])
    }

    @Test(arguments: Configuration.Initialisation.allCases)
    func layersAreDrawnAsAsked(initialisation: Configuration.Initialisation) throws {
        var generator = SeededGenerator(seed: 1, purpose: "test")
        let parameters = ClipAdapter<Double>.initialParameters(
            width: 64, configuration: Configuration(initialisation: initialisation), using: &generator)
        let values = try #require(parameters["visual_adapter.fc.0.weight"]).values
        let deviation = (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
        // A uniform number within ±b deviates by b/√3.
        let expected =
            switch initialisation {
            case .linear: 1 / (64.0 * 3).squareRoot()
            case .xavier: (6.0 / 80 / 3).squareRoot()
            case .kaiming: (2.0 / 64).squareRoot()
            }
        #expect(abs(deviation / expected - 1) < 0.1)
        #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.1 * expected)
    }
}
