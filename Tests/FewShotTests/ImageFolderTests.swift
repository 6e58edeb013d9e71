import Foundation
import TestSupport
import Testing

@testable import FewShot

@Suite struct ImageFolderTests {
    private func withFolder(_ files: [String], _ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files {
            let url = folder.appending(path: file)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !file.hasSuffix("/") { try Data().write(to: url) }
        }
        try body(folder)
    }

    @Test func readsInByteOrderAndSkipsWhatIsHidden() throws {
        try withFolder([
            "road_sign/b.png", "road_sign/a.JPG", "road_sign/sub/c.jpeg", "road_sign/._a.jpg", "road_sign/notes.txt",
            "Zebra/1.png", ".git/x.png", "road_sign/d.tiff",
        ]) { folder in
            let dataset = try ImageFolder.read(folder)
            #expect(dataset.classNames == ["Zebra", "road sign"])
            #expect(
                dataset.items.map(\.path)
                    == ["Zebra/1.png", "road_sign/a.JPG", "road_sign/b.png", "road_sign/sub/c.jpeg"])
            #expect(dataset.items.map(\.label) == [0, 1, 1, 1])
            #expect(dataset.unreadableFormats == ["road_sign/d.tiff"])
        }
    }

    @Test func readsTheSample() throws {
        let dataset = try ImageFolder.read(Fixtures.samples.appending(path: "Images"))
        #expect(dataset.name == "Samples")
        #expect(dataset.items.count == 344)
        #expect(dataset.classNames.count == 16)
        #expect(dataset.classNames.contains("musical instrument"))
    }

    @Test func followsLinksOnce() throws {
        try withFolder(["a/1.png", "b/2.png"]) { folder in
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "a/loop"), withDestinationURL: folder.appending(path: "a"))
            #expect(try ImageFolder.read(folder).items.count == 2)
        }
    }

    @Test func namesWhatIsWrong() throws {
        try withFolder(["only/1.png", "file"]) { folder in
            let path = folder.path
            #expect(throws: DatasetError.missing(path: path + "/none")) {
                try ImageFolder.read(folder.appending(path: "none"))
            }
            #expect(throws: DatasetError.notADirectory(path: path + "/file")) {
                try ImageFolder.read(folder.appending(path: "file"))
            }
            #expect(throws: DatasetError.onlyOneClass(path: path, name: "only")) { try ImageFolder.read(folder) }
            #expect(throws: DatasetError.noClassFolders(path: path + "/only")) {
                try ImageFolder.read(folder.appending(path: "only"))
            }
        }
        try withFolder(["a/x/", "b/readme.txt"]) { folder in
            #expect(throws: DatasetError.noPictures(path: folder.path)) { try ImageFolder.read(folder) }
        }
    }
}
