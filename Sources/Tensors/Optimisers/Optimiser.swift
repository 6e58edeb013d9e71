/// One optimiser for all parameters of a model, in groups as PyTorch's: each group has its own learning rate, weight
/// decay and schedule, and may be frozen and thawed between two steps.
public final class Optimiser<Scalar: TensorScalar> {
    /// Parameters that are stepped alike.
    public struct Group {
        /// Whether the parameter of this name belongs to it, unless an earlier group has it.
        let contains: (_ name: String) -> Bool
        /// Its learning rate as a multiple of the optimiser's.
        public var rateFactor = 1.0
        /// Its own weight decay; nil for the optimiser's.
        public var weightDecay: Double?
        /// A further factor on its learning rate, by the number of the step, from 1.
        public var schedule: ((_ step: Int) -> Double)?
        /// Whether its parameters, and the state that belongs to them, stay as they are.
        public var isFrozen = false

        /// A group of the parameters whose names satisfy `contains`; of all by default.
        public init(
            rateFactor: Double = 1, weightDecay: Double? = nil, schedule: ((_ step: Int) -> Double)? = nil,
            isFrozen: Bool = false, contains: @escaping (_ name: String) -> Bool = { _ in true }
        ) {
            self.contains = contains
            self.rateFactor = rateFactor
            self.weightDecay = weightDecay
            self.schedule = schedule
            self.isFrozen = isFrozen
        }
    }

    private struct Member {
        let parameter: Parameter<Scalar>
        let moments: MatrixOptimiser<Scalar>
        let group: Int
        let stateName: String
    }

    /// The groups; what is changed here holds from the next step on.
    public var groups: [Group]
    /// The weight decay of all groups that have none of their own; it holds from the next step on.
    public var weightDecay: Double
    private let rule: OptimiserRule
    private let members: [Member]
    private var steps = 0

    /// An optimiser at its start.
    /// - Parameters:
    ///   - rule: the update rule of all groups.
    ///   - parameters: what it moves.
    ///   - groups: a parameter belongs to the first group that contains it.
    ///   - stateNames: under which names the state of parameters is kept, where it is not the parameter's own.
    /// - Precondition: every parameter belongs to a group.
    public init(
        _ rule: OptimiserRule, _ parameters: [Parameter<Scalar>], groups: [Group] = [Group()],
        stateNames: [String: String] = [:]
    ) {
        self.rule = rule
        self.groups = groups
        weightDecay = rule.weightDecay
        members = parameters.map { parameter in
            guard let group = groups.firstIndex(where: { $0.contains(parameter.name) }) else {
                preconditionFailure("\(parameter.name) belongs to no group")
            }
            return Member(
                parameter: parameter,
                moments: MatrixOptimiser(rule, rows: parameter.value.rows, columns: parameter.value.columns),
                group: group, stateName: stateNames[parameter.name] ?? parameter.name)
        }
    }

    /// Moves all parameters one step against their gradients.
    public func step(learningRate: Double) {
        beginStep()
        for (index, member) in members.enumerated() {
            let parameter = member.parameter
            update(
                index, rows: 0..<parameter.value.rows, gradient: parameter.gradient, learningRate: learningRate)
        }
    }

    /// Begins a step that is taken in parts; ``update(_:rows:gradient:learningRate:)`` follows, once for all rows of every
    /// parameter, in any order and from any thread.
    public func beginStep() {
        steps += 1
        for member in members where !groups[member.group].isFrozen {
            member.moments.rule = rule.with(weightDecay: groups[member.group].weightDecay ?? weightDecay)
            member.moments.beginStep()
        }
    }

    /// Moves some rows of the parameter at `index` against their `gradient` `[rows.count, columns]`.
    public func update(_ index: Int, rows: Range<Int>, gradient: Matrix<Scalar>, learningRate: Double) {
        let member = members[index]
        let group = groups[member.group]
        guard !group.isFrozen else { return }
        let factor = group.rateFactor * (group.schedule?(steps) ?? 1)
        member.moments.update(
            member.parameter.value, rows: rows, gradient: gradient, learningRate: learningRate * factor)
    }
}

extension Optimiser where Scalar == Float {
    /// What ``MatrixOptimiser`` remembers of each parameter, under the parameter's name.
    public var state: TrainingState {
        members.reduce(into: TrainingState()) { $0.add($1.moments.state, under: $1.stateName + "/") }
    }

    /// Goes on where ``state`` was taken.
    /// - Throws: ``TrainingStateError`` if it is the state of another rule or of other parameters.
    public func restore(_ state: TrainingState) throws(TrainingStateError) {
        for member in members { try member.moments.restore(state.part(member.stateName + "/")) }
        steps = members.map(\.moments.steps).max() ?? 0
    }
}
