import Testing

@testable import Dashboard

/// What a terminal sends, byte by byte, and what it means.
@Suite struct InputDecoderTests {
    private let start = ContinuousClock.now

    /// What comes of pieces that arrive so many milliseconds apart, a second and more after the last of them.
    private func decode(_ pieces: [String], apart: Int = 0, ssh: Bool = false) -> [Input] {
        var decoder = InputDecoder(.init(environment: ssh ? ["SSH_CONNECTION": "1 2 3 4"] : [:]))
        var (inputs, now) = ([Input](), start)
        func drain() { while let input = decoder.next(at: now) { inputs.append(input) } }
        for piece in pieces {
            drain()
            decoder.take(Array(piece.utf8), at: now)
            now += .milliseconds(apart)
        }
        now += .seconds(7)
        drain()
        return inputs
    }

    private func keys(_ keys: Key...) -> [Input] { keys.map { .key($0) } }

    @Test(
        arguments: [
            ("a", .character("a")), ("é", .character("é")), ("日", .character("日")), ("😀", .character("😀")),
            ("\r", .enter), ("\n", .enter),
            ("\t", .tab), ("\u{7F}", .backspace), ("\u{8}", .backspace), ("\u{3}", .control("c")), ("\u{1B}", .escape),
            ("\u{1B}[A", .up), ("\u{1B}OB", .down), ("\u{1B}[C", .right), ("\u{1B}OD", .left), ("\u{1B}[1C", .right),
            ("\u{1B}[H", .home), ("\u{1B}OH", .home), ("\u{1B}[1~", .home), ("\u{1B}[7~", .home), ("\u{1B}[F", .end),
            ("\u{1B}OF", .end),
            ("\u{1B}[4~", .end), ("\u{1B}[8~", .end), ("\u{1B}[3~", .delete), ("\u{1B}[5~", .pageUp),
            ("\u{1B}[6~", .pageDown),
            ("\u{1B}[Z", .backTab), ("\u{1B}OM", .enter),
        ] as [(String, Key)])
    func keysAreKnown(_ bytes: String, _ key: Key) { #expect(decode([bytes]) == keys(key)) }

    private static let unknown = [
        // Function keys of xterm, VT220, rxvt, PuTTY and the Linux console; keys with Ctrl, Alt and Shift.
        "\u{1B}OP", "\u{1B}[15~", "\u{1B}[24;2~", "\u{1B}[[A", "\u{1B}[[E", "\u{1B}[25$", "\u{1B}[7$", "\u{1B}[7^",
        "\u{1B}[7@", "\u{1B}[1;5A",
        "\u{1B}[3;5~", "\u{1B}[2~", "\u{1B}Oa", "\u{1B}[a", "\u{1B}O5C", "\u{1B}Op", "\u{1B}Oj", "\u{1B}[E", "\u{1B}q",
        "\u{1B}é", "\u{1B}\r",
        "\u{1B}\u{1B}[A", "\u{1B}\u{1B}OC", "\u{1B}[27;6;113~", "\u{1B}[113;5u", "\u{1B}[57441;1:3u",
        // Answers of terminals, focus, mouse without a button of ours.
        "\u{1B}[?1;2c", "\u{1B}[>41;354;0c", "\u{1B}[=0c", "\u{1B}[12;40R", "\u{1B}[0n", "\u{1B}[?2026;2$y",
        "\u{1B}[4;1$y", "\u{1B}[8;24;80t", "\u{1B}[I", "\u{1B}[O",
        "\u{1B}[<35;10;10M", "\u{1B}[<0;10;10m", "\u{1B}[M#!!", "\u{1B}[?200~",
        "\u{1B}]11;rgb:ffff/ffff/ffff\u{7}", "\u{1B}]4;1;rgb:aa/bb/cc\u{1B}\\", "\u{1B}]52;c;cXVpdA==\u{7}",
        "\u{1B}P>|tmux 3.4\u{1B}\\",
        "\u{1B}P1+r5463=71\u{1B}\\", "\u{1B}_Gi=1;OK\u{1B}\\", "\u{1B}^qd\u{1B}\\", "\u{1B}Xqd\u{1B}\\",
        "\u{1B}[\(String(repeating: "1;", count: 500))q",
    ]

    @Test(arguments: unknown) func unknownSequencesAreTakenWhole(_ sequence: String) {
        #expect(decode([sequence]) == [])
        #expect(decode(["x" + sequence + "y"]) == keys(.character("x"), .character("y")))
        // In pieces of a byte over a slow line.
        #expect(
            decode(
                sequence.unicodeScalars.map { String($0) },
                apart: sequence.hasPrefix("\u{1B}\u{1B}") || sequence.utf8.count < 4 ? 20 : 150) == [])
    }

