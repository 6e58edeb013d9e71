import Tensors

/// Compares a gradient with central differences (docs/methods.md#checking-gradients).
/// - Returns: a description of the worst entry if any is out of tolerance, else nil.
public func gradientMismatch(
    of gradient: Matrix<Double>, at parameter: Matrix<Double>, loss: () -> Double
) -> String? {
    let analytic = gradient.tensor.values
    let largest = analytic.map(abs).max() ?? 0
    for i in 0..<parameter.count {
        let value = parameter.elements[i]
        let step = 1e-6 * max(1, abs(value))
        parameter.elements[i] = value + step
        let above = loss()
        parameter.elements[i] = value - step
        let below = loss()
        parameter.elements[i] = value
        let numeric = (above - below) / (2 * step)
        let difference = abs(numeric - analytic[i])
        let isClose =
            difference / max(1e-8, abs(numeric) + abs(analytic[i])) < 1e-6 || difference <= 1e-7 * max(largest, 1e-3)
        if !isClose { return "entry \(i): analytic \(analytic[i]), numeric \(numeric)" }
    }
    return nil
}

/// A tensor of numbers uniform in -1...1, a function of the seed.
public func randomTensor<Scalar: TensorScalar>(_ shape: [Int], seed: Int, as _: Scalar.Type = Scalar.self) -> Tensor<
    Scalar
> {
    var generator = SeededGenerator(seed: seed, purpose: "test")
    return Tensor((0..<shape.reduce(1, *)).map { _ in Scalar(2 * generator.uniform() - 1) }, shape: shape)
}

extension Tensor {
    /// The largest absolute difference of two tensors of one shape; infinite if the shapes differ or a NaN stands alone.
    public func largestDifference(from other: Tensor) -> Double {
        guard shape == other.shape else { return .infinity }
        return zip(values, other.values).reduce(0) { worst, pair in
            let difference = pair.0 == pair.1 ? 0 : abs(Double(pair.0) - Double(pair.1))
            return difference.isNaN ? .infinity : max(worst, difference)
        }
    }
}
