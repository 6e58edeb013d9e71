import CKernels
import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import CLIP

/// The operators of the EfficientNet tower by themselves, on awkward sizes.
@Suite("Reference operators of EfficientNet-Lite")
struct EfficientNetOperatorTests {
    /// One operator of `ops.json` in a folder `models/ops-…`.
    struct Case: CustomTestStringConvertible, Sendable {
        struct Operator: Decodable, Sendable {
            let name: String
            let kernel: Int
            let stride: Int
            let groups: Int
            let bn_eps: Float
        }

        let folder: URL
        let example: Operator
        var testDescription: String { "\(folder.lastPathComponent)/\(example.name)" }
    }

    static let cases: [Case] = {
        let models = Fixtures.reference.appending(path: "models")
        let folders = (try? FileManager.default.contentsOfDirectory(at: models, includingPropertiesForKeys: nil)) ?? []
        return folders.sorted { $0.path < $1.path }.flatMap { folder in
            guard let data = try? Data(contentsOf: folder.appending(path: "ops.json")),
                let operators = try? JSONDecoder().decode([Case.Operator].self, from: data)
            else { return [Case]() }
            return operators.map { Case(folder: folder, example: $0) }
        }
    }()
    /// By the README of the folder.
    static let tolerance: Float = 2e-5

    @Test("There are operators to test")
    func presence() { #expect(!Self.cases.isEmpty) }

    @Test("Convolution, batch norm and ReLU6 are the reference's", arguments: cases)
    func operators(_ test: Case) throws {
        let example = test.example
        let file = try SafetensorsFile(test.folder.appending(path: "ops.safetensors"))
        func tensor(_ part: String) throws -> Tensor<Float> { try file.tensor("\(example.name).\(part)") }
        let input = try tensor("input")
        let expected = try tensor("output")
        let folded = try BatchNorm(
            weight: tensor("bn_weight").values, bias: tensor("bn_bias").values, mean: tensor("bn_mean").values,
            variance: tensor("bn_var").values, epsilon: example.bn_eps
        ).folded(into: tensor("conv_weight"))
        for index in 0..<input.rows {
            let picture = Array(input.row(index))
            let (channels, height, width) = (input.shape[1], input.shape[2], input.shape[3])
            let output = Scratch(count: expected.columns)
            let map =
                example.groups == 1
                ? full(example, folded, picture, height, width, to: output)
                : depthwise(example, folded, picture, channels, height, width, to: output)
            try #require([map.channels, map.height, map.width] == Array(expected.shape.dropFirst()))
            let planes = withExtendedLifetime(output) {
                (0..<map.channels).flatMap { channel in
                    (0..<map.positions).map { map.values[$0 * map.channels + channel] }
                }
            }
            let worst = zip(planes, expected.row(index)).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst <= Self.tolerance, "\(worst)")
        }
    }

    private func full(
        _ example: Case.Operator, _ folded: Linear, _ picture: [Float], _ height: Int, _ width: Int, to output: Scratch
    ) -> FeatureMap {
        let convolution = StemConvolution(
            product: PointwiseConvolution(linear: folded, activation: KERNEL_RELU6), kernel: example.kernel,
            stride: example.stride, padding: .same)
        let windows = Scratch(count: height * width * folded.inputs)
        return convolution.apply(
            picture: picture, height: height, width: width, windows: windows.base, to: output.base)
    }

    private func depthwise(
        _ example: Case.Operator, _ folded: Linear, _ picture: [Float], _ channels: Int, _ height: Int, _ width: Int,
        to output: Scratch
    ) -> FeatureMap {
        let convolution = DepthwiseConvolution(
            weight: folded.weight.transposed(), bias: folded.bias ?? [], kernel: example.kernel, stride: example.stride)
        let input = Scratch(count: picture.count)
        for channel in 0..<channels {
            for position in 0..<height * width {
                input.base[position * channels + channel] = picture[channel * height * width + position]
            }
        }
        let map = FeatureMap(values: input.base, height: height, width: width, channels: channels)
        return withExtendedLifetime(input) { convolution.apply(map, to: output.base) }
    }
}
