import Files
import Foundation
import Pictures
import Safetensors

/// How a Hugging Face directory says that pictures are prepared: `image_processor` in `processor_config.json`, where
/// transformers 5 writes it and looks first, or `preprocessor_config.json`; what neither says is as in CLIP's own class.
struct HuggingFacePreprocessing {
    private(set) var value: Preprocessing
    /// What is done that the configuration does not say, one line each.
    private(set) var warnings: [String] = []

    /// - Parameter imageSize: the side of the picture that the image tower takes.
    /// - Throws: ``CLIPError`` for what is not implemented, or does not give a picture of that size.
    init(in folder: String, imageSize: Int) throws {
        value = Preprocessing(size: imageSize)
        guard let reader = try Self.reader(in: folder) else { return }
        for key in ["do_resize", "do_rescale", "do_normalize", "do_convert_rgb"] {
            guard try reader.boolean(key, default: true) else { throw reader.unsupported(key) }
        }
        try reader.refuse(unless: ["do_pad": [.boolean(false)]])
        let factor = try reader.positive("rescale_factor", default: 1 / 255)
        guard abs(factor * 255 - 1) < 1e-6 else { throw reader.unsupported("rescale_factor") }
        if let mean = try reader.numbers("image_mean", count: 3) { value.mean = mean }
        if let deviation = try reader.numbers("image_std", count: 3) {
            guard deviation.allSatisfy({ $0 > 0 }) else { throw reader.invalid("image_std", "must be greater than 0") }
            value.standardDeviation = deviation
        }
        switch try reader.integer("resample", default: 3, in: 0...5) {
        case 2: value.interpolation = .bilinear
        case 3: value.interpolation = .bicubic
        default: throw reader.unsupported("resample")
        }
        try readFraming(reader, imageSize: imageSize)
    }

    private static func reader(in folder: String) throws -> ConfigurationReader? {
        func file(_ name: String) throws -> ConfigurationReader? {
            guard FileKind.exists("\(folder)/\(name)") else { return nil }
            return try ConfigurationReader(contentsOf: URL(filePath: "\(folder)/\(name)"))
        }
        return try file("processor_config.json")?.object("image_processor") ?? file("preprocessor_config.json")
    }

    /// Resizing and cropping, as CLIPImageProcessor does them: the shorter edge, or height and width, become `size`; then,
    /// unless `do_center_crop` is false, the middle of `crop_size` is cut out.
    private mutating func readFraming(_ reader: ConfigurationReader, imageSize: Int) throws {
        let size = try Self.size(reader, "size", standard: imageSize)
        value.resizeMode = size.isShorterEdge ? .shortest : .squash
        value.resizedEdge = size.edge
        func require(_ edge: Int, _ key: String) throws {
            guard edge == imageSize else {
                throw reader.invalid(key, "is \(edge), the image tower takes \(imageSize) pixels")
            }
        }
        if try reader.boolean("do_center_crop", default: true) {
            try require(try Self.size(reader, "crop_size", standard: imageSize).edge, "crop_size")
        } else {
            try require(size.edge, "size")
            guard size.isShorterEdge else { return }
            warnings.append(
                "\(reader.file) gives the shorter edge \(size.edge) pixels and crops nothing: a picture that is not "
                    + "square does not fit the image tower; its middle is cut out as a square")
        }
    }

    /// A number, `{"shortest_edge": n}` or `{"height": n, "width": n}`. A number is the shorter edge, unless the
    /// configuration says that it is both.
    private static func size(
        _ reader: ConfigurationReader, _ key: String, standard: Int
    ) throws -> (edge: Int, isShorterEdge: Bool) {
        let range = 1...Limits.imageSize
        guard reader.has(key) else { return (standard, true) }
        guard reader.isObject(key), let size = try reader.object(key) else {
            return (try reader.integer(key, in: range), try !reader.boolean("default_to_square", default: false))
        }
        try size.refuse(unless: ["longest_edge": [], "max_height": [], "max_width": []])
        if size.has("shortest_edge") { return (try size.integer("shortest_edge", in: range), true) }
        let (height, width) = (try size.integer("height", in: range), try size.integer("width", in: range))
        guard height == width else {
            throw reader.invalid(key, "is \(height) x \(width); only a square is supported")
        }
        return (height, false)
    }
}
