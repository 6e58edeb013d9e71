import CLIP
import Foundation
import Pictures
import Synchronization
import Tensors

/// How far an encoding has come.
public struct EncodingCounts: Sendable, Equatable {
    /// Pictures that are done with, whatever came of them.
    public var done = 0
    /// Pictures in all.
    public var total = 0
    /// Pictures found in the cache.
    public var fromCache = 0
    /// Pictures that could not be decoded.
    public var unreadable = 0
    /// Pictures that went through the tower.
    public var encoded: Int { done - fromCache - unreadable }
}

/// A picture that could not be used.
public struct UnreadablePicture: Sendable, Equatable {
    /// Its index in the data set.
    public var index: Int
    /// The path as the data set writes it.
    public var path: String
    /// Why, in one line.
    public var reason: String
}

/// The features of a data set.
public struct EncodedDataset: Sendable {
    /// One row a picture, not normalised, `[items, width]`; rows of unreadable pictures are zero and belong to no split.
    public var features: Tensor<Float>
    /// What could not be used, in file order.
    public var unreadable: [UnreadablePicture]
    /// How the rest was come by.
    public var counts: EncodingCounts
    /// Wall time in seconds.
    public var seconds: Double
}

/// Encodes pictures on all cores: each worker reads, looks up, decodes and encodes a few pictures at a time.
public struct FeatureEncoder: Sendable {
    private let model: CLIPModel
    private let cache: FeatureCache?
    private let decoding: DecodingOptions
    private let workers: Int
    /// Pictures a worker takes at a time: enough for efficient matrix products, few enough for a smooth progress bar.
    static let chunk = 8

    /// An encoder; without a cache everything is encoded anew.
    public init(
        model: CLIPModel, cache: FeatureCache?, decoding: DecodingOptions = DecodingOptions(),
        workers: Int = ProcessInfo.processInfo.activeProcessorCount
    ) {
        self.model = model
        self.cache = cache
        self.decoding = decoding
        self.workers = max(workers, 1)
    }

    /// What the workers share.
    private struct Shared {
        var next = 0
        var counts: EncodingCounts
        var features: [Float]
        var unreadable: [UnreadablePicture] = []
        var failure: (any Error)?
    }

    /// The features of `items`, from the cache or from the tower.
    ///
    /// - Parameters:
    ///   - progress: called after every few pictures, from any thread, one call at a time.
    ///   - isCancelled: asked between pictures; once it says true, no more are taken.
    /// - Throws: errors of the cache's database; unreadable pictures are listed in the result instead.
    public func encode(
        _ items: [DatasetItem], progress: @escaping @Sendable (EncodingCounts) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> EncodedDataset {
        let start = ContinuousClock.now
        let width = model.embeddingWidth
        let shared = Mutex(
            Shared(
                counts: EncodingCounts(total: items.count),
                features: Array(repeating: 0, count: items.count * width)))
        DispatchQueue.concurrentPerform(iterations: workers) { _ in
            while !isCancelled() {
                let range = shared.withLock { shared in
                    guard shared.failure == nil else { return items.count..<items.count }
                    let range = shared.next..<min(shared.next + Self.chunk, items.count)
                    shared.next = range.upperBound
                    return range
                }
                guard !range.isEmpty else { return }
                let outcome = Result { try encodeChunk(items, range) }
                shared.withLock { shared in
                    switch outcome {
                    case .success(let chunk):
                        for (index, values) in chunk.features {
                            shared.features.replaceSubrange(index * width..<(index + 1) * width, with: values)
                        }
                        shared.unreadable += chunk.unreadable
                        shared.counts.done += range.count
                        shared.counts.fromCache += chunk.fromCache
                        shared.counts.unreadable += chunk.unreadable.count
                        progress(shared.counts)
                    case .failure(let error): shared.failure = error
                    }
                }
            }
        }
        return try shared.withLock { shared in
            if let failure = shared.failure { throw failure }
            return EncodedDataset(
                features: Tensor(shared.features, shape: [items.count, width]),
                unreadable: shared.unreadable.sorted { $0.index < $1.index }, counts: shared.counts,
                seconds: (ContinuousClock.now - start) / .seconds(1))
        }
    }

    private struct Chunk {
        var features: [(index: Int, values: ArraySlice<Float>)] = []
        var unreadable: [UnreadablePicture] = []
        var fromCache = 0
    }

    private func encodeChunk(_ items: [DatasetItem], _ range: Range<Int>) throws -> Chunk {
        var chunk = Chunk()
        var contents: [(index: Int, bytes: [UInt8], checksum: Data)] = []
        for index in range {
            do throws(PictureError) {
                let bytes = try readPictureFile(items[index].url, name: items[index].path)
                contents.append((index, bytes, FeatureCache.checksum(bytes)))
            } catch {
                chunk.unreadable.append(UnreadablePicture(index: index, error))
            }
        }
        let known = try cache?.features(for: contents.map(\.checksum)) ?? [:]
        var pictures: [Picture] = []
        var encoded: [(index: Int, checksum: Data)] = []
        for content in contents {
            if let values = known[content.checksum] {
                chunk.features.append((content.index, values[...]))
                chunk.fromCache += 1
                continue
            }
            do throws(PictureError) {
                pictures.append(
                    try decodePicture(content.bytes, name: items[content.index].path, options: decoding))
                encoded.append((content.index, content.checksum))
            } catch {
                chunk.unreadable.append(UnreadablePicture(index: content.index, error))
            }
        }
        guard !encoded.isEmpty else { return chunk }
        let features = model.encode(pictures)
        try cache?.insert(encoded.enumerated().map { ($1.checksum, features.row($0)) })
        for (row, entry) in encoded.enumerated() { chunk.features.append((entry.index, features.row(row))) }
        return chunk
    }
}

extension UnreadablePicture {
    init(index: Int, _ error: PictureError) {
        self.init(index: index, path: error.file, reason: error.reason.text)
    }
}
