import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct MatrixTests {
    @Test func multipliesInAllFourOrientations() {
        let a: Tensor<Double> = randomTensor([3, 4], seed: 1)
        let b: Tensor<Double> = randomTensor([4, 5], seed: 2)
        var expected = Tensor<Double>(shape: [3, 5])
        for i in 0..<3 { for j in 0..<5 { for k in 0..<4 { expected[i, j] += a[i, k] * b[k, j] } } }
        func transposed(_ t: Tensor<Double>) -> Tensor<Double> {
            var result = Tensor<Double>(shape: [t.columns, t.rows])
            for i in 0..<t.rows { for j in 0..<t.columns { result[j, i] = t[i, j] } }
            return result
        }
        let (at, bt) = (transposed(a), transposed(b))
        #expect(a.product(b).largestDifference(from: expected) < 1e-14)
        #expect(at.product(b, transposeSelf: true).largestDifference(from: expected) < 1e-14)
        #expect(a.product(bt, transposeOther: true).largestDifference(from: expected) < 1e-14)
        #expect(at.product(bt, transposeSelf: true, transposeOther: true).largestDifference(from: expected) < 1e-14)
        let into = Matrix<Double>(rows: 6, columns: 5)
        into.setProduct(Matrix(at), transposeA: true, Matrix(bt), transposeB: true, alpha: 2)
        #expect(into.rows == 3)
        #expect(into.tensor.largestDifference(from: Tensor(expected.values.map { 2 * $0 }, shape: [3, 5])) < 1e-14)
    }

    @Test func gathersRowsInOrder() {
        let source = Tensor<Float>([1, 2, 3, 4, 5, 6], shape: [3, 2])
        let matrix = Matrix<Float>(rows: 3, columns: 2)
        matrix.gatherRows([2, 0], of: source)
        #expect(matrix.tensor == Tensor([5, 6, 1, 2], shape: [2, 2]))
        #expect(source.gatheringRows([1]) == Tensor([3, 4], shape: [1, 2]))
        #expect(source.gatheringRows([Int]()).shape == [0, 2])
    }

    @Test func normalisingAZeroRowKeepsItZero() {
        let rows = Tensor<Float>([3, 4, 0, 0], shape: [2, 2]).normalisedRows()
        #expect(rows == Tensor([0.6, 0.8, 0, 0], shape: [2, 2]))
    }

    @Test func normalisationHasTheRightGradient() {
        let x = Matrix<Double>(randomTensor([4, 6], seed: 3))
        let weights: Tensor<Double> = randomTensor([4, 6], seed: 4)
        let norms = Matrix<Double>(rows: 4, columns: 1)
        func loss() -> Double {
            let unit = Matrix(x.tensor)
            unit.normaliseRows(norms: norms)
            return zip(unit.tensor.values, weights.values).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let unit = Matrix(x.tensor)
        unit.normaliseRows(norms: norms)
        let gradient = Matrix(weights)
        gradient.normaliseRowsBackward(unit: unit, norms: norms)
        #expect(gradientMismatch(of: gradient, at: x, loss: loss) == nil)
    }
}

@Suite struct TrainingKernelTests {
    /// The C loops of Float against the Swift ones of Double.
    @Test func crossEntropyAgreesInBothPrecisions() {
        let logits: Tensor<Double> = randomTensor([7, 33], seed: 5)
        let labels = (0..<7).map { Int32($0 * 4) }
        var wide = logits.values.map { $0 * 20 }
        var narrow = wide.map(Float.init)
        let exact = Double.softmaxCrossEntropy(&wide, labels: labels, rows: 7, columns: 33, batch: 7)
        let fast = Float.softmaxCrossEntropy(&narrow, labels: labels, rows: 7, columns: 33, batch: 7)
        #expect(abs(exact - fast) < 1e-4)
        #expect(zip(wide, narrow).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }

    @Test func crossEntropyHasTheRightGradient() {
        let labels: [Int32] = [2, 0, 4]
        let logits = Matrix<Double>(randomTensor([3, 5], seed: 6))
        func loss() -> Double {
            var copy = logits.tensor.values
            return Double.softmaxCrossEntropy(&copy, labels: labels, rows: 3, columns: 5, batch: 3) / 3
        }
        let gradient = Matrix(logits.tensor)
        _ = Double.softmaxCrossEntropy(gradient.elements, labels: labels, rows: 3, columns: 5, batch: 3)
        #expect(gradientMismatch(of: gradient, at: logits, loss: loss) == nil)
    }

    @Test func everyLoopAgreesInBothPrecisions() {
        let (rows, columns) = (5, 37)
        func check(
            _ operation: String, _ exact: (Matrix<Double>, Matrix<Double>) -> Void,
            _ fast: (Matrix<Float>, Matrix<Float>) -> Void
        ) {
            let (a, b): (Tensor<Double>, Tensor<Double>) = (
                randomTensor([rows, columns], seed: 8), randomTensor([rows, columns], seed: 9)
            )
            let (wide, narrow) = (Matrix(a), Matrix(a.converted(to: Float.self)))
            exact(wide, Matrix(b))
            fast(narrow, Matrix(b.converted(to: Float.self)))
            let difference = narrow.tensor.converted(to: Double.self).largestDifference(from: wide.tensor)
            #expect(difference < 1e-6, "\(operation) differs by \(difference)")
            #expect(wide.tensor != a, "\(operation) did nothing")
        }
        check("relu", { a, _ in a.relu() }, { a, _ in a.relu() })
        check("reluBackward", { $0.reluBackward(output: $1) }, { $0.reluBackward(output: $1) })
        check("blend", { $0.setBlend(0.3, $1, $1) }, { $0.setBlend(0.3, $1, $1) })
        check("multiply", { $0.setElementwiseProduct($1, $1) }, { $0.setElementwiseProduct($1, $1) })
        check("add", { $0.add($1) }, { $0.add($1) })
        check(
            "softmax", { a, _ in Double.softmaxRows(a.elements, rows: rows, columns: columns) },
            { a, _ in Float.softmaxRows(a.elements, rows: rows, columns: columns) })
        let (wideNorms, narrowNorms) = (Matrix<Double>(rows: rows, columns: 1), Matrix<Float>(rows: rows, columns: 1))
        check(
            "normalise", { a, _ in a.normaliseRows(norms: wideNorms) },
            { a, _ in a.normaliseRows(norms: narrowNorms) })
        check(
            "normaliseBackward", { $0.normaliseRowsBackward(unit: $1, norms: wideNorms) },
            { $0.normaliseRowsBackward(unit: $1, norms: narrowNorms) })
    }

    @Test func softmaxSurvivesExtremes() {
        let rows = Tensor<Float>([1e4, -1e4, 0, -1e4, -1e4, -1e4], shape: [2, 3]).softmaxRows()
        #expect(rows.row(0).elementsEqual([1, 0, 0]) || rows.values[1] < 1e-30)
        #expect(rows.values.allSatisfy { $0.isFinite })
        #expect(abs(rows.row(1).reduce(0, +) - 1) < 1e-6)
    }

    @Test func aLossThatIsNotANumberIsSeen() {
        var logits: [Float] = [.nan, 0, 1]
        #expect(Float.softmaxCrossEntropy(&logits, labels: [1], rows: 1, columns: 3, batch: 1).isNaN)
    }

    @Test(arguments: [
        OptimiserRule.adam(weightDecay: 0.05), .adamW(epsilon: 1e-4, weightDecay: 0.3), .sgd(nesterov: true),
    ])
    func optimisersAgreeInBothPrecisions(rule: OptimiserRule) {
        let start: Tensor<Double> = randomTensor([3, 40], seed: 7)
        let wide = Matrix(start)
        let narrow = Matrix(start.converted(to: Float.self))
        let (exact, fast) = (
            MatrixOptimiser<Double>(rule, rows: 3, columns: 40), MatrixOptimiser<Float>(rule, rows: 3, columns: 40)
        )
        for step in 0..<20 {
            let gradient: Tensor<Double> = randomTensor([3, 40], seed: 100 + step)
            exact.update(wide, gradient: Matrix(gradient), learningRate: 0.01)
            fast.update(narrow, gradient: Matrix(gradient.converted(to: Float.self)), learningRate: 0.01)
        }
        #expect(narrow.tensor.converted(to: Double.self).largestDifference(from: wide.tensor) < 1e-5)
        #expect(wide.tensor.largestDifference(from: start) > 0.01)
    }
}
