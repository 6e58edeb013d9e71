/// A fixed set of colours that a terminal has, and how a picture is brought down to them.
///
/// The set is fixed so that a picture cannot use up the terminal's colour pairs: with 240 colours the pairs of an upper and
/// a lower half are at most 57,600. Missing colours are mixed from dots (ordered dithering): a function of colour and
/// place alone, so that a picture that does not change is not sent again.
public enum TerminalPalette: Sendable, CaseIterable {
    /// The colours 16 to 255 of xterm: a cube of 6 x 6 x 6 and a ramp of 24 greys.
    case cube256
    /// The eight colours and their bright versions.
    case ansi16
    /// The eight colours: every channel off or on.
    case ansi8

    /// The palette's number for a colour at column `x` and half row `y` of a picture.
    public func index(of color: RGB, x: Int, y: Int) -> Int {
        let threshold = OrderedDither.threshold(x: x, y: y)
        switch self {
        case .cube256: return Self.cubeIndex(of: color, threshold: threshold)
        case .ansi16: return Self.dotOf16(for: color, threshold: threshold)
        case .ansi8:
            let channels = [color.red, color.green, color.blue]
            return channels.enumerated().reduce(0) { index, channel in
                Double(channel.element) / 255 > threshold ? index | 1 << channel.offset : index
            }
        }
    }

    /// The colour that a number stands for, as xterm shows it; nil for a number that `index(of:x:y:)` never gives.
    public func color(at index: Int) -> RGB? {
        switch self {
        case .cube256:
            guard (16...255).contains(index) else { return nil }
            guard index < 232 else {
                let level = Self.greyLevels[index - 232]
                return RGB(red: level, green: level, blue: level)
            }
            let cell = index - 16
            return RGB(
                red: Self.cubeLevels[cell / 36], green: Self.cubeLevels[cell / 6 % 6], blue: Self.cubeLevels[cell % 6])
        case .ansi16: return Self.ansiColors.indices.contains(index) ? Self.ansiColors[index] : nil
        case .ansi8:
            guard (0..<8).contains(index) else { return nil }
            func level(_ bit: Int) -> UInt8 { index >> bit & 1 == 1 ? 255 : 0 }
            return RGB(red: level(0), green: level(1), blue: level(2))
        }
    }
}

extension TerminalPalette {
    private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]
    private static let greyLevels: [UInt8] = (0..<24).map { UInt8(8 + 10 * $0) }

    /// All greys with their numbers, dark to light: the ramp, and the cube's black, four greys, and white.
    private static let greys: [(level: UInt8, index: Int)] =
        (greyLevels.enumerated().map { ($0.element, 232 + $0.offset) }
        + cubeLevels.enumerated().map { ($0.element, 16 + 43 * $0.offset) }).sorted { $0.0 < $1.0 }
    private static let sortedGreyLevels = greys.map(\.level)

    /// The most by which the channels of what counts as grey differ.
    private static let greyTolerance = 6

    private static func cubeIndex(of color: RGB, threshold: Double) -> Int {
        let lowest = min(color.red, color.green, color.blue)
        let highest = max(color.red, color.green, color.blue)
        if Int(highest) - Int(lowest) <= greyTolerance {
            let luminance = UInt8(color.luminance.rounded())
            return greys[OrderedDither.level(of: luminance, in: sortedGreyLevels, threshold: threshold)].index
        }
        let red = OrderedDither.level(of: color.red, in: cubeLevels, threshold: threshold)
        // Green goes up where red and blue go down: that keeps the brightness even, to which an eye is most sensitive.
        let green = OrderedDither.level(of: color.green, in: cubeLevels, threshold: 1 - threshold)
        let blue = OrderedDither.level(of: color.blue, in: cubeLevels, threshold: threshold)
        return 16 + 36 * red + 6 * green + blue
    }

    /// The sixteen colours as xterm has them; other terminals differ a little.
    private static let ansiColors: [RGB] = [
        RGB(red: 0, green: 0, blue: 0), RGB(red: 205, green: 0, blue: 0), RGB(red: 0, green: 205, blue: 0),
        RGB(red: 205, green: 205, blue: 0), RGB(red: 0, green: 0, blue: 238), RGB(red: 205, green: 0, blue: 205),
        RGB(red: 0, green: 205, blue: 205), RGB(red: 229, green: 229, blue: 229), RGB(red: 127, green: 127, blue: 127),
        RGB(red: 255, green: 0, blue: 0), RGB(red: 0, green: 255, blue: 0), RGB(red: 255, green: 255, blue: 0),
        RGB(red: 92, green: 92, blue: 255), RGB(red: 255, green: 0, blue: 255), RGB(red: 0, green: 255, blue: 255),
        RGB(red: 255, green: 255, blue: 255),
    ]

    /// The share of a dot's error that the next dots compensate; more gives speckles.
    private static let carriedShare = 0.5

    /// One of sixteen dots that together look like the colour.
    ///
    /// Each dot is the nearest colour to what the dots before it left over; sorted by brightness, the threshold picks one.
    private static func dotOf16(for color: RGB, threshold: Double) -> Int {
        let wanted = SIMD3(Double(color.red), Double(color.green), Double(color.blue))
        var leftOver = SIMD3<Double>()
        var dots: [Int] = []
        dots.reserveCapacity(OrderedDither.levels)
        for _ in 0..<OrderedDither.levels {
            let dot = nearestOf16(to: wanted + leftOver)
            leftOver += carriedShare * (wanted - ansiVectors[dot])
            dots.append(dot)
        }
        dots.sort { (ansiColors[$0].luminance, $0) < (ansiColors[$1].luminance, $1) }
        return dots[OrderedDither.levels - 1 - Int(threshold * Double(OrderedDither.levels))]
    }

    private static let ansiVectors = ansiColors.map { SIMD3(Double($0.red), Double($0.green), Double($0.blue)) }

    private static func nearestOf16(to color: SIMD3<Double>) -> Int {
        var best = 0
        var bestDistance = Double.infinity
        for (index, candidate) in ansiVectors.enumerated() {
            let difference = color - candidate
            let distance = (difference * difference * SIMD3(0.299, 0.587, 0.114)).sum()
            if distance < bestDistance {
                best = index
                bestDistance = distance
            }
        }
        return best
    }
}
