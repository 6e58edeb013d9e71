import FewShot
import Foundation
import Store
import TestSupport
import Testing

@testable import Training

/// A cell of a comparison is the run that `train` does with the same settings.
@Suite struct TrainedBothWaysTests {
    /// Where the pictures come from.
    enum Source: CaseIterable {
        /// Fixed train, validation and test folders: 8, 4 and 5 pictures in each of three classes, and all of them used.
        case folders
        /// 17 pictures in each of three classes, and a split that is nested in a larger one; cached keys are averaged over
        /// random views.
        case drawn

        /// Lays the pictures out in a new folder inside `folder`.
        func make(in folder: URL) throws -> URL {
            let data = folder.appending(path: "stamps")
            let parts = self == .folders ? [("train/", 8), ("val/", 4), ("test/", 5)] : [("", 17)]
            for name in ["bird", "coin", "tool"] {
                let source = Fixtures.samples.appending(path: "Images").appending(path: name)
                var files = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()[...]
                for (part, count) in parts {
                    let target = data.appending(path: part + name)
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
    }

    @Test(arguments: MethodName.allCases, Source.allCases)
    func everyMethodComesToTheSame(method: MethodName, source: Source) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = TrainingConfiguration(
            model: Fixtures.samples.appending(path: "Model"), data: try source.make(in: folder))
        configuration.use(method)
        configuration.shots = source == .folders ? 8 : 5
        configuration.epochs = 4
        // 24 or 15 training pictures: two or more batches an epoch.
        configuration.batchSize = 10
        if source == .drawn {
            configuration.nestedIn = 7
            if configuration.method.descriptor.setting("augment-passes") != nil {
                configuration.method["augment-passes"] = 2
            }
        }
        let session = TrainingSession(configuration, state: StateDirectory(folder.appending(path: "state")))
        try session.trainToTheEnd()
        let report = try #require(session.report)
        #expect(report.parameters.isEmpty == (method == .zeroShot))

        let plan = try ComparisonPlan(
            configurations: [configuration], shots: source == .folders ? [8] : [5, 7], seeds: [1])
        for workers in [1, 2] {
            let comparison = try #require(
                try ComparisonRunner(
                    plan, state: StateDirectory(folder.appending(path: "state-\(workers)")), workers: workers
                ).run())
            let cell = ComparisonCell(method: 0, shots: configuration.shots, seed: 1)
            let result = try #require(comparison.results[cell])
            #expect(result.failure == nil)
            #expect(result.loss == report.finalTest?.loss)
            #expect(result.top1 == report.finalTest?.top1)
            #expect(result.validationLoss == report.finalValidation?.loss)
            #expect(result.validationTop1 == report.finalValidation?.top1)
            #expect(result.epochs == report.epochs.count)
            #expect(result.hyper == report.hyperParameters)
            #expect(result.weightsChecksum == report.weightsChecksum)
            #expect(comparison.description.testChecksums[1] == report.description.split?.test)
        }
    }
}
