import Foundation

/// Where the tests find their files.
public enum Fixtures {
    /// The repository's root.
    public static let repository = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The reference fixtures: `CLIPTOP_REFERENCE`, else the copies in the repository.
    public static var reference: URL {
        if let path = ProcessInfo.processInfo.environment["CLIPTOP_REFERENCE"], !path.isEmpty {
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        return repository.appending(path: "Tests/Fixtures/reference")
    }

    /// The bundled model and pictures.
    public static let samples = repository.appending(path: "Samples")

    /// A new empty folder of its own for one test; the caller removes it.
    public static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cliptop-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return folder
    }
}
