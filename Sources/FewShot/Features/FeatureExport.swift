import Checksums
import Foundation
import Safetensors
import Tensors

/// Features in a file of their own, for other tools: safetensors, with the paths beside it
/// (docs/data.md#the-feature-cache).
public struct FeatureExport: Sendable {
    /// Features as encoded, not normalised, `[n, width]`.
    public private(set) var features: Tensor<Float>
    /// For each row the picture's number in its split.
    public private(set) var index: [Int64]
    /// For each row its class; nil unless every picture has one.
    public private(set) var labels: [Int64]?
    /// For each row the path as the data set writes it.
    public private(set) var paths: [String]
    private let metadata: [String: String]

    /// The export of an encoded part of a data set; pictures that could not be read are left out.
    /// - Parameters:
    ///   - items: the pictures of the split, in order.
    ///   - encoded: their features.
    ///   - split: `train`, `val`, `test`, or `all`.
    ///   - modelChecksum: of the model's weights.
    /// - Throws: ``FeatureExportError``.
    public init(
        _ items: [DatasetItem], _ encoded: EncodedDataset, split: String, classNames: [String], space: FeatureSpace,
        modelChecksum: String
    ) throws {
        let unreadable = Set(encoded.unreadable.map(\.index))
        let rows = items.indices.filter { !unreadable.contains($0) }
        features = encoded.features.gatheringRows(rows)
        index = rows.map(Int64.init)
        paths = rows.map { items[$0].path }
        let known = rows.compactMap { items[$0].label.map(Int64.init) }
        labels = known.count == rows.count ? known : nil
        if let path = paths.first(where: { $0.contains("\n") }) { throw FeatureExportError.lineFeed(path: path) }
        let list = paths.map { $0 + "\n" }.joined()
        metadata = [
            "cliptop.kind": "features", "cliptop.version": "1", "cliptop.model": space.modelName,
            "cliptop.model_sha256": modelChecksum, "cliptop.dim": "\(space.width)",
            "cliptop.preprocessing": space.preprocessing,
            "cliptop.precision": FeatureSpace.value("precision", in: space.key) ?? "fp32",
            "cliptop.split": split, "cliptop.views": "original", "cliptop.augmentation_passes": "0",
            "cliptop.paths_sha256": SHA256.hash(Data(list.utf8)).hexadecimal,
            "cliptop.classes": String(decoding: try JSONEncoder().encode(classNames), as: UTF8.self),
        ]
    }

    /// Writes the tensors to `url` and the paths, one a line, to a file named like it with `.paths.txt`.
    /// - Returns: the file of the paths.
    /// - Throws: `SafetensorsError`, errors of the file system.
    @discardableResult public func write(to url: URL) throws -> URL {
        let list = url.deletingPathExtension().appendingPathExtension("paths.txt")
        try Data(paths.map { $0 + "\n" }.joined().utf8).write(to: list, options: .atomic)
        var integers = ["index": index]
        integers["labels"] = labels
        try SafetensorsWriter.write(["features": features], integers: integers, metadata: metadata, to: url)
        return list
    }
}

/// Features that cannot be exported.
public enum FeatureExportError: Error, Equatable, LocalizedError {
    /// A path that a list with one path a line cannot hold.
    case lineFeed(path: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .lineFeed(let path):
            "the name of \(path) has a line feed in it, and the list of paths has one path a line; rename the file"
        }
    }
}
