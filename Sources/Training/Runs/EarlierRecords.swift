import FewShot
import Foundation
import Store
import Tensors

/// Reads the records of the first version of the stored forms: chunks of its state folders, and the table of epochs in its
/// checkpoints. Nothing writes them any more.
enum EarlierRecords {
    /// The records of a chunk: each as the difference to the one before, with its time.
    static func records<Record: StoredRecord>(_ data: Data) throws(PackedReader.Damaged) -> [Timed<Record>] {
        var reader = PackedReader(data)
        var records: [Timed<Record>] = []
        var time: Int64 = 0
        while !reader.isAtEnd {
            let previous = records.last?.record
            let step = Int(try reader.signed()) &+ (previous?.step ?? 0)
            time &+= try reader.signed()
            records.append(
                Timed(try Record(earlier: step, after: previous, from: &reader), time: Double(time) / 1e6))
        }
        return records
    }

    /// The completed epochs of a checkpoint: a row of nine numbers each.
    static func epochs(_ table: Tensor<Double>) throws -> [EpochRecord] {
        guard table.shape.count == 2, table.columns == 9 else {
            throw TrainingStateError.otherShape("epochs", found: table.shape, wants: [table.rows, 9])
        }
        return try (0..<table.rows).map { index in
            let row = Array(table.row(index))
            guard row[0] == Double(index + 1), let step = Int(exactly: row[1]), let count = Int(exactly: row[5]) else {
                throw TrainingStateError.missing("epoch \(index + 1)")
            }
            let validation = count < 0 ? nil : Evaluation(loss: row[6], top1: row[7], top5: row[8], count: count)
            return EpochRecord(
                epoch: index + 1, step: step, trainLoss: row[2], validation: validation, learningRate: row[3],
                seconds: row[4])
        }
    }
}

extension BatchRecord: StoredRecord {
    static var kind: RunChunk.Kind { .batches }

    init(earlier step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged) {
        let epoch = Int(try reader.signed()) &+ (previous?.epoch ?? 0)
        let batch = Int(try reader.signed()) &+ (previous?.batch ?? 0)
        let loss = try reader.double()
        let rate = Double(bitPattern: try reader.unsigned() ^ (previous?.learningRate.bitPattern ?? 0))
        self.init(
            step: step, epoch: epoch, batch: batch, loss: loss, learningRate: rate,
            samplesPerSecond: Double(try reader.float()))
    }
}

extension EpochRecord: StoredRecord {
    static var kind: RunChunk.Kind { .epochs }

    init(earlier step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged) {
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
