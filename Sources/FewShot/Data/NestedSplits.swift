import Tensors

/// The splits of one seed for several numbers of shots: all with the same test pictures, and fewer shots nested in more,
/// so that the points of a curve over the shots are comparable.
///
/// Of a set without parts of its own five test pictures of a class are set apart first, then its validation pictures, as
/// many as the rule asks for; what is left is a queue in drawn order from whose front the training pictures are taken,
/// and what the largest number of shots does not need is tested on, too. So test and validation are the same for all
/// numbers of shots, and a method that chooses on validation can do so for the largest as well as for the smallest: a
/// class that is too small for everything gives fewer shots.
public struct NestedSplits: Sendable, Equatable {
    /// The fewest test pictures a class should have.
    public static let leastTestPictures = 5

    /// A class and its pictures in drawn order.
    private struct Queue: Equatable {
        var label: Int
        var indices: [Int]
    }

    /// Indices of the test pictures, in file order.
    public let test: [Int]
    /// Classes with fewer test pictures than ``leastTestPictures``, where the split is drawn and not the data set's own.
    public let classesShortOfTest: [Int]
    /// Classes with fewer validation pictures than the rule asks for, and how many they have, where the split is drawn
    /// and not the data set's own.
    public let classesShortOfValidation: [Int: Int]

    private let rules: FewShotRules
    /// The training pictures.
    private let queues: [Queue]
    /// The validation pictures: those set apart, or the data set's own part.
    private let validation: [Queue]
    /// Whether the data set has a validation part.
    private let hasOwnValidation: Bool
    /// The class of each picture, for the 4:1 split.
    private let labels: [Int: Int]

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
        let train = drawn(pools.train)
        hasOwnValidation = pools.validation != nil
        let wanted = Self.validationCount(rules, shots: rules.shots, hasOwnPart: hasOwnValidation)
        if let own = pools.validation {
            let parts = drawn(own)
            validation = parts.map { Queue(label: $0.label, indices: Array($0.indices.prefix(wanted))) }
            // A validation part and no test part: what does not validate is tested on.
            test = pools.test?.map(\.index) ?? parts.flatMap { $0.indices.dropFirst(wanted) }.sorted()
            (queues, classesShortOfTest, classesShortOfValidation) = (train, [], [:])
            return
        }
        let counts = train.map { queue in
            Counts(
                of: queue.indices.count, rules: rules, validation: wanted, setsTestApart: pools.test == nil)
        }
        // From the back of the queue: with `--pick first` the first in file order train.
        let shared = zip(train, counts)
        test = pools.test?.map(\.index) ?? shared.flatMap { $0.indices.suffix($1.test) }.sorted()
        validation = shared.map {
            Queue(label: $0.label, indices: $0.indices.dropLast($1.test).suffix($1.validation))
        }
        classesShortOfTest =
            pools.test == nil ? shared.filter { $1.test < Self.leastTestPictures }.map(\.0.label) : []
        classesShortOfValidation = Dictionary(
            shared.filter { $1.validation < Self.namedCount(rules, wanted) }.map { ($0.label, $1.validation) },
            uniquingKeysWith: { first, _ in first })
        queues = shared.map { Queue(label: $0.label, indices: $0.indices.dropLast($1.test + $1.validation)) }
    }

    /// How the pictures of one class are divided.
    struct Counts: Equatable {
        var test, validation: Int

        /// Five to test and the validation pictures are set apart before the shots, but never a class's last picture: a
        /// class without any to train on would be lost. What the shots leave goes to the test, or where the rule wants
        /// all it can get, to validation.
        init(of pictures: Int, rules: FewShotRules, validation wanted: Int, setsTestApart: Bool) {
            let least = setsTestApart ? min(leastTestPictures, max(pictures - 1, 0)) : 0
            let takesRest = wanted == .max
            validation = min(takesRest ? usualValidationPictures : wanted, max(pictures - least - 1, 0))
            let rest = max(pictures - least - validation - rules.shots, 0)
            if takesRest { validation += rest }
            test = setsTestApart ? least + (takesRest ? 0 : rest) : 0
        }
    }

    /// The fewest validation pictures of a class that is not reported as short.
    private static func namedCount(_ rules: FewShotRules, _ wanted: Int) -> Int {
        wanted == .max ? usualValidationPictures : wanted
    }

    /// Validation pictures of a class by default.
    private static let usualValidationPictures = 4

    private static func validationCount(_ rules: FewShotRules, shots: Int, hasOwnPart: Bool) -> Int {
        switch rules.validation {
        case .standard: hasOwnPart ? min(shots, usualValidationPictures) : usualValidationPictures
        case .perClass(let count): count
        case .fifthOfTraining: 0
        }
    }

    /// The split for a number of shots; for more than were drawn for, that of the largest.
    public func split(shots: Int) -> FewShotSplit {
        let shots = min(shots, rules.shots)
        var split = FewShotSplit()
        split.test = test
        split.classesShortOfTest = classesShortOfTest
        split.classesShortOfValidation = classesShortOfValidation
        split.train = queues.flatMap { $0.indices.prefix(shots) }
        split.shortClasses = queues.filter { $0.indices.count < shots }.map {
            FewShotSplit.ShortClass(label: $0.label, shots: $0.indices.count)
        }
        // Of the data set's own part, CoOp's rule: not more than there are shots.
        let count = Self.validationCount(rules, shots: shots, hasOwnPart: hasOwnValidation)
        split.validation = validation.flatMap { $0.indices.prefix(count) }
        if rules.validation == .fifthOfTraining {
            let parts = FewShotSplit.fourToOne(
                split.train, seed: rules.seed, stratifiedBy: rules.stratified ? labels : nil)
            (split.train, split.validation) = (parts.train, parts.validation)
        }
        return split
    }
}
