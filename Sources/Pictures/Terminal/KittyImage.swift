import CPNG
import Foundation

/// A picture for Kitty's graphics protocol, shown by placeholder characters: the data go to the terminal under a number,
/// and text cells of a certain character, in the colour of that number, stand for its parts. Such cells can be covered,
/// moved and erased like any text, by programs in between (tmux) too.
public enum KittyImage {
    /// The character that stands for a part of a picture.
    public static let placeholder: Unicode.Scalar = "\u{10EEEE}"

    /// The combining character of each row on the placeholder; the column follows from the cell on its left.
    public static let rowMarks: [Unicode.Scalar] = [
        0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F, 0x346, 0x34A, 0x34B, 0x34C, 0x350, 0x351, 0x352, 0x357,
        0x35B, 0x363, 0x364, 0x365, 0x366, 0x367, 0x368, 0x369, 0x36A, 0x36B, 0x36C, 0x36D, 0x36E, 0x36F, 0x483, 0x484,
        0x485, 0x486, 0x487, 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59C, 0x59D, 0x59E, 0x59F, 0x5A0, 0x5A1,
        0x5A8, 0x5A9, 0x5AB, 0x5AC, 0x5AF, 0x5C4, 0x610, 0x611, 0x612, 0x613, 0x614, 0x615, 0x616, 0x617, 0x657, 0x658,
    ].compactMap { Unicode.Scalar($0 as UInt32) }

    /// The most characters of data in one sequence.
    private static let chunk = 4096

    /// The sequences that transmit a picture under a number, to be shown in `columns` x `rows` cells; empty if it
    /// cannot be packed. Inside tmux they are wrapped, so that it passes them on.
    public static func sequence(
        _ picture: Picture, number: Int, columns: Int, rows: Int, insideTmux: Bool
    ) -> [UInt8] {
        guard let png = png(picture) else { return [] }
        let text = Array(png.base64EncodedString().utf8)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: chunk) {
            let end = min(start + chunk, text.count)
            let head = start == 0 ? "a=T,U=1,f=100,i=\(number),c=\(columns),r=\(rows)," : ""
            let part = Array("\u{1B}_G\(head)q=2,m=\(end < text.count ? 1 : 0);".utf8) + text[start..<end]
            bytes += wrapped(part + Array("\u{1B}\\".utf8), insideTmux)
        }
        return bytes
    }

    /// The sequence that deletes the picture of a number in the terminal.
    public static func removal(number: Int, insideTmux: Bool) -> [UInt8] {
        wrapped(Array("\u{1B}_Ga=d,d=I,i=\(number),q=2\u{1B}\\".utf8), insideTmux)
    }

    private static func wrapped(_ sequence: [UInt8], _ insideTmux: Bool) -> [UInt8] {
        guard insideTmux else { return sequence }
        let escape: UInt8 = 0x1B
        return Array("\u{1B}Ptmux;".utf8) + sequence.flatMap { $0 == escape ? [escape, escape] : [$0] }
            + Array("\u{1B}\\".utf8)
    }

    /// The picture as a PNG file.
    static func png(_ picture: Picture) -> Data? {
        var bytes = [UInt8](repeating: 0, count: picture.pixels.count + picture.pixels.count / 8 + 4096)
        let count = cpng_write(
            picture.pixels, UInt32(picture.width), UInt32(picture.height), &bytes, bytes.count)
        return count > 0 ? Data(bytes.prefix(count)) : nil
    }
}
