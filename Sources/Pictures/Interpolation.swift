/// The filter with which a picture is resized.
public enum Interpolation: String, Sendable, Codable, CaseIterable {
    /// Cubic convolution with a = -0.5, two pixels to each side.
    case bicubic
    /// The triangle, one pixel to each side.
    case bilinear

    /// How far the filter reaches to each side, in source pixels, when nothing is reduced.
    var support: Double {
        switch self {
        case .bicubic: 2
        case .bilinear: 1
        }
    }

    /// The weight of a source pixel `distance` pixels away (docs/models.md#preprocessing).
    func weight(at distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        case .bilinear:
            return x < 1 ? 1 - x : 0
        }
    }
}
