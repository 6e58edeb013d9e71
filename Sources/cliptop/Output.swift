import Foundation
import Synchronization

/// Lines for people, on the standard streams.
enum Output {
    /// Why standard output could not be written, if it could not.
    private static let firstFailure = Mutex<Int32?>(nil)

    /// Why standard output could not be written, in the system's words; nil if all of it was. A reader that has gone away
    /// (`cliptop | head`) has seen what it wanted: that is no failure.
    static var failure: String? { firstFailure.withLock { $0 }.map { String(cString: strerror($0)) } }

    /// Opens the standard streams that are closed for nothing, so that no file of ours gets their number and what is
    /// printed. Writing to them stays an error.
    static func occupyStandardStreams() {
        for (stream, flags) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(stream, F_GETFD) < 0 {
            let descriptor = open("/dev/null", flags)
            if descriptor >= 0, descriptor != stream {
                dup2(descriptor, stream)
                close(descriptor)
            }
        }
    }

    /// Writes a line to standard output. What cannot be written is remembered (``failure``), and does not stop the work: a run
    /// is saved all the same.
    ///
    /// Control characters are spelled out, whatever they came from (a file's name, a viewer's terminal): only line feeds and
    /// colours reach the terminal.
    static func line(_ text: String) { write("\(harmless(text))\n", to: STDOUT_FILENO) }

    /// A text with its control characters spelled out, except for line feeds and sequences that set colours.
    static func harmless(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar != "\n" && scalar.properties.generalCategory == .control
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var (result, rest) = ("", Substring(text))
        while let first = rest.unicodeScalars.first {
            if let color = rest.prefixMatch(of: #/\u{1B}\[[0-9;]*m/#) {
                result += color.output
                rest = rest[color.range.upperBound...]
                continue
            }
            result += isControl(first) ? "\\u{\(String(first.value, radix: 16))}" : String(first)
            rest.unicodeScalars.removeFirst()
        }
        return result
    }

    /// Writes a line to standard error.
    static func errorLine(_ text: String) { write("\(text)\n", to: STDERR_FILENO) }

    /// Writes a text as it is.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                // A terminal or pipe that somebody has made non-blocking takes the rest when it has room.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1000)
            } else if count == 0 || errno != EINTR {
                note(errno, descriptor)
                return
            }
        }
    }

    private static func note(_ reason: Int32, _ descriptor: Int32) {
        guard descriptor == STDOUT_FILENO, reason != EPIPE, reason != EIO || isatty(descriptor) == 0 else { return }
        firstFailure.withLock { $0 = $0 ?? reason }
    }
}
