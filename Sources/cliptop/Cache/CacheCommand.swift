import ArgumentParser
import FewShot
import Foundation
import Pictures
import Store
import Training

/// `cliptop cache`: looks after the feature cache.
struct CacheCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Look after the feature cache: show, prune, merge, export.",
        subcommands: [
            CacheShowCommand.self, CachePruneCommand.self, CacheMergeCommand.self, CacheExportCommand.self,
        ])
}

/// The features of one model under one preprocessing, as `cache show` and `cache prune` list them.
struct CacheRow: Encodable {
    var model: String?
    var weights, precision, pixels: String
    var size: Int?
    var pictures, bytes: Int
    var added: [String]

    init(_ summary: FeatureSpaceSummary) {
        func value(_ name: String) -> String { FeatureSpace.value(name, in: summary.key) ?? "unknown" }
        model = summary.model
        weights = value("weights")
        precision = value("precision")
        pixels = value("pixels")
        size = Int(value("resize"))
        pictures = summary.pictures
        bytes = summary.bytes
        added = summary.added.map { [$0.lowerBound, $0.upperBound].map { $0.formatted(.iso8601) } } ?? []
    }

    /// A table of spaces, largest use of room last seen first.
    static func table(_ rows: [CacheRow]) -> String {
        var table = TextTable([
            ("model", .left), ("weights", .left), ("pixels", .left), ("precision", .left), ("pictures", .right),
            ("features", .right), ("added", .left),
        ])
        for row in rows {
            let days = row.added.map { String($0.prefix(10)) }
            table.add([
                printable(row.model ?? "unknown"), String(row.weights.prefix(8)),
                [row.size.map { "\($0) px" }, row.pixels == "parity" ? "parity" : "white, upright"]
                    .compactMap { $0 }.joined(separator: ", "),
                row.precision, "\(row.pictures)", Self.megabytes(row.bytes),
                days.first == days.last ? days.first ?? "" : days.joined(separator: " to "),
            ])
        }
        return table.text
    }

    static func megabytes(_ bytes: Int) -> String { NumberFormat.fixed(Double(bytes) / 1e6, 1) + " MB" }
}

/// `cliptop cache show`.
struct CacheShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "What the cache holds, by model and preprocessing.")

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let progress = ProgressLine()
        let database = try StateDatabase.reading(StateDirectory())
        progress.begin("counting the features in \(database.directory.database.path)")
        let rows = try CacheContents(database).spaces().map(CacheRow.init)
        progress.end()
        let (path, bytes) = (database.directory.database.path, database.bytesOnDisk)
        if json {
            Output.line(try JSONText.of(CacheListing(database: path, bytesOnDisk: bytes, spaces: rows)))
        } else {
            if !rows.isEmpty { Output.line(CacheRow.table(rows)) }
            let pictures = rows.reduce(0) { $0 + $1.pictures }
            Output.line("\(pictures) features in \(path), \(CacheRow.megabytes(bytes)) on disk")
        }
    }
}

/// What `cache show --json` prints.
private struct CacheListing: Encodable {
    var database: String
    var bytesOnDisk: Int
    var spaces: [CacheRow]
}

/// `cliptop cache merge`.
struct CacheMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Take over the features of other caches, such as those of other machines.",
        discussion: """
            Features are kept by model and content, so two caches never contradict each other. The other files are only \
            read. Shards of 'encode --shard-folder' are such files, too; 'compare --shard' takes those in its folder by \
            itself.
            """)

    @Argument(
        help: ArgumentHelp(
            "Databases (cliptop.sqlite), the folders that hold one, or shards' files.", valueName: "file"))
    var files: [String]

    func run() throws {
        let (progress, interrupt) = (ProgressLine(), CommandInterrupt())
        // All of them are looked at first: what cannot be merged should not be found out half-way.
        let sources = try files.map { (path: $0, merge: try CacheMerge(URL(filePath: $0))) }
        let database = try StateDatabase(StateDirectory())
        for source in sources {
            progress.begin("merging \(printable(source.path))")
            let request = interrupt.request
            let counts = try source.merge.run(
                into: database, progress: { progress.update("merging \($0.done)/\($0.total)") },
                isCancelled: { request.isMade })
            progress.end()
            Output.line(
                "\(printable(source.path)): \(counts.added) features added, \(counts.done - counts.added) were there"
                    + (counts.done < counts.total ? "; interrupted, \(counts.total - counts.done) remain" : ""))
            try interrupt.check()
        }
    }
}
