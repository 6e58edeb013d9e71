import Dashboard
import Foundation
import Training

/// What standard output can take where no dashboard is drawn on it.
struct TextStyle {
    /// Columns to use; not more than a reader's eye follows.
    var width: Int
    var glyphs: Glyphs
    /// None for pipes and files, which get the same shapes without escape sequences.
    var colors: ColorDepth

    /// Standard output as it is.
    static var standardOutput: TextStyle {
        let terminal = TerminalReport(environment: ProcessInfo.processInfo.environment)
        let hasColors = isatty(STDOUT_FILENO) != 0 && terminal.type != "dumb"
        return TextStyle(
            width: min(max(terminal.columns ?? 80, 40), 100), glyphs: terminal.glyphs,
            colors: hasColors ? terminal.depth : .none)
    }
}

extension ProgressLine {
    /// Says what the preparation of a run is doing.
    func show(_ event: TrainingEvent) {
        switch event {
        case .phase(.readingData): begin("reading the data set")
        case .phase(.loadingModel): begin("loading the model")
        case .phase(.encoding): begin("looking up the pictures")
        case .encoding(let encoding): update(encoding.line)
        case .log(let entry) where entry.level != .info: interrupt { printError("warning: \(entry.text)") }
        default: break
        }
    }
}
