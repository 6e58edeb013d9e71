import Dashboard
import Foundation

/// Columns of text for people, as wide as their content; wide characters count as the two cells they take.
struct TextTable {
    /// Where a column's text stands.
    enum Alignment {
        case left, right
    }

    private let alignments: [Alignment]
    private var rows: [[String]]

    /// A table with a heading over every column.
    init(_ columns: [(title: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.title)]
    }

    /// Adds a row: a text for each column.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The table, two blanks between columns, without a line feed at the end.
    var text: String {
        let widths = alignments.indices.map { column in
            rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            let line = zip(row.indices, row).map { column, cell in
                let padding = String(repeating: " ", count: max(widths[column] - DisplayWidth.of(cell), 0))
                return alignments[column] == .left ? cell + padding : padding + cell
            }.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
