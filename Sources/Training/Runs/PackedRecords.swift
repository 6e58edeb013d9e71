import Foundation
import Store

/// A record and when it was made.
public struct Timed<Record: Sendable & Equatable>: Sendable, Equatable {
    /// The record.
    public var record: Record
    /// When it was made, in seconds since 1970.
    public var time: Double

    /// A record of a moment.
    public init(_ record: Record, time: Double) {
        self.record = record
        self.time = time
    }
}

/// Records that stand in the store a thousand to a row, as differences to their neighbours: a batch takes about eighteen
/// bytes, and a thousand batches a second some 65 MB an hour.
protocol PackedRecord: Sendable, Equatable {
    static var kind: RunChunk.Kind { get }
    var step: Int { get }
    /// Writes what is not the step; `previous` is the record before in the same chunk.
    func write(after previous: Self?, to writer: inout PackedWriter)
    init(step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged)
}

enum PackedRecords {
    /// Records a chunk.
    static let capacity = 1024

    /// Chunks of records in the order of their steps; the last one may have room for more.
    static func chunks<Record: PackedRecord>(_ records: [Timed<Record>]) -> [RunChunk] {
        stride(from: 0, to: records.count, by: capacity).map { start in
            chunk(records[start..<min(start + capacity, records.count)])
        }
    }

    private static func chunk<Record: PackedRecord>(_ records: ArraySlice<Timed<Record>>) -> RunChunk {
        var writer = PackedWriter()
        var previous: Timed<Record>?
        for timed in records {
            writer.signed(Int64(timed.record.step &- (previous?.record.step ?? 0)))
            // In microseconds; a clock that is set back makes a difference negative and nothing worse.
            writer.signed(microseconds(timed.time) &- (previous.map { microseconds($0.time) } ?? 0))
            timed.record.write(after: previous?.record, to: &writer)
            previous = timed
        }
        return RunChunk(
            kind: Record.kind, firstStep: records.first?.record.step ?? 0, lastStep: records.last?.record.step ?? 0,
            count: records.count, values: Data(writer.bytes))
    }

    /// The records of a chunk.
    static func records<Record: PackedRecord>(_ chunk: RunChunk) throws(PackedReader.Damaged) -> [Timed<Record>] {
        var reader = PackedReader(chunk.values)
        var records: [Timed<Record>] = []
        var previous: Timed<Record>?
        var time: Int64 = 0
        while !reader.isAtEnd {
            let step = Int(try reader.signed()) &+ (previous?.record.step ?? 0)
            time &+= try reader.signed()
            let record = try Record(step: step, after: previous?.record, from: &reader)
            let timed = Timed(record, time: Double(time) / 1e6)
            records.append(timed)
            previous = timed
        }
        guard records.count == chunk.count else { throw PackedReader.Damaged() }
        return records
    }

    private static func microseconds(_ time: Double) -> Int64 { Int64((time * 1e6).rounded()) }
}

extension BatchRecord: PackedRecord {
    static var kind: RunChunk.Kind { .batches }

    func write(after previous: Self?, to writer: inout PackedWriter) {
        writer.signed(Int64(epoch &- (previous?.epoch ?? 0)))
        writer.signed(Int64(batch &- (previous?.batch ?? 0)))
        writer.double(loss)
        // A rate that stays is one byte: nothing differs.
        writer.unsigned(learningRate.bitPattern ^ (previous?.learningRate.bitPattern ?? 0))
        writer.float(Float(samplesPerSecond))
    }

    init(step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged) {
        let epoch = Int(try reader.signed()) &+ (previous?.epoch ?? 0)
        let batch = Int(try reader.signed()) &+ (previous?.batch ?? 0)
        let loss = try reader.double()
        let rate = Double(bitPattern: try reader.unsigned() ^ (previous?.learningRate.bitPattern ?? 0))
        self.init(
            step: step, epoch: epoch, batch: batch, loss: loss, learningRate: rate,
            samplesPerSecond: Double(try reader.float()))
    }
}

extension EpochRecord: PackedRecord {
    static var kind: RunChunk.Kind { .epochs }

    func write(after previous: Self?, to writer: inout PackedWriter) {
        writer.signed(Int64(epoch &- (previous?.epoch ?? 0)))
        writer.double(trainLoss)
        writer.unsigned(learningRate.bitPattern ^ (previous?.learningRate.bitPattern ?? 0))
        writer.double(seconds)
        writer.unsigned(validation == nil ? 0 : 1)
        guard let validation else { return }
        writer.double(validation.loss)
        writer.double(validation.top1)
        writer.double(validation.top5)
        writer.unsigned(UInt64(validation.count))
    }

    init(step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged) {
        let epoch = Int(try reader.signed()) &+ (previous?.epoch ?? 0)
        let trainLoss = try reader.double()
        let rate = Double(bitPattern: try reader.unsigned() ^ (previous?.learningRate.bitPattern ?? 0))
        let seconds = try reader.double()
        var validation: Evaluation?
        if try reader.unsigned() == 1 {
            validation = Evaluation(
                loss: try reader.double(), top1: try reader.double(), top5: try reader.double(),
                count: Int(truncatingIfNeeded: try reader.unsigned()))
        }
        self.init(
            epoch: epoch, step: step, trainLoss: trainLoss, validation: validation, learningRate: rate,
            seconds: seconds)
    }
}

extension SplitPredictions {
    /// The answers in few bytes.
    var packed: Data {
        var writer = PackedWriter()
        writer.unsigned(UInt64(Split.allCases.firstIndex(of: split) ?? 0))
        writer.signed(Int64(epoch))
        writer.unsigned(UInt64(answers.count))
        for answer in answers {
            writer.signed(Int64(answer.picture))
            writer.signed(Int64(answer.label))
            for side in [answer.zeroShot, answer.adapted] {
                writer.signed(Int64(side.label))
                writer.float(side.confidence)
                writer.float(side.trueProbability)
            }
        }
        return Data(writer.bytes)
    }

    /// The answers that ``packed`` was made from.
    init(packed: Data) throws(PackedReader.Damaged) {
        var reader = PackedReader(packed)
        let split = try reader.unsigned()
        guard split < UInt64(Split.allCases.count) else { throw PackedReader.Damaged() }
        self.split = Split.allCases[Int(split)]
        epoch = Int(try reader.signed())
        let count = try reader.unsigned()
        answers = []
        while !reader.isAtEnd {
            let picture = Int(try reader.signed())
            let label = Int(try reader.signed())
            var sides: [PictureAnswer.Answer] = []
            for _ in 0..<2 {
                sides.append(
                    .init(
                        label: Int(try reader.signed()), confidence: try reader.float(),
                        trueProbability: try reader.float()))
            }
            answers.append(.init(picture: picture, label: label, zeroShot: sides[0], adapted: sides[1]))
        }
        guard UInt64(answers.count) == count else { throw PackedReader.Damaged() }
    }
}
