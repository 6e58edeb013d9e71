import Tensors

/// The most probable classes of one picture.
public struct Prediction: Sendable, Equatable {
    /// One of the most probable classes.
    public struct Candidate: Sendable, Equatable {
        /// Index of the class.
        public var label: Int
        /// Its probability among all classes.
        public var probability: Float
    }

    /// The path as the data set writes it.
    public var path: String
    /// The index of the true class, where it is known.
    public var label: Int?
    /// The most probable classes, the first one first; empty if the picture could not be read.
    public var candidates: [Candidate]
    /// Why the picture could not be read; nil if it could.
    public var problem: String?

    /// How many candidates are written to files.
    public static let depth = 5

    /// A prediction from the class logits of a picture.
    /// - Parameter logits: one per class.
    public init(path: String, label: Int?, logits: ArraySlice<Float>, depth: Int = Self.depth) {
        self.path = path
        self.label = label
        let probabilities = Tensor(Array(logits), shape: [1, logits.count]).softmaxRows().values
        candidates = probabilities.largest(depth).map { Candidate(label: $0, probability: probabilities[$0]) }
    }

    /// A picture that could not be read.
    public init(path: String, label: Int?, problem: String) {
        self.path = path
        self.label = label
        self.problem = problem
        candidates = []
    }

    /// The last component of the path.
    public var baseName: String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension Collection where Element == Float, Index == Int {
    /// The indices of the largest elements, largest first; of equal ones the lower index first. NaN is smaller than
    /// anything.
    public func largest(_ count: Int) -> [Int] {
        var best: [Int] = []
        for index in indices {
            let value = self[index]
            // From the end: most elements fail against the last one.
            var place = best.count
            while place > 0, value > self[best[place - 1]] || (self[best[place - 1]].isNaN && !value.isNaN) {
                place -= 1
            }
            guard place < count else { continue }
            best.insert(index, at: place)
            if best.count > count { best.removeLast() }
        }
        return best
    }
}
