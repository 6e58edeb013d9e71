import Tensors

/// How far features are from their reference.
struct FeatureComparison: CustomStringConvertible {
    /// The largest absolute difference of any two numbers.
    private(set) var largestDifference: Float = 0
    /// The smallest cosine of any two rows.
    private(set) var smallestCosine = 1.0

    /// - Precondition: both have the same shape.
    init(_ actual: Tensor<Float>, _ expected: Tensor<Float>) {
        for row in 0..<expected.rows {
            var (product, actualSquares, expectedSquares) = (0.0, 0.0, 0.0)
            for (a, e) in zip(actual.row(row), expected.row(row)) {
                // Written so that NaN ends up as the largest difference.
                if !(abs(a - e) <= largestDifference) { largestDifference = abs(a - e) }
                product += Double(a) * Double(e)
                actualSquares += Double(a) * Double(a)
                expectedSquares += Double(e) * Double(e)
            }
            let cosine = product / (actualSquares * expectedSquares).squareRoot()
            if !(cosine >= smallestCosine) { smallestCosine = cosine }
        }
    }

    var description: String { "largest difference \(largestDifference), smallest cosine \(smallestCosine)" }
}
