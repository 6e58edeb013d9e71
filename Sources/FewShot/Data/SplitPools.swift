/// What a split is drawn from: the labelled pictures of a data set, part by part.
public struct SplitPools: Sendable {
    /// A picture that may be drawn.
    public struct Entry: Sendable, Equatable {
        /// Its index in the data set.
        public var index: Int
        /// Its class.
        public var label: Int

        /// A picture of a class.
        public init(index: Int, label: Int) {
            self.index = index
            self.label = label
        }
    }

    /// What training pictures are drawn from, in file order.
    public var train: [Entry]
    /// The data set's own validation part, if it has one.
    public var validation: [Entry]?
    /// The data set's own test part, if it has one with labels.
    public var test: [Entry]?
    /// Whether classes are drawn from in the order they first appear in, as CoOp does, or in label order.
    public var isInFileOrder: Bool

    /// Pools made by hand; without parts of its own a set is drawn from in label order
    /// (docs/methods.md#few-shot-protocol).
    public init(train: [Entry], validation: [Entry]? = nil, test: [Entry]? = nil, isInFileOrder: Bool) {
        self.train = train
        self.validation = validation
        self.test = test
        self.isInFileOrder = isInFileOrder
    }

    /// The pictures of `dataset` that have a label, without those at the indices `excluded`.
    public init(_ dataset: Dataset, excluding excluded: Set<Int> = []) {
        var parts: [SourceSplit?: [Entry]] = [:]
        for (index, item) in dataset.items.enumerated() where !excluded.contains(index) {
            if let label = item.label { parts[item.split, default: []].append(Entry(index: index, label: label)) }
        }
        isInFileOrder = dataset.hasSplits
        train = (isInFileOrder ? parts[.train] : parts[nil]) ?? []
        validation = parts[.validation]
        test = parts[.test]
    }

    /// A class and its pictures in file order.
    struct Group {
        var label: Int
        var indices: [Int]
    }

    /// `entries` class by class.
    func groups(_ entries: [Entry]) -> [Group] {
        var groups: [Group] = []
        var places: [Int: Int] = [:]
        for entry in entries {
            if let place = places[entry.label] {
                groups[place].indices.append(entry.index)
            } else {
                places[entry.label] = groups.count
                groups.append(Group(label: entry.label, indices: [entry.index]))
            }
        }
        if !isInFileOrder { groups.sort { $0.label < $1.label } }
        return groups
    }
}
