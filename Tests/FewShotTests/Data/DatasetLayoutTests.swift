import Foundation
import TestSupport
import Testing

@testable import FewShot

/// Each layout as a tiny set.
@Suite struct DatasetLayoutTests {
    private func options(_ change: (inout DatasetOptions) -> Void) -> DatasetOptions {
        var options = DatasetOptions()
        change(&options)
        return options
    }

    private static let jittor = [
        "classes.txt": "Animal_Polar_bear 0\r\nCaltech-101_yin_yang 1\r\n\r\nIbizan_hound 2",
        "train.txt": "TrainSet/Animal/Polar_bear/1.jpg 0\nTrainSet/Caltech/y/1.jpeg 1\nTrainSet/i/1.png 2\n",
        "TestSetA/image_10.jpg": "", "TestSetA/image_2.jpeg": "", "TestSetA/.hidden.jpg": "",
    ]

    @Test func jittor() throws {
        try withFileTree(Self.jittor.merging(["TrainSet/Animal/Polar_bear/1.jpg": ""]) { $1 }) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.format == .jittor)
            #expect(dataset.classNames == ["Polar bear", "yin yang", "Ibizan hound"])
            #expect(dataset.classes.map(\.family) == ["Animal", "Caltech-101", nil])
            #expect(dataset.items.map(\.label) == [0, 1, 2, nil, nil])
            #expect(dataset.items.map(\.split) == [.train, .train, .train, .test, .test])
            #expect(dataset.items[3].path == "TestSetA/image_10.jpg")
            #expect(dataset.items[0].location == root.path + "/TrainSet/Animal/Polar_bear/1.jpg")
            #expect(
                try DatasetReader.read(root, options: options { $0.rawNames = true }).classNames[0] == "Polar_bear")
        }
    }

    /// One team's archive nests the training pictures twice; lists may lie next to `Dataset`.
    @Test func jittorNestedAndBesideTheLists() throws {
        var files = Self.jittor.filter { $0.key.hasSuffix(".txt") }
        files["Dataset/TrainSet/TrainSet/Animal/Polar_bear/1.jpg"] = ""
        files["valid.txt"] = "TrainSet/i/2.png 2\n"
        try withFileTree(files) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.items[0].path == "TrainSet/Animal/Polar_bear/1.jpg")
            #expect(FileManager.default.fileExists(atPath: dataset.items[0].location))
            #expect(dataset.items.last?.split == .validation)
            #expect(dataset.notes.contains { $0.contains("TrainSet/TrainSet") })
            #expect(try DatasetReader.read(root.appending(path: "Dataset")).items.count == 4)
        }
    }

    @Test func aVocabularyGoesOnWhereTheClassesEnd() throws {
        let more = "Animal_Polar_bear 0\nCaltech-101_yin_yang 1\nIbizan_hound 2\nStanford-Cars_Audi_TTS 3\n"
        let files = Self.jittor.merging(["classes_b.txt": more, "other.txt": "Animal_Bee 0\nAnimal_Ant 1\n"]) { $1 }
        try withFileTree(files) { root throws in
            let file = root.appending(path: "classes_b.txt")
            let dataset = try DatasetReader.read(root, options: options { $0.vocabulary = file })
            #expect(dataset.classNames.last == "Audi TTS")
            #expect(dataset.classes.last?.family == "Stanford-Cars")
            let other = root.appending(path: "other.txt")
            #expect(throws: DatasetError.self) {
                try DatasetReader.read(root, options: options { $0.vocabulary = other })
            }
        }
    }

    @Test func labelsBeyondTheClassesAreNamedWithTheirLines() throws {
        let list = (0..<14).map { "TrainSet/\($0).jpg \($0 < 2 ? 0 : 9)" }.joined(separator: "\n")
        try withFileTree(["classes.txt": "a 0\nb 1\n", "train.txt": list]) { root throws in
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(root) }
            let text = error?.errorDescription ?? ""
            #expect(text.contains("train.txt: 12 bad lines: line 3: the label 9"))
            #expect(text.contains("line 12:") && !text.contains("line 13:") && text.contains("and 2 more"))
        }
    }

    private static let split = """
        {"train": [["b/1.jpg", 1, "dog breed"], ["a/1.jpg", "0", "big_cat"], ["b/2.jpg", 1, "dog breed"]],
         "val": [["a/2.jpg", 0, "big_cat"]],
         "test": [["a/3.jpg", 0, "big_cat"], ["b/3.jpg", 1, "dog breed"]]}
        """

    @Test func coop() throws {
        try withFileTree(["split_zhou_Food101.json": Self.split, "images/b/1.jpg": ""]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.format == .coop)
            #expect(dataset.name == "food101")
            #expect(dataset.classNames == ["big cat", "dog breed"])
            #expect(dataset.items.map(\.path) == ["b/1.jpg", "a/1.jpg", "b/2.jpg", "a/2.jpg", "a/3.jpg", "b/3.jpg"])
            #expect(dataset.items[0].location == root.path + "/images/b/1.jpg")
            #expect(dataset.items.map(\.split) == [.train, .train, .train, .validation, .test, .test])
            let file = root.appending(path: "split_zhou_Food101.json")
            #expect(try DatasetReader.read(file).items == dataset.items)
        }
    }

    /// The pictures of every published split are looked for where CoOp's instructions put them.
    @Test(arguments: [
        ("Caltech101", "101_ObjectCategories/"), ("OxfordPets", "images/"), ("StanfordCars", ""),
        ("OxfordFlowers", "jpg/"), ("SUN397", "SUN397/"), ("DescribableTextures", "images/"), ("EuroSAT", "2750/"),
        ("UCF101", "UCF-101-midframes/"), ("Other", ""), ("Other", "images/"),
    ])
    func coopImageDirectories(name: String, folder: String) throws {
        try withFileTree(["split_zhou_\(name).json": Self.split, "\(folder)b/1.jpg": ""]) { root throws in
            #expect(try DatasetReader.read(root).items[0].location == root.path + "/" + folder + "b/1.jpg")
        }
    }

    @Test func coopWithoutItsPictures() throws {
        try withFileTree(["split_zhou_EuroSAT.json": Self.split, "elsewhere/b/1.jpg": ""]) { root throws in
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(root) }
            #expect(error?.errorDescription?.contains("--image-root") == true)
            let elsewhere = root.appending(path: "elsewhere")
            let dataset = try DatasetReader.read(root, options: options { $0.imageRoot = elsewhere })
            #expect(FileManager.default.fileExists(atPath: dataset.items[0].location))
        }
        try withFileTree(["split_zhou_A.json": Self.split, "split_zhou_B.json": Self.split]) { root throws in
            #expect(
                throws: DatasetError.ambiguous(
                    path: root.path, files: ["split_zhou_A.json", "split_zhou_B.json"])
            ) { try DatasetReader.read(root) }
        }
    }

    @Test func imageNet() throws {
        try withFileTree([
            "classnames.txt": "n01440764 tench\nn01443537 great_white shark\n", "images/train/n01440764/1.JPEG": "",
            "images/train/n01443537/2.JPEG": "", "images/val/n01443537/3.JPEG": "",
        ]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.format == .imageNet)
            #expect(dataset.classNames == ["tench", "great white shark"])
            #expect(dataset.items.map(\.split) == [.train, .train, .test])
            #expect(dataset.items.map(\.label) == [0, 1, 1])
        }
        try withFileTree(["classnames.txt": "n1 tench\n", "images/train/n2/1.jpg": ""]) { root throws in
            #expect(throws: DatasetError.unknownClassFolder(path: root.path + "/images/train", name: "n2")) {
                try DatasetReader.read(root)
            }
        }
    }

    @Test func aPlainList() throws {
        let list = "\u{FEFF}# a comment\ncat/a 1.jpg 0\r\n\ndog/b.jpg\t1\n/tmp/dog/c.jpg   1\n"
        try withFileTree(["list.txt": list]) { root throws in
            let dataset = try DatasetReader.read(root.appending(path: "list.txt"))
            #expect(dataset.format == .list)
            #expect(dataset.classNames == ["cat", "dog"])
            #expect(dataset.items.map(\.path) == ["cat/a 1.jpg", "dog/b.jpg", "/tmp/dog/c.jpg"])
            #expect(
                dataset.items.map(\.location)
                    == [root.path + "/cat/a 1.jpg", root.path + "/dog/b.jpg", "/tmp/dog/c.jpg"])
            #expect(dataset.items.map(\.label) == [0, 1, 1])
        }
        try withFileTree(["list.txt": "a.jpg 1\nb.jpg 0\n", "classes.txt": "heron\nwhite_stork\nbee\n"]) {
            root throws in
            let dataset = try DatasetReader.read(root.appending(path: "list.txt"))
            #expect(dataset.classNames == ["heron", "white stork", "bee"])
        }
        try withFileTree(["list.txt": "a.jpg\nb 2.jpg\n"]) { root throws in
            #expect(try DatasetReader.read(root.appending(path: "list.txt")).items.allSatisfy { $0.label == nil })
        }
    }

    @Test func aListWithAHeader() throws {
        let list = "label,path\r\n\"big, cat\",\"x, \"\"y\"\".jpg\"\r\ndog,b.jpg\r\n"
        try withFileTree(["list.csv": list, "tabs.txt": "path\tlabel\na.jpg\t1\nb.jpg\t0\n"]) { root throws in
            let dataset = try DatasetReader.read(root.appending(path: "list.csv"))
            #expect(dataset.classNames == ["big, cat", "dog"])
            #expect(dataset.items.map(\.path) == ["x, \"y\".jpg", "b.jpg"])
            #expect(dataset.items.map(\.label) == [0, 1])
            #expect(try DatasetReader.read(root.appending(path: "tabs.txt")).items.map(\.label) == [1, 0])
        }
    }

    @Test func aFolderOfLists() throws {
        try withFileTree([
            "train.txt": "x/a.jpg 0\ny/b.jpg 1\n", "valid.txt": "y/c.jpg 1\n", "test.txt": "x/d.jpg 0\n",
        ]) { root throws in
            let dataset = try DatasetReader.read(root, format: .list)
            #expect(dataset.items.map(\.split) == [.train, .train, .validation, .test])
        }
    }

    @Test func namesForFolders() throws {
        let pictures = ["n1/a.jpg": "", "n2/b.jpg": ""]
        try withFileTree(pictures.merging(["classnames.txt": "n2 white_stork\nn1 heron\nn3 bee\n"]) { $1 }) {
            root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.classNames == ["white stork", "heron", "bee"])
            #expect(dataset.items.map(\.path) == ["n2/b.jpg", "n1/a.jpg"])
            #expect(dataset.items.map(\.label) == [0, 1])
        }
        try withFileTree(pictures.merging(["classes.txt": "n1 1\nn2 0\n"]) { $1 }) { root throws in
            #expect(try DatasetReader.read(root).classNames == ["n2", "n1"])
        }
        try withFileTree(pictures.merging(["classes.txt": "something else\n"]) { $1 }) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.classNames == ["n1", "n2"])
            #expect(dataset.notes.contains { $0.contains("not used") })
            let file = root.appending(path: "classes.txt")
            #expect(throws: DatasetError.self) {
                try DatasetReader.read(root, options: options { $0.classFile = file })
            }
        }
    }

    @Test func fgvc() throws {
        try withFileTree([
            "variants.txt": "707-320\nF-16A/B\n", "images_variant_train.txt": "0034309 707-320\n0034310 F-16A/B\n",
            "images_variant_val.txt": "1 F-16A/B\n", "images_variant_test.txt": "2 707-320\n",
        ]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.format == .fgvc)
            #expect(dataset.items.map(\.path) == ["0034309.jpg", "0034310.jpg", "1.jpg", "2.jpg"])
            #expect(dataset.items.map(\.label) == [0, 1, 1, 0])
            #expect(dataset.items[0].location == root.path + "/images/0034309.jpg")
        }
    }

    @Test func pets() throws {
        let names = ["Abyssinian", "american_bulldog"]
        let train = names.enumerated().flatMap { label, name in (1...5).map { "\(name)_\($0) \(label + 1) 1 1" } }
        try withFileTree([
            "annotations/trainval.txt": train.joined(separator: "\n"), "annotations/test.txt": "Abyssinian_9 1 1 1\n",
        ]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.classNames == ["abyssinian", "american bulldog"])
            #expect(dataset.items.count { $0.split == .validation } == 2)
            #expect(dataset.items.count { $0.split == .train } == 8)
            #expect(dataset.items.last?.path == "Abyssinian_9.jpg")
        }
    }

    @Test func sun397AndUCF101() throws {
        let pictures = (1...5).map { "/a/apse/indoor/\($0).jpg" } + (1...5).map { "/a/abbey/\($0).jpg" }
        try withFileTree([
            "ClassName.txt": "/a/abbey\n/a/apse/indoor\n", "Training_01.txt": pictures.joined(separator: "\n"),
            "Testing_01.txt": "/a/abbey/9.jpg\n",
        ]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.classNames == ["abbey", "indoor apse"])
            #expect(dataset.items.last?.location == root.path + "/SUN397/a/abbey/9.jpg")
        }
        let videos = (1...5).map { "ApplyEyeMakeup/v_\($0).avi 1" } + (1...5).map { "Archery/v_\($0).avi 2" }
        try withFileTree([
            "ucfTrainTestlist/classInd.txt": "1 ApplyEyeMakeup\n2 Archery\n",
            "ucfTrainTestlist/trainlist01.txt": videos.joined(separator: "\r\n"),
            "ucfTrainTestlist/testlist01.txt": "Archery/v_9.avi\n",
        ]) { root throws in
            let dataset = try DatasetReader.read(root)
            #expect(dataset.classNames == ["Apply Eye Makeup", "Archery"])
            #expect(dataset.items.last?.path == "Archery/v_9.jpg")
            #expect(dataset.items.contains { $0.path == "Apply_Eye_Makeup/v_1.jpg" })
        }
    }
}
