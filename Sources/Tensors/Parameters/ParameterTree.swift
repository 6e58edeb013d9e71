/// All parameters and buffers of a model by name; saving, loading, counting and norms are functions of it.
public struct ParameterTree<Scalar: TensorScalar> {
    /// What is trained.
    public private(set) var parameters: [Parameter<Scalar>]
    /// What belongs to the state and is not trained.
    public private(set) var buffers: [Buffer<Scalar>]

    /// A tree of these.
    public init(_ parameters: [Parameter<Scalar>] = [], buffers: [Buffer<Scalar>] = []) {
        self.parameters = parameters
        self.buffers = buffers
    }

    /// Takes in another tree, with `prefix` before each of its names.
    public mutating func add(_ tree: ParameterTree, under prefix: String) {
        parameters += tree.parameters.map {
            Parameter(prefix + $0.name, $0.value, gradient: $0.gradient, shape: $0.shape)
        }
        buffers += tree.buffers.map { Buffer(prefix + $0.name, get: $0.get, set: $0.set) }
    }

    /// Copies of all of it, by name and in the shapes of files.
    public var tensors: [String: Tensor<Scalar>] {
        var all: [String: Tensor<Scalar>] = [:]
        for parameter in parameters { all[parameter.name] = parameter.value.tensor.reshaped(parameter.shape) }
        for buffer in buffers { all[buffer.name] = buffer.get() }
        return all
    }

    /// Sets all of it to copies taken before; nothing is changed if something does not fit.
    /// - Parameter strict: whether everything must be there; otherwise what is missing stays as it is.
    /// - Throws: ``TrainingStateError`` for what is missing or has another shape.
    public func restore(_ tensors: [String: Tensor<Scalar>], strict: Bool = true) throws(TrainingStateError) {
        for (name, shape) in parameters.map({ ($0.name, $0.shape) }) + buffers.map({ ($0.name, $0.get().shape) }) {
            guard let tensor = tensors[name] else {
                if strict { throw .missing(name) }
                continue
            }
            guard tensor.shape == shape else { throw .otherShape(name, found: tensor.shape, wants: shape) }
        }
        for parameter in parameters {
            guard let tensor = tensors[parameter.name] else { continue }
            parameter.value.assign(tensor.reshaped([parameter.value.rows, parameter.value.columns]))
        }
        for buffer in buffers {
            if let tensor = tensors[buffer.name] { buffer.set(tensor) }
        }
    }

    /// How many numbers are trained.
    public var count: Int { parameters.reduce(0) { $0 + $1.value.count } }

    /// `√Σ g²` over the gradients of all parameters, as of the last backward pass.
    public var gradientNorm: Double { Self.norm(parameters.map(\.gradient)) }

    /// `√Σ θ²` over all parameters.
    public var norm: Double { Self.norm(parameters.map(\.value)) }

    private static func norm(_ matrices: [Matrix<Scalar>]) -> Double {
        matrices.reduce(0) { $0 + $1.squareSum }.squareRoot()
    }
}

extension Matrix {
    /// `Σ x²` of the elements in use.
    public var squareSum: Double {
        var sum = Scalar.zero
        Scalar.rowProducts(&sum, elements, elements, rows: 1, columns: count)
        return Double(sum)
    }
}
