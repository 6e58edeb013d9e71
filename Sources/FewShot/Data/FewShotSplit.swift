import Tensors

/// How training pictures are picked from a class.
public enum Pick: String, Sendable, CaseIterable, Codable {
    /// Drawn with the run's seed.
    case random
    /// The first ones in file order, as the competition's baseline does.
    case first
}

/// How many pictures validate.
public enum ValidationRule: Sendable, Hashable, Codable {
    /// Up to four of each class; from a validation part of the data set's own not more than there are shots.
    case standard
    /// Up to this many of each class.
    case perClass(Int)
    /// A fifth of the training pictures, drawn over all classes (docs/methods.md#a-fifth-validates).
    case fifthOfTraining
}

extension ValidationRule: LosslessStringConvertible {
    /// A number of pictures per class, `all`, `4:1`, or `standard`.
    public init?(_ text: String) {
        switch text {
        case "standard": self = .standard
        case "4:1": self = .fifthOfTraining
        case "all": self = .perClass(.max)
        default:
            guard let count = Int(text) else { return nil }
            self = .perClass(count)
        }
    }

    /// What ``init(_:)`` reads.
    public var description: String {
        switch self {
        case .standard: "standard"
        case .fifthOfTraining: "4:1"
        case .perClass(.max): "all"
        case .perClass(let count): "\(count)"
        }
    }
}

/// How a split is drawn.
public struct FewShotRules: Sendable, Hashable {
    /// Training pictures a class, at least 1.
    public var shots = 4
    /// How validation pictures are chosen.
    public var validation = ValidationRule.standard
    /// How training pictures are chosen.
    public var pick = Pick.random
    /// The seed of the Python-compatible generator.
    public var seed: UInt32 = 1
    /// Whether ``ValidationRule/fifthOfTraining`` takes its fifth from each class instead of from all together.
    public var stratified = false
    /// Whether a class with too few pictures is drawn from with replacement, as Tip-Adapter does, instead of being
    /// taken as it is.
    public var repeats = false
    /// The largest of several numbers of shots whose draws are nested (``NestedSplits``): they share their validation and
    /// test pictures. Nil for a draw by itself.
    public var nestedIn: Int?

    /// The default rules.
    public init() {}
}

/// Which pictures train, validate and test. Every readable picture is in at most one of them.
public struct FewShotSplit: Sendable, Equatable {
    /// A class that has fewer training pictures than asked for.
    public struct ShortClass: Sendable, Equatable {
        /// Index of the class.
        public var label: Int
        /// How many different pictures it has.
        public var shots: Int
    }

    /// Indices of the training pictures, class by class in drawing order; with ``FewShotRules/repeats`` some occur twice.
    public var train: [Int] = []
    /// Indices of the validation pictures.
    public var validation: [Int] = []
    /// Indices of the test pictures, in file order.
    public var test: [Int] = []
    /// Classes that have fewer training pictures than asked for.
    public var shortClasses: [ShortClass] = []
    /// Of a nested draw: classes with fewer test pictures than ``NestedSplits/leastTestPictures``.
    public var classesShortOfTest: [Int] = []
    /// Of a nested draw: classes with fewer validation pictures than the rule asks for, and how many they have.
    public var classesShortOfValidation: [Int: Int] = [:]

    /// A split without pictures.
    public init() {}

