import Foundation

/// Runs a program to its end with its output in a file, and answers its exit status (negative: the signal).
///
/// Not Foundation's `Process`: that waits until everything the program has left behind is gone too, and a tmux server is
/// meant to stay.
public func runCommand(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment, output: URL,
    errors: URL? = nil
) throws -> Int32 {
    try waitForCommand(try startCommand(arguments, environment: environment, output: output, errors: errors))
}

/// Starts a program with its output in a file, and answers its process number.
public func startCommand(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment, output: URL,
    errors: URL? = nil
) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    if let errors {
        posix_spawn_file_actions_addopen(&actions, 2, errors.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    } else {
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    // The threads tests run on block signals; a child that inherited that could not be ended.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var process = pid_t()
    let words = arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    let failure = posix_spawnp(&process, arguments[0], &actions, &attributes, words, variables)
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT) }
    return process
}

/// Waits for a program that was started, and answers its exit status (negative: the signal).
public func waitForCommand(_ process: pid_t) throws -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
        guard errno == EINTR else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .ECHILD) }
    }
    return exitStatus(status)
}

/// What the system's word on a process that has ended means: its exit status (negative: the signal).
public func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : -signal
}
