/// A trained matrix or vector under the name that PyTorch's `state_dict` would give it.
public struct Parameter<Scalar: TensorScalar> {
    /// Its name, e.g. `visual_adapter.fc.0.weight`.
    public let name: String
    /// Its shape in files: `[n]` for a vector, which is held as one row.
    public let shape: [Int]
    /// What is trained.
    public let value: Matrix<Scalar>
    /// The gradient of the loss with respect to it, of the same size.
    public let gradient: Matrix<Scalar>

    /// A parameter.
    /// - Parameter shape: its shape in files; that of the matrix if nil.
    /// - Precondition: the gradient has the size of the value.
    public init(_ name: String, _ value: Matrix<Scalar>, gradient: Matrix<Scalar>, shape: [Int]? = nil) {
        precondition(value.count == gradient.count, "\(name): a gradient of another size")
        self.name = name
        self.shape = shape ?? [value.rows, value.columns]
        self.value = value
        self.gradient = gradient
    }

    /// A vector that is held as one row.
    public init(vector name: String, _ value: Matrix<Scalar>, gradient: Matrix<Scalar>) {
        self.init(name, value, gradient: gradient, shape: [value.count])
    }
}

/// A tensor that belongs to a model's state and is not moved by gradient steps: a constant that was searched for, or what
/// a solver has found.
public struct Buffer<Scalar: TensorScalar> {
    /// Its name.
    public let name: String
    /// What it is now.
    let get: () -> Tensor<Scalar>
    /// Sets it; the shape has been checked.
    let set: (Tensor<Scalar>) -> Void

    /// A tensor that is kept elsewhere.
    public init(_ name: String, get: @escaping () -> Tensor<Scalar>, set: @escaping (Tensor<Scalar>) -> Void) {
        (self.name, self.get, self.set) = (name, get, set)
    }

    /// A number that is kept elsewhere; its shape is `[1]`.
    public init(number name: String, get: @escaping () -> Double, set: @escaping (Double) -> Void) {
        self.init(name) {
            Tensor([Scalar(get())], shape: [1])
        } set: {
            set(Double($0.values[0]))
        }
    }
}
