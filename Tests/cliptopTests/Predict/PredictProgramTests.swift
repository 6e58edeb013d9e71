import Foundation
import TestSupport
import Testing

/// The built program's `predict` and `classify`.
@Suite struct PredictProgramTests {
    private let small = Fixtures.reference.appending(path: "models/vit-openclip").path
    private let other = Fixtures.reference.appending(path: "models/rn-openclip").path
    private let samples = Fixtures.samples.appending(path: "Images")

    /// Sixteen classes with one picture each.
    private func smallSet(_ home: URL) throws -> String {
        let folder = home.appending(path: "set")
        for name in try FileManager.default.contentsOfDirectory(atPath: samples.path) {
            let source = samples.appending(path: name)
            let picture = try #require(try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().first)
            let target = folder.appending(path: name)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: source.appending(path: picture), to: target.appending(path: picture.replacing(" ", with: "_")))
        }
        return folder.path
    }

    private func text(_ home: URL, _ name: String) throws -> String {
        try String(contentsOf: home.appending(path: name), encoding: .utf8)
    }

    @Test func writesEveryFormatAndChecksItsOwnResult() throws {
        try withHome { home in
            let set = try smallSet(home)
            func predict(_ arguments: String...) throws -> Program {
                try Program.run(["predict", "--data", set, "--model", small] + arguments, home: home)
            }
            func path(_ name: String) -> String { home.appending(path: name).path }
            let result = try predict("--output", path("result.txt"))
            #expect(result.status == 0 && result.output.hasPrefix("16 predictions in "), "\(result.errors)")
            let lines = try text(home, "result.txt").split(separator: "\n").map { $0.split(separator: " ") }
            #expect(lines.count == 16 && lines.allSatisfy { Set($0).count == 6 })
            #expect(lines.allSatisfy { $0.dropFirst().allSatisfy { Int($0).map { (0..<16).contains($0) } ?? false } })
            #expect(try predict("--format", "jittor", "--zip", "--output", path("result.zip")).status == 0)
            let first = try Data(contentsOf: home.appending(path: "result.zip"))
            #expect(try predict("--output", path("again.zip")).status == 0)
            #expect(try Data(contentsOf: home.appending(path: "again.zip")) == first)
            for name in ["result.txt", "result.zip"] {
                let check = try predict("--check", path(name))
                #expect(check.status == 0 && check.output.contains("16 lines for 16 pictures, 16 classes"))
                #expect(check.output.contains("nothing is wrong") && check.output.contains("top-5"), "\(check.output)")
            }
            #expect(try predict("--output", path("p.csv")).status == 0)
            #expect(try text(home, "p.csv").split(separator: "\n").count == 17)
            let json = try predict("--format", "json", "--output", "-")
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any], "\(json.errors)")
            #expect((object["pictures"] as? [Any])?.count == 16 && (object["classes"] as? [Any])?.count == 16)

            // A line too few and an index that does not exist.
            var damaged = try text(home, "result.txt").split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
            damaged = damaged.replacing(" \(lines[0][5])\n", with: " 99\n", maxReplacements: 1)
            try damaged.write(to: home.appending(path: "bad.txt"), atomically: true, encoding: .utf8)
            let bad = try predict("--check", path("bad.txt"))
            #expect(
                bad.status == 1 && bad.output.contains("'99'") && bad.output.contains("is missing"), "\(bad.output)")
        }
    }

    @Test func predictsUnlabelledPicturesWithARunsClasses() throws {
        try withHome { home in
            let data = samples.path
            let train = try Program.run(
                ["train", "--data", data, "--model", small, "--epochs", "2", "--plain", "--name", "mine"], home: home)
            #expect(train.status == 0, "\(train.errors)")
            let images = samples.appending(path: "bird").path
            let output = home.appending(path: "p.json").path
            let none = try Program.run(
                ["predict", "--images", images, "--model", small, "--output", output], home: home)
            #expect(none.status == 2 && none.errors.contains("which classes"))
            let run = try Program.run(
                ["predict", "--images", images, "--model", small, "--run", "mine", "--output", output], home: home)
            #expect(run.status == 0, "\(run.errors)")
            #expect(try text(home, "p.json").contains("\"musical instrument\""))
            let wrong = try Program.run(
                ["predict", "--images", images, "--model", other, "--run", "mine", "--output", output], home: home)
            #expect(wrong.status == 1 && wrong.errors.contains("was trained on the model"))
        }
    }

    @Test func isStrictByItself() throws {
        try withHome { home in
            let images = home.appending(path: "test")
            try FileManager.default.copyItem(at: samples.appending(path: "planet"), to: images)
            for name in try FileManager.default.contentsOfDirectory(atPath: images.path) where name.contains(" ") {
                try FileManager.default.removeItem(at: images.appending(path: name))
            }
            try Data("text".utf8).write(to: images.appending(path: "broken.png"))
            let output = home.appending(path: "result.txt").path
            let arguments = [
                "predict", "--images", images.path, "--model", small, "--labels", "a,b,c,d,e,f", "--output", output,
            ]
            let strict = try Program.run(arguments, home: home)
            #expect(
                strict.status == 1 && strict.errors.contains("broken.png: ") && strict.errors.contains("--keep-going"))
            #expect(!FileManager.default.fileExists(atPath: output))
            let lax = try Program.run(arguments + ["--keep-going"], home: home)
            #expect(lax.status == 0 && lax.errors.contains("warning: ") && lax.errors.contains("broken.png"))
            #expect(try text(home, "result.txt").contains("broken.png 0 1 2 3 4\n"))
            try FileManager.default.copyItem(
                at: images.appending(path: "broken.png"), to: images.appending(path: "two words.png"))
            let name = try Program.run(arguments + ["--keep-going"], home: home)
            #expect(name.status == 1 && name.errors.contains("two words.png") && name.errors.contains("csv"))
        }
    }

    @Test func classifiesWithSeveralModelsSideBySide() throws {
        try withHome { home in
            let (crow, gone) = (samples.appending(path: "bird/crow.png").path, home.appending(path: "gone.png").path)
            let labels = ["--labels", "bird,\"red, white and blue\",tool"]
            let both = try Program.run(
                ["classify", crow, gone, crow, "--model", small, "--model", other] + labels, home: home)
            #expect(both.status == 1)
            #expect(both.errors.split(separator: "\n").filter { $0.contains("gone.png: no such file") }.count == 1)
            #expect(both.output.components(separatedBy: "crow.png").count == 3)
            #expect(both.output.contains("vit-openclip zero-shot") && both.output.contains("rn-openclip zero-shot"))
            #expect(both.output.contains("red, white and blue"))
            let json = try Program.run(
                ["classify", crow, gone, "--json", "--top", "2", "--model", small, "--model", other] + labels,
                home: home)
            let answers = try #require(
                try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
            #expect(json.status == 1 && answers.count == 2 && answers[1]["error"] as? String == "no such file")
            let models = try #require(answers[0]["models"] as? [[String: Any]])
            #expect(models.map { $0["model"] as? String } == ["vit-openclip", "rn-openclip"])
            #expect((models[0]["classes"] as? [Any])?.count == 2)
        }
    }

    @Test func parityReadsPicturesDifferently() throws {
        try withHome { home in
            let turned = Fixtures.reference.appending(path: "preprocess/images/jpg_exif6.jpg").path
            let arguments = ["classify", turned, "--json", "--model", small, "--labels", "a,b"]
            let upright = try Program.run(arguments, home: home)
            let parity = try Program.run(arguments + ["--parity"], home: home)
            #expect(upright.status == 0 && parity.status == 0 && upright.output != parity.output)
        }
    }

    @Test(arguments: [
        (["predict"], "--output", 2), (["predict", "--output", "x.csv"], "--data", 2),
        (["predict", "--output", "x", "--data", "IMAGES"], "--format", 2),
        (["predict", "--output", "x.csv", "--zip", "--data", "IMAGES"], "--zip", 2),
        (["predict", "--output", "x.txt", "--spreadsheet-safe", "--data", "IMAGES"], "--spreadsheet-safe", 2),
        (["predict", "--output", "/proc/nonexistent/x.csv", "--data", "IMAGES"], "/proc/nonexistent/x.csv", 2),
        (["predict", "--check", "/proc/nonexistent.txt"], "/proc/nonexistent.txt", 2),
        (["predict", "--output", "x.csv", "--data", "IMAGES", "--images", "IMAGES"], "not both", 2),
        (["classify", "x.png", "--labels", "cat,Cat"], "'cat' and 'Cat' are the same", 2),
        (["classify", "x.png", "--labels", "cat,dog,cat"], "'cat' stands there twice", 2),
        (["classify", "x.png", "--labels", "a,\"b"], "quote", 2),
        (["classify", "x.png", "--labels", "a,b", "--top", "0"], "--top 0", 2),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let run = try Program.run(arguments.map { $0 == "IMAGES" ? samples.path : $0 }, home: home)
            #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").filter { !$0.hasSuffix(" ...") }.count == 1, "\(run.errors)")
        }
    }
}
