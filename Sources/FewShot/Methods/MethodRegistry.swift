import Tensors

/// The one place that knows all methods.
public enum MethodRegistry {
    /// The method of a configuration at its start.
    /// - Throws: whatever a method cannot be made from.
    public static func make(
        _ configuration: MethodConfiguration, _ inputs: MethodInputs
    ) throws -> any AdaptationMethod {
        switch configuration.name {
        case .zeroShot: ZeroShotMethod(textFeatures: inputs.textFeatures, logitScale: inputs.logitScale)
        case .linearProbe: LinearProbeMethod(configuration: configuration.linearProbe, inputs: inputs)
        case .clipAdapter where configuration.clipAdapter.ratioMode == .sweep:
            try ClipAdapterSweep(
                configuration: configuration.clipAdapter, optimiser: configuration.optimiser, inputs: inputs)
        case .clipAdapter:
            ClipAdapterMethod(
                configuration: configuration.clipAdapter, optimiser: configuration.optimiser,
                textFeatures: inputs.textFeatures, logitScale: inputs.logitScale, batchSize: inputs.batchSize,
                seed: inputs.seed)
        case .tipAdapter: TipAdapterMethod(configuration: configuration.tipAdapter, inputs: inputs)
        case .tipAdapterF:
            TipAdapterFMethod(
                configuration: configuration.tipAdapter, optimiser: configuration.optimiser, inputs: inputs)
        case .lpPlusPlus: LPPlusPlusMethod(configuration: configuration.lpPlusPlus, inputs: inputs)
        case .channelHead:
            ChannelHeadMethod(
                configuration: configuration.channelHead, optimiser: configuration.optimiser, inputs: inputs)
        }
    }

    /// The method that leaves tensors of these names, for files that do not say it.
    static func kind(ofTensors names: Set<String>) -> MethodName? {
        if ClipAdapter<Float>.recognises(names) { return .clipAdapter }
        if names.contains("cache_keys") { return .tipAdapter }
        if names.contains("cache_values") { return .tipAdapterF }
        if names.contains("alpha_vec") { return .lpPlusPlus }
        if names.contains("film_lp_img.scale") { return .channelHead }
        if !names.isDisjoint(with: ["linear.weight", "coef_"]) || names == ["weight", "bias"] { return .linearProbe }
        return nil
    }

    /// What a trained method left in a file, ready to answer for the given classes.
    /// - Parameters:
    ///   - textFeatures: classifier weights, unit rows, `[classes, width]`; of the file's own classes in its order, where
    ///     ``MethodName/isClassBound``.
    ///   - logitScale: the multiplier of the cosines.
    /// - Throws: ``AdapterFileError`` if the file does not hold what its kind needs.
    public static func classifier(
        _ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float
    ) throws -> any FeatureClassifier {
        switch file.kind {
        case .zeroShot: ZeroShotMethod(textFeatures: textFeatures, logitScale: logitScale)
        case .linearProbe: try HeadClassifier(linearProbe: file, textFeatures: textFeatures)
        case .clipAdapter: try ClipAdapter(file, textFeatures: textFeatures, logitScale: logitScale)
        case .tipAdapter, .tipAdapterF: try TipAdapter(file, textFeatures: textFeatures, logitScale: logitScale)
        case .lpPlusPlus: try HeadClassifier(lpPlusPlus: file, textFeatures: textFeatures)
        case .channelHead: try ChannelHead(file, textFeatures: textFeatures, logitScale: logitScale)
        }
    }
}
