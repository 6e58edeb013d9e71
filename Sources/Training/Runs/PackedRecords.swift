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

/// A record of which the store has chunks.
protocol StoredRecord: FieldRecord {
    /// What the store calls chunks of it.
    static var kind: RunChunk.Kind { get }
    /// Reads a record as the first version packed it; `previous` is the one before in the same chunk.
    init(earlier step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged)
}

/// The one packed form of records, for the store, the wire and checkpoints: fields as differences to the record before. A
/// batch takes about nineteen bytes, and a thousand batches a second some 65 MB an hour.
///
/// A zero, the number of fields, and whether the times are there; then the records. A packed form of fewer fields than
/// there are now comes from an earlier version and leaves the others blank. One that does not begin with a zero is older
/// still (``EarlierRecords``).
enum PackedRecords {
    /// Records of one chunk of the store.
    static let capacity = 1024

    // MARK: packing

    /// Records in their order.
    static func data(_ records: some Collection<some FieldRecord>) -> Data { pack(records, times: nil) }

    /// The same with the time of each.
    static func data<Record: FieldRecord>(_ records: some Collection<Timed<Record>>) -> Data {
        pack(records.map(\.record), times: records.map(\.time))
    }

    private static func pack<Record: FieldRecord>(_ records: some Collection<Record>, times: [Double]?) -> Data {
        var writer = PackedWriter()
        let fields = Record.fields
        writer.unsigned(0)
        writer.unsigned(UInt64(fields.count))
        writer.unsigned(times == nil ? 0 : 1)
        var previous = [UInt64](repeating: 0, count: fields.count)
        var lastTime: Int64 = 0
        for (index, record) in records.enumerated() {
            if let times {
                // A clock that is set back makes a difference negative and nothing worse.
                let time = Int64((times[index] * 1e6).rounded())
                writer.signed(time &- lastTime)
                lastTime = time
            }
            let values = fields.map { $0.bits(record) }
            writer.unsigned(values.enumerated().reduce(0) { $0 | ($1.element == nil ? 1 << UInt64($1.offset) : 0) })
            for (place, bits) in values.enumerated() {
                guard let bits else { continue }
                switch fields[place].packing {
                case .count: writer.signed(Int64(bitPattern: bits &- previous[place]))
                case .steady: writer.unsigned(bits ^ previous[place])
                case .number: writer.double(Double(bitPattern: bits))
                case .coarse: writer.float(Float(Double(bitPattern: bits)))
                }
                previous[place] = bits
            }
        }
        return Data(writer.bytes)
    }

    // MARK: unpacking

    /// The records that a packed form holds; their times are 0 where it has none.
    static func records<Record: StoredRecord>(
        _ data: Data
    ) throws(PackedReader.Damaged) -> [Timed<Record>] {
        guard data.first == 0 else { return try EarlierRecords.records(data) }
        var reader = PackedReader(data)
        _ = try reader.unsigned()
        let count = try reader.unsigned()
        // More fields than this version knows come from a later one.
        guard count <= UInt64(Record.fields.count) else { throw PackedReader.Damaged() }
        let fields = Record.fields.prefix(Int(count))
        let hasTimes = try reader.unsigned() == 1
        var previous = [UInt64](repeating: 0, count: fields.count)
        var records: [Timed<Record>] = []
        var time: Int64 = 0
        while !reader.isAtEnd {
            if hasTimes { time &+= try reader.signed() }
            let missing = try reader.unsigned()
            var record = Record.blank
            for (place, field) in fields.enumerated() where missing & (1 << UInt64(place)) == 0 {
                let bits: UInt64
                switch field.packing {
                case .count: bits = previous[place] &+ UInt64(bitPattern: try reader.signed())
                case .steady: bits = try reader.unsigned() ^ previous[place]
                case .number: bits = try reader.double().bitPattern
                case .coarse: bits = Double(try reader.float()).bitPattern
                }
                previous[place] = bits
                field.setBits(&record, bits)
            }
            records.append(Timed(record, time: Double(time) / 1e6))
        }
        return records
    }

    // MARK: chunks of the store

    /// Chunks of records in the order of their steps; the last one may have room for more.
    static func chunks<Record: StoredRecord>(_ records: [Timed<Record>]) -> [RunChunk] {
        stride(from: 0, to: records.count, by: capacity).map { start in
            let part = records[start..<min(start + capacity, records.count)]
            return RunChunk(
                kind: Record.kind, firstStep: part.first?.record.step ?? 0, lastStep: part.last?.record.step ?? 0,
                count: part.count, values: data(part))
        }
    }

    /// The records of a chunk.
    static func records<Record: StoredRecord>(_ chunk: RunChunk) throws(PackedReader.Damaged) -> [Timed<Record>] {
        let records: [Timed<Record>] = try records(chunk.values)
        guard records.count == chunk.count else { throw PackedReader.Damaged() }
        return records
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
