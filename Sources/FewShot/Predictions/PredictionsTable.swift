import Foundation

/// `predictions.csv` (docs/programs.md#csv): RFC 4180 quoting, line feeds, a point in numbers whatever the locale.
public struct PredictionsTable {
    private let classNames: [String]
    private let isSpreadsheetSafe: Bool

    /// - Parameter isSpreadsheetSafe: puts an apostrophe before texts that a spreadsheet would take for a formula.
    public init(classNames: [String], isSpreadsheetSafe: Bool = false) {
        self.classNames = classNames
        self.isSpreadsheetSafe = isSpreadsheetSafe
    }

    /// The table, in natural order of the paths. A picture that could not be read, and a class that does not exist, leave
    /// their cells empty.
    public func text(_ predictions: [Prediction]) -> String {
        let places = 0..<Prediction.depth
        let header =
            ["path", "label"] + places.map { "pred\($0 + 1)" } + places.map { "prob\($0 + 1)" } + ["name1"]
        let rows = predictions.sorted { NaturalOrder.precedes($0.path, $1.path) }.map { prediction in
            let candidates = prediction.candidates
            func cells(_ text: (Prediction.Candidate) -> String) -> [String] {
                places.map { $0 < candidates.count ? text(candidates[$0]) : "" }
            }
            return [field(prediction.path), prediction.label.map(String.init) ?? ""]
                + cells { "\($0.label)" } + cells { CSVText.number(Double($0.probability)) }
                + [candidates.first.map { field(classNames[$0.label]) } ?? ""]
        }
        return ([header] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    }

    private func field(_ text: String) -> String {
        let isFormula = isSpreadsheetSafe && text.first.map { "=+-@".contains($0) } ?? false
        return CSVText.field(isFormula ? "'" + text : text)
    }
}
