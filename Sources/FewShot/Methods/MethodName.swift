/// The name of a method, as `--method`, adapter files and stored runs write it.
///
/// Each method declares its own name beside its ``MethodDescriptor``; ``MethodRegistry`` lists those there are.
public struct MethodName: RawRepresentable, Hashable, Sendable, Codable {
    /// The name, e.g. `clip-adapter`.
    public let rawValue: String

    /// - Returns: nil for a name that no registered method has.
    public init?(rawValue: String) {
        guard MethodRegistry.descriptors.contains(where: { $0.name.rawValue == rawValue }) else { return nil }
        self.rawValue = rawValue
    }

    /// The name of a method that is about to describe itself.
    init(declaring name: StaticString) { rawValue = "\(name)" }

    /// - Throws: `DecodingError` for a name that no registered method has.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = Self(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "there is no method '\(text)'"))
        }
        self = name
    }

    /// Writes the plain name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Everything about the method of this name.
    public var descriptor: MethodDescriptor { MethodRegistry.descriptor(of: self) }
}

extension MethodName: CaseIterable {
    /// The names of all registered methods, in the order of the registry.
    public static var allCases: [MethodName] { MethodRegistry.descriptors.map(\.name) }
}
