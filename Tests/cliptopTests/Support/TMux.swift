import Foundation
import TestSupport

/// The built program in a real terminal: a tmux server of its own.
final class TMux {
    private let socket = "cliptop-test-\(UUID().uuidString.prefix(8))"
    let home: URL
    /// The state directory of the program.
    let state: URL

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// The built program, next to the bundle of tests that this process runs.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "cliptop")

    /// Runs `command` in a terminal of the given size and type; what it leaves on the normal screen stays readable.
    init(
        _ command: String, size: (columns: Int, rows: Int) = (80, 24), term: String = "tmux-256color",
        locale: String = "C.UTF-8", state: URL? = nil
    ) throws {
        home = try Fixtures.temporaryFolder()
        self.state = state ?? home.appending(path: "state")
        let inner =
            "stty -a > \(home.path)/before; \(command); echo \"[exit $?]\"; stty -a > \(home.path)/now; mv \(home.path)/now \(home.path)/after; sleep 600"
        let environment = [
            "CLIPTOP_HOME": self.state.path, "LANG": locale, "LC_ALL": locale,
            "TERM": term, "NO_COLOR": "", "CLIPTOP_SAMPLES": Fixtures.samples.path,
            "CLIPTOP_THEMES": Fixtures.repository.appending(path: "Themes").path,
        ].map { "\($0)='\($1)'" }.joined(separator: " ")
        try run(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(size.columns)", "-y", "\(size.rows)",
            "env \(environment) sh -c '\(inner.replacing("'", with: "'\\''"))'")
    }

    deinit {
        _ = try? run("kill-server")
        try? FileManager.default.removeItem(at: home)
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String {
        let file = home.appending(path: "tmux.txt")
        // Without a UTF-8 locale tmux itself would draw underscores.
        let status = try runCommand(
            ["tmux", "-L", socket] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }, output: file)
        let text = try String(contentsOf: file, encoding: .utf8)
        guard status == 0 else {
            throw Failure(description: "tmux \(arguments.joined(separator: " ")): \(text)")
        }
        return text
    }

    /// What the screen shows, rows without trailing blanks.
    var screen: String { (try? run("capture-pane", "-p")) ?? "" }

    func press(_ keys: String...) throws {
        for key in keys { try run("send-keys", key) }
    }

    func resize(_ columns: Int, _ rows: Int) throws {
        try run("resize-window", "-x", "\(columns)", "-y", "\(rows)")
    }

    /// Closes the terminal under the program.
    func hangUp() throws { try run("kill-server") }

    /// Sends a signal to the program in the terminal.
    func signal(_ name: String) throws {
        let shell = try run("display-message", "-p", "#{pane_pid}").trimmingCharacters(in: .whitespacesAndNewlines)
        let status = try runCommand(
            ["pkill", "-\(name)", "-P", shell, "cliptop"], output: home.appending(path: "pkill.txt"))
        guard status == 0 else { throw Failure(description: "the program is not running") }
    }

    /// Waits until the screen fits; answers the last one seen.
    @discardableResult
    func wait(seconds: Double = 60, for isThere: (String) -> Bool) throws -> String {
        let end = Date().addingTimeInterval(seconds)
        var last = ""
        while Date() < end {
            last = screen
            if isThere(last) { return last }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw Failure(description: "waited \(seconds) s in vain; the screen shows:\n\(last)")
    }

    /// Waits for a text on the screen.
    @discardableResult
    func wait(seconds: Double = 60, for text: String) throws -> String {
        try wait(seconds: seconds) { $0.contains(text) }
    }

    /// Whether the terminal's modes are what they were before the program ran.
    func modesAreRestored() throws -> Bool {
        _ = try wait { _ in FileManager.default.fileExists(atPath: self.home.appending(path: "after").path) }
        // The first line has the size, which tmux changes a little after it was told to.
        func modes(_ name: String) throws -> [Substring] {
            Array(
                try String(contentsOf: home.appending(path: name), encoding: .utf8).split(separator: "\n").dropFirst())
        }
        return try modes("before") == modes("after")
    }
}
