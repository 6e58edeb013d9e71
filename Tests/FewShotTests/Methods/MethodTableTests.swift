import FewShot
import Foundation
import TestSupport
import Testing

/// The table of methods in README.md and docs/methods.md is what the methods say about themselves.
/// `CLIPTOP_RECORD=1 swift test --filter MethodTableTests` writes it anew, between `<!-- methods -->` and
/// `<!-- /methods -->`.
@Suite struct MethodTableTests {
    /// A table in Markdown with a row for each method.
    private static func table(_ columns: [(head: String, text: (MethodDescriptor) -> String)]) -> String {
        let rows = MethodRegistry.descriptors.map { method in columns.map { $0.text(method) } }
        let lines = [columns.map(\.head), columns.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    private static let files: [String: String] = [
        "README.md": table([("`--method`", { "`\($0.name.rawValue)`" }), ("what it does", \.summary), ("paper", paper)]
        ),
        "docs/methods.md": table([
            ("method", { "`\($0.name.rawValue)`" }), ("paper", paper),
            ("trained numbers", { $0.parameterCount.isEmpty ? "–" : "`\($0.parameterCount)`" }),
            ("trained on", trainedOn), ("epochs", { $0.batching == .trainingFree ? "–" : "\($0.training.epochs)" }),
            ("where hyper-parameters come from unless given", choices),
        ]),
    ]

    private static func paper(_ method: MethodDescriptor) -> String {
        method.paper.map { "[\($0.authors)](https://arxiv.org/abs/\($0.arXiv))" } ?? "–"
    }

    private static func trainedOn(_ method: MethodDescriptor) -> String {
        switch method.batching {
        case .trainingFree: "–"
        case .fullBatch: "all pictures in every step"
        case .shuffled: "batches of \(method.training.batchSize)"
        }
    }

    private static func choices(_ method: MethodDescriptor) -> String {
        let texts = method.choices.map { "\($0.name): \($0.source.rawValue)" }
        return texts.isEmpty ? "–" : texts.joined(separator: ", ")
    }

    @Test(arguments: files.keys.sorted()) func theTableIsTheMethodsOwn(name: String) throws {
        let table = try #require(Self.files[name])
        let file = Fixtures.repository.appending(path: name)
        var text = try String(contentsOf: file, encoding: .utf8)
        let start = try #require(text.firstRange(of: "<!-- methods -->\n")?.upperBound, "\(name) has no table")
        let end = try #require(text[start...].firstRange(of: "<!-- /methods -->")?.lowerBound)
        if ProcessInfo.processInfo.environment["CLIPTOP_RECORD"] != nil {
            text.replaceSubrange(start..<end, with: table)
            try text.write(to: file, atomically: true, encoding: .utf8)
        } else {
            #expect(text[start..<end] == table, "run this test with CLIPTOP_RECORD=1")
        }
    }
}
