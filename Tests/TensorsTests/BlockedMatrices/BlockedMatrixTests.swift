import CKernels
import TestSupport
import Testing

@testable import Tensors

/// The C loops of `Float` against the Swift ones of `Double`, and those against products and norms of plain rows, at extents
/// that leave panels, tiles and vectors partly filled.
@Suite struct BlockedMatrixTests {
    private func panels<Scalar: TensorScalar>(_ tensor: Tensor<Double>, as _: Scalar.Type) -> BlockedMatrix<Scalar> {
        let panels = BlockedMatrix<Scalar>(rows: tensor.columns, columns: tensor.rows)
        panels.setTransposed(Matrix(Tensor(tensor.values.map { Scalar($0) }, shape: tensor.shape)))
        return panels
    }

    /// The columns as rows, which is how the tensors of these tests have them.
    private func rows<Scalar>(_ panels: BlockedMatrix<Scalar>) -> Tensor<Double> {
        let matrix = Matrix<Scalar>(rows: panels.columns, columns: panels.rows)
        matrix.setTransposed(panels)
        return Tensor(matrix.tensor.values.map { Double($0) }, shape: [panels.columns, panels.rows])
    }

    @Test(arguments: [(1, 1), (3, 16), (16, 5), (17, 33), (40, 100)]) func rowsBecomeColumnsAndBack(
        count: Int, width: Int
    ) {
        let tensor = Tensor((0..<count * width).map(Double.init), shape: [count, width])
        #expect(rows(panels(tensor, as: Double.self)) == tensor)
        #expect(rows(panels(tensor, as: Float.self)) == tensor)
    }

    @Test func someRowsOfPanelsBecomeColumns() {
        let tensor = Tensor((0..<20 * 53).map(Double.init), shape: [20, 53])
        let some = BlockedMatrix<Float>(rows: 20, columns: 21)
        some.setTransposed(panels(tensor, as: Float.self), rows: 32..<53)
        #expect(rows(some) == tensor.transposed().gatheringRows(32..<53))
    }

    @Test(arguments: [0, 1, 15, 16, 17, 32, 33, 64, 250]) func halvesCoverEverythingOnce(count: Int) {
        let halves = BlockedMatrix<Float>.halves(of: count)
        #expect(halves.flatMap { Array($0) } == Array(0..<count))
        #expect(halves[0].count % 16 == 0 || halves[1].isEmpty)
        #expect(halves[0].count - halves[1].count <= 31)
    }

    /// `[m, k]` times `[k, n]`: rows that fill no tile, columns that fill no panel.
    @Test(arguments: [(1, 1, 1), (2, 7, 5), (13, 16, 17), (24, 33, 40), (25, 70, 16), (37, 129, 49)])
    func productsAgreeWithRows(m: Int, k: Int, n: Int) {
        let left: Tensor<Double> = randomTensor([m, k], seed: 1)
        let right: Tensor<Double> = randomTensor([n, k], seed: 2)
        let expected = right.product(left, transposeOther: true, alpha: 1.5)
        func check<Scalar: TensorScalar>(_: Scalar.Type, within tolerance: Double) {
            let (factor, flipped) = (
                Matrix(Tensor(left.values.map { Scalar($0) }, shape: [m, k])),
                Matrix(Tensor(left.transposed().values.map { Scalar($0) }, shape: [k, m]))
            )
            let columns = panels(right, as: Scalar.self)
            let result = BlockedMatrix<Scalar>(rows: m, columns: n)
            func expect(_ name: String, _ found: Tensor<Double>) {
                let difference = found.largestDifference(from: expected)
                #expect(difference < tolerance, "\(name) of \(Scalar.self) differs by \(difference)")
                result.elements.update(repeating: 0, count: result.count)
            }
            result.setProduct(factor, columns, alpha: 1.5)
            expect("a · b", rows(result))
            result.setProduct(flipped, transposeA: true, columns, alpha: 1.5)
            expect("aᵀ · b", rows(result))
            result.setProduct(panels(left.transposed(), as: Scalar.self), columns, alpha: 1.5)
            expect("panels · b", rows(result))
            result.setProduct(transposed: panels(left, as: Scalar.self), columns, alpha: 1.5)
            expect("panelsᵀ · b", rows(result))
            let (gradient, pictures) = (
                Matrix<Scalar>(rows: n, columns: m), panels(right.transposed(), as: Scalar.self)
            )
            gradient.setProduct(pictures, rows: 0..<n, times: flipped, alpha: 1.5)
            expect("rows", Tensor(gradient.tensor.values.map { Double($0) }, shape: [n, m]))
            gradient.setProduct(pictures, rows: n / 2..<n, times: flipped, alpha: 1.5)
            let some = Tensor(gradient.tensor.values.map { Double($0) }, shape: gradient.tensor.shape)
            #expect(some.largestDifference(from: expected.gatheringRows(n / 2..<n)) < tolerance)
        }
        check(Double.self, within: 1e-12)
        check(Float.self, within: 1e-4)
    }

    /// What runs on processors without AVX-512 is compared where it does run.
    @Test(arguments: [1, 3, 4]) func everyInstructionSetAgrees(level: Int32) {
        let (m, k, n) = (31, 45, 40)
        let a: Tensor<Double> = randomTensor([m, k], seed: 1)
        let b: Tensor<Double> = randomTensor([n, k], seed: 2)
        let (factor, columns) = (Matrix(a.converted(to: Float.self)), panels(b, as: Float.self))
        let result = BlockedMatrix<Float>(rows: m, columns: n)
        var operands = kernel_panel_product(
            BlockedMatrixProduct(
                rows: m, inner: k, panels: result.panels, alpha: 1, a: factor.elements, aRowStride: k, aColumnStride: 1,
                aSegment: k, aSegmentStride: 0, b: columns.elements, bRowStride: 16, bPanelStride: columns.panelStride,
                c: result.elements, cRowStride: 16, cPanelStride: result.panelStride))
        guard kernel_product_at_level(&operands, level) else { return }
        #expect(rows(result).largestDifference(from: b.product(a, transposeOther: true)) < 1e-5)
    }

