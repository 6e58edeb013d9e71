import Foundation

/// The course of a run as a TensorBoard event file: one event for each moment that has figures. What is not a number is
/// written as it is; TensorBoard marks it.
struct TensorBoardRunLog: CourseFormat {
    private var reader = FigureReader()
    private var hasBegun = false

    mutating func append(_ entry: TimedEvent, to bytes: inout [UInt8]) {
        if !hasBegun {
            TensorBoardRecord.fileVersion(at: entry.time).append(to: &bytes)
            hasBegun = true
        }
        guard let row = reader.row(entry), !row.figures.isEmpty else { return }
        TensorBoardRecord(time: row.time, step: row.step, figures: row.figures.map { ($0.tag, $1) })
            .append(to: &bytes)
    }

    /// The folder of a run's event files, which TensorBoard takes for the run's name: the name its user gave it, else what
    /// it trained, and its ID.
    static func folderName(_ description: RunDescription) -> String {
        let title =
            description.name
            ?? "\(description.method) \(description.dataset) \(description.shots) shots seed \(description.seed)"
        return fileName(title) + "-" + description.runID
    }

    /// A text as the name of a file: no separators, nothing hidden, nothing that a terminal obeys, and not too long.
    private static func fileName(_ text: String) -> String {
        var name = ""
        for character in text where name.utf8.count + character.utf8.count <= 100 {
            let isSafe = character.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned, .privateUse:
                    false
                default: !"/\\:*?\"<>|".unicodeScalars.contains(scalar)
                }
            }
            name += isSafe ? String(character) : "-"
        }
        return name.hasPrefix(".") ? "-" + name.dropFirst() : name
    }

    /// The name of an event file, as TensorBoard knows them. The suffix keeps apart what is written on one machine at one
    /// second.
    static func eventFileName(startedAt: Date, suffix: String) -> String {
        let seconds = String(Int(max(0, startedAt.timeIntervalSince1970)))
        let digits = String(repeating: "0", count: max(0, 10 - seconds.count)) + seconds
        return "events.out.tfevents.\(digits).\(ProcessInfo.processInfo.hostName).\(suffix)"
    }
}
