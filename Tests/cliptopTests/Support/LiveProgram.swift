import Foundation
import TestSupport

/// The built program without a terminal, while it runs.
final class LiveProgram {
    private let process: pid_t
    private let file: URL
    private var status: Int32?

    struct Silence: Error, CustomStringConvertible {
        var description: String
    }

    /// - Parameter output: the folder its output goes to; `home` unless given.
    init(_ arguments: [String], home: URL, output: URL? = nil) throws {
        file = (output ?? home).appending(path: "live.txt")
        process = try startCommand(
            [TMux.program.path] + arguments, environment: Program.environment(home: home), output: file)
    }

    deinit {
        guard status == nil else { return }
        Foundation.kill(process, SIGKILL)
        _ = try? waitForCommand(process)
    }

    /// Everything it has said so far, errors included.
    var output: String { (try? String(contentsOf: file, encoding: .utf8)) ?? "" }

    /// Whether it has not come to its end.
    var isRunning: Bool {
        if status == nil {
            var raw: Int32 = 0
            if waitpid(process, &raw, WNOHANG) == process { status = exitStatus(raw) }
        }
        return status == nil
    }

    /// Waits until its output fits.
    func wait(for isThere: (String) -> Bool) throws {
        let end = ContinuousClock.now + .seconds(120)
        while !isThere(output) {
            guard isRunning, ContinuousClock.now < end else {
                throw Silence(description: "waited in vain; it said:\n\(output)")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// Waits for a text in its output.
    func wait(for text: String) throws { try wait { $0.contains(text) } }

    /// Sends a signal.
    func signal(_ number: Int32) { Foundation.kill(process, number) }

    /// Sends a signal and waits for the end; answers the exit status (negative: the signal that ended it).
    func end(with signal: Int32) throws -> Int32 {
        guard isRunning else { return status ?? 0 }
        Foundation.kill(process, signal)
        let status = try waitForCommand(process)
        self.status = status
        return status
    }

    /// Kills it after so many seconds, wherever it is then.
    func kill(after seconds: Double) throws -> Int32 {
        Thread.sleep(forTimeInterval: seconds)
        return try end(with: SIGKILL)
    }
}

/// A file system of its own with little room, which only root can make.
final class SmallDisk {
    let folder: URL
    /// A folder that is not on it.
    let outside: URL

    struct Failure: Error {}

    /// Whether this process may make one.
    static let isPossible: Bool = (try? SmallDisk(megabytes: 1)) != nil

    init(megabytes: Int) throws {
        outside = try Fixtures.temporaryFolder()
        folder = outside.appending(path: "disk")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard getuid() == 0 else { throw Failure() }
        try run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", folder.path)
    }

    deinit {
        try? run("umount", "-l", folder.path)
        try? FileManager.default.removeItem(at: outside)
    }

    private func run(_ arguments: String...) throws {
        guard try runCommand(arguments, output: outside.appending(path: "mount.txt")) == 0 else { throw Failure() }
    }

    /// Leaves not a byte free.
    func fill() throws {
        _ = try runCommand(
            ["dd", "if=/dev/zero", "of=\(folder.path)/filler", "bs=4096"], output: outside.appending(path: "dd.txt"))
    }

    /// Gives the room back.
    func empty() throws { try FileManager.default.removeItem(at: folder.appending(path: "filler")) }

    /// Makes it read-only (`ro`) or writable (`rw`).
    func remount(_ mode: String) throws { try run("mount", "-o", "remount,\(mode)", folder.path) }
}
