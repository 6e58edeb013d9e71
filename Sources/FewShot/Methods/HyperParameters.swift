/// The value of a method's setting, or of an entry of an adapter file's `cliptop.hyper`.
public enum HyperValue: Sendable, Equatable, Codable {
    case flag(Bool)
    case number(Double)
    case text(String)
    case numbers([Double])

    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .numbers(try container.decode([Double].self))
        }
    }

    /// Writes the plain JSON value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flag(let flag): try container.encode(flag)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .numbers(let numbers): try container.encode(numbers)
        }
    }
}

/// A method's settings as adapter files and results write them, by their names in snake case.
public typealias HyperParameters = [String: HyperValue]

/// A method's settings by the names of their options.
public typealias MethodSettings = [String: HyperValue]

extension HyperValue: ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral
{
    /// `true`, `false`
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    /// `0.5`
    public init(floatLiteral value: Double) { self = .number(value) }
    /// `4`
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    /// `"visual"`
    public init(stringLiteral value: String) { self = .text(value) }
    /// `[0, 0.5, 1]`
    public init(arrayLiteral elements: Double...) { self = .numbers(elements) }
}

extension HyperParameters {
    /// The number of this name.
    public func number(_ name: String) -> Double? {
        if case .number(let value) = self[name] { value } else { nil }
    }

    /// The text of this name.
    public func text(_ name: String) -> String? {
        if case .text(let value) = self[name] { value } else { nil }
    }

    /// The switch of this name.
    public func flag(_ name: String) -> Bool? {
        if case .flag(let value) = self[name] { value } else { nil }
    }
}
