import Foundation
import TestSupport
import Testing

/// What PyTorch makes of a trained run is measured as the run itself is. Skipped where there is no Python with torch and
/// safetensors (`CLIPTOP_TEST_PYTHON` names one).
@Suite struct PyTorchProgramTests {
    private static let python = Python.with("torch", "safetensors")

    private func top1(_ file: URL) throws -> Double {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        return try #require((object?["final"] as? [String: Any])?["top1"] as? Double)
    }

    @Test(.enabled(if: python != nil, "no Python with torch and safetensors; CLIPTOP_TEST_PYTHON may name one"))
    func anAdapterGoesThroughPyTorch() throws {
        let python = try #require(Self.python)
        try withHome { home in
            let (json, again) = (home.appending(path: "own.json"), home.appending(path: "again.json"))
            let demo = Fixtures.samples.appending(path: "demo.toml").path
            let trained = try Program.run(
                ["train", "--config", demo, "--no-augment", "--epochs", "5", "--ratio", "0.2", "--json", json.path],
                home: home)
            #expect(trained.status == 0, "\(trained.errors)")
            let results = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any])
            let adapter = home.appending(path: "runs/\(results["run"] as? String ?? "")/adapter.safetensors")
            let data = Fixtures.samples.appending(path: "Images").path
            for type in ["float32", "float16"] {
                let theirs = home.appending(path: "\(type).safetensors")
                _ = try Python.run("resave.py", with: python, [adapter.path, theirs.path, type])
                let run = try Program.run(
                    ["evaluate", "--run", theirs.path, "--data", data, "--json", again.path], home: home)
                #expect(run.status == 0 && run.errors.contains("does not say which model"), "\(run.errors)")
                // Half precision may turn a picture over.
                #expect(abs(try top1(again) - top1(json)) < (type == "float32" ? 1e-9 : 0.02))
            }
            let ratio = try Program.run(
                ["ratio", home.appending(path: "float32.safetensors").path, "--data", data, "--step", "0.5", "--json"],
                home: home)
            #expect(ratio.status == 0, "\(ratio.errors)")
        }
    }
}
