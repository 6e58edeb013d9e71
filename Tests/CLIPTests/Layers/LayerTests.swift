import CKernels
import Foundation
import Tensors
import Testing

@testable import CLIP

/// The layers against their formulas, written out in double precision.
@Suite("Layers")
struct LayerTests {
    /// Reproducible numbers between -1 and 1.
    private struct Noise {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed }
        mutating func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
        }
        mutating func values(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
    }

    @Test(
        "Activations are exact to a few units in the last place",
        arguments: [
            KERNEL_IDENTITY, KERNEL_RELU, KERNEL_RELU6, KERNEL_QUICK_GELU, KERNEL_GELU, KERNEL_GELU_TANH,
        ].map(\.rawValue))
    func activations(kernel: UInt32) {
        func reference(_ x: Double) -> Double {
            switch kernel_activation(rawValue: kernel) {
            case KERNEL_RELU: max(x, 0)
            case KERNEL_RELU6: min(max(x, 0), 6)
            case KERNEL_QUICK_GELU: x / (1 + exp(-1.702 * x))
            case KERNEL_GELU: 0.5 * x * (1 + erf(x / 2.0.squareRoot()))
            case KERNEL_GELU_TANH: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
            default: x
            }
        }
        let inputs = stride(from: Float(-30), through: 30, by: 0.0078125).map { $0 } + [-1e30, 1e30]
        var values = inputs.map { $0 - 0.5 }
        kernel_bias_activation(
            &values, Array(repeating: 0.5, count: values.count), 1, values.count, kernel_activation(rawValue: kernel))
        for (x, y) in zip(inputs, values) {
            let expected = reference(Double(x - 0.5 + 0.5))
            #expect(abs(Double(y) - expected) <= 1e-6 * max(1, abs(expected)), "f(\(x)) = \(y), not \(expected)")
        }
    }

    @Test("Layer norm", arguments: [1, 3, 8, 65, 768])
    func layerNorm(width: Int) {
        var noise = Noise(UInt64(width))
        let norm = LayerNorm(weight: noise.values(width), bias: noise.values(width), epsilon: 1e-3)
        let rows = 3
        let x = noise.values(rows * width).map { $0 * 10 + 100 }
        var y = [Float](repeating: .nan, count: x.count)
        norm.apply(x, rows: rows, to: &y)
        for row in 0..<rows {
            let values = x[row * width..<(row + 1) * width].map(Double.init)
            let mean = values.reduce(0, +) / Double(width)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
            for (index, value) in values.enumerated() {
                let expected =
                    (value - mean) / (variance + 1e-3).squareRoot() * Double(norm.weight[index])
                    + Double(norm.bias[index])
                #expect(abs(Double(y[row * width + index]) - expected) < 2e-5)
            }
        }
    }

    @Test("Pointwise convolutions of awkward sizes", arguments: [1, 5, 16, 17, 31, 33, 48], [false, true])
    func pointwise(outputs: Int, isAccumulating: Bool) {
        var noise = Noise(UInt64(outputs))
        for (positions, inputs) in [(1, 1), (7, 3), (8, 20), (50, 33)] {
            let linear = Linear(
                weight: Tensor(noise.values(outputs * inputs).map { $0 * 4 }, shape: [outputs, inputs]),
                bias: noise.values(outputs))
            let x = noise.values(positions * inputs)
            let before = noise.values(positions * outputs)
            // One more than needed, to see that nothing is written behind the end.
            var y = before + [1234]
            PointwiseConvolution(linear: linear, activation: KERNEL_RELU6)
                .apply(x, rows: positions, to: &y, accumulating: isAccumulating)
            #expect(y.last == 1234)
            for (position, output) in (0..<positions).flatMap({ p in (0..<outputs).map { (p, $0) } }) {
                let start = isAccumulating ? Double(before[position * outputs + output]) : 0
                let sum = (0..<inputs).reduce(start + Double(linear.bias?[output] ?? 0)) {
                    $0 + Double(x[position * inputs + $1]) * Double(linear.weight[output, $1])
                }
                #expect(abs(Double(y[position * outputs + output]) - min(max(sum, 0), 6)) < 1e-5)
            }
        }
    }

    @Test("Depthwise convolutions with whole and broken panels of channels", arguments: [3, 5], [1, 2])
    func depthwise(kernel: Int, stride: Int) {
        var noise = Noise(UInt64(kernel * stride))
        for (height, width, channels) in [(1, 1, 16), (7, 9, 16), (8, 12, 35), (4, 3, 48)] {
            let convolution = DepthwiseConvolution(
                weight: Tensor(noise.values(kernel * kernel * channels), shape: [kernel * kernel, channels]),
                bias: noise.values(channels), kernel: kernel, stride: stride)
            var x = noise.values(height * width * channels).map { $0 * 3 }
            let (rows, columns) = (convolution.placement(height), convolution.placement(width))
            var y = [Float](repeating: .nan, count: rows.output * columns.output * channels) + [1234]
            x.withUnsafeMutableBufferPointer { x in
                guard let base = x.baseAddress else { return }
                _ = convolution.apply(
                    FeatureMap(values: base, height: height, width: width, channels: channels), to: &y)
            }
            #expect(y.last == 1234)
            for oy in 0..<rows.output {
                for (ox, channel) in (0..<columns.output).flatMap({ o in (0..<channels).map { (o, $0) } }) {
                    var sum = Double(convolution.bias[channel])
                    for (ky, kx) in (0..<kernel).flatMap({ k in (0..<kernel).map { (k, $0) } }) {
                        let (iy, ix) = (oy * stride + ky - rows.before, ox * stride + kx - columns.before)
                        guard (0..<height).contains(iy), (0..<width).contains(ix) else { continue }
                        sum +=
                            Double(x[(iy * width + ix) * channels + channel])
                            * Double(convolution.weight[ky * kernel + kx, channel])
                    }
                    let actual = Double(y[(oy * columns.output + ox) * channels + channel])
                    #expect(abs(actual - min(max(sum, 0), 6)) < 1e-5)
                }
            }
        }
    }

    @Test("Attention, causal or not, in sequences of several lengths", arguments: [false, true])
    func attention(isCausal: Bool) {
        var noise = Noise(7)
        let (heads, width) = (3, 12)
        for length in [1, 2, 5, 17] {
            let (q, k, v) = (noise.values(length * width), noise.values(length * width), noise.values(length * width))
            var output = [Float](repeating: .nan, count: length * width)
            let attention = Attention(
                heads: heads, width: width, isCausal: isCausal, scores: Scratch(count: length * length))
            q.withUnsafeBufferPointer { q in
                k.withUnsafeBufferPointer { k in
                    v.withUnsafeBufferPointer { v in
                        guard let q = q.baseAddress, let k = k.baseAddress, let v = v.baseAddress else { return }
                        attention.apply(
                            queries: .init(base: q, stride: width), count: length, keys: .init(base: k, stride: width),
                            values: .init(base: v, stride: width), length: length, to: &output)
                    }
                }
            }
            for (query, head) in (0..<length).flatMap({ q in (0..<heads).map { (q, $0) } }) {
                let channels = head * 4..<head * 4 + 4
                let keys = 0..<(isCausal ? query + 1 : length)
                let weights = keys.map { key in
                    exp(channels.reduce(0.0) { $0 + Double(q[query * width + $1]) * Double(k[key * width + $1]) } / 2)
                }
                let sum = weights.reduce(0, +)
                for channel in channels {
                    let expected = keys.reduce(0.0) { $0 + weights[$1] / sum * Double(v[$1 * width + channel]) }
                    #expect(abs(Double(output[query * width + channel]) - expected) < 1e-6)
                }
            }
        }
    }

    @Test("Softmax survives scores that overflow alone")
    func softmax() {
        var scores: [Float] = [1e4, 1e4 - 1, -1e4, 0, 0, 0]
        kernel_softmax(&scores, 2, 3, 3)
        #expect(abs(scores[0] - 1 / (1 + exp(-1))) < 1e-6)
        #expect(scores[2] < 1e-30)
        #expect(scores[3...].allSatisfy { abs($0 - 1 / 3) < 1e-7 })
    }

    @Test("A stack of blocks gives for the pooled token what the plain blocks give for all")
    func pooledOutput() {
        var noise = Noise(11)
        let stack = Stack(&noise, isCausal: false)
        let batch = SequenceBatch(count: 3, length: 4, pooled: 1)
        let input = noise.values(batch.rows * Self.width)
        let output = Self.pooled(stack, input, batch)
        let plain = Self.allTokens(stack, input, batch)
        for (index, sequence) in batch.sequences.enumerated() {
            #expect(sequence.pooledRow == index * 4 + 1)
            let expected = plain[sequence.pooledRow * Self.width..<(sequence.pooledRow + 1) * Self.width]
            Self.expectEqual(output[index * Self.width..<(index + 1) * Self.width], expected)
        }
    }

    @Test("Sequences that share rows of common prefixes get what each gets alone")
    func sharedPrefixes() {
        var noise = Noise(12)
        let stack = Stack(&noise, isCausal: true)
        let table = noise.values(10 * Self.width)
        func embedded(_ tokens: some Collection<Int>) -> [Float] {
            tokens.flatMap { table[$0 * Self.width..<($0 + 1) * Self.width] }
        }
        let sequences = [[1, 2], [1, 2, 3], [1, 2, 3], [1, 2, 4, 5, 6], [1, 7], [8, 2, 3, 9]]
        let batch = SequenceBatch(prefixesSharedIn: sequences)
        #expect(batch.sequences.map(\.shared) == [0, 2, 3, 2, 1, 0])
        #expect(batch.sequences.map(\.start) == [0, 2, 3, 3, 6, 7])
        #expect(batch.sequences.map(\.pooledRow) == [1, 2, 2, 5, 6, 10])
        #expect(batch.rows == 11)
        let own = zip(sequences, batch.sequences).flatMap { embedded($0.dropFirst($1.shared)) }
        let together = Self.pooled(stack, own, batch)
        for (index, tokens) in sequences.enumerated() {
            let alone = SequenceBatch(prefixesSharedIn: [tokens])
            #expect(!alone.isSharing)
            let expected = Self.allTokens(stack, embedded(tokens), alone).suffix(Self.width)
            Self.expectEqual(together[index * Self.width..<(index + 1) * Self.width], expected)
        }
    }

    // MARK: Stacks

    private static let width = 8

    /// A stack of two blocks, and the same two blocks for all tokens.
    private struct Stack {
        let transformer: Transformer
        let plainBlocks: [TransformerBlock]

        init(_ noise: inout Noise, isCausal: Bool) {
            func linear(_ inputs: Int, _ outputs: Int) -> Linear {
                Linear(
                    weight: Tensor(noise.values(inputs * outputs), shape: [outputs, inputs]),
                    bias: noise.values(outputs))
            }
            func norm() -> LayerNorm {
                LayerNorm(weight: noise.values(width), bias: noise.values(width), epsilon: 1e-5)
            }
            func block(_ queryKeyValue: Linear) -> TransformerBlock {
                TransformerBlock(
                    attentionNorm: norm(), queryKeyValue: FP32Linear(queryKeyValue),
                    attentionOutput: FP32Linear(linear(width, width)),
                    mlp: MLP(
                        norm: norm(), fc1: FP32Linear(linear(width, 20), activation: KERNEL_GELU),
                        fc2: FP32Linear(linear(20, width))))
            }
            let first = block(linear(width, 3 * width))
            let queryKeyValue = linear(width, 3 * width)
            let last = block(queryKeyValue)
            plainBlocks = [first, last]
            transformer = Transformer(
                blocks: [first],
                lastBlock: PooledTransformerBlock(
                    attentionNorm: last.attentionNorm, query: FP32Linear(queryKeyValue.outputs(0..<width)),
                    keyValue: FP32Linear(queryKeyValue.outputs(width..<3 * width)),
                    attentionOutput: last.attentionOutput, mlp: last.mlp),
                heads: 2, isCausal: isCausal)
        }
    }

    private static func scratch(_ values: [Float]) -> Scratch {
        let scratch = Scratch(count: values.count)
        scratch.base.update(from: values, count: values.count)
        return scratch
    }

    /// What leaves the stack, `[sequences, width]`.
    private static func pooled(_ stack: Stack, _ input: [Float], _ batch: SequenceBatch) -> [Float] {
        let output = stack.transformer.pooledOutput(scratch(input), batch: batch)
        return Array(UnsafeBufferPointer(start: output.base, count: output.count))
    }

    /// The outputs of all tokens, `[rows, width]`, block by block.
    private static func allTokens(_ stack: Stack, _ input: [Float], _ batch: SequenceBatch) -> [Float] {
        let x = scratch(input)
        let work = TransformerWorkspace(batch: batch, width: width, hidden: 20)
        let attention = Attention(
            heads: stack.transformer.heads, width: width, isCausal: stack.transformer.isCausal, scores: work.scores)
        for block in stack.plainBlocks { block.apply(x.base, batch: batch, attention: attention, work: work) }
        return Array(UnsafeBufferPointer(start: x.base, count: x.count))
    }

    private static func expectEqual(_ actual: ArraySlice<Float>, _ expected: ArraySlice<Float>) {
        for (actual, expected) in zip(actual, expected) {
            #expect(abs(actual - expected) < 1e-4 * max(1, abs(expected)))
        }
    }
}
