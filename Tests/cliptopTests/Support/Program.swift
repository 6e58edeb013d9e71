import Foundation
import TestSupport

/// The built program without a terminal.
struct Program {
    var status: Int32
    var output: String
    var errors: String

    /// What the program finds its files by.
    static func environment(home: URL) -> [String: String] {
        ProcessInfo.processInfo.environment.merging([
            "CLIPTOP_HOME": home.path, "CLIPTOP_SAMPLES": Fixtures.samples.path,
            "CLIPTOP_THEMES": Fixtures.repository.appending(path: "Themes").path,
        ]) { $1 }
    }

    /// Runs the program to its end.
    /// - Parameter files: where its output goes; `home` unless given.
    static func run(
        _ arguments: [String], home: URL, environment: [String: String] = [:], files: URL? = nil
    ) throws -> Program {
        let folder = files ?? home
        let (output, errors) = (folder.appending(path: "out.txt"), folder.appending(path: "err.txt"))
        let status = try runCommand(
            [TMux.program.path] + arguments,
            environment: Self.environment(home: home).merging(environment) { $1 }, output: output, errors: errors)
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

/// A few pictures of the sample, three classes of twelve, as a data set in `home`.
func smallSample(in home: URL) throws -> URL {
    let data = home.appending(path: "stamps")
    for name in ["bird", "coin", "tool"] {
        let source = Fixtures.samples.appending(path: "Images").appending(path: name)
        let target = data.appending(path: name)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        for file in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().prefix(12) {
            try FileManager.default.createSymbolicLink(
                at: target.appending(path: file), withDestinationURL: source.appending(path: file))
        }
    }
    return data
}
