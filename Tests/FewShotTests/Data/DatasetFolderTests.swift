import Foundation
import TestSupport
import Testing

@testable import FewShot

@Suite struct DatasetFolderTests {
    @Test func readsInByteOrderAndSkipsWhatIsHidden() throws {
        try withFileTree([
            "road_sign/b.png", "road_sign/a.JPG", "road_sign/sub/c.jpeg", "road_sign/._a.jpg", "road_sign/notes.txt",
            "Zebra/1.png", ".git/x.png", "road_sign/d.tiff",
        ]) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.format == .folder)
            #expect(dataset.classNames == ["Zebra", "road sign"])
            #expect(
                dataset.items.map(\.path)
                    == ["Zebra/1.png", "road_sign/a.JPG", "road_sign/b.png", "road_sign/sub/c.jpeg"])
            #expect(dataset.items.map(\.label) == [0, 1, 1, 1])
            #expect(dataset.items.allSatisfy { $0.split == nil && FileManager.default.fileExists(atPath: $0.url.path) })
            #expect(dataset.unread == [UnreadPicture(path: "road_sign/d.tiff", format: .tiff)])
            var raw = DatasetOptions()
            raw.rawNames = true
            #expect(try DatasetReader.read(folder, options: raw).classNames == ["Zebra", "road_sign"])
        }
    }

    /// torchvision sorts folders by their full path: `-` comes before `/`.
    @Test func foldersComeInTheOrderOfTheirPaths() throws {
        try withFileTree(["a/x/1.png", "a/x/y/2.png", "a/x-z/3.png", "a/4.png", "b/5.png"]) { folder throws in
            let paths = try DatasetReader.read(folder).items.map(\.path)
            #expect(
                paths == ["a/4.png", "a/x/1.png", "a/x-z/3.png", "a/x/y/2.png", "b/5.png"])
        }
    }

    @Test func readsTheSample() throws {
        let dataset = try DatasetReader.read(Fixtures.samples.appending(path: "Images"))
        #expect(dataset.name == "Samples")
        #expect(dataset.items.count == 344)
        #expect(dataset.classNames.count == 16)
        #expect(dataset.classNames.contains("musical instrument"))
        #expect(!dataset.hasSplits)
    }

    @Test func followsLinksOnce() throws {
        try withFileTree(["a/1.png", "b/2.png"]) { folder throws in
            try FileManager.default.createSymbolicLink(
                at: folder.appending(path: "a/loop"), withDestinationURL: folder.appending(path: "a"))
            #expect(try DatasetReader.read(folder).items.count == 2)
        }
    }

    @Test(arguments: ["val", "valid", "validation"])
    func readsThePartsOfASet(validation: String) throws {
        try withFileTree([
            "train/a/1.png", "train/b/2.png", "\(validation)/b/3.png", "test/a/4.png", "test/a/5.png",
        ]) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.format == .splitFolders)
            #expect(dataset.classNames == ["a", "b"])
            #expect(dataset.items.map(\.split) == [.train, .train, .validation, .test, .test])
            #expect(dataset.items.map(\.label) == [0, 1, 1, 0, 0])
            #expect(dataset.items[2].path == "\(validation)/b/3.png")
        }
    }

    @Test func aClassThatDoesNotTrainIsAnError() throws {
        try withFileTree(["train/a/1.png", "train/b/2.png", "test/c/4.png"]) { folder throws in
            #expect(throws: DatasetError.unknownClassFolder(path: folder.path + "/test", name: "c")) {
                try DatasetReader.read(folder)
            }
        }
    }

    @Test func aFolderOfPicturesHasNoLabels() throws {
        try withFileTree(["image_2.jpg", "image_10.jpg", "notes.txt", "empty/"]) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.format == .flat)
            #expect(dataset.items.map(\.path) == ["image_10.jpg", "image_2.jpg"])
            #expect(dataset.items.allSatisfy { $0.label == nil })
        }
    }

    @Test func namesWhatIsWrong() throws {
        try withFileTree(["only/1.png", "file"]) { folder throws in
            let path = folder.path
            #expect(throws: DatasetError.missing(path: path + "/none")) {
                try DatasetReader.read(folder.appending(path: "none"))
            }
            #expect(throws: DatasetError.notADirectory(path: path + "/file")) {
                try DatasetReader.read(folder.appending(path: "file"))
            }
            #expect(throws: DatasetError.onlyOneClass(path: path, name: "only")) { try DatasetReader.read(folder) }
            #expect(throws: DatasetError.noClassFolders(path: path + "/only")) {
                try DatasetReader.read(folder.appending(path: "only"), format: .folder)
            }
        }
        try withFileTree(["a/x/", "b/readme.txt"]) { folder throws in
            #expect(throws: DatasetError.noPictures(path: folder.path)) { try DatasetReader.read(folder) }
        }
    }
}
