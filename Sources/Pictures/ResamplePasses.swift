/// Rows of interleaved RGB in memory of the caller.
struct Pixels {
    var start: UnsafePointer<UInt8>
    var rowBytes: Int

    init(start: UnsafePointer<UInt8>, rowBytes: Int) {
        self.start = start
        self.rowBytes = rowBytes
    }

    init(_ pixels: MutablePixels) {
        self.init(start: UnsafePointer(pixels.start), rowBytes: pixels.rowBytes)
    }

    func row(_ index: Int) -> UnsafePointer<UInt8> { start + index * rowBytes }

    /// The same pixels counted from another row.
    func from(row: Int) -> Pixels { Pixels(start: self.row(row), rowBytes: rowBytes) }

    /// The same pixels counted from another column.
    func from(column: Int) -> Pixels { Pixels(start: start + column * 3, rowBytes: rowBytes) }
}

/// Rows of interleaved RGB to be written.
struct MutablePixels {
    var start: UnsafeMutablePointer<UInt8>
    var rowBytes: Int

    func row(_ index: Int) -> UnsafeMutablePointer<UInt8> { start + index * rowBytes }

    /// The same pixels counted from another column.
    func from(column: Int) -> MutablePixels { MutablePixels(start: start + column * 3, rowBytes: rowBytes) }
}

/// The weights are split in two: a product of a sample and either half fits the 16-bit multiplication that every x86-64 has,
/// several at a time, where one of 32 bits has to be pieced together. The sums are the same to the last bit.
private let lowBits: Int32 = 11

/// The upper and lower half of a weight, each known to the compiler to fit 16 bits.
@inline(__always)
private func halves(_ weight: Int32) -> (high: Int32, low: Int32) {
    (Int32(Int16(truncatingIfNeeded: weight >> lowBits)), weight & ((1 << lowBits) - 1))
}

/// The horizontal pass: `rows` rows resampled to as many columns as there are weights.
func resampleColumns(_ source: Pixels, rows: Int, weights: ResampleWeights, into result: MutablePixels) {
    // Four rows at a time share the weights. The last row is not among them, because a pixel is read with the byte behind it.
    let fastRows = rows - 1
    weights.withPointers { starts, counts, values in
        for column in 0..<weights.starts.count {
            let own = values + column * weights.stride
            let offset = starts[column] * 3
            let count = counts[column]
            var row = 0
            while row + 4 <= fastRows {
                let first = UnsafeRawPointer(source.row(row) + offset)
                let second = first + source.rowBytes
                let third = second + source.rowBytes
                let fourth = third + source.rowBytes
                var a = SplitSum(), b = SplitSum(), c = SplitSum(), d = SplitSum()
                var position = 0
                for tap in 0..<count {
                    let (high, low) = halves(own[tap])
                    a.add(first + position, high, low)
                    b.add(second + position, high, low)
                    c.add(third + position, high, low)
                    d.add(fourth + position, high, low)
                    position += 3
                }
                let output = result.row(row) + column * 3
                a.store(output)
                b.store(output + result.rowBytes)
                c.store(output + 2 * result.rowBytes)
                d.store(output + 3 * result.rowBytes)
                row += 4
            }
            while row < rows {
                resamplePixel(source.row(row) + offset, own, count, into: result.row(row) + column * 3)
                row += 1
            }
        }
    }
}

/// A weighted sum of pixels, in the two halves of the weights; the fourth lane is the neighbour's red and not used.
private struct SplitSum {
    var high = SIMD4<Int32>()
    var low = SIMD4<Int32>()

    @inline(__always)
    mutating func add(_ pixel: UnsafeRawPointer, _ highWeight: Int32, _ lowWeight: Int32) {
        let samples = SIMD4<Int32>(truncatingIfNeeded: pixel.loadUnaligned(as: SIMD4<UInt8>.self))
        high &+= samples &* SIMD4(repeating: highWeight)
        low &+= samples &* SIMD4(repeating: lowWeight)
    }

    @inline(__always)
    func store(_ output: UnsafeMutablePointer<UInt8>) {
        let sum = (high &<< lowBits) &+ low &+ (1 << (ResampleWeights.precision - 1))
        output[0] = sample(sum[0])
        output[1] = sample(sum[1])
        output[2] = sample(sum[2])
    }
}

/// One pixel of the horizontal pass, one sample at a time.
private func resamplePixel(
    _ source: UnsafePointer<UInt8>, _ weights: UnsafePointer<Int32>, _ count: Int,
    into output: UnsafeMutablePointer<UInt8>
) {
    for channel in 0..<3 {
        var sum: Int32 = 1 << (ResampleWeights.precision - 1)
        for tap in 0..<count { sum &+= Int32(source[tap * 3 + channel]) &* weights[tap] }
        output[channel] = sample(sum)
    }
}

/// The vertical pass: `columns` columns resampled to as many rows as there are weights.
func resampleRows(_ source: Pixels, columns: Int, weights: ResampleWeights, into result: MutablePixels) {
    let bytes = columns * 3
    weights.withPointers { starts, counts, values in
        for row in 0..<weights.starts.count {
            let first = source.row(starts[row])
            let output = result.row(row)
            let own = values + row * weights.stride
            var byte = 0
            while byte + 16 <= bytes {
                var high = SIMD16<Int32>()
                var low = SIMD16<Int32>()
                var line = UnsafeRawPointer(first + byte)
                for tap in 0..<counts[row] {
                    let samples = SIMD16<Int32>(truncatingIfNeeded: line.loadUnaligned(as: SIMD16<UInt8>.self))
                    let (highWeight, lowWeight) = halves(own[tap])
                    high &+= samples &* SIMD16(repeating: highWeight)
                    low &+= samples &* SIMD16(repeating: lowWeight)
                    line += source.rowBytes
                }
                let sum = (high &<< lowBits) &+ low &+ (1 << (ResampleWeights.precision - 1))
                var level = sum &>> ResampleWeights.precision
                // Held to 0...255 by masks of the sign bit: comparisons of vectors are not compiled to vector code.
                level &= ~(level &>> 31)
                level |= (255 &- level) &>> 31
                UnsafeMutableRawPointer(output + byte)
                    .storeBytes(of: SIMD16<UInt8>(truncatingIfNeeded: level), as: SIMD16<UInt8>.self)
                byte += 16
            }
            while byte < bytes {
                var sum: Int32 = 1 << (ResampleWeights.precision - 1)
                for tap in 0..<counts[row] { sum &+= Int32(first[byte + tap * source.rowBytes]) &* own[tap] }
                output[byte] = sample(sum)
                byte += 1
            }
        }
    }
}

/// A fixed-point sum as a sample: shifted arithmetically, then held to 0...255.
@inline(__always)
private func sample(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(255, sum >> ResampleWeights.precision)))
}
