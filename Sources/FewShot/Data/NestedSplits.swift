import Tensors

/// The splits of one seed for several numbers of shots: all with the same test pictures, and fewer shots nested in more,
/// so that a curve over the shots compares like with like.
///
/// Of a set without parts of its own the test pictures are drawn first: at least five a class, and all that the largest
/// number of shots and the validation pictures leave. What remains of a class is a queue in drawn order: training
/// pictures are taken from its front, validation pictures from its back, and where the two meet training has
/// precedence. So validation is the same for all numbers of shots too, unless a class is too small for both.
public struct NestedSplits: Sendable, Equatable {
    /// The fewest test pictures a class should have.
    public static let leastTestPictures = 5

    /// A class and its pictures in drawn order.
    private struct Queue: Equatable {
        var label: Int
        var indices: [Int]
    }

    /// Indices of the test pictures, in file order.
    public private(set) var test: [Int]
    /// Classes with fewer test pictures than ``leastTestPictures``, where the split is drawn and not the data set's own.
    public let classesShortOfTest: [Int]

    private let rules: FewShotRules
    /// What trains, and behind it what may validate.
    private var queues: [Queue]
    /// What validates, of a set that has a part for it.
    private var ownValidation: [Queue]?
    /// The class of each picture, for the 4:1 split.
    private var labels: [Int: Int]

    /// Draws for all numbers of shots up to that of `rules`.
    public init(_ pools: SplitPools, rules: FewShotRules) {
        self.rules = rules
        labels = Dictionary(pools.train.map { ($0.index, $0.label) }) { first, _ in first }
        var random = PythonRandom(seed: rules.seed)
        func drawn(_ entries: [SplitPools.Entry]) -> [Queue] {
            pools.groups(entries).map { group in
                let order = rules.pick == .first ? group.indices : random.sample(group.indices, group.indices.count)
                return Queue(label: group.label, indices: order)
            }
        }
        queues = drawn(pools.train)
        ownValidation = pools.validation.map(drawn)
        let wanted = Self.validationCount(rules, shots: rules.shots, hasOwnPart: ownValidation != nil)

        if let own = pools.test {
            test = own.map(\.index)
            classesShortOfTest = []
        } else if let own = ownValidation {
            // A validation part and no test part: what does not validate is tested on.
            test = own.flatMap { $0.indices.dropFirst(wanted) }.sorted()
            classesShortOfTest = []
            ownValidation = own.map { Queue(label: $0.label, indices: Array($0.indices.prefix(wanted))) }
        } else {
            let counts = queues.map { Self.testCount(of: $0.indices.count, shots: rules.shots, validation: wanted) }
            // From the back of the queue: with `--pick first` the first in file order train.
            test = zip(queues, counts).flatMap { $0.indices.suffix($1) }.sorted()
            classesShortOfTest = zip(queues, counts).filter { $1 < Self.leastTestPictures }.map(\.0.label)
            queues = zip(queues, counts).map { Queue(label: $0.label, indices: $0.indices.dropLast($1)) }
        }
    }

    /// At least five and all that is not needed elsewhere, but never a class's last picture: a class without any to
    /// train on would be lost.
    static func testCount(of pictures: Int, shots: Int, validation: Int) -> Int {
        let spare = pictures - min(shots, pictures) - min(validation, pictures)
        return max(min(max(leastTestPictures, spare), pictures - 1), 0)
    }

    private static func validationCount(_ rules: FewShotRules, shots: Int, hasOwnPart: Bool) -> Int {
        switch rules.validation {
        case .standard: hasOwnPart ? min(shots, 4) : 4
        case .perClass(let count): count
        case .fifthOfTraining: 0
        }
    }

    /// The split for a number of shots; for more than were drawn for, that of the largest.
    public func split(shots: Int) -> FewShotSplit {
        let shots = min(shots, rules.shots)
        var split = FewShotSplit()
        split.test = test
        split.train = queues.flatMap { $0.indices.prefix(shots) }
        split.shortClasses = queues.filter { $0.indices.count < shots }.map {
            FewShotSplit.ShortClass(label: $0.label, shots: $0.indices.count)
        }
        let count = Self.validationCount(rules, shots: shots, hasOwnPart: ownValidation != nil)
        if let ownValidation {
            split.validation = ownValidation.flatMap { $0.indices.prefix(count) }
        } else {
            split.validation = queues.flatMap { $0.indices.dropFirst(shots).suffix(count) }
        }
        if rules.validation == .fifthOfTraining {
            let parts = FewShotSplit.fourToOne(
                split.train, seed: rules.seed, stratifiedBy: rules.stratified ? labels : nil)
            (split.train, split.validation) = (parts.train, parts.validation)
        }
        return split
    }

    /// All pictures that are in any part for any number of shots, in file order.
    public var all: [Int] {
        let own = ownValidation?.flatMap(\.indices) ?? []
        // Of a set with parts, only so many of the training part are ever drawn.
        let train = queues.flatMap { ownParts ? Array($0.indices.prefix(rules.shots)) : $0.indices }
        return Set(test).union(train).union(own).sorted()
    }

    private var ownParts: Bool { ownValidation != nil }

    /// The same splits of pictures that have been numbered anew; pictures without a new number are left out.
    public func renumbered(_ number: [Int: Int]) -> NestedSplits {
        func renumber(_ queues: [Queue]) -> [Queue] {
            queues.map { Queue(label: $0.label, indices: $0.indices.compactMap { number[$0] }) }
        }
        var splits = self
        splits.test = test.compactMap { number[$0] }
        splits.queues = renumber(queues)
        splits.ownValidation = ownValidation.map(renumber)
        splits.labels = Dictionary(
            labels.compactMap { index, label in number[index].map { ($0, label) } }, uniquingKeysWith: { $1 })
        return splits
    }
}
