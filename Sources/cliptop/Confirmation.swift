import Foundation

/// A question before something is lost.
enum Confirmation {
    /// Asks on the terminal; only a yes is a yes.
    /// - Parameter instead: what to give where there is nobody to ask.
    /// - Throws: `UsageError` without a terminal.
    static func ask(_ question: String, instead: String) throws -> Bool {
        guard isatty(STDIN_FILENO) != 0, isatty(STDOUT_FILENO) != 0 else {
            throw UsageError("there is no terminal to ask on: give \(instead)")
        }
        Output.write("\(question) [y/N] ", to: STDOUT_FILENO)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }
}
