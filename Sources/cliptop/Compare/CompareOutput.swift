import Dashboard
import Foundation
import Pictures
import Training

/// Where a comparison's results go: to people on standard output, to programs in files.
struct CompareOutput {
    /// The files that were asked for.
    var csv, json: String?

    /// The first option of a file that was asked for.
    var given: String? { csv != nil ? "csv" : json != nil ? "json" : nil }

    /// Looks whether the files could be written, before hours of work depend on it.
    /// - Throws: `UsageError`.
    func check() throws {
        for (name, path) in [("json", json), ("csv", csv)] {
            guard let path else { continue }
            do { try OutputFile(path).check() } catch { throw UsageError("--\(name): \(error.localizedDescription)") }
        }
    }

    /// Prints curves and table, and below them a line with what there is to say of how they were come by.
    func show(_ comparison: Comparison, figures: String) {
        let report = ComparisonReport(comparison)
        let style = TextStyle.standardOutput
        if let chart = report.chart(width: style.width, height: 14, glyphs: style.glyphs, colors: style.colors) {
            Output.line(chart + "\n")
        }
        Output.line(report.table)
        let description = comparison.description
        Output.line(
            "\(printable(description.dataset)), \(description.classNames.count) classes, "
                + "\(printable(description.model)): \(figures)")
    }

    /// Writes the files.
    /// - Throws: `OutputFileError`.
    func write(_ comparison: Comparison) throws {
        let files = ComparisonFiles(comparison)
        if let csv { try OutputFile(csv).write(Data(files.csv.utf8)) }
        if let json { try OutputFile(json).write(try files.json()) }
    }
}
