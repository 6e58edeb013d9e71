import CLIP
import Pictures

/// What a picture's feature depends on besides the picture: the key of the cache, so that a changed model, other
/// preprocessing or another reading of transparency never meets stale features.
public struct FeatureSpace: Sendable, Hashable {
    /// The key in the database.
    public let key: String
    /// The width of a feature.
    public let width: Int

    /// The space of a model under the given way of decoding pictures.
    public init(model: CLIPModel, parity: Bool) {
        let p = model.preprocessing
        let numbers = (p.mean + p.standardDeviation).map { "\($0)" }.joined(separator: ",")
        key = [
            "weights=\(model.weightsChecksum)", "configuration=\(model.configurationChecksum)", "size=\(p.size)",
            "interpolation=\(p.interpolation)", "resize=\(p.resizeMode)", "mean,std=\(numbers)",
            "pixels=\(parity ? "parity" : "white, upright")", "precision=\(model.precision.rawValue)",
        ].joined(separator: ";")
        width = model.embeddingWidth
    }
}
