import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// What one or more models think of one picture.
struct PictureAnswer {
    /// What one model thinks: probabilities in order of the classes.
    struct Column {
        var model: String
        var zeroShot: [Float]
        /// Nil without a run of this model.
        var adapted: [Float]?
    }

    let image: String
    let classNames: [String]
    var columns: [Column] = []
    /// Why there is no answer.
    var error: String?

    /// Classes by the probability that counts: the first model's, adapted if there is a run.
    private func ranking(_ top: Int) -> [Int] {
        guard let first = columns.first(where: { $0.adapted != nil }) ?? columns.first else { return [] }
        return (first.adapted ?? first.zeroShot).largest(top)
    }

    /// A table with bars on one scale, 0 to 100 %. Several models stand side by side under their names.
    func table(top: Int, glyphs: Glyphs) -> String {
        let isAlone = columns.count == 1
        let cells = columns.flatMap { column in
            [(isAlone ? "zero-shot" : "\(printable(column.model)) zero-shot", column.zeroShot)]
                + (column.adapted.map { [(isAlone ? "adapted" : "\(printable(column.model)) adapted", $0)] } ?? [])
        }
        // Two bars of 20 cells fit into 80 columns beside a short name; more have to be shorter.
        let length = cells.count <= 2 ? 20 : cells.count <= 4 ? 8 : 4
        var table = TextTable([("", .left)] + cells.map { ($0.0, .left) })
        for row in ranking(top) {
            table.add([printable(classNames[row])] + cells.map { Self.bar($0.1[row], length: length, glyphs) })
        }
        return printable(image) + "\n" + table.text.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
    }

    private static func bar(_ probability: Float, length: Int, _ glyphs: Glyphs) -> String {
        let percent = NumberFormat.percent(Double(probability))
        let bar = PrintedBar.text(Double(probability), width: length, glyphs: glyphs)
        let shown = bar.reversed().drop { $0 == " " }.reversed()
        return String(repeating: " ", count: max(5 - percent.count, 0)) + percent + " % " + String(shown)
    }

    /// The form of the answer for programs: with one model the probabilities stand at the classes, with several there is
    /// a list of models.
    struct Entry: Encodable {
        struct Probability: Encodable {
            var label: String
            var zeroShot: Float
            var adapted: Float?
        }

        struct Model: Encodable {
            var model: String
            var classes: [Probability]
        }

        var image: String
        var classes: [Probability]?
        var models: [Model]?
        var error: String?
    }

    /// The answer for programs.
    func entry(top: Int) -> Entry {
        guard error == nil else { return Entry(image: image, error: error) }
        let models = columns.map { column in
            Entry.Model(
                model: column.model,
                classes: (column.adapted ?? column.zeroShot).largest(top).map {
                    .init(label: classNames[$0], zeroShot: column.zeroShot[$0], adapted: column.adapted?[$0])
                })
        }
        return models.count == 1
            ? Entry(image: image, classes: models[0].classes) : Entry(image: image, models: models)
    }
}