    @Test func everyLoopAgreesInBothPrecisions() {
        let (count, width) = (21, 38)
        let (a, b): (Tensor<Double>, Tensor<Double>) = (
            randomTensor([count, width], seed: 8), randomTensor([count, width], seed: 9)
        )
        let factors: Tensor<Double> = randomTensor([count, 1], seed: 10)
        func check(
            _ operation: String, _ exact: (BlockedMatrix<Double>, BlockedMatrix<Double>, BlockedMatrix<Double>) -> Void,
            _ fast: (BlockedMatrix<Float>, BlockedMatrix<Float>, BlockedMatrix<Float>) -> Void,
            expected: Tensor<Double>? = nil
        ) {
            let (wide, narrow) = (panels(a, as: Double.self), panels(a, as: Float.self))
            exact(wide, panels(b, as: Double.self), panels(factors, as: Double.self))
            fast(narrow, panels(b, as: Float.self), panels(factors, as: Float.self))
            let difference = rows(narrow).largestDifference(from: rows(wide))
            #expect(difference < 1e-5, "\(operation) differs by \(difference)")
            #expect(rows(wide) != a, "\(operation) did nothing")
            if let expected { #expect(rows(wide).largestDifference(from: expected) < 1e-12, "\(operation)") }
        }
        check("relu", { a, _, _ in a.relu() }, { a, _, _ in a.relu() })
        check(
            "reluBackward", { a, b, _ in a.reluBackward(output: b) }, { a, b, _ in a.reluBackward(output: b) })
        check("blend", { a, b, _ in a.setBlend(0.3, b, b) }, { a, b, _ in a.setBlend(0.3, b, b) }, expected: b)
        check("blends", { $0.setBlend($2, $0, $1) }, { $0.setBlend($2, $0, $1) })
        check("scale", { a, _, factors in a.scaleColumns(factors) }, { a, _, factors in a.scaleColumns(factors) })
        check(
            "normalise", { a, _, norms in a.normaliseColumns(norms: norms) },
            { a, _, norms in a.normaliseColumns(norms: norms) }, expected: a.normalisedRows())
        check(
            "normaliseBackward",
            { a, b, norms in
                b.normaliseColumns(norms: norms)
                a.normaliseColumnsBackward(unit: b, norms: norms)
            },
            { a, b, norms in
                b.normaliseColumns(norms: norms)
                a.normaliseColumnsBackward(unit: b, norms: norms)
            }, expected: normalisedBackward(a, b))
        check(
            "products",
            { a, b, factors in
                factors.setColumnProducts(a, b)
                a.scaleColumns(factors)
            },
            { a, b, factors in
                factors.setColumnProducts(a, b)
                a.scaleColumns(factors)
            })
    }

    private func normalisedBackward(_ gradient: Tensor<Double>, _ x: Tensor<Double>) -> Tensor<Double> {
        let (result, unit) = (Matrix(gradient), Matrix(x))
        let norms = Matrix<Double>(rows: x.rows, columns: 1)
        unit.normaliseRows(norms: norms)
        result.normaliseRowsBackward(unit: unit, norms: norms)
        return result.tensor
    }

    @Test(arguments: [(1, 1), (7, 33), (16, 2), (35, 374)]) func crossEntropyAgreesWithThatOfRows(
        count: Int, classes: Int
    ) {
        let logits: Tensor<Double> = randomTensor([count, classes], seed: 5)
        let labels = (0..<count).map { Int32($0 * 4 % classes) }
        let (wide, narrow) = (panels(logits, as: Double.self), panels(logits, as: Float.self))
        var plain = logits.values
        let expected = Double.softmaxCrossEntropy(
            &plain, labels: labels, rows: count, columns: classes, batch: count + 2)
        let exact = Double.softmaxCrossEntropyColumns(
            wide.elements, labels: labels, columns: count, classes: classes, batch: count + 2)
        let fast = Float.softmaxCrossEntropyColumns(
            narrow.elements, labels: labels, columns: count, classes: classes, batch: count + 2)
        #expect(exact == expected)
        #expect(abs(fast - exact) < 1e-5 * Double(count))
        #expect(rows(wide) == Tensor(plain, shape: [count, classes]))
        #expect(rows(narrow).largestDifference(from: rows(wide)) < 1e-6)
    }

    @Test func aLossThatIsNotANumberIsSeen() {
        for bad in [Float.nan, .infinity] {
            let logits = BlockedMatrix<Float>(rows: 3, columns: 2)
            logits.elements[17] = bad
            #expect(
                Float.softmaxCrossEntropyColumns(logits.elements, labels: [0, 0], columns: 2, classes: 3, batch: 2)
                    .isNaN)
        }
    }

    @Test func aColumnOfZerosStaysZero() {
        let (zeros, norms) = (BlockedMatrix<Float>(rows: 5, columns: 3), BlockedMatrix<Float>(rows: 1, columns: 3))
        zeros.normaliseColumns(norms: norms)
        #expect(norms.elements[0] == 1e-12)
        #expect(rows(zeros).values.allSatisfy { $0 == 0 })
    }
}
