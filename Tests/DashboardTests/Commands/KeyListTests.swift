import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// `docs/keys.md` is what the command table says. `CLIPTOP_RECORD=1 swift test --filter KeyListTests` writes it anew.
@Suite struct KeyListTests {
    private static let file = Fixtures.repository.appending(path: "docs/keys.md")

    /// The document: a row for each command, with the section where it begins.
    private static var list: String {
        var text = """
            # Keys

            Every key of the dashboard. `?` shows the same list in the program. This page is written from the table of commands \
            (`CLIPTOP_RECORD=1 swift test --filter KeyListTests`).

            | key | what it does |
            | --- | --- |

            """
        for section in DashboardCommand.Section.all {
            text += "| | **\(section.title)** |\n"
            for command in CommandTable.all where command.section == section {
                let keys = command.keys.map { "`\($0.label(.full))`" }.joined(separator: " ")
                text += "| \(keys) | \(command.detail) |\n"
            }
        }
        return text
    }

    @Test func everyKeyIsListedAsTheTableHasIt() throws {
        if StoredScreens.isRecording {
            try Self.list.write(to: Self.file, atomically: true, encoding: .utf8)
        } else {
            let written = try String(contentsOf: Self.file, encoding: .utf8)
            #expect(written == Self.list, "run this test with CLIPTOP_RECORD=1")
        }
    }
}
