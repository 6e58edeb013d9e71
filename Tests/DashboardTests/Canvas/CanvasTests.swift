import Testing
import Training

@testable import Dashboard

@Suite struct CanvasTests {
    @Test func textIsClippedAtEveryEdge() {
        var canvas = Canvas(width: 5, height: 2)
        canvas.text("abcdefg", x: -2, y: 0)
        canvas.text("xyz", x: 3, y: 1)
        canvas.text("never", x: 0, y: 2)
        canvas.text("never", x: 0, y: -1)
        #expect(canvas.lines == ["cdefg", "   xy"])
    }

    @Test func aRegionHasItsOwnOriginAndNothingLeavesIt() {
        var canvas = Canvas(width: 6, height: 3, filledWith: Cell("."))
        canvas.inside(Rect(x: 2, y: 1, width: 3, height: 1)) { inner in
            #expect(inner.bounds == Rect(x: 0, y: 0, width: 3, height: 1))
            inner.text("abcdef", x: -1, y: 0)
            inner.text("below", x: 0, y: 1)
            inner.inside(Rect(x: 1, y: -1, width: 9, height: 9)) { $0.fill($0.bounds, with: Cell("#")) }
        }
        #expect(canvas.lines == ["......", "..b##.", "......"])
        #expect(canvas.cell(x: 5, y: 2)?.scalar == ".")
    }

    @Test func wideGlyphsTakeTwoCellsAndAreNeverTorn() {
        var canvas = Canvas(width: 6, height: 3)
        #expect(canvas.text("鶴a", x: 0, y: 0) == 3)
        #expect(canvas.lines[0] == "鶴a")
        #expect(canvas.cell(x: 1, y: 0)?.scalar == Cell.continuation)
        // The right half does not fit: a space instead.
        canvas.text("鶴", x: 5, y: 1)
        #expect(canvas.lines[1] == "")
        // Overwriting one half clears the other, on both sides.
        canvas.text("鶴鶴", x: 0, y: 2)
        canvas.put("x", x: 1, y: 2)
        canvas.put("y", x: 2, y: 2)
        #expect(canvas.lines[2] == " xy")
        canvas.text("鶴", x: 1, y: 0)
        #expect(canvas.lines[0] == " 鶴")
    }

    @Test func combiningMarksStayOnTheirGlyph() {
        var canvas = Canvas(width: 4, height: 1)
        #expect(canvas.text("e\u{301}a", x: 0, y: 0) == 2)
        #expect(canvas.lines[0] == "e\u{301}a")
        #expect(canvas.cell(x: 0, y: 0)?.mark == "\u{301}")
    }

    @Test func controlCharactersFromOutsideDoNotReachTheTerminal() {
        var canvas = Canvas(width: 8, height: 1)
        canvas.text("a\u{1B}[2J\n\u{9B}b\u{202E}c", x: 0, y: 0)
        #expect(canvas.lines[0] == "a?[2J??b")
    }

    @Test(arguments: [("abc", 3), ("日本", 4), ("e\u{301}", 1), ("\u{200B}x", 1), ("🦢", 2), ("ｗ", 2), ("", 0)])
    func displayWidth(_ text: String, _ width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }

    @Test func textIsFittedByCellsNotByCharacters() {
        #expect(Glyphs.full.fit("vegetable", 9) == "vegetable")
        #expect(Glyphs.full.fit("vegetable", 5) == "vege…")
        #expect(Glyphs.ascii.fit("vegetable", 5) == "vege~")
        #expect(Glyphs.full.fit("日本語", 4) == "日…")
        #expect(Glyphs.full.fit("abc", 0) == "")
        #expect(Glyphs.full.pad("日", 4) == "日  ")
    }

    @Test func asciiKeepsEveryColumn() {
        var canvas = Canvas(width: 12, height: 1)
        canvas.text("a → 鶴 ×2…é", x: 0, y: 0)
        let width = canvas.lines[0].count
        canvas.reduceToASCII()
        #expect(canvas.lines[0] == "a > ?  x2~?")
        #expect(canvas.lines[0].count == width + 1)
    }

    @Test func barsHaveEighths() {
        var canvas = Canvas(width: 4, height: 4)
        canvas.bar(0.5, x: 0, y: 0, width: 4, .text, .full)
        canvas.bar(0.53, x: 0, y: 1, width: 4, .text, .full)
        canvas.bar(0.01, x: 0, y: 2, width: 4, .text, .full)
        canvas.bar(.nan, x: 0, y: 3, width: 4, .text, .full)
        #expect(canvas.lines == ["██", "██▏", "▏", ""])
    }

    @Test func aBoxWithoutRoomForItsCaptionsKeepsTheValue() {
        var canvas = Canvas(width: 12, height: 3)
        canvas.box(.full, title: [.init("batch loss", .text)], value: [.init("0.41", .text)]) {
            $0.text("x", x: 0, y: 0)
        }
        #expect(canvas.lines == ["╭──── 0.41 ╮", "│ x        │", "╰──────────╯"])
    }
}

@Suite struct FormatTests {
    @Test func figures() {
        #expect(
            [0.4137, 12.345, 123.4, 0.0412, 0, 123_456].map(Format.loss) == [
                "0.41", "12.3", "123", "0.041", "0.00", "1.2e5",
            ])
        #expect(Format.loss(.nan) == "NaN")
        #expect([0.003, 0.0009999, 1, 25].map(NumberFormat.rate) == ["3.0e-3", "1.0e-3", "1.0e0", "2.5e1"])
        #expect([0, 9.4, 69, 3600, 7325].map(NumberFormat.duration) == ["0:00", "0:09", "1:09", "1:00:00", "2:02:05"])
        #expect(NumberFormat.duration(.infinity) == "-:--")
        #expect([7, 1496, 1_234_567, -1496].map(Format.count) == ["7", "1,496", "1,234,567", "-1,496"])
        #expect(Format.points(0.1247) == "+12.5" && Format.points(-0.02) == "-2.0" && Format.points(-0.0001) == "+0.0")
        #expect(NumberFormat.percent(0.828125) == "82.8")
    }
}
