import Foundation

/// Events as frames: batches and epochs together as long as nothing needs its place between them.
enum EventFrames {
    /// Records of one frame at most, so that a viewer that hangs is noticed between two of them.
    private static let recordsPerFrame = 4096

    static func frames(_ events: some Sequence<TrainingEvent>) -> [Frame] {
        var frames: [Frame] = []
        var batches: [BatchRecord] = []
        var epochs: [EpochRecord] = []
        var others: [TrainingEvent] = []
        func flush() {
            frames += packed(batches, as: .batches) + packed(epochs, as: .epochs)
            if !others.isEmpty, let frame = Frame(RunMessage.events(others)) { frames.append(frame) }
            (batches, epochs, others) = ([], [], [])
        }
        for event in events {
            switch event {
            case .batch(let record): batches.append(record)
            case .epoch(let record): epochs.append(record)
            case .prepared(let description, let pictures):
                flush()
                let message = RunMessage.prepared(description, PackedPictures(pictures))
                if let frame = Frame(message) { frames.append(frame) }
            case .phase, .state, .finished:
                // What comes after the end, or after a pause, must not overtake what came before.
                others.append(event)
                flush()
            default: others.append(event)
            }
        }
        flush()
        return frames
    }

    /// The events that a frame of the course holds.
    static func events(_ frame: Frame) throws(FrameError) -> [TrainingEvent] {
        switch frame.kind {
        case .batches: return try records(frame).map { .batch($0) }
        case .epochs: return try records(frame).map { .epoch($0) }
        case .message:
            switch try frame.message(RunMessage.self) {
            case .events(let events): return events
            case .prepared(let description, let packed):
                return [.prepared(description, pictures: try packed.pictures())]
            case .hello, .live, .goodbye: return []
            }
        }
    }

    private static func packed(_ records: [some FieldRecord], as kind: Frame.Kind) -> [Frame] {
        stride(from: 0, to: records.count, by: recordsPerFrame).map {
            Frame(kind: kind, content: PackedRecords.data(records[$0..<min($0 + recordsPerFrame, records.count)]))
        }
    }

    private static func records<Record: StoredRecord>(_ frame: Frame) throws(FrameError) -> [Record] {
        do {
            let records: [Timed<Record>] = try PackedRecords.records(frame.content)
            return records.map(\.record)
        } catch { throw .malformed }
    }
}
