import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// Whole screens as text files in `Tests/Fixtures/screens`, at three sizes, with colour and UTF-8 and without both. When
/// the look is changed on purpose, `CLIPTOP_RECORD=1 swift test --filter DashboardTests` writes them anew; what that
/// changes is then read in the diff.
enum StoredScreens {
    static let sizes = [(40, 12), (80, 24), (200, 60)]
    static let isRecording = ProcessInfo.processInfo.environment["CLIPTOP_RECORD"] != nil
    private static let folder = Fixtures.repository.appending(path: "Tests/Fixtures/screens")

    /// Compares a state's screens with the files of its name.
    static func check(_ state: DashboardState, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws
    {
        for (columns, rows) in sizes {
            try check(
                state, "\(name)-\(columns)x\(rows)", columns, rows, .init(colors: .indexed256, glyphs: .full),
                showsRoles: columns <= 80, sourceLocation)
            try check(
                state, "\(name)-\(columns)x\(rows)-ascii", columns, rows, .init(colors: .none, glyphs: .ascii),
                showsRoles: false, sourceLocation)
        }
    }

    private static func check(
        _ state: DashboardState, _ name: String, _ columns: Int, _ rows: Int, _ capabilities: TerminalCapabilities,
        showsRoles: Bool, _ sourceLocation: SourceLocation
    ) throws {
        let canvas = DashboardView.draw(state, columns: columns, rows: rows, capabilities)
        if capabilities.glyphs.isASCII {
            #expect(canvas.plain.utf8.allSatisfy { $0 < 128 }, "\(name)", sourceLocation: sourceLocation)
        }
        var text = canvas.plain.replacing(Format.clock(Date(timeIntervalSince1970: 0)), with: "12:00:00") + "\n"
        if showsRoles { text += "\nroles\n" + roles(canvas) + "\n" }
        let file = folder.appending(path: name + ".txt")
        if isRecording {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(name)", sourceLocation: sourceLocation)
    }

    private static let letters: [Role: Character] = [
        .background: "g", .text: ".", .dim: "d", .title: "t", .border: "b", .accent: "a", .loss: "l",
        .validation: "v", .accuracy: "c", .zeroShot: "z", .event: "e", .good: "k", .warning: "w", .bad: "x",
        .selection: "s",
    ]

    /// The colour of every cell: a letter for its role, in upper case where it is bold; `#` on the selection.
    private static func roles(_ canvas: Canvas) -> String {
        (0..<canvas.height).map { y in
            var line = String(
                canvas.row(y).map { cell -> Character in
                    guard cell.scalar != " " || cell.style.background == .role(.selection) else { return " " }
                    if cell.style.background == .role(.selection) { return "#" }
                    guard case .role(let role) = cell.style.foreground, let letter = letters[role] else { return "p" }
                    return cell.style.attributes.contains(.bold) ? Character(letter.uppercased()) : letter
                })
            while line.last == " " { line.removeLast() }
            return line
        }.joined(separator: "\n")
    }
}
