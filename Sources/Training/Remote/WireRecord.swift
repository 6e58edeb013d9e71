import Foundation

/// A record of fixed size that travels as eight-byte words.
protocol WireRecord {
    /// Words of one record.
    static var wordCount: Int { get }
    /// Adds the record's words.
    func pack(into words: inout [UInt64])
    /// The record of `words`, which has ``wordCount`` of them.
    init(words: ArraySlice<UInt64>)
}

extension WireRecord {
    /// Records as bytes.
    static func pack(_ records: some Sequence<Self>) -> Data {
        var words: [UInt64] = []
        for record in records { record.pack(into: &words) }
        return words.withUnsafeBytes { Data($0) }
    }

    /// The records that ``pack(_:)`` made `data` from.
    static func unpack(_ data: Data) throws(FrameError) -> [Self] {
        guard data.count % (wordCount * 8) == 0 else { throw .malformed }
        let words = data.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        return stride(from: 0, to: words.count, by: wordCount).map { Self(words: words[$0..<$0 + wordCount]) }
    }
}

extension ArraySlice<UInt64> {
    fileprivate func int(_ offset: Int) -> Int { Int(Int64(bitPattern: self[startIndex + offset])) }
    fileprivate func double(_ offset: Int) -> Double { Double(bitPattern: self[startIndex + offset]) }
}

extension BatchRecord: WireRecord {
    static var wordCount: Int { 6 }

    func pack(into words: inout [UInt64]) {
        for count in [step, epoch, batch] { words.append(UInt64(bitPattern: Int64(count))) }
        for value in [loss, learningRate, samplesPerSecond] { words.append(value.bitPattern) }
    }

    init(words: ArraySlice<UInt64>) {
        self.init(
            step: words.int(0), epoch: words.int(1), batch: words.int(2), loss: words.double(3),
            learningRate: words.double(4), samplesPerSecond: words.double(5))
    }
}

extension EpochRecord: WireRecord {
    static var wordCount: Int { 9 }

    func pack(into words: inout [UInt64]) {
        // -1 pictures say that there was no validation.
        for count in [epoch, step, validation?.count ?? -1] { words.append(UInt64(bitPattern: Int64(count))) }
        let figures = [validation?.loss ?? 0, validation?.top1 ?? 0, validation?.top5 ?? 0]
        for value in [trainLoss, learningRate, seconds] + figures { words.append(value.bitPattern) }
    }

    init(words: ArraySlice<UInt64>) {
        let count = words.int(2)
        let validation =
            count < 0
            ? nil : Evaluation(loss: words.double(6), top1: words.double(7), top5: words.double(8), count: count)
        self.init(
            epoch: words.int(0), step: words.int(1), trainLoss: words.double(3), validation: validation,
            learningRate: words.double(4), seconds: words.double(5))
    }
}
