import Foundation
import TestSupport
import Testing

/// The built program: a run is trained, measured and looked at under other ratios.
@Suite struct EvaluateTests {
    @Test func measuresARunAndItsRatios() throws {
        try withHome { home in
            let demo = Fixtures.samples.appending(path: "demo.toml").path
            let trained = try Program.run(
                ["train", "--config", demo, "--no-augment", "--epochs", "5", "--name", "mine"], home: home)
            #expect(trained.status == 0, "\(trained.errors)")
            let (json, csv) = (home.appending(path: "e.json"), home.appending(path: "c.csv"))
            let run = try Program.run(
                ["evaluate", "--run", "mine", "--calibrate", "--json", json.path, "--confusion", csv.path], home: home)
            #expect(run.status == 0, "\(run.errors)")
            for text in ["216 test pictures", "mean per class", "worst classes", "temperature", "validation pictures"] {
                #expect(run.output.contains(text), "\(text) is missing:\n\(run.output)")
            }
            // It fits on a screen.
            #expect(run.output.split(separator: "\n", omittingEmptySubsequences: false).count <= 30)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
            let top1 = try #require((object["final"] as? [String: Any])?["top1"] as? Double)
            // The same figure that the run has shown.
            #expect(trained.output.contains(String(format: "%.2f %%", top1 * 100)))
            #expect(try String(contentsOf: csv, encoding: .utf8).split(separator: "\n").count == 17)

            let ratio = try Program.run(["ratio", "mine", "--step", "0.25", "--json"], home: home)
            #expect(ratio.status == 0, "\(ratio.errors)")
            let curve = try #require(
                try JSONSerialization.jsonObject(with: Data(ratio.output.utf8)) as? [String: Any])
            #expect((curve["points"] as? [Any])?.count == 5 && curve["images"] as? Int == 64)
            #expect(curve["trained_ratio"] as? Double == 0.4)
            let chart = try Program.run(["ratio", "mine"], home: home)
            #expect(chart.output.contains("search over 64 validation pictures"))
            let onTest = try Program.run(["ratio", "mine", "--on-test"], home: home)
            #expect(onTest.output.contains("216 test pictures") && !onTest.output.contains("best"))
        }
    }

    @Test(arguments: [
        (["evaluate"], "--run", 2), (["evaluate", "--zero-shot"], "--data", 2),
        (["evaluate", "--run", "nobody"], "no run 'nobody'", 1),
        (["evaluate", "--zero-shot", "--run", "x"], "either", 2),
        (["evaluate", "--zero-shot", "--split", "half"], "half", 2),
        (["ratio", "nobody"], "no run 'nobody'", 1), (["ratio", "nobody", "--step", "0"], "--step", 2),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let run = try Program.run(arguments, home: home)
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errors.contains(says) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
