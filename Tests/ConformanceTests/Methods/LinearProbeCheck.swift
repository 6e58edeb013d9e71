import Safetensors
import Tensors
import TestSupport

@testable import FewShot

/// The linear probe: objective and gradient at a point, the optimum for several C, and CoOp's search for C.
enum LinearProbeCheck {
    private struct Settings: Decodable {
        // The same values among the inputs have been rounded to float.
        // swift-format-ignore: AlwaysUseLowerCamelCase
        var C: [Double]
    }

    static func run(_ test: MethodCase) throws -> [String] {
        var comparison = try CaseComparison(test)
        if comparison.expected.names.contains("path") {
            try search(test, &comparison)
        } else {
            let classes = Int(try test.labels().max() ?? 0) + 1
            try fits(test, &comparison, classes: classes, form: classes == 2 ? .singleVector : .softmax, prefix: "")
            if classes == 2 { try fits(test, &comparison, classes: 2, form: .softmax, prefix: "softmax.") }
        }
        return comparison.problems
    }

    private static func fits(
        _ test: MethodCase, _ comparison: inout CaseComparison, classes: Int, form: LogisticObjective.Form,
        prefix: String
    ) throws {
        let inputs = try test.inputs()
        let strengths = try test.settings(Settings.self).C
        let objective = LogisticObjective(
            features: try inputs.tensor("features"), labels: try test.labels(), classes: classes, form: form,
            inverseRegularisation: strengths[0])

        // W and b lie side by side in a point.
        let (weight, bias) = (
            try inputs.doubleTensor("\(prefix)point.W"), try inputs.doubleTensor("\(prefix)point.b").values
        )
        let point = objective.origin()
        let columns = objective.width + 1
        for row in 0..<objective.rows {
            for j in 0..<objective.width { point.elements[row * columns + j] = weight[row, j] }
            point.elements[row * columns + objective.width] = bias[row]
        }
        let gradient = objective.origin()
        try comparison.compareDouble("\(prefix)point.objective", [objective.value(at: point, gradient: gradient)])
        let parts = separated(gradient, objective)
        try comparison.compareDouble("\(prefix)point.grad_W", parts.weight)
        try comparison.compareDouble("\(prefix)point.grad_b", parts.bias)

        for (index, strength) in strengths.enumerated() {
            objective.inverseRegularisation = strength
            try fit(test, &comparison, objective, prefix: "\(prefix)C\(index).")
        }
    }

    /// A fit by the usual stopping rule, and for the optimum itself one that goes on to the end.
    private static func fit(
        _ test: MethodCase, _ comparison: inout CaseComparison, _ objective: LogisticObjective, prefix: String
    ) throws {
        let probe = LinearProbe(objective)
        probe.solve()
        let expected = comparison.expected
        let value = try expected.doubleTensor("\(prefix)objective").values[0]
        let tolerance = test.description.expected["\(prefix)objective"]?.atol ?? 0
        if !(probe.value <= value + tolerance && probe.value >= value - 1e-9) {
            comparison.note("\(prefix)objective: \(probe.value), expected \(value) and at most \(tolerance) more")
        }
        var parts = separated(probe.point, objective)
        centre(&parts.bias, objective)
        for (name, values) in [("W", parts.weight), ("b", parts.bias)]
        where test.description.expected[prefix + name]?.atol != nil {
            try comparison.compareDouble(prefix + name, values)
        }
        try predictions(test, &comparison, objective, at: probe.point, prefix: prefix)

        var rules = LBFGS.Rules()
        (rules.gradientTolerance, rules.decreaseTolerance, rules.maximumIterations) = (1e-9, -1, 20_000)
        let exact = LinearProbe(objective, rules: rules)
        exact.solve()
        parts = separated(exact.point, objective)
        centre(&parts.bias, objective)
        for (name, values) in [("W", parts.weight), ("b", parts.bias)] {
            let wanted = try expected.doubleTensor(prefix + name).values
            let largest = wanted.map(abs).max() ?? 0
            let difference = zip(wanted, values).map { abs($0 - $1) }.max() ?? .infinity
            if !(difference <= 1e-3 * largest) {
                comparison.note(
                    "\(prefix)\(name) run to the end: differs by \(difference) of \(largest), \(String(describing: exact.ending))"
                )
            }
        }
    }

    private static func predictions(
        _ test: MethodCase, _ comparison: inout CaseComparison, _ objective: LogisticObjective,
        at point: Matrix<Double>,
        prefix: String
    ) throws {
        let logits = objective.head(at: point).logits(try test.inputs().tensor("test_features"))
        let wanted = try comparison.expected.integers("\(prefix)predictions")
        let isRobust = try comparison.expected.integers("\(prefix)predictions_robust")
        for row in 0..<logits.rows where isRobust[row] == 1 {
            if ScoreRanking.best(in: logits.row(row)) != wanted[row] {
                comparison.note("\(prefix)predictions: picture \(row) is no longer of class \(wanted[row])")
            }
        }
        guard objective.form == .softmax, test.description.expected["\(prefix)probabilities"]?.atol != nil else {
            return
        }
        try comparison.compare("\(prefix)probabilities", logits.softmaxRows())
    }

    private static func separated(
        _ point: Matrix<Double>, _ objective: LogisticObjective
    ) -> (weight: [Double], bias: [Double]) {
        var parts: (weight: [Double], bias: [Double]) = ([], [])
        for row in 0..<objective.rows {
            let start = row * (objective.width + 1)
            parts.weight += (start..<start + objective.width).map { point.elements[$0] }
            parts.bias.append(point.elements[start + objective.width])
        }
        return parts
    }

    /// Under a softmax the biases are only defined up to a constant.
    private static func centre(_ bias: inout [Double], _ objective: LogisticObjective) {
        guard objective.form == .softmax else { return }
        let mean = bias.reduce(0, +) / Double(bias.count)
        bias = bias.map { $0 - mean }
    }

    private static func search(_ test: MethodCase, _ comparison: inout CaseComparison) throws {
        let inputs = try test.inputs()
        let labels = try test.labels()
        let objective = LogisticObjective(
            features: try inputs.tensor("features"), labels: labels, classes: try inputs.tensor("text_features").rows,
            inverseRegularisation: 1)
        let search = RegularisationSearch(
            objective, validation: try inputs.tensor("val_features"), labels: try test.labels("val_labels"))
        let expected = comparison.expected
        if try expected.doubleTensor("grid").values != RegularisationSearch.grid { comparison.note("another grid") }
        let correct = try expected.integers("grid_correct")
        for (index, (own, wanted)) in zip(search.gridCorrect, correct).enumerated()
        where abs(own - wanted) > (index < 2 ? 2 : 0) {
            comparison.note("grid_correct[\(index)]: \(own), expected \(wanted)")
        }
        let path = try expected.doubleTensor("path").values
        func agree(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * abs(b) }
        for (index, step) in search.path.enumerated() {
            let row = Array(path[index * 5..<index * 5 + 5])
            if !(agree(step.left, row[0]) && agree(step.right, row[1]) && agree(step.kept, row[4])
                && step.leftCorrect == Int(row[2]) && step.rightCorrect == Int(row[3]))
            {
                comparison.note("path[\(index)]: \(step), expected \(row)")
            }
        }
        let best = try expected.doubleTensor("best_C").values[0]
        if !agree(search.best, best) { comparison.note("best_C: \(search.best), expected \(best)") }
        let logits = search.head.logits(try inputs.tensor("test_features"))
        let predictions = (0..<logits.rows).map { ScoreRanking.best(in: logits.row($0)) ?? -1 }
        try comparison.compare("test_predictions", predictions)
    }
}
