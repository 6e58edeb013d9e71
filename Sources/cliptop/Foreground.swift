import CKernels
import Foundation

/// The program's hold on its terminal and on the shell that waits for it.
enum Foreground {
    /// Those of the standard streams that were a terminal when the program began: afterwards a terminal that has gone can
    /// no longer be told from anything else.
    private static let terminals = [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO].filter { isatty($0) != 0 }

    /// Looks which of the standard streams are a terminal, as long as that can be seen.
    static func remember() { _ = terminals }

    /// Makes it possible to give the shell its prompt back while the run goes on: from here on the process that the shell
    /// started only waits, and a child of it does the work. To be called before the first thread.
    /// - Throws: ``CannotDivide``.
    static func divide() throws {
        remember()
        guard foreground_divide() == 0 else { throw CannotDivide(reason: String(cString: strerror(errno))) }
    }

    /// The system has no room for another process.
    struct CannotDivide: Error, LocalizedError {
        var reason: String
        var errorDescription: String? { "cannot start a process for the run: \(reason); --plain needs none" }
    }

    /// Lets go of the terminal, and of the shell. What would have been printed goes into the run's folder.
    /// - Parameter everything: whether to let go of pipes and files too, whose readers wait for the end.
    static func letGo(folder: URL?, everything: Bool = false) {
        signal(SIGHUP, SIG_IGN)
        let streams = everything ? [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] : terminals
        redirect(streams, to: folder)
        foreground_let_go()
    }

    /// The name of the file in the run's folder.
    static let logName = "headless.log"

    /// Points standard streams at the run's log; at nothing as long as the run has no folder.
    private static func redirect(_ streams: [Int32], to folder: URL?) {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        guard nothing >= 0 else { return }
        let log =
            folder.map { open($0.appending(path: logName).path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }
            ?? -1
        for stream in streams { dup2(stream == STDIN_FILENO || log < 0 ? nothing : log, stream) }
        close(nothing)
        if log >= 0 { close(log) }
    }

    /// Whether the signal of a terminal that goes away was ignored from the start, as `nohup` does.
    static var ignoresHangUp: Bool {
        var action = sigaction()
        sigaction(SIGHUP, nil, &action)
        return action.__sigaction_handler.sa_handler.map { unsafeBitCast($0, to: Int.self) } == 1
    }
}
