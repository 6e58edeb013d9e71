import Tensors

/// The methods there are. A method is its folder and a line here.
public enum MethodRegistry {
    /// What each method says about itself, in the order in which they are shown.
    public static let descriptors: [MethodDescriptor] = [
        ZeroShotMethod.descriptor,
        LinearProbeMethod.descriptor,
        ClipAdapterMethod.descriptor,
        TipAdapterMethod.descriptor,
        TipAdapterFMethod.descriptor,
        LPPlusPlusMethod.descriptor,
        ChannelHeadMethod.descriptor,
        TaskResMethod.descriptor,
        CrossModalProbeMethod.descriptor,
    ]

    /// The method that is trained unless another one is named.
    public static var standard: MethodName { ClipAdapterMethod.descriptor.name }
    /// The method that changes nothing, to which all others are compared.
    public static var baseline: MethodName { ZeroShotMethod.descriptor.name }

    /// Why a method has no curve over the residual ratio.
    public static var onlySomeHaveARatio: String {
        let names = descriptors.filter(\.hasResidualRatio).map(\.name.rawValue)
        return "only \(names.joined(separator: ", ")) has a residual ratio"
    }

    private static let byName = Dictionary(uniqueKeysWithValues: descriptors.map { ($0.name, $0) })

    /// What the method of this name says about itself.
    static func descriptor(of name: MethodName) -> MethodDescriptor {
        // Names from outside are checked where they are made (`MethodName.init(rawValue:)`, `init(from:)`).
        guard let descriptor = byName[name] else { preconditionFailure("\(name.rawValue) is not in the registry") }
        return descriptor
    }

    /// The method of a configuration at its start.
    /// - Throws: whatever a method cannot be made from.
    public static func make(
        _ configuration: MethodConfiguration, _ inputs: MethodInputs
    ) throws -> any AdaptationMethod {
        try configuration.descriptor.make(configuration.settings, configuration.optimiser, inputs)
    }

    /// The method that leaves tensors of these names, for files that do not say it.
    static func kind(ofTensors names: Set<String>) -> MethodName? {
        descriptors.first { $0.recognises(names) }?.name
    }

    /// What a trained method left in a file, ready to answer for the given classes.
    /// - Parameters:
    ///   - textFeatures: classifier weights, unit rows, `[classes, width]`; of the file's own classes in its order, where
    ///     ``MethodDescriptor/isClassBound``.
    ///   - logitScale: the multiplier of the cosines.
    /// - Throws: ``AdapterFileError`` if the file does not hold what its kind needs.
    public static func classifier(
        _ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float
    ) throws -> any FeatureClassifier {
        try file.kind.descriptor.read(file, textFeatures: textFeatures, logitScale: logitScale)
    }
}
