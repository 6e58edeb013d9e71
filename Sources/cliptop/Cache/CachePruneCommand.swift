import ArgumentParser
import FewShot
import Foundation
import Pictures
import Store

/// `cliptop cache prune`: removes features that are not needed any more.
struct CachePruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove features from the cache.",
        discussion: """
            Removes the features that meet every condition given; they would be encoded again when they are needed. \
            Says what is going to be removed and asks; without a terminal it wants --yes.
            """)

    @Option(
        help: ArgumentHelp(
            "Features of this model: its name as 'cache show' has it, or the first digits of its weights' checksum.",
            valueName: "name"))
    var model: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Features added longer ago than this: 30d, 12h, 2w.", valueName: "time"),
        transform: Age.init(_:))
    var olderThan: Age?

    @Flag(
        help: """
            Features of pictures that are in none of the files they were read from. Pictures of which no file is known, \
            such as those of merged caches, stay.
            """)
    var missing = false

    @Flag(help: "All features.")
    var all = false

    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
        guard all || model != nil || olderThan != nil || missing else {
            throw UsageError("remove what? give --model, --older-than, --missing, or --all")
        }
        guard !all || (model == nil && olderThan == nil && !missing) else {
            throw UsageError("--all leaves nothing to choose: give it alone")
        }
        let progress = ProgressLine()
        let database = try StateDatabase(StateDirectory())
        let contents = CacheContents(database)
        let selection = try selection(database, contents, progress)
        let affected = try contents.summaries(of: selection)
        let count = affected.reduce(0) { $0 + $1.pictures }
        guard count > 0 else {
            Output.line("nothing to remove")
            return
        }
        Output.line(CacheRow.table(affected.map(CacheRow.init)))
        if dryRun {
            Output.line("\(count) features would be removed")
            return
        }
        guard
            try yes
                || Confirmation.ask(
                    "remove \(count) features?", instead: "--yes to remove them, --dry-run to only look")
        else {
            Output.line("nothing was removed")
            return
        }
        let before = database.bytesOnDisk
        progress.begin("removing \(count) features")
        let removed = try contents.remove(selection)
        let isCompact = database.compact()
        progress.end()
        if removed < count {
            Output.line(
                "\(count - removed) features are in use by another cliptop and stay; prune again when it has ended")
        }
        Output.line(
            "removed \(removed) features; "
                + (isCompact
                    ? "\(CacheRow.megabytes(before)) on disk before, \(CacheRow.megabytes(database.bytesOnDisk)) now"
                    : "their room will be used again (another cliptop is using the database)"))
    }

    private func selection(
        _ database: StateDatabase, _ contents: CacheContents, _ progress: ProgressLine
    ) throws -> FeatureSelection {
        var selection = FeatureSelection()
        if let model {
            let spaces = try contents.spaces().filter { space in
                let weights = FeatureSpace.value("weights", in: space.key) ?? ""
                return space.model == model || (model.count >= 4 && weights.hasPrefix(model.lowercased()))
            }
            guard !spaces.isEmpty else {
                throw UsageError(
                    "--model \(printable(model)): the cache has no features of it; 'cliptop cache show' lists the models"
                )
            }
            selection.spaces = spaces.map(\.id)
        }
        if let olderThan { selection.addedBefore = Date().addingTimeInterval(-olderThan.seconds) }
        if missing {
            progress.begin("looking for the files")
            selection.pictures = try MissingPictures(database).find { progress.update("looked for \($0) files") }
            progress.end()
        }
        return selection
    }
}

/// A span of time as people write it: `30d`, `12h`, `2w`.
struct Age: Equatable {
    let seconds: Double

    /// - Throws: `UsageError`.
    init(_ text: String) throws {
        let units: [Character: Double] = ["h": 3600, "d": 86400, "w": 7 * 86400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()),
            count >= 0, count.isFinite
        else { throw UsageError("wants a number of hours, days or weeks, such as 12h, 30d or 2w") }
        seconds = count * unit
    }
}
