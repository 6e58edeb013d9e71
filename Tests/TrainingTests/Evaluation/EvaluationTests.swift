import FewShot
import Foundation
import Store
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct EvaluationTests {
    /// Trains a small adapter, and draws and encodes the same split once more.
    private func withRun(
        _ body: (RunReport, AdapterFile, TrainingConfiguration, RunPlan) throws -> Void
    ) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.appending(path: "stamps")
        for name in ["bird", "coin", "tool"] {
            let source = Fixtures.samples.appending(path: "Images").appending(path: name)
            try FileManager.default.createDirectory(
                at: data.appending(path: name), withIntermediateDirectories: true)
            for file in try FileManager.default.contentsOfDirectory(atPath: source.path).sorted().prefix(10) {
                try FileManager.default.createSymbolicLink(
                    at: data.appending(path: name).appending(path: file),
                    withDestinationURL: source.appending(path: file))
            }
        }
        // One that cannot be read changes the draw, then and now.
        try Data("text".utf8).write(to: data.appending(path: "coin/broken.png"))
        let state = StateDirectory(folder.appending(path: "state"))
        var configuration = TrainingConfiguration(model: Fixtures.samples.appending(path: "Model"), data: data)
        configuration.shots = 2
        configuration.seed = 3
        configuration.validation = .perClass(3)
        configuration.epochs = 4
        configuration.batchSize = 4
        configuration.learningRate = 3e-3
        configuration.method["ratio"] = 0.4
        let session = TrainingSession(configuration, state: state)
        let result = try session.trainToTheEnd()
        let report = try #require(session.report)
        let file = try AdapterFile(contentsOf: try #require(result.adapterFile))
        // All that is known of the run is what its file says.
        var again = TrainingConfiguration(
            model: URL(filePath: try #require(file.modelPath)), data: URL(filePath: try #require(file.dataPath)))
        again.adoptDraw(of: file)
        let encoded = try RunPlan.measuring(again, state: state, emit: { _ in }, isCancelled: { false })
        try body(report, file, again, try #require(encoded))
    }

    @Test func theArithmeticOfARunIsAdopted() {
        var configuration = TrainingConfiguration(model: URL(filePath: "m"), data: URL(filePath: "d"))
        configuration.precision = .bf16
        let file = AdapterFile(
            kind: .clipAdapter, parameters: [:], hyper: [:], classNames: [], templates: [], modelName: "",
            modelChecksum: "", training: configuration.provenance)
        var again = TrainingConfiguration(model: configuration.model, data: configuration.data)
        again.adoptDraw(of: file)
        #expect(again.precision == .bf16)
    }

    @Test func aRunIsMeasuredOnItsOwnPictures() throws {
        try withRun { report, file, configuration, encoded in
            #expect(configuration.validation == .perClass(3) && configuration.seed == 3)
            #expect(encoded.unreadable.map(\.path) == ["coin/broken.png"])
            let result = try #require(
                EvaluationResult(
                    encoded, split: .test, predictor: try encoded.predictor(file), method: "clip-adapter",
                    run: "r", calibrating: true))
            let final = try #require(report.finalTest)
            #expect(Self.agree(Evaluation(result.adapted.summary), Evaluation(final)))
            #expect(result.zeroShot.summary == report.zeroShotTest)
            // The temperature comes from validation and changes no answer.
            #expect(result.scaled?.scaling.count == encoded.part(.validation).count)
            let validation = EvaluationResult(
                encoded, split: .validation, predictor: nil, method: "zero-shot", run: nil, calibrating: false)
            #expect(validation?.adapted == validation?.zeroShot)
            #expect(validation?.adapted.summary == report.zeroShotValidation)

            let files = EvaluationFiles(result, encoded)
            #expect(files.confusion.hasPrefix(",bird,coin,tool\nbird,"))
            let rows = files.perClass.split(separator: "\n")
            #expect(rows.first == "index,name,n,top1,top5,precision,recall,f1" && rows.count == 4)
            let object = try #require(try JSONSerialization.jsonObject(with: files.json()) as? [String: Any])
            for key in [
                "model", "data", "method", "classes", "shots", "seed", "train_images", "validation_images",
                "test_images", "zero_shot", "final", "per_class", "encode", "openblas_core", "reliability", "split",
                "precision",
                "temperature",
            ] {
                #expect(object[key] != nil, "\(key) is missing")
            }
            #expect((object["final"] as? [String: Any])?["top1"] as? Double == report.finalTest?.top1)
        }
    }

    @Test func ratioZeroIsZeroShotAndTheTrainedRatioTheRun() throws {
        try withRun { report, file, _, encoded in
            let curve = try #require(
                try RatioCurve(file, on: encoded.part(.validation), of: encoded, ratios: RatioCurve.ratios(step: 0.2)))
            #expect(curve.points.first?.evaluation == report.zeroShotValidation.map(Evaluation.init))
            #expect(curve.trainedRatio == 0.4)
            #expect(curve.points[2].evaluation == curve.trained)
            #expect(Self.agree(curve.trained, try #require(report.finalValidation.map(Evaluation.init))))
            // The adapter's own arithmetic comes to the same at a ratio next to 0.
            let next = try #require(
                try RatioCurve(file, on: encoded.part(.validation), of: encoded, ratios: [0, 1e-9]))
            #expect(Self.agree(next.points[0].evaluation, next.points[1].evaluation))
            let best = try #require(curve.best)
            #expect(curve.points.allSatisfy { $0.evaluation.top1 <= best.evaluation.top1 })
        }
    }

    /// A ratio that was learned and is one number has its place in the curve.
    @Test func aLearnedRatioIsMarkedWhereItIsOneNumber() throws {
        func ratio(_ parameter: String, _ parameters: [String: Float]) -> Double? {
            let file = AdapterFile(
                kind: .clipAdapter, parameters: parameters.mapValues { Tensor([$0], shape: [1]) },
                hyper: ["ratio_param": .text(parameter), "residual_ratio": .number(0.2)], classNames: [],
                templates: [], modelName: "", modelChecksum: "", training: [:])
            return file.trainedRatio
        }
        #expect(ratio("fixed", [:]) == 0.2)
        #expect(ratio("raw", ["alpha": 0.375]) == 0.375)
        #expect(ratio("sigmoid", ["alpha": 0]) == 0.5)
        #expect(abs(try #require(ratio("sigmoid", ["beta": -1])) - 1 / (1 + exp(1.0))) < 1e-12)
        #expect(ratio("raw", ["alpha": 0.375, "beta": 0.25]) == nil, "two sides have learned two")
        #expect(ratio("raw", ["alpha": 0.25, "beta": 0.25]) == 0.25)
        #expect(ratio("hyper-network", ["ratio_v.bias": 0]) == nil)
    }

    /// Equal but for the last bits, which depend on how many pictures go through a matrix product at once.
    private static func agree(_ a: Evaluation, _ b: Evaluation) -> Bool {
        a.top1 == b.top1 && a.top5 == b.top5 && a.count == b.count && abs(a.loss - b.loss) < 1e-6
    }

    @Test func ratiosAlwaysEndAtOne() {
        #expect(RatioCurve.ratios(step: 0.5) == [0, 0.5, 1])
        #expect(RatioCurve.ratios(step: 1) == [0, 1])
        #expect(RatioCurve.ratios(step: 0.4).map { ($0 * 10).rounded() } == [0, 4, 8, 10])
        #expect(RatioCurve.ratios(step: 0.05).count == 21)
        #expect(RatioCurve.ratios(step: 0.1).count == 11)
    }

    @Test(arguments: ["standard", "0", "7", "all", "4:1"]) func aValidationRuleSurvivesItsDescription(text: String) {
        #expect(ValidationRule(text)?.description == text)
    }
}
