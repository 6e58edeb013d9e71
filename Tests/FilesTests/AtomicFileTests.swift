import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct AtomicFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func write(_ text: String, to file: URL) throws {
        try AtomicFile.write(to: file.path) { descriptor in
            try Array(text.utf8).withUnsafeBytes { try AtomicFile.write($0, to: descriptor) }
        }
    }

    @Test func aFileIsMadeAndReplaced() throws {
        try withFolder { folder in
            let file = folder.appending(path: "a b.txt")
            for text in ["one", "a longer text", ""] {
                try write(text, to: file)
                #expect(try String(contentsOf: file, encoding: .utf8) == text)
                #expect(try names(folder) == ["a b.txt"])
            }
        }
    }

    /// While a file is written nothing of it can be seen, so that a writer that is killed leaves nothing.
    @Test func nothingIsSeenBeforeTheEnd() throws {
        try withFolder { folder in
            let file = folder.appending(path: "a")
            try write("old", to: file)
            try AtomicFile.write(to: file.path) { descriptor in
                try Array("half".utf8).withUnsafeBytes { try AtomicFile.write($0, to: descriptor) }
                #expect(try names(folder) == ["a"])
                #expect(try String(contentsOf: file, encoding: .utf8) == "old")
            }
            struct Stop: Error {}
            #expect(throws: Stop.self) { try AtomicFile.write(to: file.path) { _ in throw Stop() } }
            #expect(try names(folder) == ["a"] && String(contentsOf: file, encoding: .utf8) == "half")
        }
    }

    /// A file is never more open than its folder.
    @Test(arguments: [(0o700, 0o600), (0o750, 0o640)]) func aFileIsAsPrivateAsItsFolder(_ folderMode: Int, _ most: Int)
        throws
    {
        try withFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: folderMode], ofItemAtPath: folder.path)
            let file = folder.appending(path: "a")
            try write("x", to: file)
            var status = stat()
            #expect(stat(file.path, &status) == 0 && Int(status.st_mode) & 0o777 & ~most == 0)
        }
    }

    @Test func whatTheSystemRefusesIsSaid() throws {
        try withFolder { folder in
            let missing = folder.appending(path: "none/a")
            #expect(throws: AtomicFile.Failure(number: ENOENT)) { try write("x", to: missing) }
            try FileManager.default.createDirectory(at: folder.appending(path: "a"), withIntermediateDirectories: true)
            #expect(throws: AtomicFile.Failure(number: EISDIR)) { try write("x", to: folder.appending(path: "a")) }
            #expect(try names(folder) == ["a"])
        }
    }
}
