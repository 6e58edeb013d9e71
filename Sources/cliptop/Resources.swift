import Foundation

/// Finds what comes with the program: through an environment variable, then beside the executable and its parents, then
/// in the working directory.
struct Resources {
    private let environment: [String: String]
    private let executable: URL
    private let workingDirectory: URL

    init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        executable: URL = Resources.runningExecutable,
        workingDirectory: URL = URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)
    ) {
        self.environment = environment
        self.executable = executable
        self.workingDirectory = workingDirectory
    }

    /// The file this process runs, links resolved.
    private static var runningExecutable: URL {
        URL(filePath: CommandLine.arguments.first ?? "cliptop").resolvingExecutable()
    }

    /// The folder with the bundled model and pictures.
    var samples: URL? { find("Samples", variable: "CLIPTOP_SAMPLES", holding: "demo.toml") }

    /// The folder with the themes.
    var themes: URL? { find("Themes", variable: "CLIPTOP_THEMES", holding: nil) }

    /// The bundled model.
    /// - Throws: `UsageError` if it cannot be found.
    func bundledModel() throws -> URL {
        guard let samples else {
            throw UsageError(
                "the bundled model was not found; give --model, or set CLIPTOP_SAMPLES to the Samples folder")
        }
        return samples.appending(path: "Model", directoryHint: .isDirectory)
    }

    /// The bundled pictures.
    /// - Throws: `UsageError` if they cannot be found.
    func bundledPictures() throws -> URL {
        guard let samples else {
            throw UsageError(
                "the bundled pictures were not found; give --data, or set CLIPTOP_SAMPLES to the Samples folder")
        }
        return samples.appending(path: "Images", directoryHint: .isDirectory)
    }

    private func find(_ name: String, variable: String, holding file: String?) -> URL? {
        if let path = environment[variable], !path.isEmpty { return URL(filePath: path, directoryHint: .isDirectory) }
        var candidates: [URL] = []
        var folder = executable.deletingLastPathComponent()
        for _ in 0..<6 {
            candidates.append(folder)
            let parent = folder.deletingLastPathComponent()
            if parent.path == folder.path { break }
            folder = parent
        }
        candidates.append(workingDirectory)
        return candidates.map { $0.appending(path: name, directoryHint: .isDirectory) }.first {
            FileManager.default.fileExists(atPath: $0.appending(path: file ?? "").path)
        }
    }
}

extension URL {
    fileprivate func resolvingExecutable() -> URL {
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            return URL(filePath: path)
        }
        return resolvingSymlinksInPath()
    }
}
