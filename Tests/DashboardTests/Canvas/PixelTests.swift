import Foundation
import Pictures
import Testing

@testable import Dashboard

/// Pictures in the terminal's own pixels: who gets them, what stands in their cells, and what is sent when.
@Suite struct PixelTests {
    private static let cell = PixelSupport.Size(width: 10, height: 20)

    private static func support(_ mode: PictureMode) throws -> PixelSupport {
        try #require(PixelSupport(mode, cell: cell, colors: .indexed256, glyphs: .full, environment: [:]))
    }

    private static func picture(
        _ mode: PictureMode, _ serial: Int, number: Int = 1, columns: Int = 6, rows: Int = 3
    ) throws -> PictureCells {
        let picture = Picture(width: 60, height: 60, pixels: Array(repeating: 77, count: 10_800))
        return PictureCells(
            pixels: PixelPicture(
                picture, columns: columns, rows: rows, try support(mode), number: number, serial: serial),
            columns: columns, rows: rows)
    }

    private func canvas(_ pictures: [(PictureCells, x: Int, y: Int)]) -> Canvas {
        var canvas = Canvas(width: 40, height: 12)
        for (picture, x, y) in pictures {
            canvas.inside(Rect(x: x, y: y, width: 20, height: 10)) { $0.picture(picture) }
        }
        return canvas
    }

    @Test(arguments: [
        (["TERM": "xterm-kitty"], PictureMode.kitty), (["TERM": "xterm-256color", "KITTY_WINDOW_ID": "1"], .kitty),
        (["TERM": "xterm-ghostty"], .kitty), (["TERM": "foot"], .sixel), (["TERM": "foot-extra"], .sixel),
        (["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"], .sixel), (["TERM": "xterm-256color"], .blocks),
        (["TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"], .blocks),
        (["TERM": "screen-256color", "TERM_PROGRAM": "WezTerm"], .blocks),
        (["TERM": "xterm-256color", "TMUX": "/tmp/x,1,0", "KITTY_WINDOW_ID": "1"], .blocks), ([:], .blocks),
    ])
    func terminalsAreKnownByTheirEnvironment(_ environment: [String: String], _ mode: PictureMode) {
        #expect(PictureMode.detected(environment: environment) == mode)
    }

    @Test func whatATerminalCannotDoIsDoneWithBlocks() {
        func support(
            _ mode: PictureMode, _ cell: PixelSupport.Size?, _ colors: ColorDepth, _ glyphs: Glyphs,
            _ environment: [String: String] = [:]
        ) -> PixelSupport.Language? {
            PixelSupport(mode, cell: cell, colors: colors, glyphs: glyphs, environment: environment)?.language
        }
        #expect(support(.kitty, nil, .direct, .full) == .kitty(insideTmux: false))
        #expect(support(.kitty, nil, .indexed256, .full, ["TMUX": "x"]) == .kitty(insideTmux: true))
        #expect(support(.kitty, Self.cell, .ansi16, .full) == nil)
        #expect(support(.kitty, Self.cell, .indexed256, .ascii) == nil)
        #expect(support(.sixel, Self.cell, .ansi16, .ascii) == .sixel)
        #expect(support(.sixel, nil, .indexed256, .full) == nil, "without its size no cell can be filled")
        #expect(support(.sixel, Self.cell, .none, .full) == nil)
        #expect(support(.blocks, Self.cell, .direct, .full) == nil && support(.none, Self.cell, .direct, .full) == nil)
    }

    @Test func kittysCellsNameThePictureAndTheirRow() throws {
        // Square, as high as three cells: sixty pixels, six columns.
        let canvas = canvas([(try Self.picture(.kitty, 1, number: 9, columns: 10, rows: 3), x: 4, y: 2)])
        for row in 0..<3 {
            for column in 0..<10 {
                let cell = canvas.cell(x: 4 + column, y: 2 + row)
                let expected = Cell("\u{10EEEE}", Style(.indexed(9)), mark: KittyImage.rowMarks[row])
                #expect(cell == ((2..<8).contains(column) ? expected : .blank), "\(column), \(row)")
            }
        }
        #expect(canvas.pixels.map(\.place) == [Rect(x: 6, y: 2, width: 6, height: 3)])
    }

