import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite struct LBFGSTests {
    /// A convex quadratic whose curvatures span four orders of magnitude: `½ Σ c_i (x_i − 1)²`.
    private func quadratic(_ count: Int, rules: LBFGS.Rules) -> LBFGS {
        LBFGS(start: Matrix(rows: 1, columns: count), rules: rules) { x, g in
            (0..<count).reduce(0) { sum, i in
                let curvature = pow(10, 4 * Double(i) / Double(max(count - 1, 1)))
                let distance = x.elements[i] - 1
                g.elements[i] = curvature * distance
                return sum + curvature * distance * distance / 2
            }
        }
    }

    private func rosenbrock(_ start: [Double], rules: LBFGS.Rules = LBFGS.Rules()) -> LBFGS {
        LBFGS(start: Matrix(Tensor(start, shape: [1, 2])), rules: rules) { x, g in
            let (a, b) = (x.elements[0], x.elements[1])
            g.elements[0] = -400 * a * (b - a * a) - 2 * (1 - a)
            g.elements[1] = 200 * (b - a * a)
            return 100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a)
        }
    }

    @Test(arguments: [1, 2, 7, 40]) func findsTheMinimumOfAQuadratic(count: Int) {
        var rules = LBFGS.Rules()
        rules.gradientTolerance = 1e-8
        let minimiser = quadratic(count, rules: rules)
        minimiser.run()
        #expect(minimiser.ending == .gradient || minimiser.ending == .decrease)
        #expect(minimiser.point.tensor.values.allSatisfy { abs($0 - 1) < 1e-6 })
        #expect(minimiser.value < 1e-12)
    }

    @Test func findsTheMinimumOfACurvedValley() {
        let minimiser = rosenbrock([-1.2, 1])
        minimiser.run()
        #expect(minimiser.ending == .gradient)
        #expect(abs(minimiser.point.elements[0] - 1) < 1e-3 && abs(minimiser.point.elements[1] - 1) < 1e-3)
        #expect(minimiser.iterations < 60, "\(minimiser.iterations) iterations")
    }

    @Test func everyIterationGoesDown() {
        let minimiser = rosenbrock([-1.2, 1])
        minimiser.begin()
        var last = minimiser.value
        while minimiser.ending == nil {
            minimiser.iterate()
            #expect(minimiser.value <= last)
            last = minimiser.value
        }
    }

    @Test func stopsWhereItStartsIfThatIsTheMinimum() {
        let minimiser = rosenbrock([1, 1])
        minimiser.iterate()
        #expect(minimiser.ending == .gradient)
        #expect(minimiser.iterations == 0 && minimiser.evaluations == 1)
    }

    @Test func stopsAfterTheLastIteration() {
        var rules = LBFGS.Rules()
        rules.maximumIterations = 3
        let minimiser = rosenbrock([-1.2, 1], rules: rules)
        minimiser.run()
        #expect(minimiser.ending == .iterations)
        #expect(minimiser.iterations == 3)
    }

    @Test func aFunctionThatIsNotFiniteStopsIt() {
        for value in [Double.nan, .infinity] {
            let minimiser = LBFGS(start: Matrix(rows: 1, columns: 2)) { _, _ in value }
            minimiser.run()
            #expect(minimiser.ending == .notFinite)
        }
    }

    /// Beyond 2 the function is NaN: the search has to come back from there.
    @Test func aStepIntoNothingIsTakenBack() {
        let minimiser = LBFGS(start: Matrix(rows: 1, columns: 1)) { x, g in
            let value = x.elements[0]
            g.elements[0] = -100 + 100 * value
            return value > 2 ? .nan : -100 * value + 50 * value * value
        }
        minimiser.run()
        #expect(minimiser.ending == .gradient)
        #expect(abs(minimiser.point.elements[0] - 1) < 1e-5)
    }

    /// Its minimum lies at infinity, so that every first step is far too short.
    @Test func goesOutAsFarAsItTakes() {
        let minimiser = LBFGS(start: Matrix(rows: 1, columns: 1)) { x, g in
            let tail = exp(-1e-3 * x.elements[0])
            g.elements[0] = -1e-3 * tail
            return tail
        }
        minimiser.run()
        #expect(minimiser.ending == .gradient)
        #expect(minimiser.evaluations < 60)
    }

    /// Its gradient is wrong, so that nothing along it gains: the search must come to an end and stay where it is.
    @Test func aGradientThatLeadsNowhereEndsTheSearch() {
        let minimiser = LBFGS(start: Matrix(rows: 1, columns: 1)) { x, g in
            g.elements[0] = -1
            return x.elements[0]
        }
        minimiser.run()
        #expect(minimiser.ending == .lineSearch || minimiser.ending == .decrease)
        #expect(abs(minimiser.point.elements[0]) < 1e-12)
        #expect(minimiser.evaluations < 200)
    }

    @Test func theSameStartGivesTheSameBits() {
        let (a, b) = (quadratic(7, rules: LBFGS.Rules()), quadratic(7, rules: LBFGS.Rules()))
        a.run()
        b.run()
        #expect(a.point.tensor == b.point.tensor && a.iterations == b.iterations)
    }
}

@Suite struct ExponentialKernelTests {
    @Test func bothPrecisionsAgree() {
        let x: Tensor<Double> = randomTensor([1, 77], seed: 5)
        let (double, float) = (Matrix(x), Matrix(x.converted(to: Float.self)))
        Double.exponential(double.elements, scale: 9, offset: -5, count: double.count)
        Float.exponential(float.elements, scale: 9, offset: -5, count: float.count)
        for i in 0..<double.count {
            #expect(abs(Double(float.elements[i]) / double.elements[i] - 1) < 2e-6)
            #expect(abs(double.elements[i] / exp(9 * x.values[i] - 5) - 1) < 1e-14)
        }
    }
}
