import Foundation
import TestSupport
import Testing

/// The built program in a terminal whose every byte is read: what tmux would swallow or tidy up.
@Suite(.serialized) struct PseudoTerminalTests {
    private func start(
        _ more: [String] = [], home: URL, columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
    ) throws -> PseudoTerminal {
        let usual = [
            "CLIPTOP_HOME": home.path, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "", "COLORTERM": "",
            "TMUX": "", "KITTY_WINDOW_ID": "", "TERM_PROGRAM": "", "CLIPTOP_SAMPLES": Fixtures.samples.path,
            "CLIPTOP_THEMES": Fixtures.repository.appending(path: "Themes").path,
        ]
        return try PseudoTerminal(
            [
                TMux.program.path, "train", "--config", Fixtures.samples.appending(path: "demo.toml").path,
                "--no-augment", "--epochs", "4000",
            ] + more,
            environment: ProcessInfo.processInfo.environment.merging(usual) { $1 }.merging(environment) { $1 },
            columns: columns, rows: rows)
    }

    /// Leaves without saving, and checks that it goes well.
    private func leave(_ terminal: PseudoTerminal) throws {
        terminal.send("q")
        #expect(terminal.read(until: "quit?", from: max(0, terminal.received.count - 1)))
        terminal.send("d")
        #expect(terminal.read(until: "for good?", from: max(0, terminal.received.count - 1)))
        terminal.send("y")
        #expect(terminal.waitForEnd() == 0)
    }

    @Test func twoHundredResizesLeaveItAlive() throws {
        try withHome { home in
            let terminal = try start(home: home)
            #expect(terminal.read(until: "RUNNING"))
            var noise: UInt32 = 7
            func random(_ limit: UInt32) -> Int {
                noise = noise &* 1_664_525 &+ 1_013_904_223
                return Int((noise >> 8) % limit)
            }
            for _ in 0..<200 {
                terminal.resize(columns: 1 + random(300), rows: 1 + random(100))
                #expect(terminal.read(waiting: 0.005))
            }
            terminal.resize(columns: 80, rows: 24)
            terminal.send("?")
            let start = terminal.received.count
            #expect(terminal.read(until: "Steer the run", from: start))
            terminal.send("\u{1B}")
            #expect(terminal.read(until: "RUNNING", from: start))
            try leave(terminal)
        }
    }

    @Test func suspendedItGivesTheTerminalBackAndComesAgain() throws {
        try withHome { home in
            let terminal = try start(home: home)
            #expect(terminal.read(until: "RUNNING"))
            let (before, leaveScreen) = (terminal.received.count, "\u{1B}[?1049l")
            terminal.send("\u{1A}")
            #expect(terminal.read(until: leaveScreen, from: before))
            func state() -> Substring? {
                let stat = try? String(contentsOfFile: "/proc/\(terminal.process)/stat", encoding: .utf8)
                return stat?.split(separator: ")").last?.split(separator: " ").first
            }
            let end = Date().addingTimeInterval(60)
            while state() != "T", Date() < end { terminal.read(waiting: 0.01) }
            #expect(state() == "T", "it sleeps")
            let asleep = terminal.received.count
            terminal.signal(SIGCONT)
            #expect(terminal.read(until: "\u{1B}[?1049h", from: asleep))
            #expect(terminal.read(until: "batch loss", from: asleep), "everything is drawn anew")
            #expect(terminal.read(until: "1006;1000h", from: asleep), "the mouse is listened to again")
            try leave(terminal)
        }
    }

    @Test func theMouseIsListenedToUnlessItIsNotWanted() throws {
        try withHome { home in
            let terminal = try start(home: home)
            #expect(terminal.read(until: "RUNNING") && terminal.read(until: "space"))
            let start = terminal.received.count
            terminal.send("\u{1B}[<0;2;24M\u{1B}[<0;2;24m")
            #expect(terminal.read(until: "PAUSED", from: start), "a click on the footer's first entry")
            try leave(terminal)
            let all = String(decoding: terminal.received, as: UTF8.self)
            #expect(all.contains("1006;1000h") && all.contains("1006;1000l"))
        }
        try withHome { home in
            let terminal = try start(["--no-mouse"], home: home)
            #expect(terminal.read(until: "RUNNING"))
            try leave(terminal)
            #expect(!String(decoding: terminal.received, as: UTF8.self).contains("1000h"))
        }
    }