    @Test(arguments: ["\u{1B}[C", "\u{1B}OC", "\u{1B}[1~", "\u{1B}[3~", "\u{1B}[6~", "\u{1B}[Z"], [10, 60, 120, 250])
    func aKeyInPiecesIsAKey(_ sequence: String, _ apart: Int) {
        let whole = decode([sequence])
        #expect(whole.count == 1)
        #expect(decode(sequence.map { String($0) }, apart: apart) == whole)
        #expect(decode([String(sequence.prefix(2)), String(sequence.dropFirst(2))], apart: apart) == whole)
        #expect(decode(sequence.map { String($0) }, apart: apart * 2, ssh: true) == whole)
    }

    @Test func aLoneEscapeIsTheKeyAfterAMoment() {
        var decoder = InputDecoder(.init(environment: [:]))
        decoder.take([0x1B], at: start)
        #expect(decoder.next(at: start) == nil && decoder.deadline != nil)
        #expect(decoder.next(at: start + .milliseconds(200)) == nil)
        #expect(decoder.next(at: start + .milliseconds(301)) == .key(.escape) && decoder.deadline == nil)
        // A key that is typed after it is a key, not one with Alt.
        #expect(decode(["\u{1B}", "q"], apart: 100) == keys(.escape, .character("q")))
        #expect(decode(["\u{1B}", "\u{1B}"], apart: 500) == keys(.escape, .escape))
    }

    @Test func whatDoesNotEndIsNotWaitedForForEver() {
        for begun in ["\u{1B}[1;", "\u{1B}O", "\u{1B}]0;title", "\u{1B}P", "\u{1B}[M!"] {
            #expect(decode([begun, "x"], apart: 1500) == keys(.character("x")), "\(begun.debugDescription)")
        }
        // Ctrl-C always gets through.
        for begun in ["\u{1B}", "\u{1B}[1;", "\u{1B}]0;title", "\u{1B}P"] {
            #expect(decode([begun + "\u{3}"]) == keys(.control("c")), "\(begun.debugDescription)")
        }
    }

    @Test(arguments: [
        "", "q", "quit\ndiscard\r\n", "+ öl + äpfel", "\u{1B}[A\u{1B}", "a\u{1B}[20b", "\u{3}\u{1B}[200~",
    ])
    func pastedTextIsNoKeys(_ text: String) {
        let marked = "\u{1B}[200~\(text)\u{1B}[201~"
        #expect(decode(["x" + marked + "y"]) == [.key(.character("x")), .paste(text), .key(.character("y"))])
        #expect(decode(marked.unicodeScalars.map { String($0) }, apart: 100) == [.paste(text)])
    }

    @Test func aPasteWithoutAnEndEndsAndALongOneIsCut() {
        #expect(decode(["\u{1B}[200~abc"]) == [.paste("abc")])
        let long = decode(["\u{1B}[200~" + String(repeating: "a", count: 1 << 20) + "\u{1B}[201~x"])
        #expect(long == [.paste(String(repeating: "a", count: 1 << 16)), .key(.character("x"))])
    }

    @Test func theMouseIsToldInBothForms() {
        let press = Input.mouse(MouseEvent(action: .press, x: 9, y: 4))
        #expect(decode(["\u{1B}[<0;10;5M"]) == [press] && decode(["\u{1B}[M *%"]) == [press])
        let wheel = [MouseEvent.Action.wheelUp, .wheelDown].map { Input.mouse(MouseEvent(action: $0, x: 0, y: 0)) }
        #expect(decode(["\u{1B}[<64;1;1M\u{1B}[<65;1;1M"]) == wheel)
    }

    /// Any bytes at all: nothing ends the process, and afterwards a key is a key.
    @Test func anyBytesAreTaken() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var decoder = InputDecoder(.init(environment: [:]))
            let pool: [UInt8] = [0x1B, 0x5B, 0x4F, 0x5D, 0x50, 0x07, 0x24, 0x32, 0x30, 0x7E, 0x4D, 0xC3, 0xF0, 0x80]
            let bytes = (0..<20).map { _ in
                Bool.random() ? pool.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255)
            }
            decoder.take(bytes, at: start)
            while decoder.next(at: start + .seconds(10)) != nil {}
            decoder.take([0x61], at: start + .seconds(20))
            #expect(decoder.next(at: start + .seconds(20)) == .key(.character("a")), "\(bytes)")
        }
    }
}
