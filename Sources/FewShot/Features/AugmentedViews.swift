import CLIP
import Foundation
import Pictures
import Synchronization
import Tensors

/// Fresh random views of the training pictures for every epoch, encoded by other threads while the adapter trains on
/// the views before.
///
/// A view is a function of (seed, epoch, picture); views are encoded in the order in which training asks for them, in
/// chunks whose bounds are fixed, so that neither values nor rounding depend on which thread was faster.
public final class AugmentedViews: Sendable {
    /// The order in which an epoch goes through the training pictures.
    public typealias Order = @Sendable (_ epoch: Int) -> [Int]

    private let model: CLIPModel
    private let pictures: [DatasetItem]
    private let decoding: DecodingOptions
    private let seed: Int
    private let batchSize: Int
    private let order: Order
    private let onReady: @Sendable () -> Void
    private let state: Mutex<State>
    private let wake = NSCondition()
    private let running = DispatchGroup()
    private let decoded: Mutex<DecodedPictures>

    /// One chunk: pictures `range` of an epoch's order. Chunks never cross the bounds of a batch.
    private struct ChunkID: Hashable {
        var epoch: Int
        var range: Range<Int>
    }

    private struct State {
        var next: ChunkID
        var ready: [ChunkID: [Float]] = [:]
        var underWay = 0
        var failure: String?
        var isStopped = false
    }

    /// Decoded training pictures, as far as they fit into a budget; the rest is decoded again each time.
    private struct DecodedPictures {
        var pictures: [Int: Picture] = [:]
        var bytesLeft = 256 << 20
    }

    /// Starts encoding.
    /// - Parameters:
    ///   - pictures: the training pictures; positions in this array are what `order` permutes.
    ///   - epoch: the first epoch that is wanted, from 1.
    ///   - position: where in it the first batch that is wanted begins.
    ///   - order: the permutation of an epoch, a pure function.
    ///   - onReady: called from any thread whenever more views are ready.
    public init(
        model: CLIPModel, pictures: [DatasetItem], decoding: DecodingOptions, seed: Int, batchSize: Int,
        workers: Int = ProcessInfo.processInfo.activeProcessorCount, startingAt epoch: Int = 1, position: Int = 0,
        order: @escaping Order,
        onReady: @escaping @Sendable () -> Void
    ) {
        self.model = model
        self.pictures = pictures
        self.decoding = decoding
        self.seed = seed
        self.batchSize = batchSize
        self.order = order
        self.onReady = onReady
        decoded = Mutex(DecodedPictures())
        let end = min(position + min(FeatureEncoder.encodingChunk, batchSize), pictures.count)
        state = Mutex(State(next: ChunkID(epoch: epoch, range: position..<end)))
        for worker in 0..<max(workers, 1) {
            running.enter()
            let thread = Thread { [self] in
                work()
                running.leave()
            }
            thread.name = "views \(worker)"
            thread.start()
        }
    }

    /// Why views can no longer be made, if so: one line.
    public var failure: String? { state.withLock(\.failure) }

    /// The features of positions `batch` of an epoch's order, `[batch.count, width]`, or nil if they are not ready yet.
    /// They are handed out once.
    public func take(epoch: Int, batch: Range<Int>) -> Tensor<Float>? {
        let chunks = Self.chunks(of: batch).map { ChunkID(epoch: epoch, range: $0) }
        let values: [Float]? = state.withLock { state in
            guard chunks.allSatisfy({ state.ready[$0] != nil }) else { return nil }
            return chunks.flatMap { state.ready.removeValue(forKey: $0) ?? [] }
        }
        guard let values else { return nil }
        wakeWorkers()
        return Tensor(values, shape: [batch.count, model.embeddingWidth])
    }

    /// Ends the workers and waits for the chunk each of them is at: a worker that outlived the run would still be in a
    /// matrix product while the process tears OpenBLAS down.
    public func stop() {
        state.withLock { $0.isStopped = true }
        wakeWorkers()
        running.wait()
    }

    private func wakeWorkers() {
        wake.lock()
        wake.broadcast()
        wake.unlock()
    }

    /// The chunks of one batch.
    static func chunks(of batch: Range<Int>) -> [Range<Int>] {
        stride(from: batch.lowerBound, to: batch.upperBound, by: FeatureEncoder.encodingChunk).map {
            $0..<min($0 + FeatureEncoder.encodingChunk, batch.upperBound)
        }
    }

    /// The chunk that follows `id`.
    private func successor(of id: ChunkID) -> ChunkID {
        let start = id.range.upperBound
        guard start < pictures.count else {
            return ChunkID(epoch: id.epoch + 1, range: 0..<min(FeatureEncoder.encodingChunk, batchSize, pictures.count))
        }
        let batchEnd = min((start / batchSize + 1) * batchSize, pictures.count)
        return ChunkID(epoch: id.epoch, range: start..<min(start + FeatureEncoder.encodingChunk, batchEnd))
    }

    /// How many chunks may wait to be used: two batches' worth, so that memory stays bounded while training pauses.
    private var capacity: Int { 2 * max(Self.chunks(of: 0..<min(batchSize, pictures.count)).count, 1) }

    private func nextChunk() -> ChunkID? {
        wake.lock()
        defer { wake.unlock() }
        while true {
            let (isOver, chunk): (Bool, ChunkID?) = state.withLock { state in
                if state.isStopped || state.failure != nil { return (true, nil) }
                guard state.ready.count + state.underWay < capacity else { return (false, nil) }
                let chunk = state.next
                state.next = successor(of: chunk)
                state.underWay += 1
                return (false, chunk)
            }
            if isOver { return nil }
            if let chunk { return chunk }
            wake.wait()
        }
    }

    private func work() {
        while let chunk = nextChunk() {
            let outcome = Result { try encode(chunk) }
            state.withLock { state in
                state.underWay -= 1
                switch outcome {
                case .success(let values): state.ready[chunk] = values
                case .failure(let error): state.failure = error.localizedDescription
                }
            }
            onReady()
        }
    }

    private func encode(_ chunk: ChunkID) throws -> [Float] {
        let order = order(chunk.epoch)
        let views = try chunk.range.map { position in
            let index = order[position]
            let picture = try picture(index)
            var generator = SeededGenerator(seed: seed, purpose: "view", chunk.epoch, index)
            return (
                picture, RandomView.draw(width: picture.width, height: picture.height, using: &generator) as RandomView?
            )
        }
        return model.encode(views).values
    }

    private func picture(_ index: Int) throws -> Picture {
        if let known = decoded.withLock({ $0.pictures[index] }) { return known }
        let item = pictures[index]
        let picture = try decodePicture(contentsOf: item.url, name: item.path, options: decoding)
        decoded.withLock { decoded in
            guard decoded.bytesLeft >= picture.pixels.count, decoded.pictures[index] == nil else { return }
            decoded.bytesLeft -= picture.pixels.count
            decoded.pictures[index] = picture
        }
        return picture
    }
}
