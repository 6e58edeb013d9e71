import Foundation
import Pictures
import Tensors

/// Makes parts for data sets that have none (docs/data.md#dividing-a-set), as CoOp made those it published.
public enum SplitConstruction {
    /// A class that is too small for a rule.
    public struct TooFew: Error, Equatable {
        /// The class.
        public var className: String
        /// How many pictures it has.
        public var count: Int
        /// What they cannot be divided into.
        public var parts: String
    }

    /// Half of each class trains, a fifth validates, the rest is for testing: class by class in label order, shuffled by
    /// one generator.
    ///
    /// - Parameter allowsSmallClasses: gives the parts of a class that is too small one picture each as far as they go,
    ///   training first, instead of refusing it.
    /// - Throws: ``TooFew``.
    public static func halves(_ dataset: Dataset, seed: UInt32 = 1, allowsSmallClasses: Bool = false) throws -> Dataset
    {
        var random = PythonRandom(seed: seed)
        var groups = [[Int]](repeating: [], count: dataset.classes.count)
        for (index, item) in dataset.items.enumerated() {
            if let label = item.label { groups[label].append(index) }
        }
        var parts: [SourceSplit: [Int]] = [:]
        for (label, group) in groups.enumerated() where !group.isEmpty {
            var order = group
            random.shuffle(&order)
            var train = rounded(order.count, 0.5)
            var validation = rounded(order.count, 0.2)
            if train == 0 || validation == 0 || train + validation >= order.count {
                guard allowsSmallClasses else {
                    throw TooFew(
                        className: dataset.classNames[label], count: order.count, parts: "train, val and test")
                }
                validation = order.count >= 2 ? max(validation, 1) : 0
                train = max(1, min(train, order.count - validation - (order.count >= 3 ? 1 : 0)))
            }
            parts[.train, default: []] += order[..<train]
            parts[.validation, default: []] += order[train..<train + validation]
            parts[.test, default: []] += order[(train + validation)...]
        }
        return assembled(dataset, parts)
    }

    /// A fifth of the training part of each class, in first-appearance order, becomes the validation part.
    /// - Throws: ``TooFew`` for a class whose fifth rounds to nothing, unless small classes are allowed.
    public static func validationFromTraining(
        _ dataset: Dataset, seed: UInt32 = 1, allowsSmallClasses: Bool = false
    ) throws -> Dataset {
        var random = PythonRandom(seed: seed)
        let pools = SplitPools(dataset)
        var parts: [SourceSplit: [Int]] = [.test: dataset.items.indices.filter { dataset.items[$0].split == .test }]
        for group in pools.groups(pools.train) {
            var order = group.indices
            random.shuffle(&order)
            var count = rounded(order.count, 0.2)
            if count == 0 {
                guard allowsSmallClasses else {
                    throw TooFew(
                        className: dataset.classNames[group.label], count: order.count, parts: "train and val")
                }
                count = order.count >= 2 ? 1 : 0
            }
            parts[.validation, default: []] += order[..<count]
            parts[.train, default: []] += order[count...]
        }
        return assembled(dataset, parts)
    }

    /// Python's `round(n * share)`: the product is rounded to a double first, halves go to the even number.
    static func rounded(_ count: Int, _ share: Double) -> Int { Int((Double(count) * share).rounded(.toNearestOrEven)) }

    private static func assembled(_ dataset: Dataset, _ parts: [SourceSplit: [Int]]) -> Dataset {
        var result = dataset
        result.items = SourceSplit.allCases.flatMap { split in
            (parts[split] ?? []).map { index in
                var item = dataset.items[index]
                item.split = split
                return item
            }
        }
        return result
    }
}

extension SplitConstruction.TooFew: LocalizedError {
    /// One readable line.
    public var errorDescription: String? {
        "class '\(printable(className))' has too few pictures, \(count), to be divided into \(parts)"
    }
}
