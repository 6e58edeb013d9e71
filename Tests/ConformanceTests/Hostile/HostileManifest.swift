import Foundation
import TestSupport
import Testing

/// `hostile/manifest.json`: damaged and malicious files, and what is expected of a reader.
struct HostileManifest: Decodable, Sendable {
    struct Limits: Decodable, Sendable {
        let seconds_per_file: Double
        let memory_mb: Double
    }

    struct Entry: Decodable, Sendable, CustomTestStringConvertible {
        let file: String
        let kind: String
        let expect: Expectation
        let why: String?
        /// The library of the reference reads the file, a careful reader refuses it.
        let strict: Bool?
        /// For a file that makes a directory hostile: the directory to copy, and the file in it to replace.
        let base: String?
        let replaces: String?
        let gzip: Bool?

        var testDescription: String { file }
        var mustBeRefused: Bool { expect == .refuse || strict == true }
        var isPicture: Bool { ["png", "jpeg"].contains(kind) }
    }

    enum Expectation: String, Decodable {
        case refuse, accept, either
    }

    let limits: Limits
    let entries: [Entry]

    static let folder = Fixtures.reference.appending(path: "hostile")

    static func load() throws -> HostileManifest {
        try JSONDecoder().decode(Self.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
    }

    static func pictures() throws -> [Entry] { try load().entries.filter(\.isPicture) }
    static func models() throws -> [Entry] { try load().entries.filter { !$0.isPicture } }
}