    /// Draws a split (CoOp, arXiv 2109.01134; docs/methods.md#few-shot-protocol).
    ///
    /// One Python-compatible generator goes through all training classes first and through the validation classes
    /// afterwards, as CoOp's does. Validation pictures come from the validation part, without one from what the training
    /// draw left over. The test pictures are the whole test part; without one what was left over of the validation part;
    /// without that, too, what was left over of everything.
    public init(_ pools: SplitPools, rules: FewShotRules) {
        var random = PythonRandom(seed: rules.seed)
        for group in pools.groups(pools.train) {
            let drawn: [Int]
            if rules.repeats, group.indices.count < rules.shots {
                drawn = random.choices(group.indices, rules.shots)
            } else if rules.pick == .first {
                drawn = Array(group.indices.prefix(rules.shots))
            } else {
                drawn = Self.draw(rules.shots, of: group.indices, using: &random)
            }
            train += drawn
            if group.indices.count < rules.shots {
                shortClasses.append(ShortClass(label: group.label, shots: group.indices.count))
            }
        }
        let chosen = Set(train)
        if let count = Self.validationCount(rules, hasOwnPart: pools.validation != nil), count > 0 {
            for group in pools.groups(pools.validation ?? pools.train.filter { !chosen.contains($0.index) }) {
                validation += Self.draw(count, of: group.indices, using: &random)
            }
        }
        if rules.validation == .fifthOfTraining {
            let labels = Dictionary(pools.train.map { ($0.index, $0.label) }) { first, _ in first }
            let parts = Self.fourToOne(train, seed: rules.seed, stratifiedBy: rules.stratified ? labels : nil)
            (train, validation) = (parts.train, parts.validation)
        }
        test = Self.test(pools, without: Set(train).union(validation))
    }

    /// A split whose training and validation pictures are known already.
    /// - Parameter test: the test pictures; nil for those of every draw by itself.
    init(train: [Int], validation: [Int], test: [Int]?, pools: SplitPools) {
        self.train = train
        self.validation = validation
        self.test = test ?? Self.test(pools, without: Set(train).union(validation))
    }

    /// The same split of pictures that have been numbered anew; pictures without a new number are left out.
    public func renumbered(_ number: [Int: Int]) -> FewShotSplit {
        var split = self
        split.train = train.compactMap { number[$0] }
        split.validation = validation.compactMap { number[$0] }
        split.test = test.compactMap { number[$0] }
        return split
    }

    /// The same split without some pictures, which turned out to be unreadable.
    public func without(_ excluded: Set<Int>) -> FewShotSplit {
        var split = self
        split.train.removeAll(where: excluded.contains)
        split.validation.removeAll(where: excluded.contains)
        split.test.removeAll(where: excluded.contains)
        return split
    }

    private static func test(_ pools: SplitPools, without taken: Set<Int>) -> [Int] {
        (pools.test ?? (pools.validation ?? pools.train).filter { !taken.contains($0.index) }).map(\.index)
    }

    private static func validationCount(_ rules: FewShotRules, hasOwnPart: Bool) -> Int? {
        switch rules.validation {
        case .standard: hasOwnPart ? min(rules.shots, 4) : 4
        case .perClass(let count): count
        case .fifthOfTraining: nil
        }
    }

    /// The 4:1 split of docs/methods.md#a-fifth-validates: one list, shuffled by a fresh generator; its last fifth
    /// validates. With labels, of each class of S pictures the last max(1, round(S / 5)) in shuffled order, none of
    /// one.
    static func fourToOne(_ all: [Int], seed: UInt32, stratifiedBy labels: [Int: Int]?) -> (
        train: [Int], validation: [Int]
    ) {
        var random = PythonRandom(seed: seed)
        var order = all
        random.shuffle(&order)
        func fifth(_ count: Int) -> Int { Int((Double(count) / 5).rounded(.toNearestOrEven)) }
        guard let labels else {
            let count = fifth(order.count)
            return (Array(order.dropLast(count)), Array(order.suffix(count)))
        }
        var sizes: [Int: Int] = [:]
        for index in order { sizes[labels[index] ?? 0, default: 0] += 1 }
        var due = sizes.mapValues { $0 == 1 ? 0 : max(1, fifth($0)) }
        var isValidation = [Bool](repeating: false, count: order.count)
        for (position, index) in order.enumerated().reversed() where due[labels[index] ?? 0, default: 0] > 0 {
            due[labels[index] ?? 0, default: 0] -= 1
            isValidation[position] = true
        }
        return (
            order.indices.filter { !isValidation[$0] }.map { order[$0] },
            order.indices.filter { isValidation[$0] }.map { order[$0] }
        )
    }

    /// As CoOp draws: a group that has fewer than is wanted is taken whole, in order, without using the generator.
    private static func draw(_ count: Int, of group: [Int], using random: inout PythonRandom) -> [Int] {
        group.count < count ? group : random.sample(group, count)
    }
}
