/// Which source pixels make an output pixel along one axis, and with what weight, exactly as Pillow computes it.
///
/// Weights are fixed-point numbers with 22 fractional bits; those of one output pixel add up to about `1 << 22`.
/// When the axis is reduced the filter widens by the same factor, which is the anti-aliasing
/// (docs/models.md#preprocessing).
struct ResampleWeights: Sendable, Equatable {
    /// The fractional bits of a weight.
    static let precision: Int32 = 22

    /// Per output pixel: the first source pixel that counts.
    let starts: [Int]
    /// Per output pixel: how many source pixels count, at most `stride`.
    let counts: [Int]
    /// The room for the weights of one output pixel in `values`.
    let stride: Int
    /// `starts.count * stride` weights; those of output pixel `i` begin at `i * stride`, the rest are zero.
    let values: [Int32]

    /// The source pixels that any of the output pixels needs.
    var sourceRange: Range<Int> {
        guard let first = starts.first, let last = starts.last, let count = counts.last else { return 0..<0 }
        return first..<(last + count)
    }

    /// The weights of the output pixels `window` of an axis of `input` pixels resized to `output` pixels.
    init(input: Int, output: Int, window: Range<Int>, interpolation: Interpolation) {
        let scale = Double(input) / Double(output)
        let filterScale = max(scale, 1)
        let support = interpolation.support * filterScale
        let inverse = 1 / filterScale
        let stride = Int(support.rounded(.up)) * 2 + 1

        var starts: [Int] = []
        var counts: [Int] = []
        var values = [Int32](repeating: 0, count: window.count * stride)
        var weights = [Double](repeating: 0, count: stride)
        starts.reserveCapacity(window.count)
        counts.reserveCapacity(window.count)
        for (row, index) in window.enumerated() {
            let center = (Double(index) + 0.5) * scale
            let start = max(Int(center - support + 0.5), 0)
            let end = min(Int(center + support + 0.5), input)
            let count = min(end - start, stride)
            var sum = 0.0
            for tap in 0..<count {
                weights[tap] = interpolation.weight(at: (Double(tap + start) - center + 0.5) * inverse)
                sum += weights[tap]
            }
            for tap in 0..<count {
                let weight = sum == 0 ? weights[tap] : weights[tap] / sum
                let scaled = weight * Double(1 << Self.precision)
                values[row * stride + tap] = Int32(scaled + (scaled < 0 ? -0.5 : 0.5))
            }
            starts.append(start)
            counts.append(count)
        }
        self.starts = starts
        self.counts = counts
        self.stride = stride
        self.values = values
    }

    /// Runs `body` with the addresses of `starts`, `counts`, `values`.
    func withPointers(_ body: (UnsafePointer<Int>, UnsafePointer<Int>, UnsafePointer<Int32>) -> Void) {
        starts.withUnsafeBufferPointer { starts in
            counts.withUnsafeBufferPointer { counts in
                values.withUnsafeBufferPointer { values in
                    guard let starts = starts.baseAddress, let counts = counts.baseAddress,
                        let values = values.baseAddress
                    else { return }
                    body(starts, counts, values)
                }
            }
        }
    }
}
