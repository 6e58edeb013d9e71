import FewShot
import Foundation
import Safetensors
import Tensors

/// A checkpoint on disk: one safetensors file that holds everything, with a checksum over all of it.
///
/// Tensors are named after what they belong to: `weights/…`, `state/…`, `good/…`, `good state/…`, `best/…`, and `epochs`,
/// the completed epochs in the packed form of records. Everything else is JSON in the metadata.
enum CheckpointFile {
    /// The version of the layout.
    private static let version = "2"
    /// The layouts that can be read: the first had the epochs as a table.
    private static let readable: Set<String> = ["1", version]

    private enum Key {
        static let version = "cliptop.checkpoint"
        static let configuration = "cliptop.configuration"
        static let identity = "cliptop.identity"
        static let course = "cliptop.course"
        static let checksum = "cliptop.sha256"
    }

    /// Writes a checkpoint; the file appears whole or not at all.
    /// - Throws: errors of the file system.
    static func write(_ checkpoint: Checkpoint, to url: URL) throws {
        var content = TrainingState()
        func add(_ weights: Checkpoint.Weights, _ name: String, _ state: String) {
            for (key, tensor) in weights.parameters { content.floats["\(name)/\(key)"] = tensor }
            content.add(weights.state, under: "\(state)/")
        }
        add(checkpoint.weights, "weights", "state")
        if checkpoint.good != checkpoint.weights { add(checkpoint.good, "good", "good state") }
        for (key, tensor) in checkpoint.best ?? [:] { content.floats["best/\(key)"] = tensor }
        content.integers["epochs"] = PackedEpochs.words(checkpoint.epochs)
        content.set("loss sum", checkpoint.course.lossSum)
        var metadata = [
            Key.version: version, Key.configuration: try WireFormat.text(checkpoint.configuration),
            Key.identity: try WireFormat.text(checkpoint.identity), Key.course: try WireFormat.text(checkpoint.course),
        ]
        metadata[Key.checksum] = content.checksum(with: metadata)
        try SafetensorsWriter.write(
            content.floats, doubles: content.doubles, integers: content.integers, metadata: metadata, to: url)
    }

    /// Reads a checkpoint.
    /// - Throws: ``CheckpointError``.
    static func read(_ url: URL) throws(CheckpointError) -> Checkpoint {
        do { return try checked(url) } catch let error as CheckpointError { throw error } catch {
            throw .damaged(file: url.path, reason: shortReason(error, url))
        }
    }

    private static func checked(_ url: URL) throws -> Checkpoint {
        let file = try SafetensorsFile(url)
        guard let found = file.metadata[Key.version] else {
            throw CheckpointError.damaged(file: url.path, reason: "it is not a checkpoint")
        }
        guard readable.contains(found) else { throw CheckpointError.otherVersion(file: url.path, found: found) }
        let content = try TrainingState(file)
        var texts = file.metadata
        texts["format"] = nil
        guard let checksum = texts.removeValue(forKey: Key.checksum), checksum == content.checksum(with: texts) else {
            throw CheckpointError.damaged(file: url.path, reason: "its content does not match its checksum")
        }
        func value<Value: Decodable>(_ key: String) throws -> Value { try WireFormat.decode(from: texts[key] ?? "") }
        var course: LoopState = try value(Key.course)
        course.lossSum = try content.number("loss sum")
        let weights = weights(content, "weights", "state")
        let good = content.floats.keys.contains { $0.hasPrefix("good/") }
        let best = content.part("best/").floats
        let epochs = try PackedEpochs.epochs(content)
        guard course.bestEpoch.map({ epochs.indices.contains($0 - 1) }) ?? true else {
            throw CheckpointError.damaged(file: url.path, reason: "its best epoch is not among its epochs")
        }
        return Checkpoint(
            configuration: try value(Key.configuration), identity: try value(Key.identity), course: course,
            epochs: epochs, weights: weights, good: good ? self.weights(content, "good", "good state") : weights,
            best: best.isEmpty ? nil : best)
    }

    private static func weights(_ content: TrainingState, _ name: String, _ state: String) -> Checkpoint.Weights {
        Checkpoint.Weights(parameters: content.part("\(name)/").floats, state: content.part("\(state)/"))
    }

    /// The reason without the file's name, which the error has already.
    private static func shortReason(_ error: any Error, _ url: URL) -> String {
        if error is DecodingError { return "its description cannot be read" }
        let text = (error as? any LocalizedError)?.errorDescription ?? "\(error)"
        return text.hasPrefix(url.path + ": ") ? String(text.dropFirst(url.path.count + 2)) : text
    }
}

/// Completed epochs in the packed form of records, as whole numbers that safetensors can hold.
private enum PackedEpochs {
    /// The number of bytes, then the bytes, eight to a number.
    static func words(_ epochs: [EpochRecord]) -> [Int64] {
        let data = PackedRecords.data(epochs)
        var words = [Int64](repeating: 0, count: (data.count + 7) / 8)
        words.withUnsafeMutableBytes { _ = data.copyBytes(to: $0) }
        return [Int64(data.count)] + words
    }

    /// The epochs of a checkpoint's content, in the form it was written in.
    static func epochs(_ content: TrainingState) throws -> [EpochRecord] {
        if let table = content.doubles["epochs"] { return try EarlierRecords.epochs(table) }
        guard let words = content.integers["epochs"], let first = words.first, let count = Int(exactly: first),
            count >= 0, count <= (words.count - 1) * 8
        else { throw TrainingStateError.missing("epochs") }
        let data = words.dropFirst().withUnsafeBytes { Data($0.prefix(count)) }
        do {
            let records: [Timed<EpochRecord>] = try PackedRecords.records(data)
            guard records.indices.allSatisfy({ records[$0].record.epoch == $0 + 1 }) else {
                throw PackedReader.Damaged()
            }
            return records.map(\.record)
        } catch { throw TrainingStateError.missing("epochs") }
    }
}

/// What can be wrong with a checkpoint.
enum CheckpointError: Error, Equatable, LocalizedError {
    /// The file is cut off, changed, or something else altogether.
    case damaged(file: String, reason: String)
    /// Another version of the program wrote it.
    case otherVersion(file: String, found: String)

    /// One readable line.
    var errorDescription: String? {
        switch self {
        case .damaged(let file, let reason): "the checkpoint \(file) is damaged: \(reason)"
        case .otherVersion(let file, let found):
            "the checkpoint \(file) has the layout \(readable(found)) of another version of cliptop"
        }
    }
}
