import Tensors

/// A ``LinearHead`` that answers for image features as they were cached: what a linear probe or LP++ left in a file.
public final class HeadClassifier: FeatureClassifier {
    private let head: LinearHead
    private let normalises: Bool

    /// - Parameter normalises: whether the head was trained on features of length 1.
    public init(_ head: LinearHead, normalises: Bool) {
        self.head = head
        self.normalises = normalises
    }

    public func logits(_ features: Tensor<Float>) -> Tensor<Float> {
        head.logits(normalises ? features.normalisedRows() : features)
    }
}

extension HeadClassifier {
    /// The linear probe of a file. scikit-learn's `coef_` and `intercept_` are accepted too, with their single row for two
    /// classes.
    /// - Throws: ``AdapterFileError``.
    public convenience init(linearProbe file: AdapterFile, textFeatures: Tensor<Float>) throws {
        let names = LinearProbeMethod.parameterNames
        var weight = try file.tensor(names.weight, "coef_", "weight")
        var bias = try file.tensor(names.bias, "intercept_", "bias").values
        if weight.shape.count == 2, weight.rows == 1, bias.count == 1, textFeatures.rows == 2 {
            weight = Tensor(weight.values.map { -$0 / 2 } + weight.values.map { $0 / 2 }, shape: [2, weight.columns])
            bias = [-bias[0] / 2, bias[0] / 2]
        }
        try file.require(weight.shape, textFeatures.shape, of: "weight")
        try file.require([bias.count], [textFeatures.rows], of: "bias")
        // A probe that cliptop did not write comes without settings.
        let kind = file.hyper.isEmpty ? LinearProbeConfiguration().features.rawValue : file.hyper.text("features")
        guard let features = kind.flatMap(LinearProbeConfiguration.Features.init) else {
            throw AdapterFileError.badMetadata(path: file.path, key: "cliptop.hyper")
        }
        self.init(LinearHead(weight: weight, bias: bias), normalises: features == .normalised)
    }

    /// The LP++ of a file: `W_k = w_k + α_k t̂_k` on unit features.
    /// - Throws: ``AdapterFileError``.
    public convenience init(lpPlusPlus file: AdapterFile, textFeatures: Tensor<Float>) throws {
        let weight = try file.tensor("classifier.weight")
        let bias = try file.tensor("classifier.bias").values
        let multipliers = try file.tensor("alpha_vec").values
        try file.require(weight.shape, textFeatures.shape, of: "classifier.weight")
        try file.require([bias.count], [textFeatures.rows], of: "classifier.bias")
        try file.require([multipliers.count], [textFeatures.rows], of: "alpha_vec")
        var blended = weight
        let text = textFeatures.normalisedRows()
        for (k, multiplier) in multipliers.enumerated() {
            for j in 0..<text.columns { blended[k, j] += multiplier * text[k, j] }
        }
        self.init(LinearHead(weight: blended, bias: bias), normalises: true)
    }
}

extension AdapterFile {
    /// Refuses a parameter of another shape than the classes and the model ask for.
    /// - Throws: ``AdapterFileError/badShapes(path:found:wants:)``.
    func require(_ found: [Int], _ wanted: [Int], of name: String) throws {
        guard found == wanted else {
            throw AdapterFileError.badShapes(path: path, found: "\(name) \(found)", wants: "\(wanted)")
        }
    }
}
