import CNCurses

/// Numbers for combinations of foreground and background, given out as they are needed.
struct ColorPairs {
    private struct Combination: Hashable {
        var foreground: Int32
        var background: Int32
    }

    private let limit: Int
    private var numbers: [Combination: Int32] = [:]
    /// Whether a combination was asked for when all numbers had been given out.
    private(set) var ranOut = false

    init(limit: Int) { self.limit = limit }

    /// The number of a combination; 0, the terminal's default colours, when there are no more.
    mutating func number(foreground: Int32, background: Int32) -> Int32 {
        if foreground == -1, background == -1 { return 0 }
        let combination = Combination(foreground: foreground, background: background)
        if let known = numbers[combination] { return known }
        let next = Int32(numbers.count + 1)
        guard Int(next) < limit else {
            ranOut = true
            return 0
        }
        init_extended_pair(next, foreground, background)
        numbers[combination] = next
        return next
    }

    mutating func reset() {
        reset_color_pairs()
        numbers = [:]
        ranOut = false
    }
}
