/// Cuts a cleaned text into the pieces that are encoded each by itself (docs/models.md#pieces): open_clip's expression
/// `<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`, without regard to case.
///
/// Written out, because it must follow Unicode's categories scalar by scalar; Swift's own expressions match characters.
enum TextPieces {
    static let start = "<start_of_text>"
    static let end = "<end_of_text>"
    private static let literals = [start, end, "'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map {
        Array($0.unicodeScalars)
    }

    static func split(_ text: String) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var pieces: [String] = []
        var index = 0
        while index < scalars.count {
            let length = pieceLength(scalars, at: index)
            if length > 0 { pieces.append(String(String.UnicodeScalarView(scalars[index..<index + length]))) }
            index += max(length, 1)
        }
        return pieces
    }

    /// The length of the piece that starts at `index`; 0 if that is white space.
    private static func pieceLength(_ scalars: [Unicode.Scalar], at index: Int) -> Int {
        for literal in literals where matches(scalars[index...], literal) { return literal.count }
        switch Kind(scalars[index]) {
        case .space: return 0
        case .number: return 1
        case let kind: return scalars[index...].prefix { Kind($0) == kind }.count
        }
    }

    private static func matches(_ scalars: ArraySlice<Unicode.Scalar>, _ literal: [Unicode.Scalar]) -> Bool {
        scalars.count >= literal.count && zip(scalars, literal).allSatisfy { folded($0) == $1 }
    }

    /// The text is in lower case; what else counts as a lower-case letter when case is disregarded is the long s.
    private static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar { scalar == "\u{17F}" ? "s" : scalar }

    private enum Kind {
        case letter, number, space, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = scalar.properties.isWhitespace ? .space : .other
            }
        }
    }
}
