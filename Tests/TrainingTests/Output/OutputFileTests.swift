import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct OutputFileTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func replacesAFileAndLeavesNothingElse() throws {
        try withFolder { folder in
            let file = folder.appending(path: "results.json")
            try Data("old".utf8).write(to: file)
            try OutputFile(file.path).write(Data("new".utf8))
            #expect(try String(contentsOf: file, encoding: .utf8) == "new")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["results.json"])
        }
    }

    @Test func followsALink() throws {
        try withFolder { folder in
            let (file, link) = (folder.appending(path: "file"), folder.appending(path: "link"))
            try Data("old".utf8).write(to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            try OutputFile(link.path).write(Data("new".utf8))
            #expect(try String(contentsOf: file, encoding: .utf8) == "new")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path).hasSuffix("file"))
        }
    }

    @Test func writesIntoAPipeInsteadOfReplacingIt() throws {
        try withFolder { folder in
            let pipe = folder.appending(path: "pipe").path
            #expect(mkfifo(pipe, 0o600) == 0)
            let reader = open(pipe, O_RDONLY | O_NONBLOCK)
            defer { close(reader) }
            try OutputFile(pipe).write(Data("text".utf8))
            var bytes = [UInt8](repeating: 0, count: 16)
            #expect(read(reader, &bytes, 16) == 4)
            var status = stat()
            #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
        }
    }

    @Test func namesWhatIsWrongBeforehand() throws {
        try withFolder { folder in
            #expect(throws: OutputFileError(path: folder.path, reason: "it is a folder")) {
                try OutputFile(folder.path).check()
            }
            let missing = folder.path + "/none/results.json"
            #expect(throws: OutputFileError(path: missing, reason: "No such file or directory")) {
                try OutputFile(missing).check()
            }
        }
    }
}
