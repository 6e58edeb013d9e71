import ArgumentParser
import CLIP
import FewShot
import Foundation
import Pictures
import Store
import Tensors
import Training

/// Turns pictures into features for the commands without a session: through the cache, with progress, and in such a way
/// that an interrupt keeps what is done.
struct CommandEncoder {
    let model: CLIPModel
    let interrupt: CommandInterrupt
    let progress: ProgressLine
    private let encoder: FeatureEncoder

    /// Loads the model and opens the cache.
    /// - Parameter database: where the cache is; the user's own unless told otherwise.
    /// - Throws: `UsageError`, `CLIPError`, `SafetensorsError`, `StoreError`.
    init(
        _ options: ModelOptions, progress: ProgressLine, interrupt: CommandInterrupt,
        database: () throws -> StateDatabase = { try StateDatabase(StateDirectory()) }
    ) throws {
        let directory = try options.directory(Resources())
        try OpenBLAS.prepare()
        progress.begin("loading \(printable(directory.relativePath))")
        model = try options.encoder.load(directory)
        let cache = try FeatureCache(
            database(), space: options.encoder.featureSpace(model))
        encoder = FeatureEncoder(model: model, cache: cache, decoding: options.encoder.decoding)
        self.progress = progress
        self.interrupt = interrupt
        progress.end()
    }

    /// The features of pictures. An interrupt ends it early: then fewer pictures are done than there are.
    /// - Parameter keepingFeatures: false leaves the features in the cache.
    /// - Throws: `StoreError`.
    func encode(_ items: [DatasetItem], keepingFeatures: Bool = true) throws -> EncodedDataset {
        let (progress, request) = (progress, interrupt.request)
        progress.begin("looking up \(items.count) pictures")
        let reporter = ProgressReporter { step in progress.update(step.line) }
        defer { progress.end() }
        return try encoder.encode(
            items, keepingFeatures: keepingFeatures, progress: { reporter.report($0) },
            isCancelled: { request.isMade })
    }

    /// Ends the command with the status that the pictures that could not be read call for.
    /// - Throws: `DatasetError` if none could be read, `ExitCode` if some could not be and `strict` minds that.
    func conclude(_ encoded: EncodedDataset, data: String, strict: Bool) throws {
        let counts = encoded.counts
        if counts.unreadable > 0, counts.unreadable == counts.total {
            throw DatasetError.noUsablePicture(
                path: data, tried: counts.total, firstReason: encoded.unreadable.first?.reason ?? "unknown")
        }
        if strict, counts.unreadable > 0 {
            printError(
                "\(counts.unreadable) \(counts.unreadable == 1 ? "picture" : "pictures") could not be read (--strict)")
            throw ExitCode(1)
        }
    }
}

extension [UnreadablePicture] {
    /// The report of what could not be read, a few lines; nothing if all could be.
    var reportLines: [String] {
        guard !isEmpty else { return [] }
        return ["\(count) \(count == 1 ? "picture" : "pictures") could not be read:"]
            + summary.map { "  \(printable($0))" }
    }
}
