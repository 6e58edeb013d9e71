/// Ordered dithering with a 4 x 4 Bayer matrix: a level between two that exist becomes a fixed pattern of both.
enum OrderedDither {
    /// How many different thresholds there are.
    static let levels = 16

    private static let matrix: [Double] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

    /// The threshold at a place, between 0 and 1; those of a 4 x 4 field are evenly spread.
    static func threshold(x: Int, y: Int) -> Double {
        (matrix[(y & 3) * 4 + (x & 3)] + 0.5) / Double(levels)
    }

    /// The number of the level that stands for `value`: of the two around it, the upper one where the value's share of
    /// the way to it is beyond the threshold.
    ///
    /// - Parameter levels: Ascending, at least one.
    static func level(of value: UInt8, in levels: [UInt8], threshold: Double) -> Int {
        let upper = levels.firstIndex { $0 >= value } ?? levels.count - 1
        guard upper > 0, levels[upper] > value else { return upper }
        let share = Double(value - levels[upper - 1]) / Double(levels[upper] - levels[upper - 1])
        return share > threshold ? upper : upper - 1
    }
}
