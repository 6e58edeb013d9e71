import Foundation

/// A sentence with a place for a class name, such as `a photo of a {}.`
public struct PromptTemplate: Sendable, Equatable {
    /// The template as written.
    public let text: String
    private let before: String
    private let after: String

    /// CLIP's own default, `a photo of a {}.`
    public static let standard = PromptTemplate(before: "a photo of a ", after: ".")

    /// - Throws: ``CLIPError/invalidTemplate(_:)`` unless `{}` occurs exactly once.
    public init(_ text: String) throws {
        let parts = text.components(separatedBy: "{}")
        guard parts.count == 2 else { throw CLIPError.invalidTemplate(text) }
        self.init(before: parts[0], after: parts[1])
    }

    private init(before: String, after: String) {
        text = "\(before){}\(after)"
        self.before = before
        self.after = after
    }

    /// The sentence for a class; underscores in its name become spaces.
    public func prompt(for className: String) -> String {
        sentence(with: className.replacingOccurrences(of: "_", with: " "))
    }

    /// The sentence with a name put in as it is.
    public func sentence(with name: String) -> String { before + name + after }
}
