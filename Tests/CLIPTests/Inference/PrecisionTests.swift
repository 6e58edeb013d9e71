import CKernels
import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import CLIP

/// Layers and towers in reduced precision against the same in fp32.
@Suite("Reduced precision")
struct PrecisionTests {
    /// Why bf16 and int8 cannot be tested here; nil if they can.
    static let obstacle: String? = {
        do {
            _ = try LayerPacking(.bf16)
            _ = try LayerPacking(.int8)
            return nil
        } catch { return error.localizedDescription }
    }()
    static let reason: Comment = "\(obstacle ?? "")"

    private struct Noise {
        private var state: UInt64 = 1
        mutating func values(_ count: Int) -> [Float] {
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Float(Int32(truncatingIfNeeded: state >> 32)) / Float(Int32.max)
            }
        }
    }

    @Test("Floats round to the nearest bfloat16, halves to even, and NaN stays NaN")
    func rounding() {
        let values: [Float] = [
            1, 1.00390625, 1.01171875, -3.1415927, 3.4e38, .infinity, -.infinity, .leastNonzeroMagnitude, 0, .nan,
        ]
        var rounded = [UInt16](repeating: 0, count: values.count)
        kernel_float_to_bfloat(values, &rounded, values.count)
        let back = rounded.map { Float(bitPattern: UInt32($0) << 16) }
        #expect(back[0] == 1)
        #expect(back[1] == 1)  // halfway between 1 and 1.0078125, whose last bit is odd
        #expect(back[2] == 1.015625)  // halfway between 1.0078125 and 1.015625
        #expect(back[3] == -3.140625)
        #expect(back[4] == .infinity)
        #expect(back[5] == .infinity && back[6] == -.infinity)
        #expect(back[7] == 0 && back[8] == 0)
        #expect(back[9].isNaN)
    }

    @Test("Quantised rows are within half a step of what they stand for", arguments: [1, 15, 16, 17, 100])
    func quantisedRows(columns: Int) {
        var noise = Noise()
        let rows = 3
        var x = noise.values(rows * columns).map { $0 * 3 + 1 }
        for column in 0..<columns { x[columns + column] = 0.25 }  // a row without any range
        var levels = [UInt8](repeating: 0, count: x.count)
        var scale = [Float](repeating: 0, count: rows)
        var offset = [Float](repeating: 0, count: rows)
        kernel_quantise_rows(x, rows, columns, &levels, &scale, &offset)
        for (index, value) in x.enumerated() {
            let row = index / columns
            let standsFor = offset[row] + scale[row] * Float(levels[index])
            #expect(abs(value - standsFor) <= scale[row] * 0.5001 + 1e-6, "\(value) became \(standsFor)")
        }
        #expect(scale[1] == 0 && offset[1] == 0.25)
    }

    @Test(
        "A layer with bias, activation and what was there before stays near fp32",
        .enabled(if: obstacle == nil, reason), arguments: [Precision.bf16, .int8],
        [KERNEL_IDENTITY, KERNEL_QUICK_GELU].map(\.rawValue))
    func layer(_ precision: Precision, activation: UInt32) throws {
        var noise = Noise()
        let activation = kernel_activation(rawValue: activation)
        let packing = try LayerPacking(precision)
        for (inputs, outputs) in [(1, 3), (17, 5), (64, 100), (150, 33)] {
            let linear = Linear(
                weight: Tensor(noise.values(inputs * outputs), shape: [outputs, inputs]), bias: noise.values(outputs))
            let exact = FP32Linear(linear, activation: activation)
            let reduced = try packing.pack(linear, activation: activation)
            #expect(reduced.inputs == inputs && reduced.outputs == outputs)
            for (rows, isAccumulating) in [(1, false), (7, true), (40, false), (64, true)] {
                let x = noise.values(rows * inputs)
                let before = noise.values(rows * outputs)
                // One more than needed, to see that nothing is written behind the end.
                var (expected, actual) = (before, before + [1234])
                exact.apply(x, rows: rows, to: &expected, accumulating: isAccumulating)
                reduced.apply(x, rows: rows, to: &actual, accumulating: isAccumulating)
                #expect(actual.last == 1234)
                // Each product is off by up to two roundings, and errors of random sign grow with the root.
                let tolerance = (precision == .bf16 ? 0.006 : 0.012) * Float(inputs).squareRoot() + 0.004
                let worst = zip(actual, expected).map { abs($0 - $1) }.max() ?? .infinity
                #expect(worst <= tolerance, "[\(rows), \(inputs)] to \(outputs): off by \(worst)")
            }
        }
    }

    /// A reference model. Fifty layers of random convolutions amplify rounding errors more than trained ones do, which are
    /// measured on the bundled model.
    struct Case: Sendable, CustomTestStringConvertible {
        let directory: URL
        var leastCosines: [(precision: Precision, cosine: Double)] {
            directory.lastPathComponent.hasPrefix("timm")
                ? [(.bf16, 0.99), (.int8, 0.95)] : [(.bf16, 0.999), (.int8, 0.99)]
        }
        var testDescription: String { directory.lastPathComponent }
    }

    static let cases: [Case] = {
        let folder = Fixtures.reference.appending(path: "models")
        let contents = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return contents.filter {
            FileManager.default.fileExists(atPath: $0.appending(path: "inputs.safetensors").path)
        }.sorted { $0.path < $1.path }.map { Case(directory: $0) }
    }()

    @Test(
        "Features of the reference models keep their direction", .enabled(if: obstacle == nil, reason), arguments: cases
    )
    func towers(_ example: Case) throws {
        let pixels = try SafetensorsFile(example.directory.appending(path: "inputs.safetensors")).tensor("pixel_values")
        let expected = try CLIPModel(directory: example.directory).encodeImages(pixels).normalisedRows()
        for (precision, least) in example.leastCosines {
            let model = try CLIPModel(directory: example.directory, precision: precision)
            #expect(model.precision == precision)
            let features = model.encodeImages(pixels).normalisedRows()
            #expect(features != expected, "\(precision) computes what fp32 does")
            for row in 0..<expected.rows {
                let cosine = zip(features.row(row), expected.row(row)).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                #expect(cosine >= least, "\(precision), picture \(row): cosine \(cosine)")
            }
        }
    }
}
