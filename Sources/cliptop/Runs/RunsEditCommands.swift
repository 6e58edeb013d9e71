import ArgumentParser
import Foundation
import Pictures
import Store
import Training

/// `cliptop runs tag RUN TAG... -TAG...`.
struct RunsTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Give a run tags, or take them away.",
        discussion: "A tag with a minus before it is taken away: cliptop runs tag latest good -- -old")

    @Argument(help: RunsCommand.runHelp)
    var query: String

    @Argument(help: ArgumentHelp("Tags; with a minus before it, one to take away.", valueName: "tag"))
    var tags: [String]

    func run() throws {
        let history = try RunsCommand.history()
        let summary = try history.summary(query)
        var now = summary.record.tags
        for tag in tags {
            let isRemoval = tag.hasPrefix("-")
            let name = try Tag.checked(isRemoval ? String(tag.dropFirst()) : tag)
            now.removeAll { $0 == name }
            if !isRemoval { now.append(name) }
        }
        try history.setTags(now, of: summary.id)
        Output.line(
            "run \(summary.id): " + (now.isEmpty ? "no tags" : now.sorted().map(printable).joined(separator: " ")))
    }
}

/// What a tag may look like.
enum Tag {
    /// - Throws: `UsageError`.
    static func checked(_ text: String) throws -> String {
        guard !text.isEmpty, !text.contains(where: { $0.isWhitespace || "\",*".contains($0) }), !text.hasPrefix("-")
        else { throw UsageError("tag '\(printable(text))': wants a word without blanks, commas, quotes and asterisks") }
        return text
    }
}

/// `cliptop runs note RUN TEXT`.
struct RunsNoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note about a run; an empty one takes it away.")

    @Argument(help: RunsCommand.runHelp)
    var query: String

    @Argument(help: ArgumentHelp("The note.", valueName: "text"))
    var text: [String]

    func run() throws {
        let history = try RunsCommand.history()
        let id = try history.summary(query).id
        let note = text.joined(separator: " ").trimmingCharacters(in: .whitespaces)
        try history.setNote(note.isEmpty ? nil : note, of: id)
        Output.line("run \(id): " + (note.isEmpty ? "no note" : printable(note)))
    }
}

/// `cliptop runs remove RUN...`.
struct RunsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove runs with their folders: adapters, checkpoints, curves.")

    @Argument(help: RunsCommand.runHelp)
    var queries: [String]

    @Flag(help: "Do not ask.")
    var yes = false

    func run() throws {
        let history = try RunsCommand.history()
        var summaries: [RunSummary] = []
        for query in queries {
            let summary = try history.summary(query)
            if !summaries.contains(where: { $0.id == summary.id }) { summaries.append(summary) }
        }
        // All or none: what cannot be removed should not be found out half-way.
        for summary in summaries {
            if let process = summary.process { throw RunHistoryError.isLive(run: summary.id, process: process) }
        }
        if !yes {
            Output.line(RunTableText(summaries).text(width: TextStyle.standardOutput.width))
            let what = summaries.count == 1 ? "this run" : "these \(summaries.count) runs"
            guard try Confirmation.ask("remove \(what) for good?", instead: "--yes to remove them") else {
                Output.line("nothing was removed")
                return
            }
        }
        for summary in summaries {
            try history.remove(summary.id)
            Output.line("removed run \(summary.id)")
        }
    }
}
