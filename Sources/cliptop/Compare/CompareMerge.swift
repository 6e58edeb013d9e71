import ArgumentParser
import Foundation
import Pictures
import Store
import Training

/// Joins the files of a comparison's shards: into the state database, and on paper.
struct CompareMerge {
    let files: [URL]
    let output: CompareOutput

    /// - Throws: `StoreError` for a file that is no shard's, `ExitCode` if something is missing.
    func run() throws {
        let merge = try ComparisonMerge(files)
        guard let newest = merge.comparisons.first else {
            throw NoComparison(files: files.map(\.relativePath), outdated: merge.outdated)
        }
        if merge.outdated > 0 {
            printError("\(NoComparison.text(outdated: merge.outdated)) and left out: run their shards again")
        }
        keep(merge)
        if merge.comparisons.count > 1 {
            printError(
                "the files hold \(merge.comparisons.count) comparisons; this is the one begun last, the others are merged, too"
            )
        }
        if let cores = merge.cores[newest.id], cores.count > 1 {
            printError(
                "the shards were computed with different OpenBLAS kernels (\(cores.sorted().joined(separator: ", "))): "
                    + "one machine alone would differ in the last digits")
        }
        let comparison = newest.comparison
        output.show(comparison, figures: "\(comparison.results.count) runs from \(files.count) files")
        try output.write(comparison)
        try Self.nameMissing(comparison, files)
    }

    /// The state database is the place for it, but a network file system is no place for that.
    private func keep(_ merge: ComparisonMerge) {
        do { try merge.store(in: StateDatabase(StateDirectory())) } catch {
            printError("the runs are not kept for further comparisons: \(error.localizedDescription)")
        }
    }

    private static func nameMissing(_ comparison: Comparison, _ files: [URL]) throws {
        let open = comparison.openCells
        guard !open.isEmpty else { return }
        let shown = open.prefix(12).map { "  " + comparison.grid.name($0) }
        let parts = missingParts(files.map(\.lastPathComponent))
        printError(
            ([
                "\(open.count) of \(comparison.grid.cells.count) runs are missing"
                    + (parts.isEmpty ? ":" : "; no file of part \(parts.joined(separator: ", ")) was given:")
            ] + shown + (open.count > shown.count ? ["  and \(open.count - shown.count) more"] : []))
            .joined(separator: "\n"))
        throw ExitCode(1)
    }

    /// Of files that bear the names of parts, the parts that are not among them.
    static func missingParts(_ names: [String]) -> [String] {
        let parts = names.compactMap { name -> Shard? in
            guard let match = name.wholeMatch(of: /cliptop-compare-(\d+)-of-(\d+)\.sqlite/),
                let number = Int(match.1), let count = Int(match.2)
            else { return nil }
            return Shard(number: number, count: count)
        }
        guard parts.count == names.count, let count = parts.first?.count, parts.allSatisfy({ $0.count == count }) else {
            return []
        }
        return (1...count).filter { number in !parts.contains { $0.number == number } }.map { "\($0)/\(count)" }
    }

    /// The files are databases, but nobody compared anything in them.
    struct NoComparison: Error, LocalizedError {
        var files: [String]
        /// Comparisons that are there but not used.
        var outdated: Int

        static func text(outdated: Int) -> String {
            "\(outdated) \(outdated == 1 ? "comparison was" : "comparisons were") made by an older cliptop, whose results are "
                + "wrong,"
        }

        var errorDescription: String? {
            outdated > 0
                ? "\(Self.text(outdated: outdated)) and there is no other in \(files.joined(separator: ", ")): "
                    + "run the shards again"
                : "there is no comparison in \(files.joined(separator: ", ")); give the files of 'cliptop compare --shard'"
        }
    }
}
