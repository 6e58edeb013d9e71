/// A key of a stored object by its text, for objects whose keys no type lists.
public struct TextKey: CodingKey {
    /// The key.
    public let stringValue: String
    /// None: the keys are texts.
    public var intValue: Int? { nil }

    /// The key of this text.
    public init(stringValue: String) { self.stringValue = stringValue }

    /// - Returns: nil, as no key is a number.
    public init?(intValue: Int) { nil }
}
