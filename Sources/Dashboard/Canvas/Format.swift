import Foundation
import Training

/// How the dashboard writes figures beyond what `NumberFormat` has: always the same width for the same kind, always with their unit, never in the user's locale.
enum Format {
    /// A loss: three significant figures or so.
    static func loss(_ value: Double) -> String {
        let magnitude = abs(value)
        if !(magnitude < 10_000) { return NumberFormat.rate(value) }
        return fixed(value, magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 0.095 || magnitude == 0 ? 2 : 3)
    }

    /// A difference of two fractions in percentage points, with its sign.
    static func points(_ difference: Double) -> String {
        let text = fixed(abs(difference) * 100, 1)
        return (difference < 0 && text != "0.0" ? "-" : "+") + text
    }

    /// Seconds with three figures or so: `0.34 s`, `12.0 s`.
    static func seconds(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value < 0.0995 { return fixed(value * 1000, value < 0.00995 ? 1 : 0) + " ms" }
        return fixed(value, value < 9.995 ? 2 : 1) + " s"
    }

    /// A speed: whole numbers from ten up, one decimal below.
    static func speed(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        return fixed(value, value < 9.95 ? 1 : 0)
    }

    /// A count with commas: `1,496`.
    static func count(_ value: Int) -> String {
        var digits = String(abs(value))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return (value < 0 ? "-" : "") + digits
    }

    /// The time of day: `12:04:31`.
    static func clock(_ date: Date) -> String {
        var time = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&time, &parts)
        return twoDigits(Int(parts.tm_hour)) + ":" + twoDigits(Int(parts.tm_min)) + ":" + twoDigits(Int(parts.tm_sec))
    }

    /// Day and time: `2026-11-21 12:04`.
    static func dateAndTime(_ date: Date) -> String {
        var time = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&time, &parts)
        let day = [Int(parts.tm_mon) + 1, Int(parts.tm_mday)].map(twoDigits).joined(separator: "-")
        return "\(Int(parts.tm_year) + 1900)-\(day) \(twoDigits(Int(parts.tm_hour))):\(twoDigits(Int(parts.tm_min)))"
    }

    private static func fixed(_ value: Double, _ decimals: Int) -> String { NumberFormat.fixed(value, decimals) }

    private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
