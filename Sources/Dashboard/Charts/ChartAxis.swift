import Foundation
import Training

/// What the values of a chart are, which decides how its axis is laid out and labelled.
enum ChartScale: Sendable, Equatable {
    /// Anything from 0 up.
    case loss
    /// Fractions 0...1, written as percent.
    case percent
    /// Positive, on a logarithmic axis.
    case rate
    /// Durations from 0 up.
    case seconds
    /// Losses or durations on a logarithmic axis; what is not above 0 is a gap.
    case logarithmic

    /// Whether equal distances are equal factors.
    var isLogarithmic: Bool { self == .rate || self == .logarithmic }

    /// A value of the kind, with its unit.
    func text(_ value: Double) -> String {
        switch self {
        case .percent: NumberFormat.percent(value) + " %"
        case .rate: NumberFormat.rate(value)
        case .seconds: Format.seconds(value)
        case .loss, .logarithmic: Format.loss(value)
        }
    }
}

/// The vertical axis of a chart: round ends around the values, and as many labels between as have room.
struct ChartAxis: Equatable {
    /// The values at the bottom and at the top, after `transform`.
    let low: Double
    let high: Double
    private let scale: ChartScale
    private let steps: Int

    /// An axis around the finite values from `minimum` to `maximum`.
    init(minimum: Double, maximum: Double, scale: ChartScale) {
        self.scale = scale
        let (minimum, maximum) = (Self.bounded(minimum), Self.bounded(maximum))
        switch scale {
        case .rate, .logarithmic:
            // Round ends (1, 2 or 5 times a power of ten) strictly outside the values.
            low = -log10(Self.nice(1 / max(minimum, 1e-99) * 1.01))
            high = log10(Self.nice(max(maximum, 1e-99) * 1.01))
            // Whole powers of ten between the ends can be labelled.
            let powers = high - low
            steps = abs(powers - powers.rounded()) < 1e-9 ? max(1, Int(powers.rounded())) : 1
        case .loss, .percent, .seconds:
            // Durations are compared with nothing at all, not with each other: their axis starts at 0.
            let minimum = scale == .seconds ? 0 : minimum
            var spread = maximum - minimum
            if !(spread > 1e-9 * max(1, abs(maximum))) { spread = max(abs(maximum) * 0.2, 1e-6) }
            let step = max(Self.nice(spread / 8), scale == .percent ? 0.01 : 0)
            var bottom = (minimum / step - 0.01).rounded(.down)
            var top = (maximum / step + 0.01).rounded(.up)
            if minimum >= 0 { bottom = max(0, bottom) }
            if scale == .percent { top = min(top, (1 / step).rounded()) }
            if top <= bottom { top = bottom + 1 }
            // An even number of steps has a middle that can be labelled.
            if Int(top - bottom) % 2 == 1 {
                if scale == .percent, (top + 1) * step > 1 + 1e-9 { bottom -= 1 } else { top += 1 }
            }
            (low, high, steps) = (bottom * step, top * step, Int(top - bottom))
        }
    }

    /// Where a value stands between bottom (0) and top (1).
    func position(_ value: Double) -> Double {
        let value = Self.bounded(value)
        let place = scale.isLogarithmic ? log10(max(value, 1e-99)) : value
        return (place - low) / (high - low)
    }

    /// The labels for `rows` rows, top first.
    func labels(rows: Int) -> [(row: Int, text: String)] {
        guard rows > 1 else { return [] }
        let every = (1...steps).first { steps % $0 == 0 && Double((rows - 1) * $0) / Double(steps) >= 2.5 } ?? steps
        return stride(from: steps, through: 0, by: -every).map { index in
            let share = Double(index) / Double(steps)
            let row = Int(((1 - share) * Double(rows - 1)).rounded())
            return (row, text(low + (high - low) * share, step: (high - low) / Double(steps) * Double(every)))
        }
    }

    private func text(_ place: Double, step: Double) -> String {
        switch scale {
        case .percent:
            let decimals = step * 100 >= 0.999 ? 0 : 1
            return NumberFormat.fixed(place * 100, decimals)
        case .rate: return NumberFormat.rate(pow(10, place))
        case .logarithmic:
            let value = pow(10, place)
            if value >= 10_000 || value < 0.000_99 { return NumberFormat.rate(value) }
            return NumberFormat.fixed(value, value >= 0.99 ? 0 : value >= 0.099 ? 1 : value >= 0.0099 ? 2 : 3)
        case .loss, .seconds:
            if high >= 10_000 { return NumberFormat.rate(place) }
            let decimals = step >= 0.999 ? 0 : step >= 0.0999 ? 1 : step >= 0.00999 ? 2 : 3
            return NumberFormat.fixed(place, decimals)
        }
    }

    /// Beyond these a value is finite in name only, and the arithmetic of an axis would not be.
    private static func bounded(_ value: Double) -> Double { min(1e99, max(-1e99, value)) }

    /// The next number above (or equal) of the kind 1, 2 or 5 times a power of ten.
    private static func nice(_ value: Double) -> Double {
        let power = pow(10, log10(value).rounded(.down))
        let mantissa = value / power
        return power * (mantissa <= 1.001 ? 1 : mantissa <= 2.001 ? 2 : mantissa <= 5.001 ? 5 : 10)
    }
}
