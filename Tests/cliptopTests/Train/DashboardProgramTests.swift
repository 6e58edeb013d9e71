import Foundation
import TestSupport
import Testing

/// The built program in a real terminal, as its users see it.
@Suite(.serialized) struct DashboardProgramTests {
    private var command: String {
        TMux.program.path + " train --config " + Fixtures.samples.appending(path: "demo.toml").path
    }

    @Test func showsALiveRunObeysKeysAndLeavesTheTerminalAsItWas() throws {
        let terminal = try TMux(command + " --no-augment --epochs 400 --pace 4")
        try terminal.wait(for: "RUNNING")
        try terminal.wait(for: " 2/400")
        try terminal.press("Space")
        try terminal.wait(for: "PAUSED")
        try terminal.press("+")
        try terminal.wait(for: "learning rate 3.0e-3 →")
        try terminal.press("Space")
        try terminal.wait(for: "RUNNING")
        try terminal.press("?")
        try terminal.wait { $0.contains("pause") && $0.contains("theme") }
        try terminal.press("Escape", "q")
        try terminal.wait(for: "discard")
        try terminal.press("Escape")
        try terminal.resize(200, 60)
        try terminal.wait { $0.split(separator: "\n").contains { $0.count > 150 } }
        try terminal.resize(40, 10)
        try terminal.wait { $0.split(separator: "\n").allSatisfy { $0.count <= 40 } }
        try terminal.resize(80, 24)
        try terminal.press("q", "s")
        let end = try terminal.wait(for: "[exit 0]")
        #expect(end.contains("saved in"))
        #expect(try terminal.modesAreRestored())
    }

    @Test func discardingSavesNothing() throws {
        let terminal = try TMux(command + " --no-augment --pace 2")
        try terminal.wait(for: " 1/40")
        try terminal.press("q", "d", "y")
        let end = try terminal.wait(for: "[exit ")
        #expect(end.contains("not saved"))
        #expect(try terminal.modesAreRestored())
    }

    @Test(arguments: [("TERM", "[exit 143]"), ("INT", "[exit 130]")])
    func signalsSaveAndRestore(name: String, status: String) throws {
        let terminal = try TMux(command + " --no-augment --pace 2")
        try terminal.wait(for: " 1/40")
        try terminal.signal(name)
        if name == "INT" { try terminal.signal(name) }
        let end = try terminal.wait(for: "[exit ")
        #expect(end.contains(status), "\(end)")
        #expect(end.contains("saved in"))
        #expect(try terminal.modesAreRestored())
    }

    @Test func worksWithoutColoursAndInASCII() throws {
        let terminal = try TMux(command + " --no-augment --pace 4", term: "vt100", locale: "C")
        let screen = try terminal.wait(for: "RUNNING")
        #expect(screen.unicodeScalars.allSatisfy { $0.isASCII }, "\(screen)")
        try terminal.press("q", "d", "y")
        try terminal.wait(for: "[exit 0]")
    }

    @Test func aWrongThemeIsOneLine() throws {
        let terminal = try TMux(command + " --theme nosuch")
        let screen = try terminal.wait(for: "[exit 2]")
        #expect(screen.contains("nosuch"))
    }
}
