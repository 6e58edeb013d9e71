import CLIP
import Pictures

/// What a picture's feature depends on besides the picture: model, preprocessing, decoding and precision. The key of
/// the cache.
public struct FeatureSpace: Sendable, Hashable {
    /// The key in the database: `name=value` pairs with semicolons between them.
    public let key: String
    /// The width of a feature.
    public let width: Int
    /// The model's name for messages; not part of the key.
    public let modelName: String

    /// The space of a model under the given way of decoding pictures.
    public init(model: CLIPModel, pillowCompatible: Bool) {
        let p = model.preprocessing
        key = [
            "weights=\(model.weightsChecksum)", "configuration=\(model.configurationChecksum)",
            Self.preprocessing(p), "pixels=\(pillowCompatible ? "parity" : "white, upright")",
            "precision=\(model.precision.rawValue)",
        ].joined(separator: ";")
        width = model.embeddingWidth
        modelName = model.name
    }

    /// Preprocessing in the form of the export format: `resize=224;interp=bicubic;crop=shortest;mean=...;std=...`.
    private static func preprocessing(_ p: Preprocessing) -> String {
        func list(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ",") }
        // The tower's side is the model's business, except where the picture has another one on its way there.
        let crop = p.resizedEdge == p.size ? "" : "size=\(p.size);"
        return crop + "resize=\(p.resizedEdge);interp=\(p.interpolation);crop=\(p.resizeMode);fill=\(p.fillColor);"
            + "mean=\(list(p.mean));std=\(list(p.standardDeviation))"
    }

    /// The value of one of the key's pairs, such as `precision`; nil if it has none.
    public static func value(_ name: String, in key: String) -> String? {
        key.split(separator: ";").first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// The pairs of the key that say how a picture becomes the model's input.
    public var preprocessing: String {
        key.split(separator: ";")
            .filter { !$0.hasPrefix("weights=") && !$0.hasPrefix("configuration=") && !$0.hasPrefix("precision=") }
            .joined(separator: ";")
    }
}
