import Foundation
import TestSupport
import Testing

@testable import FewShot

/// Lists as people and other programs write them.
@Suite struct ListKindTests {
    private let pictures = ["x/1.png", "x/2.png", "y/3.png", "y/4.png"]
    private let names = ["x", "x", "y", "y"]

    private func read(_ text: String, name: String = "list.csv", _ check: (Dataset) throws -> Void) throws {
        let files = Dictionary(uniqueKeysWithValues: pictures.map { ($0, "") }).merging([name: text]) { $1 }
        try withFileTree(files) { folder throws in
            try check(DatasetReader.read(folder.appending(path: name)))
        }
    }

    private func lines(_ line: (String, String, Int) -> String) -> String {
        zip(pictures, names).enumerated().map { line($1.0, $1.1, $0) + "\n" }.joined()
    }

    @Test(arguments: [
        "img,diagnosis", "photo_path,tag", "ImageName,Category", "fname,y", "a,b", "Where it is,What it shows",
        "photos,species",
    ])
    func columnsOfAnyName(header: String) throws {
        try read(header + "\n" + lines { path, name, _ in "\(path),\(name)" }) { dataset in
            #expect(dataset.classNames == ["x", "y"] && dataset.items.map(\.label) == [0, 0, 1, 1])
        }
    }

    @Test(arguments: [
        (";", ""), (";", "Bild;Art"), ("\t", "file\tclass"), ("|", ""), (",", ""), ("\t", ""),
    ])
    func separators(separator: String, header: String) throws {
        let rows = lines { path, name, _ in "\(path)\(separator)\(name)" }
        try read((header.isEmpty ? "" : header + "\n") + rows) { dataset in
            #expect(dataset.classNames == ["x", "y"] && dataset.items.map(\.path) == pictures)
        }
    }

    @Test func furtherColumns() throws {
        let rows = lines { path, name, index in
            "\(index),\(path),\(index / 2),\(name),\(index % 2 == 0 ? "Train" : "TESTING")"
        }
        try read("index,filepaths,class id,labels,data set\n" + rows) { dataset in
            #expect(dataset.classNames == ["x", "y"])
            #expect(dataset.items.map(\.split) == [.train, .test, .train, .test])
        }
        try read("image,label,is_valid\n" + lines { "\($0),\($1),\($2 == 1 ? "True" : "False")" }) { dataset in
            #expect(dataset.items.map(\.split) == [.train, .validation, .train, .train])
        }
        try read("image,label,split\n" + lines { "\($0),\($1),\($2 % 2 == 0 ? "A" : "B")" }) { dataset in
            #expect(dataset.items.allSatisfy { $0.split == nil })
            #expect(dataset.warnings.contains { $0.contains("split") && $0.contains("'A'") })
        }
    }

