import Foundation

/// Programs of other people's, to check files with: a Python that has the packages a test asks for.
public enum Python {
    /// The Python of `CLIPTOP_TEST_PYTHON`, else the one on the path, if it has all of these packages.
    public static func with(_ packages: String...) -> String? {
        let given = ProcessInfo.processInfo.environment["CLIPTOP_TEST_PYTHON"] ?? ""
        let python = given.isEmpty ? "python3" : given
        let question = "import importlib.util, sys\nsys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))"
        let nothing = URL(filePath: "/dev/null")
        let status = try? runCommand([python, "-c", question] + packages, output: nothing)
        return status == 0 ? python : nil
    }

    /// Runs one of the scripts in Tests/Fixtures/python and answers what it prints.
    /// - Throws: ``Failure`` with its own words if it fails.
    public static func run(_ script: String, with python: String, _ arguments: [String]) throws -> String {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
        let path = Fixtures.repository.appending(path: "Tests/Fixtures/python").appending(path: script).path
        let status = try runCommand([python, path] + arguments, output: output, errors: errors)
        guard status == 0 else {
            throw Failure(
                errorDescription: "\(script): \(try String(contentsOf: errors, encoding: .utf8).suffix(2000))")
        }
        return try String(contentsOf: output, encoding: .utf8)
    }

    /// What a script complained of.
    public struct Failure: Error, LocalizedError {
        /// Its last words.
        public var errorDescription: String?
    }
}
