import Foundation

/// How numbers are written for people, the same everywhere and whatever the locale.
public enum NumberFormat {
    /// A learning rate: `3.0e-3`.
    public static func rate(_ value: Double) -> String {
        if let word = word(for: value) { return word }
        guard value != 0 else { return "0" }
        var exponent = Int(log10(abs(value)).rounded(.down))
        var mantissa = fixed(value / pow(10, Double(exponent)), 1)
        // 9.96 would be printed as 10.0.
        if mantissa.hasPrefix("10") || mantissa.hasPrefix("-10") {
            exponent += 1
            mantissa = fixed(value / pow(10, Double(exponent)), 1)
        }
        return "\(mantissa)e\(exponent)"
    }

    /// A number with a fixed count of decimals.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        // Without a locale, format writes a point as C does.
        word(for: value) ?? String(format: "%.\(decimals)f", value)
    }

    /// What stands for a value that is no finite number, and never looks like one; nil for a finite one.
    private static func word(for value: Double) -> String? {
        value.isFinite ? nil : value.isNaN ? "NaN" : "infinite"
    }

    /// A fraction as a percentage without its sign: `82.8`.
    public static func percent(_ fraction: Double) -> String { percent(fraction, decimals: 1) }

    /// The same with more decimals, for results.
    public static func percent(_ fraction: Double, decimals: Int) -> String {
        fixed(fraction * 100, decimals)
    }

    /// A duration: `0:09`, `1:02:03`; `-:--` for what cannot be told.
    public static func duration(_ seconds: Double?) -> String {
        guard let seconds, seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "-:--" }
        let whole = Int(seconds.rounded())
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let tail = rest < 10 ? "0\(rest)" : "\(rest)"
        return hours > 0 ? "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(tail)" : "\(minutes):\(tail)"
    }
}
