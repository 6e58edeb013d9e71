import Tensors

/// How training pictures are picked from a class.
public enum Pick: String, Sendable, CaseIterable {
    /// Drawn with the run's seed.
    case random
    /// The first ones in file order, as the competition's baseline does.
    case first
}

/// How many pictures validate.
public enum ValidationRule: Sendable, Equatable {
    /// Up to this many of each class, from what the training pictures left over.
    case perClass(Int)
    /// A fifth of the training pictures, drawn over all classes (spec, few-shot 4.2).
    case fifthOfTraining
}

/// Which pictures train, validate and test. Every readable picture is in exactly one of them.
public struct FewShotSplit: Sendable, Equatable {
    /// Indices of the training pictures, class by class in drawing order.
    public var train: [Int] = []
    /// Indices of the validation pictures.
    public var validation: [Int] = []
    /// Indices of all others, in file order.
    public var test: [Int] = []
    /// Classes that have fewer pictures than asked for, with how many train.
    public var shortClasses: [(label: Int, shots: Int)] = []

    /// Equal if the pictures are.
    public static func == (a: FewShotSplit, b: FewShotSplit) -> Bool {
        a.train == b.train && a.validation == b.validation && a.test == b.test
    }

    /// Draws a split: `shots` training pictures per class, in class order, then the validation pictures, class by class,
    /// from what remains. One Python-compatible generator goes through all training classes first and through the
    /// validation classes afterwards, as CoOp's does (design, Splits; spec, few-shot 4.3).
    ///
    /// - Parameters:
    ///   - items: index and label of every usable picture, in file order.
    ///   - classes: number of classes.
    ///   - shots: training pictures a class, at least 1; a class that has fewer gives all it has.
    public init(
        items: [(index: Int, label: Int)], classes: Int, shots: Int, validation rule: ValidationRule, pick: Pick,
        seed: UInt32
    ) {
        var random = PythonRandom(seed: seed)
        var groups = [[Int]](repeating: [], count: classes)
        for item in items { groups[item.label].append(item.index) }

        for (label, group) in groups.enumerated() {
            let drawn = pick == .first ? Array(group.prefix(shots)) : Self.draw(shots, of: group, using: &random)
            train += drawn
            if drawn.count < shots { shortClasses.append((label, drawn.count)) }
        }
        if case .perClass(let count) = rule, count > 0 {
            let chosen = Set(train)
            for group in groups {
                validation += Self.draw(count, of: group.filter { !chosen.contains($0) }, using: &random)
            }
        }
        if rule == .fifthOfTraining {
            var shuffler = PythonRandom(seed: seed)
            var order = train
            shuffler.shuffle(&order)
            let count = Int((Double(order.count) / 5).rounded(.toNearestOrEven))
            train = Array(order.dropLast(count))
            validation = Array(order.suffix(count))
        }
        let taken = Set(train).union(validation)
        test = items.map(\.index).filter { !taken.contains($0) }
    }

    /// As CoOp draws: a group that has no more than is wanted is taken whole, in order, without using the generator.
    private static func draw(_ count: Int, of group: [Int], using random: inout PythonRandom) -> [Int] {
        group.count < count ? group : random.sample(group, count)
    }
}
