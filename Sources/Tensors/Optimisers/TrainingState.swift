/// What going on takes besides the parameters, by name: an optimiser's moments and counters, a solver's history, what was
/// chosen so far. Restored together with the parameters, training goes on bit by bit as if it had never stopped.
public struct TrainingState: Sendable, Equatable {
    /// What is computed in single precision.
    public var floats: [String: Tensor<Float>] = [:]
    /// What is computed in double precision.
    public var doubles: [String: Tensor<Double>] = [:]
    /// Counters and choices.
    public var integers: [String: [Int64]] = [:]

    /// An empty state.
    public init() {}

    /// Whether the state is empty.
    public var isEmpty: Bool { floats.isEmpty && doubles.isEmpty && integers.isEmpty }

    /// Adds a part, with `prefix` before each of its names.
    public mutating func add(_ part: TrainingState, under prefix: String) {
        for (name, tensor) in part.floats { floats[prefix + name] = tensor }
        for (name, tensor) in part.doubles { doubles[prefix + name] = tensor }
        for (name, values) in part.integers { integers[prefix + name] = values }
    }

    /// What was added under `prefix`.
    public func part(_ prefix: String) -> TrainingState {
        func own<Value>(_ all: [String: Value]) -> [String: Value] {
            all.reduce(into: [:]) { own, entry in
                if entry.key.hasPrefix(prefix) { own[String(entry.key.dropFirst(prefix.count))] = entry.value }
            }
        }
        var part = TrainingState()
        (part.floats, part.doubles, part.integers) = (own(floats), own(doubles), own(integers))
        return part
    }

    /// The single-precision tensor of this name, if it has this shape.
    public func float(_ name: String, shape: [Int]) throws(TrainingStateError) -> Tensor<Float> {
        guard let tensor = floats[name] else { throw .missing(name) }
        guard tensor.shape == shape else { throw .otherShape(name, found: tensor.shape, wants: shape) }
        return tensor
    }

    /// The double-precision tensor of this name, if it has this shape.
    public func double(_ name: String, shape: [Int]) throws(TrainingStateError) -> Tensor<Double> {
        guard let tensor = doubles[name] else { throw .missing(name) }
        guard tensor.shape == shape else { throw .otherShape(name, found: tensor.shape, wants: shape) }
        return tensor
    }

    /// A double-precision number.
    public func number(_ name: String) throws(TrainingStateError) -> Double { try double(name, shape: [1]).values[0] }

    /// Keeps a double-precision number.
    public mutating func set(_ name: String, _ number: Double) { doubles[name] = Tensor([number], shape: [1]) }

    /// A whole number within a range.
    public func integer(_ name: String, in range: ClosedRange<Int>) throws(TrainingStateError) -> Int {
        guard let values = integers[name] else { throw .missing(name) }
        guard values.count == 1, range.contains(Int(values[0])) else {
            throw .outside(name, found: values.first.map(Int.init) ?? 0, wants: range)
        }
        return Int(values[0])
    }

    /// Keeps a whole number.
    public mutating func set(_ name: String, _ integer: Int) { integers[name] = [Int64(integer)] }
}

/// Why a state does not fit what it is to be restored to.
public enum TrainingStateError: Error, Equatable, CustomStringConvertible {
    /// An entry is missing.
    case missing(String)
    /// A tensor has another shape.
    case otherShape(String, found: [Int], wants: [Int])
    /// A whole number is out of its range.
    case outside(String, found: Int, wants: ClosedRange<Int>)

    /// One line.
    public var description: String {
        switch self {
        case .missing(let name): "'\(name)' is missing"
        case .otherShape(let name, let found, let wants): "'\(name)' has the shape \(found) instead of \(wants)"
        case .outside(let name, let found, let wants): "'\(name)' is \(found), outside of \(wants)"
        }
    }
}
