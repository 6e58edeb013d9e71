import Training

/// The live look at other residual ratios: a cursor on the curve that the session measures after every epoch.
struct RatioSlider: Sendable, Equatable {
    /// Where the cursor is, 0...1; it moves from one measured ratio to the next.
    private(set) var ratio: Double

    /// A slider at the run's own ratio.
    init(at ratio: Double) { self.ratio = ratio }

    /// The measured point under the cursor; nil before anything was measured.
    func point(of curve: RatioCurve) -> RatioCurve.Point? {
        curve.points.min { abs($0.ratio - ratio) < abs($1.ratio - ratio) }
    }

    /// Moves by measured ratios; stops at the ends.
    mutating func move(by offset: Int, on curve: RatioCurve) {
        let ratios = curve.points.map(\.ratio).sorted()
        guard let point = point(of: curve), let place = ratios.firstIndex(of: point.ratio) else { return }
        ratio = ratios[min(ratios.count - 1, max(0, place + offset))]
    }
}
