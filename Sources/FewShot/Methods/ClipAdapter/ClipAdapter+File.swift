import Tensors

extension ClipAdapterConfiguration {
    /// As an adapter file and the results write them.
    public var hyperParameters: HyperParameters {
        var hyper: HyperParameters = [
            "branch": .text(branch.rawValue), "residual_ratio": .number(residualRatio),
            "reduction": .number(Double(reduction)), "second_relu": .flag(secondReLU), "dropout": .number(dropout),
            "initialisation": .text(initialisation.rawValue), "ratio_param": .text(Self.ratioParameter(ratioMode)),
        ]
        if branch.hasText { hyper["text_ratio"] = .number(textRatio ?? residualRatio) }
        if let logitScale { hyper["logit_scale"] = .number(logitScale) }
        return hyper
    }

    /// The function between what a file stores of a ratio and the ratio.
    private static func ratioParameter(_ mode: RatioMode) -> String {
        switch mode {
        case .fixed, .sweep: "fixed"
        case .learnable: "sigmoid"
        case .raw: "raw"
        case .hyper: "hyper-network"
        }
    }

    /// The settings an adapter file was trained with; what it leaves open is as in the official code.
    init(_ hyper: HyperParameters, tensors: Set<String>, path: String) throws {
        let bad = AdapterFileError.badMetadata(path: path, key: "cliptop.hyper")
        let hasVisual = tensors.contains(ClipAdapterNames.visual.first)
        let hasText = tensors.contains(ClipAdapterNames.text.first)
        guard hasVisual || hasText else {
            throw AdapterFileError.missingTensor(path: path, name: ClipAdapterNames.visual.first)
        }
        self.init(
            branch: hasVisual ? hasText ? .both : .visual : .text,
            residualRatio: hyper.number("residual_ratio") ?? 0.2, textRatio: hyper.number("text_ratio"),
            secondReLU: hyper.flag("second_relu") ?? true, dropout: hyper.number("dropout") ?? 0,
            logitScale: hyper.number("logit_scale"))
        switch hyper.text("ratio_param") ?? "fixed" {
        case "fixed": ratioMode = .fixed
        case "sigmoid": ratioMode = .learnable
        case "raw": ratioMode = .raw
        case "hyper-network": ratioMode = .hyper
        default: throw bad
        }
        guard ((textRatio.map { [$0] } ?? []) + [residualRatio]).allSatisfy({ (0...1).contains($0) }),
            logitScale.map({ $0 > 0 && $0.isFinite }) ?? true
        else { throw bad }
    }
}

extension ClipAdapter: FeatureClassifier where Scalar == Float {
    /// Other names under which published files have the image side's layers.
    private static var otherPrefixes: [String] { ["", "adapter.", "image_adapter."] }

    /// Whether a file with tensors of these names holds a CLIP-Adapter.
    static func recognises(_ names: Set<String>) -> Bool {
        names.contains(ClipAdapterNames.visual.first) || names.contains(ClipAdapterNames.text.first)
            || otherPrefixes.contains { names.contains($0 + "fc.0.weight") && names.contains($0 + "fc.2.weight") }
    }

    /// What a file holds, on top of the given classes, for answering.
    /// - Throws: ``AdapterFileError``.
    public convenience init(_ file: AdapterFile, textFeatures: Tensor<Float>, logitScale: Float) throws {
        var parameters: [String: Tensor<Float>] = [:]
        let visual = [(ClipAdapterNames.visual.first, "fc.0.weight"), (ClipAdapterNames.visual.second, "fc.2.weight")]
        for (name, layer) in visual {
            let found = ([name] + Self.otherPrefixes.map { $0 + layer }).first { file.parameters[$0] != nil }
            if let found { parameters[name] = try file.tensor(found) }
        }
        for name in [ClipAdapterNames.text.first, ClipAdapterNames.text.second] where file.parameters[name] != nil {
            parameters[name] = try file.tensor(name)
        }
        var configuration = try ClipAdapterConfiguration(file.hyper, tensors: Set(parameters.keys), path: file.path)
        let sides: [(ClipAdapterNames, Bool)] = [
            (.visual, configuration.branch.hasVisual), (.text, configuration.branch.hasText),
        ]
        for (names, exists) in sides where exists {
            try Self.readRatio(names, configuration.ratioMode, file, width: textFeatures.columns, into: &parameters)
            try Self.check(names, parameters, file, width: textFeatures.columns)
            if names.first == ClipAdapterNames.visual.first, let first = parameters[names.first] {
                configuration.reduction = max(first.columns / first.rows, 1)
            }
        }
        self.init(
            configuration: configuration, parameters: parameters, textFeatures: textFeatures,
            logitScale: configuration.logitScale.map { Float($0) } ?? logitScale, batchCapacity: 64)
    }

    /// Adds the tensors that a learned ratio is made of.
    private static func readRatio(
        _ names: ClipAdapterNames, _ mode: ClipAdapterConfiguration.RatioMode, _ file: AdapterFile, width: Int,
        into parameters: inout [String: Tensor<Float>]
    ) throws {
        let expected: [(String, Int)] =
            switch mode {
            case .fixed, .sweep: []
            case .learnable, .raw: [(names.ratio, 1)]
            case .hyper: [(names.ratioWeight, width), (names.ratioBias, 1)]
            }
        for (name, count) in expected {
            let tensor = try file.tensor(name)
            guard tensor.count == count else {
                throw AdapterFileError.badShapes(
                    path: file.path, found: "\(name) \(tensor.shape)", wants: "\(count) numbers")
            }
            parameters[name] = tensor
        }
    }

    /// Checks that the layers of a side are there and fit each other and the model.
    private static func check(
        _ names: ClipAdapterNames, _ parameters: [String: Tensor<Float>], _ file: AdapterFile, width: Int
    ) throws {
        func tensor(_ name: String) throws -> Tensor<Float> {
            guard let tensor = parameters[name] else {
                throw AdapterFileError.missingTensor(path: file.path, name: name)
            }
            return tensor
        }
        let (first, second) = (try tensor(names.first), try tensor(names.second))
        guard first.shape.count == 2, second.shape == [first.columns, first.rows], first.count > 0 else {
            throw AdapterFileError.badShapes(
                path: file.path, found: "\(first.shape) and \(second.shape)", wants: "[H, D] and [D, H]")
        }
        guard first.columns == width else {
            throw AdapterFileError.badShapes(
                path: file.path, found: "layers for features of width \(first.columns)",
                wants: "\(width) for this model")
        }
    }
}
