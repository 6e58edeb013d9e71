import Foundation
import TestSupport
import Testing

/// The built program in plain mode: output, results file, exit status.
@Suite struct PlainModeTests {
    private let demo = Fixtures.samples.appending(path: "demo.toml").path

    @Test func trainsTheDemoAndWritesItsResults() throws {
        try withHome { home in
            let json = home.appending(path: "results.json")
            let run = try Program.run(
                ["train", "--config", demo, "--no-augment", "--epochs", "8", "--json", json.path], home: home)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("zero-shot"))
            #expect(run.output.contains("epoch 8/8"))
            #expect(run.output.contains("on 216 test pictures"))
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
            for key in [
                "model", "data", "method", "classes", "shots", "seed", "train_images", "validation_images",
                "test_images", "zero_shot", "final", "best", "epochs", "per_class", "encode", "train_seconds",
                "openblas_core", "zero_shot_validation", "precision",
            ] {
                #expect(object[key] != nil, "\(key) is missing")
            }
            #expect(object["train_images"] as? Int == 64 && object["test_images"] as? Int == 216)
            let epochs = try #require(object["epochs"] as? [[String: Any]])
            #expect(epochs.count == 8)
            #expect(Set(epochs[0].keys) == ["epoch", "train_loss", "validation_loss", "top1", "top5", "lr", "seconds"])
            let final = try #require((object["final"] as? [String: Any])?["top1"] as? Double)
            let zeroShot = try #require((object["zero_shot"] as? [String: Any])?["top1"] as? Double)
            #expect(final > zeroShot)

            // The run is found again, by any of its names.
            let crow = Fixtures.samples.appending(path: "Images/bird/crow.png").path
            let answer = try Program.run(["classify", crow, "--run", "latest"], home: home)
            #expect(answer.status == 0, "\(answer.errors)")
            #expect(answer.output.contains("bird") && answer.output.contains("adapted"))
            let id = try #require(object["run"] as? String)
            let same = try Program.run(["classify", crow, "--run", String(id.prefix(6)), "--json"], home: home)
            #expect(same.status == 0 && same.output.contains("\"adapted\""), "\(same.errors)")
            let none = try Program.run(["classify", crow, "--run", "nobody"], home: home)
            #expect(none.status == 1 && none.errors.contains("no run 'nobody'"))
        }
    }

    @Test(arguments: [
        (["train", "--shots", "0"], "shots", 2),
        (["train", "--lr", "nan"], "--lr nan", 2),
        (["train", "--lr", "fast"], "fast", 2),
        (["train", "--no-such-option"], "no-such-option", 2),
        (["train", "--data", "/proc/nonexistent/data"], "there is no data folder /proc/nonexistent/data", 1),
        (["train", "--model", "/proc/nonexistent/model", "--data", "DATA"], "/proc/nonexistent/model", 1),
        (["train", "--config", "/proc/nonexistent.toml"], "/proc/nonexistent.toml", 2),
        (["train", "--template", "a photo", "--data", "DATA"], "{}", 2),
        (["train", "--template", "nosuch", "--data", "DATA"], "imagenet-80", 2),
        (["train", "--stratified", "--data", "DATA"], "--stratified: wants --validation 4:1", 2),
        (["train", "--selection", "/proc/nonexistent.json", "--shots", "2", "--data", "DATA"], "leave out --shots", 2),
        (["train", "--selection", "/proc/nonexistent.json", "--data", "DATA"], "there is no such file", 1),
        (["train", "--data", "DATA", "--data-format", "jittor"], "train.txt is missing", 1),
        (["train", "--data", "DATA/bird"], "no labels", 1),
        (["split", "--data", "DATA/bird"], "no labels", 2),
        (["train", "--lr", "-1"], "--lr -1", 2),
        (["train", "--theme", "nosuch", "--plain"], "nosuch", 2),
        (["train", "--json", "/proc/nonexistent/results.json"], "No such file or directory", 2),
        (["classify", "/proc/nonexistent.png", "--labels", "a,b"], "/proc/nonexistent.png", 1),
        (["classify", "x.png"], "--labels", 2),
        (["classify", "x.png", "--labels", "only"], "two", 2),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let data = Fixtures.samples.appending(path: "Images").path
            let run = try Program.run(arguments.map { $0.replacing("DATA", with: data) }, home: home)
            #expect(run.status == status, "\(run.errors)")
            // On a busy machine a line that says what takes so long may stand before it.
            let lines = run.errors.split(separator: "\n").filter { !$0.hasSuffix(" ...") }
            #expect(lines.count == 1 && lines[0].contains(says), "\(run.errors)")
        }
    }

    /// A split that is written down is the data set's own from then on.
    @Test func splitDividesADataSetOnce() throws {
        let pictures = ["a", "b"].flatMap { label in (0..<10).map { "data/\(label)/\($0).png" } }
        try withFileTree(pictures) { folder throws in
            let data = folder.appending(path: "data").path
            let first = try Program.run(["split", "--data", data], home: folder)
            #expect(first.status == 0 && first.output.contains("10 train, 4 val, 6 test"), "\(first.errors)")
            let again = try Program.run(["split", "--data", data], home: folder)
            #expect(again.status == 2 && again.errors.contains("has a validation part already"), "\(again.errors)")
        }
    }

    @Test(arguments: [
        ("shots = 4\ncolour = \"red\"\n", ":2:", "unknown key 'colour'"),
        ("shots = 4\n\nlr = \"fast\"\n", ":3:", "fast"),
        ("shots = = 4\n", ":1:", "value"),
        ("augment = 3\n", ":1:", "true or false"),
    ])
    func aWrongConfigurationNamesItsLine(text: String, line: String, says: String) throws {
        try withHome { home in
            let file = home.appending(path: "run.toml")
            try text.write(to: file, atomically: true, encoding: .utf8)
            let run = try Program.run(["train", "--config", file.path], home: home)
            #expect(run.status == 2)
            #expect(run.errors.contains("run.toml" + line) && run.errors.contains(says), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }

    @Test func strictFailsForAnUnreadablePictureAndTheRunIsKept() throws {
        try withHome { home in
            let data = home.appending(path: "data")
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            for name in ["bird", "coin"] {
                try FileManager.default.copyItem(
                    at: Fixtures.samples.appending(path: "Images/\(name)"), to: data.appending(path: name))
            }
            try Data("text".utf8).write(to: data.appending(path: "coin/a\u{1b}[2Jb.png"))
            let run = try Program.run(
                ["train", "--data", data.path, "--epochs", "1", "--strict"], home: home)
            #expect(run.status == 1)
            #expect(run.output.contains("1 picture could not be read"))
            #expect(!run.output.contains("\u{1b}") && !run.errors.contains("\u{1b}"))
            #expect(run.output.contains("saved in"))
        }
    }

    @Test func anInterruptSavesWhatWasTrained() throws {
        try withHome { home in
            // `set -m`: without job control a shell lets its background children ignore the interrupt.
            let status = try runCommand(
                [
                    "bash", "-c",
                    """
                    set -m; '\(TMux.program.path)' train --plain --config '\(demo)' --no-augment --epochs 100000 &
                    until grep -qE 'epoch +[0-9]+/' '\(home.path)/out.txt'; do kill -0 $! || break; sleep 0.1; done
                    kill -INT $!; wait $!
                    """,
                ],
                environment: ProcessInfo.processInfo.environment.merging(["CLIPTOP_HOME": home.path]) { $1 },
                output: home.appending(path: "out.txt"))
            #expect(status == 130)
            let crow = Fixtures.samples.appending(path: "Images/bird/crow.png").path
            #expect(try Program.run(["classify", crow, "--run", "latest"], home: home).status == 0)
        }
    }

    /// `cliptop | head`, and standard output closed: the run is trained and saved all the same.
    @Test(arguments: ["| head -n 1", ">&-"]) func aReaderThatGoesAwayIsNoCrash(rest: String) throws {
        try withHome { home in
            let status = try runCommand(
                [
                    "bash", "-c",
                    "set -o pipefail; '\(TMux.program.path)' train --plain --config '\(demo)' --no-augment --epochs 3 "
                        + "--json '\(home.path)/results.json' \(rest)",
                ],
                environment: ProcessInfo.processInfo.environment.merging(["CLIPTOP_HOME": home.path]) { $1 },
                output: home.appending(path: "out.txt"))
            #expect(status == 0)
            #expect(FileManager.default.fileExists(atPath: home.appending(path: "results.json").path))
        }
    }

    @Test func inspectDescribesModelsAndFiles() throws {
        try withHome { home in
            let model = Fixtures.samples.appending(path: "Model")
            let directory = try Program.run(["inspect", model.path], home: home)
            #expect(directory.status == 0 && directory.output.contains("EfficientNet-Lite0"), "\(directory.errors)")
            let file = try Program.run(["inspect", model.path + "/open_clip_model.safetensors"], home: home)
            #expect(file.status == 0 && file.output.contains("logit_scale"), "\(file.errors)")
            let other = try Program.run(["inspect", model.path + "/README.md"], home: home)
            #expect(other.status == 1 && other.errors.contains("README.md") && other.output.isEmpty)
        }
    }

    @Test func doctorFitsAScreenAndNamesAForcedKernel() throws {
        try withHome { home in
            let run = try Program.run(
                ["doctor"], home: home, environment: ["OPENBLAS_CORETYPE": "Prescott", "LANG": "C", "LC_ALL": "C"])
            #expect(run.status == 0)
            #expect(run.output.contains("OPENBLAS_CORETYPE=Prescott"))
            #expect(run.output.contains("bundled model"))
            #expect(run.output.split(separator: "\n").count <= 40)
            #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
        }
    }
}
