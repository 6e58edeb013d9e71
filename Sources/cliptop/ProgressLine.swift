import Dashboard
import Dispatch
import Foundation
import Synchronization
import Training

/// Says how far a piece of work has come: on a terminal one line that is written over, elsewhere a line now and then.
/// What is over within half a second is not mentioned.
final class ProgressLine: Sendable {
    private struct State {
        /// What is being done, until it has been said.
        var unsaid: String?
        /// The text that stands on the terminal's last line.
        var standing = ""
        var started = ContinuousClock.now
        var last = ContinuousClock.now
        /// The time until the next line in a log; it grows, so that a long job does not fill it.
        var interval = Duration.seconds(2)
    }

    private static let patience = Duration.milliseconds(500)
    private static let longestInterval = Duration.seconds(30)

    private let isLive: Bool
    private let descriptor: Int32
    private let state = Mutex(State())

    /// A progress line on standard error, so that standard output is left to the results.
    /// - Parameter log: where the lines go if standard error is no terminal.
    init(log: Int32 = STDERR_FILENO) {
        let term = ProcessInfo.processInfo.environment["TERM"] ?? "dumb"
        isLive = isatty(STDERR_FILENO) != 0 && term != "dumb"
        descriptor = isLive ? STDERR_FILENO : log
    }

    /// Says what is being done, unless the next piece of work begins before half a second has passed.
    func begin(_ text: String) {
        let started = ContinuousClock.now
        state.withLock { state in
            state.started = started
            state.last = started
            state.interval = .seconds(2)
            state.unsaid = text
            clear(&state)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(500)) { [weak self] in
            self?.state.withLock { state in
                guard state.started == started, let text = state.unsaid else { return }
                state.unsaid = nil
                self?.show(text + " ...", &state)
            }
        }
    }

    /// Says how far it has come, if that is due.
    func update(_ text: @autoclosure () -> String) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard now - state.started >= Self.patience else { return }
            guard now - state.last >= (isLive ? .milliseconds(100) : state.interval) else { return }
            if !isLive { state.interval = min(state.interval * 3 / 2, Self.longestInterval) }
            state.unsaid = nil
            state.last = now
            show(text(), &state)
        }
    }

    /// The work is done; the line goes away.
    func end() {
        state.withLock { state in
            state.unsaid = nil
            clear(&state)
        }
    }

    /// Writes another line without the two getting mixed up.
    func interrupt(_ write: () -> Void) {
        state.withLock { state in
            let standing = state.standing
            clear(&state)
            state.unsaid = nil
            state.last = .now
            write()
            if !standing.isEmpty { show(standing, &state) }
        }
    }

    private func show(_ text: String, _ state: inout State) {
        guard isLive else { return Output.write(text + "\n", to: descriptor) }
        let line = Self.clipped(text, to: Self.columns - 1)
        Output.write("\r\(line)\u{1b}[K", to: descriptor)
        state.standing = line
    }

    private func clear(_ state: inout State) {
        guard isLive, !state.standing.isEmpty else { return }
        Output.write("\r\u{1b}[K", to: descriptor)
        state.standing = ""
    }

    private static var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }

    /// As much of a text as fits into so many columns.
    static func clipped(_ text: String, to columns: Int) -> String {
        var (result, width) = ("", 0)
        for character in text {
            width += DisplayWidth.of(String(character))
            guard width <= columns else { break }
            result.append(character)
        }
        return result
    }
}

extension EncodingProgress {
    /// `encoding 128/344, 93 pictures/s, 0:02 left, 3 unreadable`.
    var line: String {
        let speed = picturesPerSecond.map { ", \(NumberFormat.fixed($0, 0)) pictures/s" } ?? ""
        let left = secondsLeft.map { ", \(NumberFormat.duration($0)) left" } ?? ""
        let bad = unreadable > 0 ? ", \(unreadable) unreadable" : ""
        return "encoding \(done)/\(total)\(speed)\(left)\(bad)"
    }
}