    @Test func columnsThatAreNotClearAreNamed() throws {
        let error = #expect(throws: DatasetError.self) {
            try read("one,two,three\n" + lines { "\($0),\($2),\($2 * 7)" }) { _ in }
        }
        let text = error?.errorDescription ?? ""
        #expect(text.contains("'two'") && text.contains("'three'") && text.contains("path,label"))
    }

    @Test(arguments: ["%@ %d %d", "%@, %d, %d", "%@;%d;%d"])
    func theSameLabelTwice(form: String) throws {
        try read(
            lines { path, _, index in
                form.replacing("%@", with: path).replacing("%d", with: "\(index / 2)")
            }, name: "list.txt"
        ) { dataset in
            #expect(dataset.items.map(\.label) == [0, 0, 1, 1] && dataset.classNames == ["x", "y"])
        }
    }

    @Test func numbersAfterAPathMustAgree() throws {
        let error = #expect(throws: DatasetError.self) {
            try read(lines { "\($0) \($2) 7" }, name: "list.txt") { _ in }
        }
        #expect(error?.errorDescription?.contains("list.txt") == true)
        try read(lines { path, name, _ in "\(path) great \(name)" }, name: "list.txt") { dataset in
            #expect(dataset.classNames == ["great x", "great y"])
        }
    }

    @Test(arguments: [[1.0, 2.0], [7, 70], [0, 3]])
    func numbersThatHaveGapsOrBeginLater(labels: [Double]) throws {
        try read("path,label\n" + lines { path, _, index in "\(path),\(labels[index / 2])" }) { dataset in
            #expect(dataset.classNames == ["x", "y"] && dataset.items.map(\.label) == [0, 0, 1, 1])
        }
    }

    @Test func labelsThatCountFromOneInAClassFile() throws {
        try withFileTree(["classes.txt": "heron\nkettle\n", "l.txt": "a.png 1\nb.png 2\n"]) { folder throws in
            let dataset = try DatasetReader.read(folder.appending(path: "l.txt"))
            #expect(dataset.items.map(\.label) == [0, 1] && dataset.notes.contains { $0.contains("count from 1") })
        }
    }

    @Test func aPictureCountsOnce() throws {
        let rows = lines { path, name, _ in "./\(path),\(name)" } + lines { path, name, _ in "\(path),\(name)" }
        try read("path,label\n" + rows) { dataset in
            #expect(dataset.items.count == 4 && dataset.notes.contains { $0.hasPrefix("4 lines repeat") })
        }
        let error = #expect(throws: DatasetError.self) {
            try read("path,label\n" + lines { path, name, _ in "\(path),\(name)" } + "x/2.png,y\n") { _ in }
        }
        let text = error?.errorDescription ?? ""
        #expect(text.contains("x/2.png") && text.contains("line 3") && text.contains(":6:"), "\(text)")
    }

    @Test func pathsOfOtherSystems() throws {
        try read("path,label\n" + lines { path, name, _ in "\(path.replacing("/", with: "\\")),\(name)" }) { dataset in
            #expect(dataset.items.allSatisfy { FileManager.default.fileExists(atPath: $0.location) })
            #expect(dataset.notes.contains { $0.contains("backslashes") })
        }
        try read("id,breed\n" + lines { path, name, _ in "\(path.dropLast(4)),\(name)" }) { dataset in
            #expect(dataset.items.allSatisfy { FileManager.default.fileExists(atPath: $0.location) })
        }
        try read("path,label\n" + lines { path, name, _ in "lost/\(path),\(name)" }) { dataset in
            #expect(dataset.warnings.contains { $0.contains("--image-root") })
        }
    }

    @Test func utf16IsNamed() throws {
        try withFileTree(["x.png": ""]) { folder throws in
            let file = folder.appending(path: "list.csv")
            try Data([0xFF, 0xFE, 0x70, 0, 0x61, 0]).write(to: file)
            let error = #expect(throws: DatasetError.self) { try DatasetReader.read(file) }
            #expect(error?.errorDescription?.contains("UTF-16") == true)
        }
    }
}

@Suite struct IdenticalPicturesTests {
    private func dataset(_ labels: [Int]) -> Dataset {
        Dataset(
            name: "d", root: URL(filePath: "/d"), format: .folder,
            classes: ["a", "b"].map { DatasetClass(name: $0, promptName: $0) },
            items: labels.enumerated().map { DatasetItem(path: "p\($0).png", location: "/p\($0)", label: $1) })
    }

    @Test func leaksAndContradictionsAreCounted() {
        var split = FewShotSplit()
        (split.train, split.validation, split.test) = ([0, 1, 1], [2, 3], [4, 5, 6])
        let labels = [0, 1, 0, 1, 0, 1, 1]
        // 4 is 0, 5 and 6 are 3, 2 is 1 of the other class.
        let sums = [1, 2, 2, 3, 1, 3, 3].map { Data([UInt8($0)]) }
        let warnings = IdenticalPictures(labels: labels, checksums: sums, split: split).warnings(dataset(labels), split)
        #expect(warnings.count == 4)
        #expect(
            warnings.contains {
                $0.hasPrefix("1 picture is in two classes") && $0.contains("p1.png ('b') and p2.png ('a')")
            })
        #expect(warnings.contains { $0.hasPrefix("1 of 3 test pictures are identical to training") })
        #expect(warnings.contains { $0.hasPrefix("2 of 3 test pictures are identical to validation") })
    }

    @Test func differentPicturesAreNotMentioned() {
        var split = FewShotSplit()
        (split.train, split.test) = ([0, 1], [2])
        let sums: [Data?] = [Data([1]), nil, nil]
        #expect(
            IdenticalPictures(labels: [0, 1, 1], checksums: sums, split: split).warnings(dataset([0, 1, 1]), split)
                .isEmpty)
    }

    @Test func manyUnreadablePicturesAreAFewLines() {
        let pictures = (0..<3000).map {
            UnreadablePicture(index: $0, path: "p\($0).png", reason: $0 % 2 == 0 ? "no such file" : "permission denied")
        }
        #expect(pictures.summary.count == 11)
        #expect(pictures.summary.last == "and 2990 more pictures: 1495 no such file; 1495 permission denied")
        #expect(Array(pictures.prefix(2)).summary.count == 2)
    }
}
