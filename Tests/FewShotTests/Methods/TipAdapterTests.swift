import Foundation
import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct TipAdapterTests {
    private let text: Tensor<Double> = randomTensor([4, 6], seed: 1)
    private let labels: [Int32] = [0, 1, 2, 3, 0, 1, 2, 3]

    private func adapter(alpha: Double = 1.5, beta: Double = 3, labels: [Int32]? = nil) -> TipAdapter<Double> {
        TipAdapter(
            keys: (randomTensor([8, 6], seed: 2) as Tensor<Double>).normalisedRows(), keyLabels: labels ?? self.labels,
            textFeatures: text, logitScale: 10, alpha: alpha, beta: beta)
    }

    private func zeroShot(_ features: Tensor<Double>) -> Tensor<Double> {
        features.normalisedRows().product(text.normalisedRows(), transposeOther: true, alpha: 10)
    }

    @Test func alphaZeroIsZeroShotAndASmallAlphaIsClose() {
        let features: Tensor<Double> = randomTensor([9, 6], seed: 3)
        #expect(adapter(alpha: 0).logits(features) == zeroShot(features))
        #expect(adapter(alpha: 1e-9).logits(features).largestDifference(from: zeroShot(features)) < 1e-7)
    }

    /// The formula, written out.
    @Test func logitsAreWhatTheFormulaSays() {
        let features = (randomTensor([3, 6], seed: 3) as Tensor<Double>).normalisedRows()
        let adapter = adapter()
        let similar = features.product(adapter.keys.tensor, transposeOther: true)
        var expected = zeroShot(features)
        for row in 0..<3 {
            for key in 0..<8 {
                expected[row, Int(labels[key])] += 1.5 * exp(-3 * (1 - similar[row, key]))
            }
        }
        #expect(adapter.logits(features).largestDifference(from: expected) < 1e-12)
    }

    @Test func classesWithoutKeysKeepTheirZeroShotLogit() {
        let features: Tensor<Double> = randomTensor([5, 6], seed: 3)
        let logits = adapter(labels: [0, 0, 0, 0, 1, 1, 1, 1]).logits(features)
        let plain = zeroShot(features)
        #expect((0..<5).allSatisfy { logits[$0, 3] == plain[$0, 3] && logits[$0, 0] > plain[$0, 0] })
    }

    @Test func passesAreAveragedBeforeTheyAreNormalised() {
        let passes: [Tensor<Double>] = [Tensor([2, 0], shape: [1, 2]), Tensor([0, 1], shape: [1, 2])]
        let keys = TipAdapter<Double>.keys(averaging: passes)
        #expect(abs(keys[0, 0] / keys[0, 1] - 2) < 1e-12)
        #expect(abs(keys[0, 0] * keys[0, 0] + keys[0, 1] * keys[0, 1] - 1) < 1e-12)
    }

    @Test(arguments: [1, 5]) func keyGradientAgreesWithFiniteDifferences(batch: Int) {
        let adapter = adapter()
        let trained = TipAdapterF(adapter, batchCapacity: batch)
        let features: Tensor<Double> = randomTensor([5, 6], seed: 4)
        let batchLabels = Array([Int32(3), 0, 2, 1, 1].prefix(batch))
        func loss() -> Double {
            trained.lossAndGradient(features, rows: Array(0..<batch)[...], labels: batchLabels)
        }
        _ = loss()
        let gradient = Matrix(trained.keyGradient.tensor)
        #expect(gradient.tensor.values.contains { $0 != 0 })
        #expect(gradientMismatch(of: gradient, at: adapter.keys, loss: loss) == nil)
    }
}

@Suite struct TipAdapterSearchTests {
    private let text: Tensor<Float> = randomTensor([6, 8], seed: 1)
    private let features: Tensor<Float> = randomTensor([40, 8], seed: 2)
    private let labels = (0..<40).map { Int32($0 % 6) }

    private func adapter() -> TipAdapter<Float> {
        TipAdapter(
            keys: (randomTensor([12, 8], seed: 3) as Tensor<Float>).normalisedRows(),
            keyLabels: (0..<12).map { Int32($0 % 6) }, textFeatures: text, logitScale: 5, alpha: 0, beta: 0)
    }

    @Test func countsWhatTheAdapterItselfGetsRight() throws {
        let (betas, alphas) = ([0.1, 1, 5, 20], [0.0, 0.1, 1, 3, 10, 30])
        let search = TipAdapterSearch(adapter(), features: features, labels: labels, betas: betas, alphas: alphas)
        let adapter = adapter()
        for (i, beta) in betas.enumerated() {
            for (j, alpha) in alphas.enumerated() {
                (adapter.alpha, adapter.beta) = (alpha, beta)
                let metrics = try #require(
                    ClassificationMetrics(logits: adapter.logits(features), labels: labels))
                #expect(search.correct[i][j] == metrics.perClass.reduce(0) { $0 + $1.correct }, "\(beta) \(alpha)")
            }
        }
    }

    @Test func theFirstBestWins() {
        let search = TipAdapterSearch(
            adapter(), features: features, labels: labels, betas: TipAdapterGrid().betas,
            alphas: TipAdapterGrid().alphas)
        let best = search.correct.flatMap { $0 }.max()
        let first = search.correct.enumerated().lazy.compactMap { i, row in
            row.firstIndex { $0 == best }.map { (beta: i, alpha: $0) }
        }.first
        #expect(first?.beta == search.bestIndex.beta && first?.alpha == search.bestIndex.alpha)
        #expect(search.bestCorrect == best)
    }

    @Test func theUsualGridReachesFifty() {
        let grid = TipAdapterGrid()
        #expect(grid.alphas.first == 0.1 && (grid.alphas.last ?? 0) >= 50)
        #expect(grid.betas.first == 0.1 && grid.betas.count == 200)
    }

    @Test func featuresThatAreNotFiniteAreNeverRight() {
        let nothing = Tensor<Float>(repeating: .nan, shape: [3, 8])
        let search = TipAdapterSearch(adapter(), features: nothing, labels: [0, 1, 2], betas: [1], alphas: [1, 2])
        #expect(search.correct == [[0, 0]])
    }
}
