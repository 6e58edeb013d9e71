import Foundation

/// Student's t distribution.
enum StudentT {
    /// The value that a variable with `degrees` degrees of freedom stays within, on both sides of 0, with `probability`.
    ///
    /// Solves `I_x(ν/2, ½) = 1 − p` with `x = ν / (ν + t²)` for t by bisection; I is the regularised incomplete beta function
    /// (Abramowitz and Stegun, 26.5.27 and 26.7.1).
    /// - Precondition: `degrees` is at least 1, `probability` within 0..<1.
    static func quantile(twoSided probability: Double, degrees: Int) -> Double {
        let degrees = Double(degrees)
        func isInside(_ t: Double) -> Bool {
            incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) > 1 - probability
        }
        var (low, high) = (0.0, 1.0)
        while isInside(high) { high *= 2 }
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return middle }
            if isInside(middle) { low = middle } else { high = middle }
        }
    }

    /// The regularised incomplete beta function `I_x(a, b)`, by its continued fraction (Abramowitz and Stegun, 26.5.8),
    /// evaluated by Lentz's method.
    private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // The fraction converges quickly on this side only.
        if x > (a + 1) / (a + b + 2) { return 1 - incompleteBeta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        let tiny = 1e-300
        var (c, d, fraction) = (1.0, 0.0, 1.0)
        for i in 0..<1000 {
            let m = Double(i / 2)
            let coefficient =
                i == 0
                ? 1
                : i.isMultiple(of: 2)
                    ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                    : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 + coefficient * d
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = 1 + coefficient / c
            if abs(c) < tiny { c = tiny }
            fraction *= c * d
            if abs(1 - c * d) < 1e-15 { break }
        }
        return front * (fraction - 1)
    }
}
