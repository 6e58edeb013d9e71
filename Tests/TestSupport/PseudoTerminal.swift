import Foundation

/// A program in a terminal of which nothing is left out: every byte it sends is here, and what is typed is sent as bytes.
public final class PseudoTerminal {
    /// The program.
    public let process: pid_t
    /// All that it has sent.
    public private(set) var received: [UInt8] = []
    private let master: Int32
    private var status: Int32?

    /// Starts a program in a terminal of this size.
    public init(
        _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment, columns: Int = 80,
        rows: Int = 24
    ) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)
        // TIOCSPTLCK and TIOCGPTN, which Swift does not see.
        var (unlocked, number) = (Int32(0), UInt32(0))
        guard master >= 0, ioctl(master, 0x4004_5431, &unlocked) == 0, ioctl(master, 0x8004_5430, &number) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ENXIO)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a session opens is its own.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/pts/\(number)", O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let newSession = 0x80
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | Int32(newSession)))
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var started = pid_t()
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        let failure = posix_spawnp(&started, arguments[0], &actions, &attributes, words, variables)
        guard failure == 0 else {
            close(master)
            throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT)
        }
        process = started
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            var ignored: Int32 = 0
            waitpid(process, &ignored, 0)
        }
        close(master)
    }

    /// Types bytes.
    public func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Gives the terminal another size.
    public func resize(columns: Int, rows: Int, cellWidth: Int = 0, cellHeight: Int = 0) {
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: UInt16(columns * cellWidth),
            ws_ypixel: UInt16(rows * cellHeight))
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Sends the program a signal.
    public func signal(_ number: Int32) { kill(process, number) }

    /// Takes what has come, waiting up to `seconds` for the first of it; answers whether more may come.
    @discardableResult
    public func read(waiting seconds: Double) -> Bool {
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, Int32(max(0, seconds) * 1000)) > 0 else { return true }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(master, &buffer, buffer.count)
            if count > 0 {
                received += buffer.prefix(count)
            } else {
                return count < 0 && (errno == EAGAIN || errno == EINTR)
            }
        }
    }

    /// Reads for a while.
    public func read(seconds: Double) {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end, read(waiting: (end - .now) / .seconds(1)) {}
    }

    /// Reads until a text has come after byte `start`; answers whether it has within the time.
    public func read(until text: String, from start: Int = 0, seconds: Double = 60) -> Bool {
        let wanted = Data(text.utf8)
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            if Data(received.dropFirst(start)).range(of: wanted) != nil { return true }
            guard ContinuousClock.now < end, read(waiting: (end - .now) / .seconds(1)) else { return false }
        }
    }

    /// Reads until the program has ended; its exit status (negative: the signal), or nil if it did not in time.
    public func waitForEnd(seconds: Double = 60) -> Int32? {
        let end = ContinuousClock.now + .seconds(seconds)
        while status == nil, ContinuousClock.now < end {
            let isOpen = read(waiting: 0.05)
            var raw: Int32 = 0
            // With the terminal gone only the end itself is left to wait for.
            if waitpid(process, &raw, isOpen ? WNOHANG : 0) == process {
                let signal = raw & 0x7f
                status = signal == 0 ? (raw >> 8) & 0xff : -signal
                read(waiting: 0)
            }
        }
        return status
    }
}
