import FewShot

/// The cells of a comparison: methods, shots and seeds, without the settings behind them.
public struct ComparisonGrid: Sendable, Equatable, Codable {
    /// In the order they are shown.
    public var methods: [MethodName]
    /// Training pictures a class, ascending.
    public var shots: [Int]
    /// The seeds.
    public var seeds: [Int]

    /// A grid.
    public init(methods: [MethodName], shots: [Int], seeds: [Int]) {
        self.methods = methods
        self.shots = shots
        self.seeds = seeds
    }

    /// The cells in the order they are trained: seed by seed, so that what an interrupted comparison has is whole, and
    /// the longest of a seed first, so that no core waits for a straggler.
    public var cells: [ComparisonCell] {
        seeds.flatMap { seed in
            shots.reversed().flatMap { shots in
                methods.indices.map { ComparisonCell(method: $0, shots: shots, seed: seed) }
            }
        }
    }

    /// The cells of one part; all for none. Their numbers differ by at most one, and every part meets every method: the
    /// methods of a row begin one further to the left in each following row before the cells are dealt out in turn.
    public func cells(of shard: Shard?) -> [ComparisonCell] {
        guard let shard else { return cells }
        let width = methods.count
        let all = cells
        return shard.indices(of: all.count).map { place in
            let (row, column) = (place / width, place % width)
            return all[row * width + (column + row) % width]
        }
    }

    /// How people call a cell: `clip-adapter, 4 shots, seed 2`.
    public func name(_ cell: ComparisonCell) -> String {
        "\(methods[cell.method].rawValue), \(cell.shots) \(cell.shots == 1 ? "shot" : "shots"), seed \(cell.seed)"
    }
}

/// One run of a comparison.
public struct ComparisonCell: Sendable, Hashable {
    /// Index into the grid's methods.
    public var method: Int
    /// Training pictures a class.
    public var shots: Int
    /// The seed.
    public var seed: Int

    /// A cell.
    public init(method: Int, shots: Int, seed: Int) {
        self.method = method
        self.shots = shots
        self.seed = seed
    }
}
