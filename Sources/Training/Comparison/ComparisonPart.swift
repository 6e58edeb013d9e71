import Foundation
import Store

/// The part of a comparison that one machine of several trains, and the file that its results go to.
public struct ComparisonPart: Sendable {
    /// Which part.
    public var shard: Shard
    /// Its database file, which nobody else writes to.
    public var file: URL
    /// Databases whose features are taken over first, such as those of `encode --shard`.
    public var features: [URL]

    /// A part.
    public init(shard: Shard, file: URL, features: [URL] = []) {
        self.shard = shard
        self.file = file
        self.features = features
    }

    /// The database for the features: the user's own, or where that cannot be used (on a cluster it would often stand on
    /// a network file system) the part's.
    /// - Throws: `StoreError`, ``PreparationCancelled``.
    func features(
        _ state: StateDirectory, emit: (TrainingEvent) -> Void, isCancelled: () -> Bool
    ) throws -> StateDatabase {
        let database: StateDatabase
        do {
            database = try StateDatabase(state)
        } catch let error as StoreError where error.leavesShards {
            database = try StateDatabase(shardFile: file)
            emit(.log(LogEntry("\(error.localizedDescription); features are kept in \(file.path)", level: .warning)))
        }
        for other in features {
            _ = try CacheMerge(other).run(into: database, isCancelled: isCancelled)
            if isCancelled() { throw PreparationCancelled() }
        }
        return database
    }
}
