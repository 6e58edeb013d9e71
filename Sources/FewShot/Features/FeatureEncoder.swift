import CLIP
import Files
import Foundation
import Pictures
import Store
import Synchronization
import Tensors

/// Encodes pictures on all cores, in two rounds: files that have not changed since they were last read are looked up by
/// the dozen without opening them; the others are read, looked up by their content, and encoded a few at a time.
public struct FeatureEncoder: Sendable {
    private let model: CLIPModel
    private let cache: FeatureCache?
    private let decoding: DecodingOptions
    private let workers: Int
    /// Pictures a worker encodes at a time: enough for efficient matrix products, few enough for a smooth progress bar
    /// and little loss in a crash.
    static let encodingChunk = 12
    /// Files a worker looks up at a time.
    static let lookupChunk = 64

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

    /// The features of `items`, from the cache or from the tower.
    ///
    /// - Parameters:
    ///   - keepingFeatures: false leaves the features in the cache; the result's tensor is then empty, and memory does
    ///     not grow with the number of pictures.
    ///   - progress: called after every few pictures, from any thread, one call at a time.
    ///   - isCancelled: asked between pictures; once it says true, no more are taken.
    /// - Throws: errors of the cache's database; unreadable pictures are listed in the result instead.
    public func encode(
        _ items: [DatasetItem], keepingFeatures: Bool = true,
        progress: @escaping @Sendable (EncodingCounts) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> EncodedDataset {
        let start = ContinuousClock.now
        let work = EncodingWork(
            items: items, width: model.embeddingWidth, keepsFeatures: keepingFeatures, workers: workers,
            progress: progress, isCancelled: isCancelled)
        var rest = Array(items.indices)
        if let cache {
            try work.run(rest, chunk: Self.lookupChunk) { indices in
                try lookUp(items, indices, in: cache, keepingFeatures: keepingFeatures)
            }
            rest = work.takeUnknown()
        }
        try work.run(rest, chunk: Self.encodingChunk) { indices in try encode(items, indices) }
        return work.result(seconds: (ContinuousClock.now - start) / .seconds(1))
    }

    /// Cached features of files that are unchanged since their checksum was stored.
    private func lookUp(
        _ items: [DatasetItem], _ indices: ArraySlice<Int>, in cache: FeatureCache, keepingFeatures: Bool
    ) throws -> EncodedChunk {
        var chunk = EncodedChunk()
        let paths = indices.map { ExactText(items[$0].location) }
        let states = Dictionary(
            zip(paths, paths.map { FileState(path: $0.text) }).compactMap { path, state in state.map { (path, $0) } },
            uniquingKeysWith: { $1 })
        let checksums = try cache.checksums(of: states)
        let features = keepingFeatures ? try cache.features(for: Array(checksums.values)) : [:]
        let known = keepingFeatures ? Set(features.keys) : try cache.contains(Array(checksums.values))
        for (index, path) in zip(indices, paths) {
            guard let checksum = checksums[path], known.contains(checksum) else {
                chunk.unknown.append(index)
                continue
            }
            chunk.fromCache += 1
            chunk.checksums.append((index, checksum))
            if let values = features[checksum] { chunk.features.append((index, values[...])) }
        }
        return chunk
    }

    /// Reads files and encodes those whose content is not in the cache.
    private func encode(_ items: [DatasetItem], _ indices: ArraySlice<Int>) throws -> EncodedChunk {
        var chunk = EncodedChunk()
        var contents: [(index: Int, bytes: [UInt8], checksum: Data)] = []
        var files: [Int: PictureFileRecord] = [:]
        for index in indices {
            let item = items[index]
            // The state from before the reading: a change during it must not go unnoticed next time.
            let state = FileState(path: item.location)
            let readAt = Int64(Date().timeIntervalSince1970 * 1e9)
            do throws(PictureError) {
                let bytes = try readPictureFile(item.url, name: item.path)
                let checksum = FeatureCache.checksum(bytes)
                chunk.checksums.append((index, checksum))
                contents.append((index, bytes, checksum))
                files[index] = state.map {
                    PictureFileRecord(path: item.location, picture: checksum, state: $0, readAt: readAt)
                }
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
                files[content.index] = nil
            }
        }
        let features = encoded.isEmpty ? Tensor(shape: [0, model.embeddingWidth]) : model.encode(pictures)
        try cache?.insert(
            encoded.enumerated().map { ($1.checksum, features.row($0)) }, files: Array(files.values))
        for (row, entry) in encoded.enumerated() { chunk.features.append((entry.index, features.row(row))) }
        return chunk
    }
}

extension UnreadablePicture {
    init(index: Int, _ error: PictureError) {
        self.init(index: index, path: error.file, reason: error.reason.text)
    }
}
