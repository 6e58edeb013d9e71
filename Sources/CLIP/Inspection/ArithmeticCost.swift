/// How much arithmetic an encoding takes, from the architecture alone (docs/models.md#cost). A multiply-add counts as
/// two operations; norms, softmax, activations, biases and pooling are not counted.
public struct ArithmeticCost: Sendable, Equatable, Codable {
    /// Operations if every token goes through every layer, as the usual tools count them.
    public let full: Int
    /// Operations of what this program computes: only the token that leaves a transformer goes through its last block, and
    /// attention pooling has a single query.
    public let computed: Int

    init(full: Int, computed: Int) {
        self.full = full
        self.computed = computed
    }

    fileprivate static func + (left: ArithmeticCost, right: ArithmeticCost) -> ArithmeticCost {
        ArithmeticCost(full: left.full + right.full, computed: left.computed + right.computed)
    }

    fileprivate static func both(_ operations: Int) -> ArithmeticCost {
        ArithmeticCost(full: operations, computed: operations)
    }
}

extension TransformerConfiguration {
    /// The stack for one sequence of `tokens`, of which one is wanted.
    fileprivate func cost(tokens: Int) -> ArithmeticCost {
        let projections = 8 * width * width  // queries, keys, values, output: of one token
        let mlp = 4 * width * hiddenWidth
        let attention = 4 * tokens * width  // scores and their products with the values: of one query
        let block = tokens * (projections + mlp + attention)
        let lastBlock = tokens * projections / 2 + projections / 2 + mlp + attention
        return ArithmeticCost(full: count * block, computed: (count - 1) * block + lastBlock)
    }
}

extension TextConfiguration {
    /// A text of `tokens`, start and end included.
    func cost(tokens: Int, embeddingWidth: Int) -> ArithmeticCost {
        layers.cost(tokens: tokens) + .both(2 * layers.width * embeddingWidth)
    }
}

extension ImageTowerConfiguration {
    /// A picture of `imageSize` × `imageSize`.
    func cost(imageSize: Int, embeddingWidth: Int) -> ArithmeticCost {
        switch self {
        case .visionTransformer(let configuration): configuration.cost(embeddingWidth: embeddingWidth)
        case .modifiedResNet(let configuration): configuration.cost(embeddingWidth: embeddingWidth)
        case .efficientNetLite: EfficientNetLite.cost(imageSize: imageSize, embeddingWidth: embeddingWidth)
        }
    }
}

extension VisionTransformerConfiguration {
    fileprivate func cost(embeddingWidth: Int) -> ArithmeticCost {
        let patches = 2 * grid * grid * 3 * patchSize * patchSize * layers.width
        return .both(patches + 2 * layers.width * embeddingWidth) + layers.cost(tokens: tokens)
    }
}

/// A convolution with `outputs` channels on a map of `side` × `side` positions.
private func convolution(_ inputs: Int, _ outputs: Int, kernel: Int = 1, side: Int) -> Int {
    2 * inputs * outputs * kernel * kernel * side * side
}

extension ModifiedResNetConfiguration {
    fileprivate func cost(embeddingWidth: Int) -> ArithmeticCost {
        var side = imageSize / 2
        var total = convolution(3, width / 2, kernel: 3, side: side)
        total +=
            convolution(width / 2, width / 2, kernel: 3, side: side)
            + convolution(width / 2, width, kernel: 3, side: side)
        side /= 2
        var inputs = width
        for (stage, count) in stages.enumerated() {
            let planes = width << stage
            for index in 0..<count {
                total += convolution(inputs, planes, side: side) + convolution(planes, planes, kernel: 3, side: side)
                if index == 0 {
                    if stage > 0 { side /= 2 }
                    total += convolution(inputs, 4 * planes, side: side)
                }
                total += convolution(planes, 4 * planes, side: side)
                inputs = 4 * planes
            }
        }
        let tokens = side * side + 1
        let queryAndOutput = 2 * inputs * inputs + 4 * tokens * inputs + 2 * inputs * embeddingWidth
        let keysAndValues = 4 * inputs * inputs * tokens
        return .both(total + keysAndValues) + ArithmeticCost(full: tokens * queryAndOutput, computed: queryAndOutput)
    }
}

extension EfficientNetLite {
    fileprivate static func cost(imageSize: Int, embeddingWidth: Int) -> ArithmeticCost {
        func halved(_ side: Int) -> Int { WindowPlacement(input: side, kernel: 3, stride: 2, padding: .same).output }
        var side = halved(imageSize)
        var channels = firstChannels
        var total = convolution(3, stemChannels, kernel: 3, side: side)
        total += convolution(1, stemChannels, kernel: 3, side: side) + convolution(stemChannels, channels, side: side)
        for stage in stages {
            for index in 0..<stage.count {
                let expanded = channels * expansion
                total += convolution(channels, expanded, side: side)
                if index == 0, stage.stride == 2 { side = halved(side) }
                total += convolution(1, expanded, kernel: stage.kernel, side: side)
                total += convolution(expanded, stage.channels, side: side)
                channels = stage.channels
            }
        }
        return .both(total + convolution(channels, headChannels, side: side) + 2 * headChannels * embeddingWidth)
    }
}
