import ArgumentParser
import FewShot
import Foundation
import Pictures
import Store
import Training

/// `cliptop encode`: fills the feature cache ahead of training.
struct EncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode", abstract: "Encode a data set's pictures into the feature cache.",
        discussion: """
            What is in the cache already is not encoded again, so an interrupted or killed run goes on where it was. \
            Several processes may fill one cache at a time; on several machines each encodes its own --shard, into its \
            own cache or, with --shard-folder, into a file in a folder that all of them see. 'cliptop cache merge' brings \
            them together.
            """)

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Encode every n-th picture, \(Shard.form).", valueName: "i/n"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "Leave the shard's features there, in cliptop-encode-i-of-n.sqlite, and not in the own cache.",
            valueName: "folder"))
    var shardFolder: String?

    @Flag(help: "Exit with status 1 if any picture could not be read.")
    var strict = false

    @Flag(help: "Print the report as JSON.")
    var json = false

    func run() throws {
        guard shard != nil || shardFolder == nil else {
            throw UsageError("--shard-folder \(shardFolder ?? ""): wants a --shard i/n to go with it")
        }
        let (progress, interrupt) = (ProgressLine(), CommandInterrupt())
        let dataset = try pictures.read(progress)
        let data = dataset.root.path
        let items =
            shard.map { shard in shard.indices(of: dataset.items.count).map { dataset.items[$0] } } ?? dataset.items
        let encoder = try CommandEncoder(model, progress: progress, interrupt: interrupt) {
            guard let shard, let shardFolder else { return try StateDatabase(StateDirectory()) }
            let folder = ShardFolder(shardFolder)
            try folder.create()
            return try StateDatabase(shardFile: folder.file(shard, of: "encode"))
        }
        let outcome = try encoder.encode(items, keepingFeatures: false)
        let report = EncodeReport(
            outcome, data: data, model: encoder.model.name, shard: shard, otherFormats: dataset.unread.map(\.path))
        Output.line(json ? try report.json : report.text)
        try interrupt.check()
        try encoder.conclude(outcome, data: data, strict: strict)
    }
}

/// What came of an encoding, for people and for programs.
struct EncodeReport: Encodable {
    var data, model: String
    var shard: String?
    var pictures, encoded, fromCache: Int
    var unreadable: [UnreadablePicture]
    /// Pictures in formats that are not read; they are not counted among the pictures.
    var otherFormats: [String]
    var seconds: Double
    var picturesPerSecond: Double?
    /// Whether it was interrupted before all pictures were done.
    var interrupted: Bool
    var remaining: Int

    init(_ outcome: EncodedDataset, data: String, model: String, shard: Shard?, otherFormats: [String]) {
        let counts = outcome.counts
        self.data = data
        self.model = model
        self.shard = shard?.text
        pictures = counts.total
        encoded = counts.encoded
        fromCache = counts.fromCache
        unreadable = outcome.unreadable
        self.otherFormats = otherFormats
        seconds = outcome.seconds
        picturesPerSecond =
            counts.encoded > 0 && outcome.seconds > 0 ? Double(counts.encoded) / outcome.seconds : nil
        remaining = counts.total - counts.done
        interrupted = remaining > 0
    }

    /// Several lines, without a line feed at the end.
    var text: String {
        let speed = picturesPerSecond.map { " (\(NumberFormat.fixed($0, 0)) pictures/s)" } ?? ""
        var lines = [
            "\(printable(data)) with \(printable(model))" + (shard.map { ", part \($0)" } ?? ""),
            "\(pictures) pictures: \(encoded) encoded in \(NumberFormat.fixed(seconds, 1)) s\(speed), "
                + "\(fromCache) from the cache, \(unreadable.count) unreadable",
        ]
        if interrupted { lines.append("interrupted: \(remaining) pictures remain; the next run goes on with them") }
        lines += unreadable.reportLines
        return lines.joined(separator: "\n")
    }

    /// One JSON object.
    var json: String { get throws { try JSONText.of(self) } }
}
