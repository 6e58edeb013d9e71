import Foundation
import StateFixtures
import TestSupport
import Testing

/// Adapter files of the first version are used by `evaluate` as before.
@Suite struct EarlierAdapterTests {
    private struct Figures: Decodable {
        struct Accuracy: Decodable { var top1, top5: Double }
        var final: Accuracy
    }

    @Test func everyAdapterGivesTheFiguresItWasSavedWith() throws {
        let earlier = try EarlierState()
        let folders = try FileManager.default.contentsOfDirectory(
            at: earlier.state.runs, includingPropertiesForKeys: nil)
        var checked = 0
        for folder in folders {
            let adapter = folder.appending(path: "adapter.safetensors")
            guard FileManager.default.fileExists(atPath: adapter.path) else { continue }
            let json = earlier.folder.appending(path: "evaluation.json")
            let program = try Program.run(
                ["evaluate", "--run", adapter.path, "--json", json.path], home: earlier.state.url, files: earlier.folder
            )
            #expect(program.status == 0, "\(folder.lastPathComponent): \(program.errors)")
            func figures(_ url: URL) throws -> Figures {
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                return try decoder.decode(Figures.self, from: try Data(contentsOf: url))
            }
            let (now, then) = (try figures(json), try figures(folder.appending(path: "results.json")))
            // Of 24 test pictures one may lie so near a border that other kernels move it.
            #expect(abs(now.final.top1 - then.final.top1) < 1.5 / 24, "\(folder.lastPathComponent)")
            #expect(abs(now.final.top5 - then.final.top5) < 1.5 / 24, "\(folder.lastPathComponent)")
            checked += 1
        }
        #expect(checked == 13)
    }
}
