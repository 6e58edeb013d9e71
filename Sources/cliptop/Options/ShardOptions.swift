import ArgumentParser
import Foundation
import Training

extension Shard: ExpressibleByArgument {
    /// `2/4`, or with parts counted from 0 as Slurm's arrays usually are, `0/4`.
    public init?(argument: String) { self.init(argument) }

    /// How a part of a piece of work is written on the command line.
    static let form =
        "part i of n: 1/4 to 4/4, or 0/4 to 3/4 (0 is part 4), as $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT"
}

/// Where the parts of a piece of work leave their results.
struct ShardFolder {
    let url: URL

    /// The folder that was asked for, else the current one, which is where Slurm starts a job's tasks.
    init(_ path: String?) {
        url = URL(filePath: path ?? ".", directoryHint: .isDirectory).absoluteURL.standardizedFileURL
    }

    /// Makes it if it is missing.
    /// - Throws: `UsageError`.
    func create() throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw UsageError("--shard-folder \(url.path): \(error.plainReason)")
        }
    }

    /// The file of a part.
    func file(_ shard: Shard, of work: String) -> URL { url.appending(path: shard.fileName(work)) }

    /// The files that parts of a piece of work have left here, by name.
    func files(of work: String) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { $0.hasPrefix("cliptop-\(work)-") && $0.hasSuffix(".sqlite") }.sorted()
            .map { url.appending(path: $0) }
    }
}
