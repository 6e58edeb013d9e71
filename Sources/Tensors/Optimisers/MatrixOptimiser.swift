/// The update rule and its state for one parameter matrix.
public final class MatrixOptimiser<Scalar: TensorScalar> {
    /// The update rule. Between two steps its weight decay may change; another kind of rule needs another state.
    public internal(set) var rule: OptimiserRule
    /// Steps taken.
    public internal(set) var steps = 0
    /// `beta^steps`, for the bias corrections of Adam.
    var powers = (beta1: 1.0, beta2: 1.0)
    /// Running mean of the gradients (Adam) or the momentum buffer (SGD).
    let first: Matrix<Scalar>
    /// Running mean of the squared gradients (Adam only).
    let second: Matrix<Scalar>

    /// An optimiser at its start for a parameter of `rows` x `columns`.
    public init(_ rule: OptimiserRule, rows: Int, columns: Int) {
        self.rule = rule
        first = Matrix(rows: rows, columns: columns)
        if case .sgd = rule {
            second = Matrix(rows: 0, columns: columns)
        } else {
            second = Matrix(rows: rows, columns: columns)
        }
    }

    /// Moves `parameter` one step against `gradient`.
    public func update(_ parameter: Matrix<Scalar>, gradient: Matrix<Scalar>, learningRate: Double) {
        precondition(parameter.count == gradient.count, "a gradient of another size")
        beginStep()
        update(parameter, rows: 0..<parameter.rows, gradient: gradient, learningRate: learningRate)
    }

    /// Begins a step that is taken in parts; ``update(_:rows:gradient:learningRate:)`` follows, once for all rows, in any
    /// order and from any thread.
    public func beginStep() {
        steps += 1
        switch rule {
        case .sgd: break
        case .adam(let beta1, let beta2, _, _), .adamW(let beta1, let beta2, _, _):
            powers.beta1 *= beta1
            powers.beta2 *= beta2
        }
    }

    /// Moves some rows of `parameter` against their `gradient` `[rows.count, columns]`.
    public func update(_ parameter: Matrix<Scalar>, rows: Range<Int>, gradient: Matrix<Scalar>, learningRate: Double) {
        precondition(parameter.count == first.count, "state of another size")
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= parameter.rows
                && gradient.count == rows.count * parameter.columns,
            "gradient \(gradient.rows) for rows \(rows) of \(parameter.rows)")
        let start = rows.lowerBound * parameter.columns
        switch rule {
        case .sgd(let momentum, let weightDecay, let dampening, let nesterov):
            sgd(
                parameter, start, gradient, Scalar(learningRate), Scalar(momentum), Scalar(weightDecay),
                Scalar(dampening), nesterov)
        case .adam(let beta1, let beta2, let epsilon, let weightDecay):
            adam(parameter, start, gradient, learningRate, beta1, beta2, epsilon, decay: 1, l2: weightDecay)
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            adam(
                parameter, start, gradient, learningRate, beta1, beta2, epsilon,
                decay: 1 - learningRate * weightDecay, l2: 0)
        }
    }

    private func sgd(
        _ parameter: Matrix<Scalar>, _ start: Int, _ gradient: Matrix<Scalar>, _ rate: Scalar,
        _ momentum: Scalar, _ weightDecay: Scalar, _ dampening: Scalar, _ nesterov: Bool
    ) {
        for i in 0..<gradient.count {
            var g = gradient.elements[i] + weightDecay * parameter.elements[start + i]
            if momentum != 0 {
                // The first step takes the gradient whole; dampening starts with the second.
                let buffer = steps == 1 ? g : momentum * first.elements[start + i] + (1 - dampening) * g
                first.elements[start + i] = buffer
                g = nesterov ? g + momentum * buffer : buffer
            }
            parameter.elements[start + i] -= rate * g
        }
    }

    private func adam(
        _ parameter: Matrix<Scalar>, _ start: Int, _ gradient: Matrix<Scalar>, _ rate: Double, _ beta1: Double,
        _ beta2: Double, _ epsilon: Double, decay: Double, l2: Double
    ) {
        Scalar.adam(
            parameter.elements + start, gradient: gradient.elements, mean: first.elements + start,
            variance: second.elements + start, count: gradient.count,
            AdamCoefficients(
                rate: rate, beta1: beta1, beta2: beta2, correction1: 1 - powers.beta1, correction2: 1 - powers.beta2,
                epsilon: epsilon, decay: decay, l2: l2))
    }
}
