import Foundation
import Pictures
import Safetensors
import TestSupport
import Testing

/// The cases of `preprocess/cases.json`: what Pillow and torchvision make of every kind of picture file.
struct PreprocessReference: Decodable {
    struct Tolerance: Decodable {
        var max_abs: Double
        var mean_abs: Double?
    }
    struct Tolerances: Decodable {
        var png: Tolerance
        var jpeg: Tolerance
        var decoded_png: Tolerance
        var decoded_jpeg: Tolerance
    }
    struct Example: Decodable {
        var file: String
        var variant: String
        var tensor: String
        var tolerance: Double
    }
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        var file: String
        var expected: [String: String]
        var decoded: String?
        var decoded_rgba: String?
        var lossy: Bool
        var testDescription: String { file }

        /// What `--parity` gives: Pillow's conversion to RGB, save for the 16-bit greys that Pillow clips.
        var parity: String? { expected["high_byte"] ?? expected["rgb_first"] }

        /// What the program gives by itself: upright and on white. Nil where a file has both alpha and an orientation:
        /// the reference has no variant with both.
        var plain: String? {
            if let white = expected["white"] { return expected["transposed"] == nil ? white : nil }
            return expected["transposed"] ?? parity
        }
    }

    var size: Int
    var mean: [Float]
    var std: [Float]
    var tolerance: Tolerances
    var normalised_example: Example
    var cases: [Case]

    static let folder = Fixtures.reference.appending(path: "preprocess")

    static func load() throws -> PreprocessReference {
        try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appending(path: "cases.json")))
    }

    static func tensors(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(folder.appending(path: name))
    }

    var preprocessing: Preprocessing { Preprocessing(size: size, mean: mean, standardDeviation: std) }
}

@Suite("Reference: preprocess")
struct PreprocessConformanceTests {
    let reference: PreprocessReference

    init() throws { reference = try PreprocessReference.load() }

    @Test("There are cases, of both formats")
    func present() {
        #expect(reference.cases.contains(where: \.lossy) && reference.cases.contains { !$0.lossy })
        #expect(reference.cases.contains { $0.plain != $0.parity })
    }

    @Test(
        "Resized and cropped as the reference does, with and without parity",
        arguments: try PreprocessReference.load().cases)
    func transformed(_ example: PreprocessReference.Case) throws {
        let expected = try PreprocessReference.tensors("expected.safetensors")
        let tolerance = example.lossy ? reference.tolerance.jpeg : reference.tolerance.png
        for (name, parity) in [(example.parity, true), (example.plain, false)] {
            guard let name else { continue }
            let picture = reference.preprocessing.cropped(try decode(example, parity: parity))
            try expect(picture, equals: expected, name, within: tolerance)
        }
    }

    @Test("Decoded as the reference does", arguments: try PreprocessReference.load().cases)
    func decoded(_ example: PreprocessReference.Case) throws {
        let tensors = try PreprocessReference.tensors("decoded.safetensors")
        let tolerance = example.lossy ? reference.tolerance.decoded_jpeg : reference.tolerance.decoded_png
        // Where there is a variant `high_byte`, the decoded tensor has the clipped values that it replaces.
        if let name = example.decoded, example.expected["high_byte"] == nil {
            try expect(try decode(example, parity: true), equals: tensors, name, within: tolerance)
        }
        if let name = example.decoded_rgba, example.expected["transposed"] == nil {
            let planes = try tensors.integers(name)
            let plane = planes.count / 4
            let onWhite = (0..<(3 * plane)).map { index in
                let alpha = Double(planes[3 * plane + index % plane])
                return Int(((Double(planes[index]) * alpha + 255 * (255 - alpha)) / 255).rounded())
            }
            expect(try decode(example, parity: false), equals: onWhite, within: tolerance, name)
        }
    }

    @Test("Normalised as the reference does")
    func normalised() throws {
        let example = reference.normalised_example
        let file = PreprocessReference.folder.appending(path: example.file)
        let parity = example.variant == "rgb_first" || example.variant == "high_byte"
        let picture = try decodePicture(contentsOf: file, options: DecodingOptions(pillowCompatible: parity))
        let pixels = reference.preprocessing.pixels(of: picture)
        let tensors = try PreprocessReference.tensors("normalised.safetensors")
        let expected = try tensors.doubleTensor(example.tensor)
        #expect(tensors.info(example.tensor)?.shape == [3, reference.size, reference.size])
        try #require(expected.values.count == pixels.count)
        let largest = zip(pixels, expected.values).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(largest <= example.tolerance)
    }

    private func decode(_ example: PreprocessReference.Case, parity: Bool) throws -> Picture {
        try decodePicture(
            contentsOf: PreprocessReference.folder.appending(path: example.file),
            options: DecodingOptions(pillowCompatible: parity))
    }

    private func expect(
        _ picture: Picture, equals tensors: SafetensorsFile, _ name: String,
        within tolerance: PreprocessReference.Tolerance
    ) throws {
        #expect(tensors.info(name)?.shape == [3, picture.height, picture.width], "\(name)")
        expect(picture, equals: try tensors.integers(name), within: tolerance, name)
    }

    /// Compares a picture with planes of red, green, blue.
    private func expect(
        _ picture: Picture, equals planes: [Int], within tolerance: PreprocessReference.Tolerance, _ name: String
    ) {
        let plane = picture.width * picture.height
        guard planes.count == 3 * plane else {
            Issue.record("\(name): \(planes.count) samples for \(picture.width)x\(picture.height) pixels")
            return
        }
        var largest = 0
        var sum = 0
        for channel in 0..<3 {
            for index in 0..<plane {
                let difference = abs(Int(picture.pixels[index * 3 + channel]) - planes[channel * plane + index])
                largest = max(largest, difference)
                sum += difference
            }
        }
        #expect(Double(largest) <= tolerance.max_abs, "\(name)")
        #expect(Double(sum) / Double(planes.count) <= tolerance.mean_abs ?? tolerance.max_abs, "\(name)")
    }
}
