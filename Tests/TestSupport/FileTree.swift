import Foundation

/// Makes a folder with files for one test and removes it afterwards. Paths that end in a slash become empty folders.
public func withFileTree(_ files: [String: String], _ body: (URL) throws -> Void) throws {
    let folder = try Fixtures.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, content) in files {
        let url = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        if path.hasSuffix("/") {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } else {
            try Data(content.utf8).write(to: url)
        }
    }
    try body(folder)
}

/// The same with empty files.
public func withFileTree(_ files: [String], _ body: (URL) throws -> Void) throws {
    try withFileTree(Dictionary(uniqueKeysWithValues: files.map { ($0, "") }), body)
}
