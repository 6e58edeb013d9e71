import Files

/// Text from outside with control characters spelled out, so that a file's name cannot steer the terminal it is printed
/// on; bytes of a file's name that are no UTF-8 come as `\xfc`.
public func printable(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if let byte = PathText.byte(of: scalar) {
            result += "\\x\(String(byte, radix: 16))"
            continue
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            result += "\\u{\(String(scalar.value, radix: 16))}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
