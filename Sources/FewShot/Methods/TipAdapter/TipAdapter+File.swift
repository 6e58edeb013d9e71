import Tensors

/// Tip-Adapters in files.
extension TipAdapter where Scalar == Float {
    /// The classes of the keys, one-hot `[keys, classes]`, which never change, and the cache's weight and sharpness.
    var buffers: [Buffer<Float>] {
        [
            Buffer("cache_values", get: { self.oneHotLabels }, set: { _ in }),
            Buffer(number: "alpha", get: { self.alpha }, set: { self.alpha = $0 }),
            Buffer(number: "beta", get: { self.beta }, set: { self.beta = $0 }),
        ]
    }

    /// The keys as the official code keeps them untrained, `[width, keys]`.
    var untrainedKeys: Buffer<Float> {
        Buffer("cache_keys", get: { self.keys.tensor.transposed() }, set: { self.keys.assign($0.transposed()) })
    }

    private var oneHotLabels: Tensor<Float> {
        var values = Tensor<Float>(shape: [keyLabels.count, classifier.rows])
        for (row, label) in keyLabels.enumerated() { values[row, Int(label)] = 1 }
        return values
    }
}

extension TipAdapter: FeatureClassifier where Scalar == Float {
    /// What a file holds. Untrained keys may also lie as `[keys, width]`, and labels may stand in place of one-hot values.
    /// - Parameter textFeatures: unit classifier weights of the file's own classes, `[classes, width]`.
    /// - Throws: ``AdapterFileError``.
    public convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float) throws {
        let width = textFeatures.columns
        var keys: Tensor<Float>
        if file.kind == .tipAdapterF {
            keys = try file.tensor("weight", "adapter.weight")
        } else {
            keys = try file.tensor("cache_keys")
            // As written, [width, keys], unless only the other way round fits.
            if keys.shape.count == 2, keys.rows == width { keys = keys.transposed() }
        }
        guard keys.shape.count == 2, keys.columns == width, keys.rows > 0 else {
            throw AdapterFileError.badShapes(
                path: file.path, found: "keys \(keys.shape)", wants: "a width of \(width) for this model")
        }
        let labels = try Self.labels(file, keys: keys.rows, classes: textFeatures.rows)
        let (alpha, beta) = (try file.tensor("alpha").values, try file.tensor("beta").values)
        guard alpha.count == 1, beta.count == 1, alpha[0].isFinite, beta[0].isFinite else {
            throw AdapterFileError.badShapes(
                path: file.path, found: "alpha \(alpha.prefix(3)), beta \(beta.prefix(3))", wants: "one number each")
        }
        self.init(
            keys: keys, keyLabels: labels, textFeatures: textFeatures, logitScale: logitScale, alpha: Double(alpha[0]),
            beta: Double(beta[0]))
    }

    /// The class of each key, from one-hot rows `[keys, classes]` or labels `[keys]`.
    private static func labels(_ file: AdapterFile, keys: Int, classes: Int) throws -> [Int32] {
        let values = try file.tensor("cache_values")
        if values.shape == [keys] {
            return try values.values.map { label in
                guard label >= 0, label < Float(classes), label == label.rounded() else {
                    throw AdapterFileError.badShapes(
                        path: file.path, found: "the label \(label)", wants: "a class from 0 to \(classes - 1)")
                }
                return Int32(label)
            }
        }
        try file.require(values.shape, [keys, classes], of: "cache_values")
        return try (0..<keys).map { key in
            let row = Array(values.row(key))
            guard let label = row.firstIndex(of: 1), row.count(where: { $0 != 0 }) == 1 else {
                throw AdapterFileError.badShapes(
                    path: file.path, found: "other values for key \(key)", wants: "a single 1 among zeros")
            }
            return Int32(label)
        }
    }
}