    @Test func kittyIsSentPicturesAndForgetsThemAtTheEnd() throws {
        try withHome { home in
            let terminal = try start(home: home, environment: ["KITTY_WINDOW_ID": "1"])
            #expect(terminal.read(until: "\u{1B}_Ga=T,U=1,f=100,i=1,"))
            #expect(terminal.read(until: "\u{10EEEE}\u{305}"))
            try leave(terminal)
            let all = String(decoding: terminal.received, as: UTF8.self)
            let removal = try #require(all.range(of: "\u{1B}_Ga=d,d=I,i=1,q=2\u{1B}\\"))
            let end = try #require(all.range(of: "\u{1B}[?1049l"))
            #expect(removal.upperBound <= end.lowerBound)
        }
    }

    @Test func sixelIsDrawnOverItsPlaceAndGoesWithADialog() throws {
        try withHome { home in
            let terminal = try start(["--pictures", "sixel"], home: home)
            terminal.resize(columns: 80, rows: 24, cellWidth: 8, cellHeight: 16)
            #expect(terminal.read(until: "\u{1B}P0;1;0q\"1;1;"))
            let shown = terminal.received.count
            terminal.send("?")
            #expect(terminal.read(until: "Steer the run", from: shown))
            terminal.send("\u{1B}")
            #expect(terminal.read(until: "\u{1B}P0;1;0q\"1;1;", from: shown), "it comes back when help goes")
            try leave(terminal)
        }
    }

    @Test func withoutUTF8NothingButASCIIIsSentInColoursToo() throws {
        try withHome { home in
            let terminal = try start(home: home, environment: ["LC_ALL": "C", "LANG": "C"])
            #expect(terminal.read(until: "RUNNING") && terminal.read(until: "batch loss"))
            try leave(terminal)
            #expect(terminal.received.allSatisfy { $0 < 0x80 })
            #expect(String(decoding: terminal.received, as: UTF8.self).contains("38;5;"))
        }
    }

    /// Pasted text is no keys, whatever it spells.
    @Test func aPasteDoesNothingOutsideALine() throws {
        try withHome { home in
            let terminal = try start(home: home)
            #expect(terminal.read(until: "RUNNING") && terminal.read(until: "space"))
            let start = terminal.received.count
            terminal.send("\u{1B}[200~qdrant-client==1.9\nqdy\u{1B}[201~")
            #expect(terminal.read(until: "pasted text", from: start))
            terminal.read(seconds: 0.5)
            let shown = String(decoding: terminal.received[start...], as: UTF8.self)
            #expect(!shown.contains("quit?") && !shown.contains("PAUSED") && terminal.waitForEnd(seconds: 0.2) == nil)
            try leave(terminal)
            let all = String(decoding: terminal.received, as: UTF8.self)
            let last = try #require(all.ranges(of: "\u{1B}[?2004l").last)
            #expect(all.contains("\u{1B}[?2004h") && !all[last.upperBound...].contains("2004h"))
        }
    }

    /// What the environment says of some terminal's size is not this one's.
    @Test(arguments: [("200", "60"), ("20", "5")]) func theTerminalsOwnSizeCounts(_ columns: String, _ rows: String)
        throws
    {
        try withHome { home in
            let terminal = try start(home: home, environment: ["COLUMNS": columns, "LINES": rows])
            #expect(terminal.read(until: "RUNNING") && terminal.read(until: "quit"))
            terminal.read(seconds: 0.3)
            let rows = String(decoding: terminal.received, as: UTF8.self).matches(of: #/\u{1B}\[(\d+);\d+H/#).compactMap
            { Int($0.1) }
            #expect(rows.max() == 24, "\(rows)")
            try leave(terminal)
        }
    }

    /// Nothing of the working process is left to put the terminal back: the one that waits for it does.
    @Test func aKilledRunLeavesTheTerminalUsable() throws {
        try withHome { home in
            let terminal = try start(home: home)
            #expect(terminal.read(until: "RUNNING") && terminal.read(until: "space"))
            let children = try String(
                contentsOfFile: "/proc/\(terminal.process)/task/\(terminal.process)/children", encoding: .utf8)
            let worker = try #require(Int32(children.trimmingCharacters(in: .whitespaces)))
            let start = terminal.received.count
            kill(worker, SIGKILL)
            #expect(terminal.waitForEnd() == -SIGKILL)
            let end = String(decoding: terminal.received[start...], as: UTF8.self)
            for sequence in ["\u{1B}[?1049l", "\u{1B}[?2004l", "\u{1B}[?1000l", "\u{1B}[?12l\u{1B}[?25h"] {
                #expect(end.contains(sequence), "\(end.debugDescription)")
            }
            #expect(end.contains("cliptop resume latest"))
        }
    }
}
