import Files
import Foundation
import TestSupport
import Testing

@testable import FewShot

/// What people's folders are: class folders, parts, or what systems leave behind.
@Suite struct FolderLayoutTests {
    /// Class folders `a` and `b` with a picture each in every one of `folders`.
    private func tree(_ folders: [String], also: [String] = []) -> [String] {
        folders.flatMap { ["\($0)/a/\($0.count).png", "\($0)/b/\($0.count).png"] } + also
    }

    private func message(_ files: [String], format: DataFormat? = nil) throws -> String {
        var text = ""
        try withFileTree(files) { folder throws in
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(folder, format: format) }
            text = error?.errorDescription ?? ""
        }
        return text
    }

    @Test(
        arguments: [
            (["Trainset", "Testset"], [SourceSplit.train, .test]),
            (["animals-training", "animals-holdout"], [.train, .test]),
            (["TrainingData", "ValidationData", "TestData"], [.train, .validation, .test]),
            (["imagesTr", "imagesTs"], [.train, .test]), (["train2017", "val2017"], [.train, .validation]),
            (["train", "devel", "evaluation"], [.train, .validation, .test]),
            (["x/y/TRN", "x/y/TST"], [.train, .test]),
            (["birds_train/birds_train", "birds_val/birds_val"], [.train, .validation]),
        ] as [([String], [SourceSplit])])
    func partsByTheirWords(folders: [String], splits: [SourceSplit]) throws {
        try withFileTree(tree(folders)) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.classNames == ["a", "b"])
            #expect(Set(dataset.items.compactMap(\.split)) == Set(splits))
            #expect(dataset.items.count == folders.count * 2)
            #expect(!dataset.notes.isEmpty)
        }
    }

    @Test(arguments: [["first", "second"], ["train", "later"], ["test", "val"], ["photo", "sketch", "train"]])
    func foldersWithTheSameClassesAreParts(folders: [String]) throws {
        let text = try message(tree(folders))
        for folder in folders { #expect(text.contains("'\(folder)'"), "\(text)") }
        try withFileTree(tree(folders)) { folder throws in
            #expect(try DatasetReader.read(folder, format: .folder).classNames == folders.sorted())
        }
    }

    @Test(arguments: [
        ["train/1.png", "ship/1.png", "test track/1.png"], ["val d'isere/1.png", "training shoe/1.png"],
        ["cat/in/1.png", "cat/2.png", "dog/out/1.png"], ["validation stamp/1.png", "train/1.png"],
    ])
    func classesMayBeCalledLikeParts(files: [String]) throws {
        try withFileTree(files) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(
                dataset.format == .folder
                    && dataset.classes.count == Set(files.map { $0.split(separator: "/")[0] }).count)
        }
    }

    @Test func picturesWithoutClassFoldersAreSaid() throws {
        try withFileTree(tree(["training"], also: ["testing/1.png", "testing/2.png"])) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.items.count == 2 && dataset.classNames == ["a", "b"])
            #expect(dataset.warnings.contains { $0.contains("testing") && $0.contains("no class folders") })
        }
        try withFileTree(tree(["train"], also: ["unsupervised/1.png"])) { folder throws in
            #expect(try DatasetReader.read(folder).classNames == ["a", "b"])
        }
        let flat = try message(["training/1.png", "testing/2.png"])
        #expect(flat.contains("'training'") && flat.contains("'testing'"))
        let other = try message(tree(["train"], also: ["ship/1.png"]))
        #expect(other.contains("'train'") && other.contains("'ship'"))
    }

    @Test func whatSystemsLeaveBehindIsNoClass() throws {
        let left = [
            "$RECYCLE.BIN/x.png", "@Recycle/x.png", "System Volume Information/x.png", "#snapshot/x.png",
            "FOUND.001/x.png",
            "LOST.DIR/x.png", "__MACOSX/a/x.png", "a/@eaDir/1.png/thumb.png", ".AppleDouble/x.png", "a/__MACOSX/x.png",
        ]
        try withFileTree(["a/1.png", "b/2.png"] + left) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.classNames == ["a", "b"] && dataset.items.count == 2)
            #expect(dataset.notes.contains { $0.contains("$RECYCLE.BIN") && $0.contains("passed over") })
        }
        for name in ["$100", "@home".replacing("@", with: "at "), "#1", "lost and found", "__background__"] {
            #expect(!DirectoryListing.isSystemFolder(name), "\(name)")
        }
    }

    @Test(arguments: ["..", "../b", "../../outside"])
    func linksCountNothingTwice(target: String) throws {
        try withFileTree(["in/a/1.png", "in/b/2.png", "outside/in.txt"]) { folder throws in
            let outside = folder.appending(path: "outside")
            try FileManager.default.createSymbolicLink(
                atPath: outside.path + "/back", withDestinationPath: folder.path + "/in")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/in/a/more", withDestinationPath: target)
            let dataset = try DatasetReader.read(folder.appending(path: "in"))
            #expect(dataset.items.map(\.path) == ["a/1.png", "b/2.png"])
            #expect(dataset.notes.contains { $0.contains("a/more") })
        }
    }

    private func make(_ folder: URL, _ name: [UInt8], _ files: [[UInt8]]) throws -> String {
        let path = PathText.text(Array(folder.path.utf8) + [0x2F] + name)
        #expect(path.withSystemPath { mkdir($0, 0o755) } == 0)
        for file in files {
            let stream = try #require((path + "/" + PathText.text(file)).withSystemPath { fopen($0, "w") })
            fclose(stream)
        }
        return path
    }

    @Test func namesThatAreNoUTF8AreLatin1() throws {
        try withFileTree(["plain/1.png"]) { folder throws in
            _ = try make(folder, [0x6B, 0xE4, 0x73, 0x65], [Array("1.png".utf8), [0xDF, 0x2E, 0x70, 0x6E, 0x67]])
            _ = try make(folder, [0x6B, 0xF6, 0x73, 0x65], [Array("2.png".utf8)])
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.classNames == ["käse", "köse", "plain"])
            #expect(dataset.items.count == 4)
            #expect(dataset.items.allSatisfy { FileKind($0.location) == .file })
            #expect(dataset.warnings.count { $0.contains("UTF-8") } == 2)
        }
    }

    @Test func oneNameInTwoFormsIsOneClass() throws {
        try withFileTree(["plain/1.png"]) { folder throws in
            _ = try make(folder, Array("caf\u{E9}".utf8), [Array("1.png".utf8)])
            _ = try make(folder, Array("cafe\u{301}".utf8), [Array("1.png".utf8)])
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.classes.count == 2 && dataset.items.map(\.label) == [0, 0, 1])
            #expect(dataset.warnings.contains { $0.contains("café") && $0.contains("one class") })
            #expect(Set(dataset.items.map { ExactText($0.location) }).count == 3)
        }
    }

    @Test func picturesOfOtherFormatsAreCounted() throws {
        try withFileTree(["a/1.png", "b/1.heif", "b/2.HEIC", "b/3.gif"]) { folder throws in
            let lines = try DatasetReader.read(folder).unread.summary
            #expect(lines.count == 2)
            #expect(
                lines.contains { $0.hasPrefix("2 HEIC pictures are") && $0.contains("mogrify -format png b/*.heif") })
        }
        let text = try message(["a/1.avif", "b/2.avif"])
        #expect(text.contains("2 AVIF pictures") && text.contains("mogrify"))
    }

    @Test(
        arguments: [
            (["0017-Wren", "0002-Robin"], ["Robin", "Wren"]),
            (["n02085620-Chihuahua", "n02099601-golden_retriever"], nil),
            (["1. lake", "2. sea"], ["lake", "sea"]),
        ] as [([String], [String]?)])
    func numbersThatOnlyCountAreLeftOut(folders: [String], names: [String]?) throws {
        try withFileTree(folders.map { "\($0)/1.png" }) { folder throws in
            let dataset = try DatasetReader.read(folder)
            #expect(dataset.classNames == names ?? ["Chihuahua", "golden retriever"])
            #expect(dataset.notes.contains { $0.contains("--raw-names") })
        }
    }

    @Test(arguments: [["2-stroke engine", "4-stroke engine"], ["737 Max", "380 Neo"], ["3 blind mice", "7 dwarfs"]])
    func numbersThatMeanSomethingStay(folders: [String]) throws {
        try withFileTree(folders.map { "\($0)/1.png" }) { folder throws in
            #expect(try DatasetReader.read(folder).classNames == folders.sorted())
        }
    }

    @Test(arguments: [["c0", "c1"], ["n01440764", "n01443537"], ["0", "17"]])
    func codesAreSaid(folders: [String]) throws {
        try withFileTree(folders.map { "\($0)/1.png" }) { folder throws in
            #expect(try DatasetReader.read(folder).warnings.contains { $0.contains("classnames.txt") })
        }
    }
}
