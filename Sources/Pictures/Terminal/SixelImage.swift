/// A picture as Sixel data: bands of six rows, a string of characters for each colour of a band.
///
/// The colours are those of xterm's cube and greys, dithered: dots of a terminal's size are too small to be seen.
public enum SixelImage {
    /// The escape sequence that draws the picture from the cursor on, one dot a pixel.
    public static func sequence(_ picture: Picture) -> [UInt8] {
        let indices = ErrorDiffusion.indices256(of: picture, carriedColor: 0.9)
        let (width, height) = (picture.width, picture.height)
        // Dots that no band draws stay as they are; dots are square.
        var bytes = Array("\u{1B}P0;1;0q\"1;1;\(width);\(height)".utf8)
        for index in Set(indices).sorted() {
            guard let color = TerminalPalette.cube256.color(at: Int(index)) else { continue }
            // Channels are in per cent.
            let channels = [color.red, color.green, color.blue].map { (Int($0) * 100 + 127) / 255 }
            bytes += "#\(index);2;\(channels[0]);\(channels[1]);\(channels[2])".utf8
        }
        var row = [UInt8](repeating: 0, count: width)
        for top in stride(from: 0, to: height, by: 6) {
            let rows = min(6, height - top)
            if top > 0 { bytes.append(UInt8(ascii: "-")) }
            var isFirst = true
            for index in Set(indices[top * width..<(top + rows) * width]).sorted() {
                for x in 0..<width {
                    var dots: UInt8 = 0
                    for y in 0..<rows where indices[(top + y) * width + x] == index { dots |= 1 << UInt8(y) }
                    row[x] = dots
                }
                if !isFirst { bytes.append(UInt8(ascii: "$")) }
                isFirst = false
                bytes += "#\(index)".utf8
                append(row, to: &bytes)
            }
        }
        return bytes + Array("\u{1B}\\".utf8)
    }

    /// Six dots a character, repetitions counted; what is empty at the end is left out.
    private static func append(_ row: [UInt8], to bytes: inout [UInt8]) {
        let end = (row.lastIndex { $0 != 0 } ?? -1) + 1
        var x = 0
        while x < end {
            var next = x + 1
            while next < end, row[next] == row[x] { next += 1 }
            let (count, character) = (next - x, 63 + row[x])
            if count > 3 {
                bytes += "!\(count)".utf8
                bytes.append(character)
            } else {
                bytes += [UInt8](repeating: character, count: count)
            }
            x = next
        }
    }
}
