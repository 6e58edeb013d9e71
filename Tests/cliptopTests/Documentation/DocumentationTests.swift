import Foundation
import TestSupport
import Testing

/// What the pages and the comments in the code refer to exists.
@Suite struct DocumentationTests {
    private static let root = Fixtures.repository
    private static let pages: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: "docs").path)) ?? []
        return ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
            + names.filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }
    }()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The anchors of a page's headings, as GitHub makes them.
    private static func anchors(_ page: String) throws -> Set<String> {
        Set(
            try text(page).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                let title = line.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                return String(title.filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == " " || $0 == "_" })
                    .replacing(" ", with: "-")
            })
    }

    @Test("Links lead to files and headings that exist", arguments: pages)
    func links(_ page: String) throws {
        let folder = Self.root.appending(path: page).deletingLastPathComponent()
        for match in try Self.text(page).matches(of: /\]\(([^)\s]+)\)/) where !match.1.hasPrefix("http") {
            let parts = match.1.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let target = parts[0].isEmpty ? Self.root.appending(path: page) : folder.appending(path: String(parts[0]))
            #expect(FileManager.default.fileExists(atPath: target.path), "\(match.1)")
            guard parts.count == 2 else { continue }
            let path = target.standardizedFileURL.path.replacing(Self.root.standardizedFileURL.path + "/", with: "")
            #expect(try Self.anchors(path).contains(String(parts[1])), "\(match.1)")
        }
    }

    @Test("Files and folders that pages name exist", arguments: pages)
    func files(_ page: String) throws {
        for match in try Self.text(page).matches(of: /`((?:Sources|Tests|Benchmarks|Samples)\/[^`\s*<…]+)`/) {
            let file = Self.root.appending(path: String(match.1))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(match.1)")
        }
    }

    @Test("Sections that comments cite exist", arguments: ["Sources", "Tests", "Benchmarks/Sources"])
    func citations(_ folder: String) throws {
        var anchors: [String: Set<String>] = [:]
        let files = FileManager.default.enumerator(
            at: Self.root.appending(path: folder), includingPropertiesForKeys: nil)
        for case let file as URL in try #require(files) where ["swift", "c", "h"].contains(file.pathExtension) {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /(docs\/[a-z]+\.md)#([a-z0-9\-_]+)/)
            {
                let page = String(match.1)
                if anchors[page] == nil { anchors[page] = try Self.anchors(page) }
                #expect(anchors[page]?.contains(String(match.2)) == true, "\(file.lastPathComponent): \(match.0)")
            }
        }
    }

    @Test("The first page is short enough to be read")
    func length() throws {
        #expect(try Self.text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
    }

    @Test("Comments cite nothing that is not in the repository", arguments: ["Sources", "Benchmarks/Sources"])
    func noSpecification(_ folder: String) throws {
        let files = FileManager.default.enumerator(
            at: Self.root.appending(path: folder), includingPropertiesForKeys: nil)
        for case let file as URL in try #require(files) where ["swift", "c", "h"].contains(file.pathExtension) {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.firstMatch(of: /\(spec[ ,]|spec clip-models|spec, |\(design[ ,]/) == nil, "\(file.path)")
        }
    }
}
