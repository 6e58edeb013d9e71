import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// README's key list is what the command table says. `CLIPTOP_RECORD=1 swift test --filter KeyListTests` writes it anew.
@Suite struct KeyListTests {
    private static let file = Fixtures.repository.appending(path: "README.md")
    private static let heading = "| key | what it does |\n| --- | --- |\n"

    /// The table in Markdown: a row for each command, with the section where it begins.
    private static var list: String {
        var text = heading
        for section in DashboardCommand.Section.allCases {
            text += "| | **\(section.rawValue)** |\n"
            for command in CommandTable.all where command.section == section {
                let keys = command.keys.map { "`\($0.label(.full))`" }.joined(separator: " ")
                text += "| \(keys) | \(command.detail) |\n"
            }
        }
        return text
    }

    @Test func theReadmeListsEveryKeyAsTheTableHasIt() throws {
        var readme = try String(contentsOf: Self.file, encoding: .utf8)
        let start = try #require(readme.firstRange(of: Self.heading)?.lowerBound, "README.md has no key list")
        let end = readme[start...].firstRange(of: "|\n\n")?.upperBound ?? readme.endIndex
        if StoredScreens.isRecording {
            readme.replaceSubrange(start..<end, with: Self.list + "\n")
            try readme.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            #expect(readme[start..<end] == Self.list + "\n", "run this test with CLIPTOP_RECORD=1")
        }
    }
}
