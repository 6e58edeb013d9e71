import Foundation

/// Lines for people, on the standard streams.
enum Output {
    /// Writes a line to standard output. A reader that has gone away is no reason to stop: the run is saved all the same.
    static func line(_ text: String) { write("\(text)\n", to: STDOUT_FILENO) }

    /// Writes a line to standard error.
    static func errorLine(_ text: String) { write("\(text)\n", to: STDERR_FILENO) }

    /// Writes a text as it is.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                return
            }
        }
    }
}
