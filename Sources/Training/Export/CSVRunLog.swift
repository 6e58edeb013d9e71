import FewShot
import Foundation

/// The course of a run as rows of a table, with the run's own columns in front, so that the tables of several runs are one.
struct CSVRunLog: CourseFormat {
    /// What a row is.
    enum Layout: Sendable {
        /// A step, with a column for every figure; what was not measured then is empty.
        case wide
        /// A single figure.
        case long
    }

    private static let runColumns = ["run", "name", "dataset", "method", "shots", "seed", "time", "step", "epoch"]

    private let layout: Layout
    private var reader = FigureReader()
    private var identity: [String]
    /// What is known of the step that is being looked at: its validation comes later than its batch.
    private var pending: FigureRow?

    init(_ description: RunDescription, _ layout: Layout) {
        self.layout = layout
        identity = [
            description.runID, description.name ?? "", description.dataset, description.method, "\(description.shots)",
            "\(description.seed)",
        ]
    }

    /// The first line.
    static func header(_ layout: Layout) -> String {
        CSVText.line(
            runColumns + (layout == .wide ? Figure.all.map(\.column) + ["intervention"] : ["figure", "value"]))
    }

    mutating func append(_ entry: TimedEvent, to bytes: inout [UInt8]) {
        guard let row = reader.row(entry) else { return }
        switch layout {
        case .long:
            for (figure, value) in row.figures {
                bytes += CSVText.line(start(row) + [figure.column, "\(value)"]).utf8
            }
        case .wide:
            if var held = pending, held.step == row.step {
                held.epoch = row.epoch
                held.figures += row.figures
                held.intervention = [held.intervention, row.intervention].compactMap { $0 }.joined(separator: "; ")
                if held.intervention == "" { held.intervention = nil }
                pending = held
            } else {
                finish(&bytes)
                pending = row
            }
        }
    }

    mutating func finish(_ bytes: inout [UInt8]) {
        guard let row = pending else { return }
        pending = nil
        let values = Dictionary(row.figures, uniquingKeysWith: { $1 })
        bytes +=
            CSVText.line(
                start(row) + Figure.all.map { values[$0].map { "\($0)" } ?? "" } + [row.intervention ?? ""]
            ).utf8
    }

    private func start(_ row: FigureRow) -> [String] {
        identity + [CourseTime.text(row.time), "\(row.step)", "\(row.epoch)"]
    }
}

/// Times in files for programs: Unix seconds.
enum CourseTime {
    /// With microseconds: what is finer, a clock does not know.
    static func text(_ time: Date) -> String {
        let micros = Int((time.timeIntervalSince1970 * 1e6).rounded())
        let fraction = String(abs(micros) % 1_000_000)
        return "\(micros / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
    }
}
