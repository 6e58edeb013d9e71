import Tensors

/// Tensors of random numbers, scaled as trained models are initialised, so that activations neither vanish nor overflow.
struct RandomWeights {
    private(set) var tensors: [String: Tensor<Float>] = [:]

    /// Numbers of about normal distribution around `mean`.
    mutating func add(_ name: String, _ shape: [Int], deviation: Float, mean: Float = 0) {
        var generator = SeededGenerator(seed: 1, purpose: name)
        let count = shape.reduce(1, *)
        let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                // Four uniform numbers of 16 bits; the variance of their sum is a third of that of 2^16.
                let bits = generator.next()
                let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48)
                let normal = (Float(sum) - 2 * 65535) * (1.7320508 / 65536)
                buffer.initializeElement(at: index, to: mean + deviation * normal)
            }
            initialized = count
        }
        tensors[name] = Tensor(values, shape: shape)
    }

    /// A weight `[outputs, inputs]` and a bias.
    mutating func addLinear(_ name: String, _ outputs: Int, _ inputs: Int, deviation: Float) {
        add("\(name).weight", [outputs, inputs], deviation: deviation)
        add("\(name).bias", [outputs], deviation: 0.02)
    }

    /// The gain and offset of a LayerNorm.
    mutating func addNorm(_ name: String, _ width: Int) {
        add("\(name).weight", [width], deviation: 0.1, mean: 1)
        add("\(name).bias", [width], deviation: 0.02)
    }

    /// A convolution without bias, scaled for ReLU, and the batch norm after it.
    mutating func addConvolution(
        _ name: String, norm: String, _ outputs: Int, _ inputs: Int, kernel: Int, gain: Float = 1
    ) {
        let fan = Float(inputs * kernel * kernel)
        add("\(name).weight", [outputs, inputs, kernel, kernel], deviation: (2 / fan).squareRoot())
        add("\(norm).weight", [outputs], deviation: 0.05, mean: gain)
        add("\(norm).bias", [outputs], deviation: 0.02)
        add("\(norm).running_mean", [outputs], deviation: 0.05)
        add("\(norm).running_var", [outputs], deviation: 0.05, mean: 1)
    }

    mutating func addScalar(_ name: String, _ value: Float) { tensors[name] = Tensor([value], shape: []) }
}
