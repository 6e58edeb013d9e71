import Dispatch
import Foundation
import Synchronization
import Tensors

/// The results of a chunk of pictures.
struct EncodedChunk {
    /// Features by index of the picture.
    var features: [(index: Int, values: ArraySlice<Float>)] = []
    /// Checksums of the pictures' content, by index.
    var checksums: [(index: Int, checksum: Data)] = []
    var unreadable: [UnreadablePicture] = []
    var fromCache = 0
    /// Pictures that are still to be done.
    var unknown: [Int] = []
}

/// Distributes pictures to workers and collects their features.
final class EncodingWork: Sendable {
    private struct State {
        var counts: EncodingCounts
        var features: [Float]
        var checksums: [Data?]
        var unreadable: [UnreadablePicture] = []
        var unknown: [Int] = []
        var failure: (any Error)?
        var next = 0
    }

    private let width: Int
    private let keepsFeatures: Bool
    private let workers: Int
    private let progress: @Sendable (EncodingCounts) -> Void
    private let isCancelled: @Sendable () -> Bool
    private let state: Mutex<State>

    init(
        items: [DatasetItem], width: Int, keepsFeatures: Bool, workers: Int,
        progress: @escaping @Sendable (EncodingCounts) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.width = width
        self.keepsFeatures = keepsFeatures
        self.workers = workers
        self.progress = progress
        self.isCancelled = isCancelled
        state = Mutex(
            State(
                counts: EncodingCounts(total: items.count),
                features: Array(repeating: 0, count: keepsFeatures ? items.count * width : 0),
                checksums: Array(repeating: nil, count: keepsFeatures ? items.count : 0)))
    }

    /// Gives `indices` to the workers, `chunk` at a time, until none is left, one fails, or the work is cancelled.
    /// - Throws: what `body` threw first.
    func run(_ indices: [Int], chunk: Int, _ body: @Sendable (ArraySlice<Int>) throws -> EncodedChunk) throws {
        state.withLock { $0.next = 0 }
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while !isCancelled() {
                let range = state.withLock { state in
                    guard state.failure == nil else { return indices.count..<indices.count }
                    let range = state.next..<min(state.next + chunk, indices.count)
                    state.next = range.upperBound
                    return range
                }
                guard !range.isEmpty else { return }
                let outcome = Result { try body(indices[range]) }
                state.withLock { state in
                    switch outcome {
                    case .success(let chunk): add(chunk, of: range.count, to: &state)
                    case .failure(let error): state.failure = state.failure ?? error
                    }
                }
            }
        }
        try state.withLock { if let failure = $0.failure { throw failure } }
    }

    private func add(_ chunk: EncodedChunk, of count: Int, to state: inout State) {
        if keepsFeatures {
            for (index, values) in chunk.features {
                state.features.replaceSubrange(index * width..<(index + 1) * width, with: values)
            }
        }
        if keepsFeatures { for (index, checksum) in chunk.checksums { state.checksums[index] = checksum } }
        state.unreadable += chunk.unreadable
        state.unknown += chunk.unknown
        state.counts.done += count - chunk.unknown.count
        state.counts.fromCache += chunk.fromCache
        state.counts.unreadable += chunk.unreadable.count
        progress(state.counts)
    }

    /// The pictures that are still to be done, in file order.
    func takeUnknown() -> [Int] {
        state.withLock { state in
            defer { state.unknown = [] }
            return state.unknown.sorted()
        }
    }

    /// The results so far.
    func result(seconds: Double) -> EncodedDataset {
        state.withLock { state in
            EncodedDataset(
                features: Tensor(state.features, shape: [keepsFeatures ? state.counts.total : 0, width]),
                checksums: state.checksums, unreadable: state.unreadable.sorted { $0.index < $1.index },
                counts: state.counts, seconds: seconds)
        }
    }
}
