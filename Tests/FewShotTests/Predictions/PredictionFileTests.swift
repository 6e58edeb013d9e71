import Foundation
import TestSupport
import Testing

@testable import FewShot

@Suite struct PredictionFileTests {
    private let logits: [Float] = [0, 3, 3, -1, 2, 1]

    private func prediction(_ path: String, _ logits: [Float]? = nil, label: Int? = nil) -> Prediction {
        Prediction(path: path, label: label, logits: (logits ?? self.logits)[...])
    }

    @Test func ordersNamesAsPeopleDo() {
        let names = [
            "image_10.jpg", "image_2.jpg", "image_02.jpg", "image_2a", "Image_1", "image", "a9", "a10b", "a10",
        ]
        #expect(
            names.sorted(by: NaturalOrder.precedes)
                == ["Image_1", "a9", "a10", "a10b", "image", "image_2.jpg", "image_2a", "image_02.jpg", "image_10.jpg"])
        #expect(!NaturalOrder.precedes("a1", "a1"))
        let long = String(repeating: "9", count: 40)
        #expect(NaturalOrder.precedes("a" + long, "a1" + long) && !NaturalOrder.precedes("a1" + long, "a" + long))
    }

    @Test func ranksByProbabilityThenByIndex() {
        #expect(prediction("x").candidates.map(\.label) == [1, 2, 4, 5, 0])
        #expect([Float.nan, 1, .nan, 2].largest(4) == [3, 1, 0, 2])
        #expect([Float]().largest(5).isEmpty)
        var generator = SplitMix(3)
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
                Float(Int.random(in: 0...9, using: &generator))
            }
            let sorted = values.indices.sorted { (-values[$0], $0) < (-values[$1], $1) }
            #expect(values.largest(5) == Array(sorted.prefix(5)))
        }
    }

    @Test func writesTheCompetitionsLines() throws {
        let text = ResultText.text(
            [
                prediction("b/image_10.jpeg"), prediction("a/image_2.jpg"),
                Prediction(path: "image_1.jpg", label: nil, problem: "empty"),
            ], classes: 6)
        #expect(text == "image_1.jpg 0 1 2 3 4\nimage_2.jpg 1 2 4 5 0\nimage_10.jpeg 1 2 4 5 0\n")
        #expect(ResultText.text([prediction("x.png", [1, 2, 0])], classes: 3) == "x.png 1 0 2\n")
        #expect(
            ResultText.text([Prediction(path: "y.png", label: nil, problem: "")], classes: 2) == "y.png 0 1\n")
    }

    @Test func refusesNamesThatLinesCannotHold() {
        for path in ["a/two words.jpg", "a/猫.jpg", "tab\t.jpg"] {
            #expect(throws: PredictionError.unsuitableName(path: path)) {
                try ResultText.check(paths: ["ok.jpg", path])
            }
        }
        #expect(throws: PredictionError.sameName(name: "x.jpg", first: "a/x.jpg", second: "b/x.jpg")) {
            try ResultText.check(paths: ["a/x.jpg", "b/x.jpg"])
        }
        #expect(throws: Never.self) { try ResultText.check(paths: ["two words/x.jpg", "猫/y.jpg"]) }
    }

    @Test func writesATableThatSpreadsheetsRead() {
        let names = ["plain", "with, comma", "say \"hi\"", "=SUM(A1)", "e", "f"]
        let rows = [
            prediction("b.png", label: 3), prediction("a,\"b\"\n.png", [0, 0, 9, 0, 0, 0]),
            Prediction(path: "-c.png", label: nil, problem: "empty"),
        ]
        let safe = PredictionsTable(classNames: names, isSpreadsheetSafe: true).text(rows)
        let plain = PredictionsTable(classNames: names).text(rows)
        #expect(plain.hasPrefix("path,label,pred1,pred2,pred3,pred4,pred5,prob1,prob2,prob3,prob4,prob5,name1\n"))
        #expect(plain.contains("\n-c.png,,,,,,,,,,,,\n") && safe.contains("\n'-c.png,,,,,,,,,,,,\n"))
        #expect(plain.contains("\"a,\"\"b\"\"\n.png\",,2,0,1,3,4,0.999383,0.0001233"))
        #expect(plain.contains("\nb.png,3,1,2,4,5,0,") && plain.contains(",\"with, comma\"\n"))
        let formula = prediction("x", [0, 0, 0, 9, 0, 0])
        #expect(PredictionsTable(classNames: names).text([formula]).hasSuffix(",=SUM(A1)\n"))
        #expect(PredictionsTable(classNames: names, isSpreadsheetSafe: true).text([formula]).hasSuffix(",'=SUM(A1)\n"))
        // Fewer classes than columns leave cells empty.
        let few = PredictionsTable(classNames: ["a", "b"]).text([prediction("x", [0, 0])])
        #expect(few.hasSuffix("\nx,,0,1,,,,0.5,0.5,,,,a\n"))
    }

    @Test func archivesAreTheSameEveryTimeAndReadableByOthers() throws {
        #expect(CRC32.checksum(Data("123456789".utf8)) == 0xCBF4_3926)
        let text = Data("image_1.jpg 1 2 3 4 5\n".utf8)
        let archive = StoredZip.archive(text, name: "result.txt")
        #expect(archive == StoredZip.archive(text, name: "result.txt"))
        #expect(archive.count == 30 + 10 + text.count + 46 + 10 + 22)
        #expect(try StoredZip.content(of: "result.txt", in: archive, path: "x.zip") == text)
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "x.zip")
        try archive.write(to: file)
        let script =
            "import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; "
            + "i=z.infolist(); assert len(i)==1 and i[0].date_time==(1980,1,1,0,0,0) and i[0].compress_type==0; "
            + "sys.stdout.buffer.write(z.read('result.txt'))"
        let output = folder.appending(path: "out")
        if try runCommand(["python3", "--version"], output: output) == 0 {
            #expect(try runCommand(["python3", "-c", script, file.path], output: output) == 0)
            #expect(try Data(contentsOf: output) == text)
        }
    }

    @Test func damagedArchivesAreRefused() throws {
        let archive = StoredZip.archive(Data("image_1.jpg 1 2 3 4 5\n".utf8), name: "result.txt")
        for count in 0..<62 {
            #expect(throws: PredictionError.self) {
                try StoredZip.content(of: "result.txt", in: archive.prefix(count), path: "x")
            }
        }
        var damaged = archive
        damaged[45] ^= 1
        #expect(throws: PredictionError.self) { try StoredZip.content(of: "result.txt", in: damaged, path: "x") }
        var fuzzer = Fuzzer(seed: 5)
        for _ in 0..<2000 {
            var bytes = [UInt8](archive)
            fuzzer.change(&bytes)
            _ = try? StoredZip.content(of: "result.txt", in: Data(bytes), path: "x")
        }
    }

    @Test func aGoodResultHasNoProblems() {
        let check = ResultCheck(
            "a.jpg 0 1 2 3 4\nb.jpg 5 4 3 2 1\nc.jpg 0 1 2 3 4\n", classes: 6,
            labels: ["a.jpg": Optional(0), "b.jpg": Optional(1), "c.jpg": Optional<Int>.none],
            families: ["Animal", "Food", nil, nil, nil, nil])
        #expect(check.problems.isEmpty && check.lines == 3)
        #expect(check.overall == .init(count: 2, hits: 1, hits5: 2))
        #expect(check.families.map(\.name) == ["Animal", "Food"])
        #expect(check.families.map(\.score.top1) == [1, 0])
    }

    @Test func namesEveryProblem() {
        let text = """
            a.jpg 0 1 2 3 4
            a.jpg 0 1 2 3 4
            x.jpg 0 1 2 3 4
            b.jpg 0 1 2 3
            c.jpg 0 1 2 3 6
            d.jpg 0 1 2 2 3
            e.jpg 0 1  2 3 4
            f.jpg 0 1 2 3 -1
            g.jpg 0 1 2 3 04

            h.jpg 0 1 2 3 4
            """
        let labels = Dictionary(uniqueKeysWithValues: "abcdefghi".map { ("\($0).jpg", Optional<Int>.none) })
        let problems = ResultCheck(text, classes: 6, labels: labels).problems.map(\.text).joined(separator: "\n")
        for expected in [
            "a.jpg again, after line 1", "there is no picture x.jpg", "5 fields",
            "'6' is not a class index from 0 to 5",
            "class 2 twice", "7 fields", "'-1'", "'04'", "1 fields", "no line feed", "i.jpg is missing",
        ] { #expect(problems.contains(expected), "\(expected) is not in\n\(problems)") }
        #expect(ResultCheck("", classes: nil, labels: nil).problems.isEmpty)
        #expect(ResultCheck("a 1 2 3 4 5\r\n", classes: nil, labels: nil).problems.count == 1)
    }
}