    @Test func kittyIsSentAPictureOnceUnlessItsNumberIsUsedAgain() throws {
        var painter = PixelPainter()
        let (first, second) = (try Self.picture(.kitty, 1), try Self.picture(.kitty, 2))
        let here = canvas([(first, x: 0, y: 0)])
        let sequence = try #require(first.pixels?.sequence)
        var sent = [painter.before(here)]
        sent.append(painter.before(canvas([(first, x: 9, y: 4)])))
        sent.append(painter.before(canvas([])))
        sent.append(painter.before(here))
        sent.append(painter.before(canvas([(second, x: 0, y: 0)])))
        #expect(sent == [sequence, [], [], [], second.pixels?.sequence])
        let after = painter.after(here)
        #expect(after.isEmpty && painter.rowsToRestore(canvas([])).isEmpty)
        let removal = painter.removal()
        #expect(removal == KittyImage.removal(number: 1, insideTmux: false))
        let again = [painter.before(here), painter.removal(), painter.removal()]
        #expect(again == [sequence, removal, []], "after a suspension it is sent again")
    }

    @Test func sixelIsDrawnWhenItChangesAndItsRowsAreRestored() throws {
        var painter = PixelPainter()
        let (left, right) = (try Self.picture(.sixel, 1), try Self.picture(.sixel, 2))
        let both = canvas([(left, x: 2, y: 1), (right, x: 20, y: 2)])
        let sequence = { (picture: PictureCells) in picture.pixels?.sequence ?? [] }
        func drawn(_ picture: PictureCells, _ place: String) -> [UInt8] {
            Array("\u{1B}7\u{1B}[\(place)H".utf8) + sequence(picture) + Array("\u{1B}8".utf8)
        }
        #expect(painter.before(both).isEmpty && painter.rowsToRestore(both).isEmpty)
        var sent = [painter.after(both)]
        #expect(sent[0] == drawn(left, "2;3") + drawn(right, "3;21"))
        sent.append(painter.after(both))
        #expect(sent[1].isEmpty)
        // The left one goes: its rows are written again, and with them goes what the right one has in them.
        let one = canvas([(right, x: 20, y: 2)])
        #expect(painter.rowsToRestore(one) == [1, 2, 3])
        sent.append(painter.after(one))
        #expect(sent[2] == drawn(right, "3;21"))
        #expect(painter.rowsToRestore(canvas([])) == [2, 3, 4])
        sent.append(painter.after(canvas([])))
        #expect(sent[3].isEmpty)
        painter.forget()
        sent.append(painter.after(one))
        #expect(sent[4] == drawn(right, "3;21"), "a screen that is drawn anew has no pixels left")
    }

    @Test func aDialogTakesSixelAwayAndCoversKitty() throws {
        func covered(_ mode: PictureMode) throws -> Canvas {
            var canvas = canvas([(try Self.picture(mode, 1), x: 0, y: 0)])
            canvas.dialog(width: 20, height: 6, title: "?", foot: "", .full) { _ in }
            return canvas
        }
        #expect(try covered(.sixel).pixels.isEmpty)
        let kitty = try covered(.kitty)
        #expect(kitty.pixels.count == 1 && kitty.cell(x: 0, y: 0)?.scalar == KittyImage.placeholder)
    }

    @Test func aPictureThatIsCutOffIsNotDrawnInPixels() throws {
        var canvas = Canvas(width: 40, height: 12)
        let picture = try Self.picture(.sixel, 1)
        canvas.inside(Rect(x: 37, y: 2, width: 20, height: 10)) { $0.picture(picture) }
        #expect(canvas.pixels.isEmpty)
    }
}
