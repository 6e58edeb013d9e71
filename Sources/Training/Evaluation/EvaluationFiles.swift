import FewShot
import Foundation
import Tensors

/// An evaluation as files for programs: one JSON object (docs/programs.md#json-results), `confusion.csv` and
/// `per_class.csv` (docs/programs.md#csv). Fractions are 0...1, and everything counts the pictures of the evaluated
/// part.
public struct EvaluationFiles {
    private let result: EvaluationResult
    private let plan: RunPlan

    /// The files of an evaluation.
    public init(_ result: EvaluationResult, _ plan: RunPlan) {
        self.result = result
        self.plan = plan
    }

    /// How often each class (rows) was taken for each (columns).
    public var confusion: String {
        let (names, matrix) = (plan.description.classNames, result.adapted.confusion)
        let rows = names.enumerated().map { truth, name in [name] + names.indices.map { "\(matrix[truth, $0])" } }
        return ([[""] + names] + rows).map(CSVText.line).joined()
    }

    /// One row a class; what is undefined is empty.
    public var perClass: String {
        let header = ["index", "name", "n", "top1", "top5", "precision", "recall", "f1"]
        let (matrix, top5) = (result.adapted.confusion, result.adapted.top5PerClass)
        let rows = plan.description.classNames.enumerated().map { label, name in
            ["\(label)", name, "\(matrix.support[label])"]
                + [
                    matrix.recall(label), top5[label], matrix.precision(label), matrix.recall(label), matrix.f1(label),
                ].map(CSVText.number)
        }
        return ([header] + rows).map(CSVText.line).joined()
    }

    /// The whole evaluation.
    /// - Throws: errors of the encoder.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Document(result, plan)) + Data("\n".utf8)
    }

    private struct Document: Encodable {
        struct Figures: Encodable {
            var top1, top5: Double
            var loss, meanPerClass, macroF1, nll, ece, brier: Double?
            var n: Int

            init(_ metrics: DetailedMetrics) {
                // JSON has no infinity: what is not a number is left out.
                func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
                top1 = metrics.summary.top1
                top5 = metrics.summary.top5
                loss = finite(metrics.summary.loss)
                meanPerClass = metrics.confusion.meanPerClass
                macroF1 = metrics.confusion.macroF1
                nll = finite(metrics.calibration.nll)
                ece = finite(metrics.calibration.ece)
                brier = finite(metrics.calibration.brier)
                n = metrics.summary.count
            }
        }

        struct Class: Encodable {
            var name: String
            var count: Int
            var zeroShotTop1, finalTop1, top5, precision, recall, f1: Double?
        }

        struct Bin: Encodable {
            var lower, upper: Double
            var count: Int
            var accuracy, confidence: Double?
        }

        struct Confused: Encodable {
            var truth, answer: String
            var count: Int
        }

        struct Temperature: Encodable {
            var temperature: Double
            var searchedOn: String
            var validationImages: Int
            var nll, ece: Double
        }

        struct Encoding: Encodable {
            var images: Int
            var seconds: Double
            var skipped, fromCache: Int
        }

        struct Skipped: Encodable {
            var path, reason: String
        }

        var model, precision, data, method, split: String
        var run: String?
        var classes, shots, seed: Int
        var trainImages, validationImages, testImages: Int
        var splitName: String?
        /// Of the pictures that were measured on.
        var checksum: String?
        var zeroShot, final: Figures
        var reliability: [Bin]
        var perClass: [Class]
        var confusions: [Confused]
        var temperature: Temperature?
        var encode: Encoding
        var unreadable: [Skipped]
        var openblasCore: String

        init(_ result: EvaluationResult, _ plan: RunPlan) {
            let (names, adapted, counts) = (plan.description.classNames, result.adapted, plan.encoded.counts)
            model = plan.configuration.model.path
            precision = plan.configuration.precision.rawValue
            data = plan.configuration.data.path
            method = result.method
            split = result.split.rawValue
            run = result.run
            classes = names.count
            shots = plan.description.shots
            seed = plan.description.seed
            trainImages = plan.description.trainCount
            validationImages = plan.description.validationCount
            testImages = plan.description.testCount
            splitName = plan.description.split?.name
            checksum = plan.description.split?.checksum(of: result.split)
            zeroShot = Figures(result.zeroShot)
            final = Figures(adapted)
            reliability = adapted.calibration.bins.map { bin in
                Bin(
                    lower: bin.lower, upper: bin.upper, count: bin.count,
                    accuracy: bin.count > 0 ? bin.accuracy : nil, confidence: bin.count > 0 ? bin.confidence : nil)
            }
            perClass = names.enumerated().map { label, name in
                Class(
                    name: name, count: adapted.confusion.support[label],
                    zeroShotTop1: result.zeroShot.confusion.recall(label), finalTop1: adapted.confusion.recall(label),
                    top5: adapted.top5PerClass[label], precision: adapted.confusion.precision(label),
                    recall: adapted.confusion.recall(label), f1: adapted.confusion.f1(label))
            }
            confusions = adapted.confusion.confusions(20).map {
                Confused(truth: names[$0.truth], answer: names[$0.answer], count: $0.count)
            }
            temperature = result.scaled.map { scaling, calibration in
                Temperature(
                    temperature: scaling.temperature, searchedOn: "validation", validationImages: scaling.count,
                    nll: calibration.nll, ece: calibration.ece)
            }
            encode = Encoding(
                images: counts.total - counts.unreadable, seconds: plan.encoded.seconds, skipped: counts.unreadable,
                fromCache: counts.fromCache)
            unreadable = plan.unreadable.map { Skipped(path: $0.path, reason: $0.reason) }
            openblasCore = OpenBLAS.coreName
        }
    }
}
