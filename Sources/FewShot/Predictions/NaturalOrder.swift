/// The order in which people expect names: runs of digits count as numbers, so that `image_2` stands before `image_10`
/// (docs/data.md#the-jittor-challenge).
public enum NaturalOrder {
    /// Whether `a` stands before `b`: runs of ASCII digits by value, of equal values the shorter run first; everything
    /// else by Unicode scalar.
    public static func precedes(_ a: String, _ b: String) -> Bool {
        var (first, second) = (Substring(a).unicodeScalars, Substring(b).unicodeScalars)
        while let left = first.first, let right = second.first {
            if isDigit(left), isDigit(right) {
                let (one, two) = (takeDigits(&first), takeDigits(&second))
                let (value, other) = (one.drop { $0 == "0" }, two.drop { $0 == "0" })
                // Without leading zeros, more digits are a larger number; as many digits compare like text.
                if value.count != other.count { return value.count < other.count }
                if let (x, y) = zip(value, other).first(where: { $0 != $1 }) { return x < y }
                if one.count != two.count { return one.count < two.count }
            } else {
                if left != right { return left < right }
                first.removeFirst()
                second.removeFirst()
            }
        }
        return first.isEmpty && !second.isEmpty
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private static func takeDigits(_ text: inout Substring.UnicodeScalarView) -> Substring.UnicodeScalarView {
        let digits = text.prefix(while: isDigit)
        text = text.dropFirst(digits.count)
        return digits
    }
}
