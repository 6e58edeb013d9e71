import TestSupport
import Testing

@testable import Tensors

@Suite struct ParameterTreeTests {
    private final class Model {
        let weight = Matrix(randomTensor([3, 4], seed: 1) as Tensor<Float>)
        let weightGradient = Matrix(randomTensor([3, 4], seed: 2) as Tensor<Float>)
        let bias = Matrix(randomTensor([1, 3], seed: 3) as Tensor<Float>)
        let biasGradient = Matrix(randomTensor([1, 3], seed: 4) as Tensor<Float>)
        var share = 0.25

        var tree: ParameterTree<Float> {
            ParameterTree(
                [
                    Parameter("linear.weight", weight, gradient: weightGradient),
                    Parameter(vector: "linear.bias", bias, gradient: biasGradient),
                ], buffers: [Buffer(number: "share", get: { self.share }, set: { self.share = $0 })])
        }
    }

    @Test func savesCountsAndMeasures() {
        let model = Model()
        let tensors = model.tree.tensors
        #expect(tensors.mapValues(\.shape) == ["linear.weight": [3, 4], "linear.bias": [3], "share": [1]])
        #expect(model.tree.count == 15)
        func norm(_ matrices: [Matrix<Float>]) -> Double {
            matrices.flatMap(\.tensor.values).reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        }
        #expect(abs(model.tree.norm - norm([model.weight, model.bias])) < 1e-6)
        #expect(abs(model.tree.gradientNorm - norm([model.weightGradient, model.biasGradient])) < 1e-6)
    }

    @Test func restoresAllOrNothing() throws {
        let model = Model()
        let before = model.tree.tensors
        model.weight.elements[5] = 9
        model.share = 0.5
        let moved = model.tree.tensors
        var incomplete = before
        incomplete["linear.bias"] = nil
        #expect(throws: TrainingStateError.missing("linear.bias")) { try model.tree.restore(incomplete) }
        var wrong = before
        wrong["linear.bias"] = Tensor([1, 2], shape: [2])
        #expect(throws: TrainingStateError.otherShape("linear.bias", found: [2], wants: [3])) {
            try model.tree.restore(wrong, strict: false)
        }
        #expect(model.tree.tensors == moved)
        try model.tree.restore(incomplete, strict: false)
        #expect(model.tree.tensors == before && model.share == 0.25)
    }

    @Test func aTreeWithinATreeHasItsPrefix() throws {
        let (one, two) = (Model(), Model())
        var tree = ParameterTree<Float>()
        tree.add(one.tree, under: "1.")
        tree.add(two.tree, under: "2.")
        #expect(Set(tree.tensors.keys).count == 6 && tree.count == 30)
        var tensors = tree.tensors
        tensors["2.linear.bias"] = Tensor([1, 2, 3], shape: [3])
        try tree.restore(tensors)
        #expect(two.bias.tensor.values == [1, 2, 3] && one.bias.tensor.values != [1, 2, 3])
    }
}

/// Groups of parameters against an optimiser of each matrix by itself.
@Suite struct OptimiserGroupTests {
    private func parameter(_ name: String, seed: Int) -> Parameter<Float> {
        Parameter(
            name, Matrix(randomTensor([2, 5], seed: seed) as Tensor<Float>),
            gradient: Matrix(randomTensor([2, 5], seed: seed + 50) as Tensor<Float>))
    }

    private static let rules: [OptimiserRule] = [
        .sgd(momentum: 0.9, weightDecay: 0.1), .adam(weightDecay: 0.1), .adamW(weightDecay: 0.1),
    ]

    @Test(arguments: rules) func everyGroupStepsInItsOwnWay(rule: OptimiserRule) {
        let (a, b, c) = (parameter("a", seed: 1), parameter("b", seed: 2), parameter("c", seed: 3))
        let optimiser = Optimiser(
            rule, [a, b, c],
            groups: [
                .init(rateFactor: 10, weightDecay: 0, contains: { $0 == "a" }),
                .init(schedule: { 1 / Double($0) }, contains: { $0 == "b" }),
                .init(),
            ])
        let alone = [a, b, c].map { Parameter($0.name, Matrix($0.value.tensor), gradient: $0.gradient) }
        let singles = [rule.with(weightDecay: 0), rule, rule].map { MatrixOptimiser<Float>($0, rows: 2, columns: 5) }
        for step in 1...4 {
            optimiser.step(learningRate: 0.01)
            for (index, rate) in [0.01 * 10, 0.01 * (1 / Double(step)), 0.01].enumerated() {
                singles[index].update(alone[index].value, gradient: alone[index].gradient, learningRate: rate)
            }
        }
        for (mine, single) in zip([a, b, c], alone) { #expect(mine.value.tensor == single.value.tensor) }
    }

    @Test(arguments: rules) func aFrozenGroupStaysAndThaws(rule: OptimiserRule) throws {
        let (a, b) = (parameter("a", seed: 1), parameter("b", seed: 2))
        let optimiser = Optimiser(rule, [a, b], groups: [.init(contains: { $0 == "a" }), .init()])
        optimiser.groups[0].isFrozen = true
        let (before, moving) = (a.value.tensor, b.value.tensor)
        optimiser.step(learningRate: 0.01)
        #expect(a.value.tensor == before && b.value.tensor != moving)
        #expect(optimiser.state.integers["a/steps"] == [0] && optimiser.state.integers["b/steps"] == [1])
        optimiser.groups[0].isFrozen = false
        optimiser.step(learningRate: 0.01)
        #expect(a.value.tensor != before)
    }

    @Test(arguments: rules) func weightDecayMayChangeBetweenSteps(rule: OptimiserRule) throws {
        let (a, b) = (parameter("a", seed: 1), parameter("a", seed: 1))
        let (changed, given) = (Optimiser(rule, [a]), Optimiser(rule.with(weightDecay: 0.5), [b]))
        changed.weightDecay = 0.5
        for _ in 1...3 {
            changed.step(learningRate: 0.01)
            given.step(learningRate: 0.01)
        }
        #expect(a.value.tensor == b.value.tensor)
    }

    @Test(arguments: rules) func goesOnFromItsState(rule: OptimiserRule) throws {
        let (a, b) = (parameter("a", seed: 1), parameter("a", seed: 1))
        let (whole, second) = (
            Optimiser(rule, [a], stateNames: ["a": "x"]), Optimiser(rule, [b], stateNames: ["a": "x"])
        )
        whole.step(learningRate: 0.01)
        b.value.assign(a.value.tensor)
        #expect(whole.state.floats.keys.contains("x/first"))
        try second.restore(whole.state)
        whole.step(learningRate: 0.01)
        second.step(learningRate: 0.01)
        #expect(a.value.tensor == b.value.tensor && whole.state == second.state)
        #expect(throws: TrainingStateError.self) { try second.restore(TrainingState()) }
    }
}
