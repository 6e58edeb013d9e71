@testable import Pictures

extension Picture {
    /// Noise from a linear congruential generator, which is as short in Python: the expected values come from there.
    static func noise(width: Int, height: Int) -> Picture {
        var state = 1
        let pixels = (0..<(width * height * 3)).map { _ in
            state = (state * 1_103_515_245 + 12345) & 0x7FFF_FFFF
            return UInt8(truncatingIfNeeded: state >> 16)
        }
        return Picture(width: width, height: height, pixels: pixels)
    }

    /// One colour everywhere.
    static func plain(width: Int, height: Int, _ color: RGB) -> Picture {
        let pixels = (0..<(width * height)).flatMap { _ in [color.red, color.green, color.blue] }
        return Picture(width: width, height: height, pixels: pixels)
    }

    /// The red samples, row by row, for pictures whose pixels are told apart by them.
    var reds: [[UInt8]] {
        (0..<height).map { row in (0..<width).map { pixels[(row * width + $0) * 3] } }
    }

    /// A picture of these red samples.
    init(reds: [[UInt8]]) {
        self.init(width: reds[0].count, height: reds.count, pixels: reds.joined().flatMap { [$0, 0, 0] })
    }

    /// A checksum that is as short in Python.
    var checksum: UInt32 { pixels.reduce(0) { $0 &* 31 &+ UInt32($1) } }
}
