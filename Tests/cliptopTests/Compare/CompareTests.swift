import FewShot
import Foundation
import TestSupport
import Testing

@testable import Training
@testable import cliptop

@Suite struct CompareTests {
    private let images = Fixtures.samples.appending(path: "Images").path

    @Test func comparesGoesOnAndWritesItsFiles() throws {
        try withHome { home in
            let (csv, json) = (home.appending(path: "results.csv"), home.appending(path: "results.json"))
            let arguments = [
                "compare", "--data", images, "--methods", "zero-shot,clip-adapter", "--shots", "2,1", "--epochs", "2",
                "--batch-size", "8",
            ]
            let first = try Program.run(arguments + ["--seeds", "1"], home: home)
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.contains("top-1 on test, %\n"))
            #expect(first.output.contains("1 shot  2 shots"))
            #expect(first.output.contains("4 runs in") && first.output.contains("0 found from before"))
            #expect(!first.output.contains("\u{1b}"))
            let second = try Program.run(
                arguments + ["--seeds", "1,2", "--csv", csv.path, "--json", json.path, "--workers", "1"], home: home)
            #expect(second.status == 0, "\(second.errors)")
            #expect(second.output.contains("± is the 95 % Student t interval over 2 seeds"))
            #expect(second.output.contains("4 found from before"))
            let rows = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n")
            #expect(rows.count == 9)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
            #expect((object["runs"] as? [Any])?.count == 8)
            #expect(object["is_complete"] as? Bool == true)
        }
    }

    /// The command that the table's foot names gives the figures of a cell again.
    @Test func oneTrainingCommandRepeatsACell() throws {
        try withHome { home in
            let (data, file) = (try smallSample(in: home), home.appending(path: "figures.json"))
            func figures(_ arguments: [String]) throws -> [String: Any] {
                let run = try Program.run(
                    arguments + ["--data", data.path, "--epochs", "3", "--batch-size", "2", "--json", file.path],
                    home: home)
                #expect(run.status == 0, "\(run.errors)")
                let said = run.output.contains("cliptop train --nested 2")
                #expect(said == (arguments[0] == "compare"))
                return try #require(
                    try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
            }
            let compared = try figures(
                ["compare", "--methods", "clip-adapter", "--shots", "1,2", "--seeds", "3", "--plain"])
            let cell = try #require(
                (compared["runs"] as? [[String: Any]])?.first { $0["shots"] as? Int == 1 })
            let trained = try figures(
                ["train", "--nested", "2", "--method", "clip-adapter", "--shots", "1", "--seed", "3"])
            let final = try #require(trained["final"] as? [String: Any])
            #expect(final["loss"] as? Double == cell["loss"] as? Double)
            #expect(final["top1"] as? Double == cell["top1"] as? Double)
            #expect(trained["test_images"] as? Int == cell["test_images"] as? Int)
        }
    }

    /// A file made for `train` is good for `compare`: what has no meaning there is ignored, and that is said.
    @Test func aFileWithAugmentAndPaceIsTaken() throws {
        try withHome { home in
            let file = home.appending(path: "run.toml")
            try "data = \"\(images)\"\naugment = true\npace = 3\nepochs = 2\n".write(
                to: file, atomically: true, encoding: .utf8)
            let run = try Program.run(
                [
                    "compare", "--config", file.path, "--methods", "zero-shot,clip-adapter", "--shots", "1", "--seeds",
                    "1",
                ],
                home: home)
            #expect(run.status == 0, "\(run.errors)")
            let said = run.output + run.errors
            #expect(said.contains("ignores 'augment'") && said.contains("ignores 'pace'"))
        }
    }

    @Test(arguments: [
        (["--methods", "clip-adapter,magic"], "there is no method 'magic'"),
        (["--shots", "1,x"], "1,x"),
        (["--shots", "0"], "--shots 0"),
        (["--seeds", "-1"], "--seed -1"),
        (["--seed", "1"], "--seeds 1,2,3"),
        (["--theme", "night"], "--theme"),
        (["--augment"], "--augment"),
        (["--nested", "4"], "--nested"),
        (["--no-such-option"], "no-such-option"),
        (["--lr", "fast"], "fast"),
        (["--workers", "0"], "--workers 0"),
        (["--shard", "5/4"], "5/4"),
        (["--shard", "1/4", "--csv", "results.csv"], "--csv"),
        (["--shard-folder", "parts"], "--shard i/n"),
        (["--slurm-tasks", "2"], "wants --slurm"),
        (["--slurm", "--slurm-option=partition"], "--slurm-option partition"),
        (["--slurm-script-only", "--slurm-tasks", "0"], "--slurm-tasks 0"),
        (["--slurm-script-only", "--slurm-option=--array=0-9"], "--slurm-tasks's"),
        (["--json", "/proc/nonexistent/results.json"], "No such file or directory"),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String) throws {
        try withHome { home in
            let run = try Program.run(["compare", "--data", images] + arguments, home: home)
            #expect(run.status == 2, "\(run.errors)")
            #expect(run.errors.contains(says) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }

    @Test func aFileSaysWhatToCompareAndWhatIsIgnored() throws {
        let resources = Resources(environment: ["CLIPTOP_SAMPLES": Fixtures.samples.path])
        let demo = Fixtures.samples.appending(path: "demo.toml").path
        let named = try CompareOptions(
            methods: nil, shots: nil, seeds: nil, config: demo, rest: ["--lr", "0.01", "--plain"], resources: resources)
        #expect(named.methods == [.clipAdapter] && named.shots == [4] && named.seeds == [1])
        #expect(named.notes.count == 2)
        let plan = try named.plan(resources)
        #expect(plan.configurations[0].learningRate == 0.01)
        // The demonstration, where nothing is named, is one run; what to compare is the usual.
        let usual = try CompareOptions(
            methods: nil, shots: WholeNumbers([8]), seeds: nil, config: nil, rest: [], resources: resources)
        #expect(usual.methods == CompareOptions.usualMethods && usual.shots == [8] && usual.seeds == [1, 2, 3])
    }

    /// Two methods, three seeds; one run failed, one is still open.
    @Test func theTableMarksWhatIsMissing() throws {
        var comparison = Comparison(
            ComparisonDescription(
                grid: ComparisonGrid(methods: [.clipAdapter], shots: [1, 16], seeds: [1, 2, 3]), model: "m",
                modelPath: "/m", dataset: "d", dataPath: "/d", classNames: ["bird", "coin", "tool"]))
        func add(_ shots: Int, _ seed: Int, _ top1: Double?) {
            comparison.results[ComparisonCell(method: 0, shots: shots, seed: seed)] = ComparedRun(
                method: "clip-adapter", model: "m", dataset: "d", shots: shots, seed: seed, trainImages: 3,
                validationImages: 3, testImages: 20, top1: top1, epochs: 1, trainSeconds: 0.1, hyper: [:],
                failure: top1 == nil ? "the loss became NaN" : nil)
        }
        add(1, 1, 0.70)
        add(1, 2, 0.72)
        add(1, 3, nil)
        add(16, 1, 0.8)
        for seed in 1...3 {
            comparison.description.zeroShot[seed] = Evaluation(loss: 1, top1: 0.6, top5: 1, count: 19 + seed / 3)
        }
        comparison.description.testChecksums = [1: "3f9a1c2e", 2: "00000000", 3: "12345678"]
        comparison.description.cappedClasses = [16: [1, 2]]
        comparison.description.classesShortOfValidation = [1: 0, 2: 3]
        #expect(
            ComparisonReport(comparison).table == """
                top-1 on test, %, mean of 3 seeds
                                    1 shot   16 shots*
                zero-shot       60.0 ± 0.0  60.0 ± 0.0
                clip-adapter  71.0 ± 12.7!  80.0 (1/3)
                ± is the 95 % Student t interval over 3 seeds, fewer where runs failed or are open
                on 19 to 20 test pictures a seed, the same for all shots of a seed
                checksum of the test pictures: seed 1 3f9a1c2e, seed 2 00000000, seed 3 12345678
                'cliptop train --nested 16 --method M --shots S --seed N' with the other options given here repeats one run
                choices are made on 3 validation pictures a seed
                fewer validation pictures than asked for: coin 0, tool 3
                * 2 of 3 classes cannot give 16 and give what they have: coin, tool
                ! clip-adapter, 1 shot, seed 3: the loss became NaN
                """)
        comparison.description.shotsWithoutValidation = [16]
        #expect(
            ComparisonReport(comparison).table.contains(
                "no validation pictures at 16 shots a class: nothing could be chosen on them"))
        #expect(ComparisonReport(comparison).chart(width: 40, height: 5, glyphs: .ascii, colors: .none) != nil)
    }
}
