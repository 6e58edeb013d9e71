import FewShot
import Foundation

/// A comparison as files for programs: `results.csv` (docs/programs.md#csv) and one JSON object.
public struct ComparisonFiles: Sendable {
    private let comparison: Comparison

    /// The files of a comparison.
    public init(_ comparison: Comparison) { self.comparison = comparison }

    /// One row a run, in the order of methods, shots and seeds; the accuracies of a run that failed are empty.
    public var csv: String {
        let header = [
            "method", "model", "dataset", "shots", "seed", "top1", "top5", "val_top1", "train_s", "hyper",
        ]
        let rows = comparison.ordered.map { result in
            [
                result.method, result.model, result.dataset, "\(result.shots)", "\(result.seed)",
                CSVText.number(result.top1), CSVText.number(result.top5), CSVText.number(result.validationTop1),
                CSVText.number(result.trainSeconds), Self.json(result.hyper),
            ]
        }
        return ([header] + rows).map(CSVText.line).joined()
    }

    private static func json(_ hyper: HyperParameters) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(hyper)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// The whole comparison as one object; fractions are 0...1.
    /// - Throws: errors of the encoder.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Document(comparison)) + Data("\n".utf8)
    }

    private struct Document: Encodable {
        struct Figure: Encodable {
            var seeds: Int
            var mean: Double
            /// With n − 1 as the divisor, and half the width of Student's 95 % interval of the mean; none of one seed.
            var sampleStd, interval95: Double?

            init?(_ statistics: SeedStatistics?) {
                guard let statistics else { return nil }
                seeds = statistics.count
                mean = statistics.mean
                sampleStd = statistics.sampleDeviation
                interval95 = statistics.interval
            }
        }

        struct Summary: Encodable {
            var method: String
            var shots: Int
            var top1: Figure?
            var failed: Int
        }

        struct SeedBaseline: Encodable {
            var seed: Int
            var top1, top5: Double
            var testImages: Int
            var testChecksum: String?
        }

        struct Capped: Encodable {
            var shots: Int
            var classes: [String]
        }

        struct ShortOfValidation: Encodable {
            var name: String
            var validationImages: Int
        }

        struct Skipped: Encodable {
            var path, reason: String
        }

        var model, modelName, data, dataset: String
        var classes: Int
        var methods: [String]
        var shots, seeds: [Int]
        var isComplete: Bool
        var zeroShot: Figure?
        var zeroShotSeeds: [SeedBaseline]
        var summary: [Summary]
        var runs: [ComparedRun]
        var cappedClasses: [Capped]
        var classesShortOfTest: [String]
        var classesShortOfValidation: [ShortOfValidation]
        var shotsWithoutValidation: [Int]
        var unreadable: [Skipped]
        var reusedRuns: Int
        var seconds: Double
        var openblasCore: String

        init(_ comparison: Comparison) {
            let (description, grid) = (comparison.description, comparison.grid)
            model = description.modelPath
            modelName = description.model
            data = description.dataPath
            dataset = description.dataset
            classes = description.classNames.count
            methods = grid.methods.map(\.rawValue)
            shots = grid.shots
            seeds = grid.seeds
            isComplete = comparison.isComplete
            zeroShot = Figure(comparison.zeroShotTop1)
            zeroShotSeeds = grid.seeds.compactMap { seed in
                description.zeroShot[seed].map {
                    SeedBaseline(
                        seed: seed, top1: $0.top1, top5: $0.top5, testImages: $0.count,
                        testChecksum: description.testChecksums[seed])
                }
            }
            summary = grid.methods.enumerated().flatMap { method, name in
                grid.shots.map { shots in
                    let cell = comparison.summary(method: method, shots: shots)
                    return Summary(
                        method: name.rawValue, shots: shots, top1: Figure(cell.top1), failed: cell.failed)
                }
            }
            runs = comparison.ordered
            cappedClasses = grid.shots.compactMap { shots in
                description.cappedClasses[shots].map { labels in
                    Capped(shots: shots, classes: labels.map { description.classNames[$0] })
                }
            }
            classesShortOfTest = description.classesShortOfTest.map { description.classNames[$0] }
            classesShortOfValidation = description.classesShortOfValidation.sorted { $0.key < $1.key }.map {
                ShortOfValidation(name: description.classNames[$0.key], validationImages: $0.value)
            }
            shotsWithoutValidation = description.shotsWithoutValidation
            unreadable = description.unreadable.map { Skipped(path: $0.path, reason: $0.reason) }
            reusedRuns = comparison.reused
            seconds = comparison.seconds
            openblasCore = description.openblasCore
        }
    }
}
