import FewShot
import Foundation
import Store
import TestSupport
import Testing

@testable import Training

/// A cell of a comparison is the run that `train` does with the same settings.
@Suite struct TrainedBothWaysTests {
    /// A set with fixed train, validation and test folders: 8, 4 and 5 pictures in each of three classes.
    private static func makeData(in folder: URL) throws -> URL {
        let data = folder.appending(path: "stamps")
        for name in ["bird", "coin", "tool"] {
            let source = Fixtures.samples.appending(path: "Images").appending(path: name)
            var files = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()[...]
            for (part, count) in [("train", 8), ("val", 4), ("test", 5)] {
                let target = data.appending(path: part).appending(path: name)
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
                for file in files.prefix(count) {
                    try FileManager.default.createSymbolicLink(
                        at: target.appending(path: file), withDestinationURL: source.appending(path: file))
                }
                files = files.dropFirst(count)
            }
        }
        return data
    }

    @Test(arguments: MethodName.allCases) func everyMethodComesToTheSame(method: MethodName) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = TrainingConfiguration(
            model: Fixtures.samples.appending(path: "Model"), data: try Self.makeData(in: folder))
        configuration.use(method)
        configuration.shots = 8
        configuration.epochs = 4
        // 24 training pictures: three batches an epoch.
        configuration.batchSize = 10
        let state = StateDirectory(folder.appending(path: "state"))

        let session = TrainingSession(configuration, state: state)
        try session.trainToTheEnd()
        let report = try #require(session.report)

        let plan = try ComparisonPlan(configurations: [configuration], shots: [8], seeds: [1])
        for workers in [1, 2] {
            let result = try #require(
                try ComparisonRunner(
                    plan, state: StateDirectory(folder.appending(path: "state-\(workers)")), workers: workers
                ).run()?.ordered.first)
            #expect(result.failure == nil)
            #expect(result.loss == report.finalTest?.loss)
            #expect(result.top1 == report.finalTest?.top1)
            #expect(result.validationTop1 == report.finalValidation?.top1)
            #expect(result.epochs == report.epochs.count)
            #expect(result.hyper == report.hyperParameters)
        }
    }
}
