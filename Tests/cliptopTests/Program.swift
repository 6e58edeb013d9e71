import Foundation
import TestSupport

/// The built program without a terminal.
struct Program {
    var status: Int32
    var output: String
    var errors: String

    /// Runs the program to its end.
    static func run(_ arguments: [String], home: URL, environment: [String: String] = [:]) throws -> Program {
        var all = ProcessInfo.processInfo.environment
        all["CLIPTOP_HOME"] = home.path
        all["CLIPTOP_SAMPLES"] = Fixtures.samples.path
        all["CLIPTOP_THEMES"] = Fixtures.repository.appending(path: "Themes").path
        let (output, errors) = (home.appending(path: "out.txt"), home.appending(path: "err.txt"))
        let status = try runCommand(
            [TMux.program.path] + arguments,
            environment: all.merging(environment) { $1 }, output: output, errors: errors)
        return Program(
            status: status,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }
}

/// Runs `body` with an empty state directory of its own.
func withHome<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let home = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: home) }
    return try body(home)
}
