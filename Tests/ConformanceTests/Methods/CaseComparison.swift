import Safetensors
import Tensors

/// Collects what a case and our computation disagree about.
struct CaseComparison {
    let test: MethodCase
    let expected: SafetensorsFile
    private(set) var problems: [String] = []

    init(_ test: MethodCase) throws {
        self.test = test
        expected = try test.expected()
    }

    /// Compares a tensor with the expected one of this name, if the case has one.
    mutating func compare(_ name: String, _ value: Tensor<Float>) throws {
        guard expected.names.contains(name) else { return }
        if let problem = try test.mismatch(name, value, expected) { problems.append(problem) }
    }

    /// Compares a number.
    mutating func compare(_ name: String, _ value: Double) throws {
        try compare(name, Tensor([Float(value)], shape: [1]))
    }

    /// Compares in double precision, for what float would round away.
    mutating func compareDouble(_ name: String, _ values: [Double]) throws {
        guard let tolerance = test.description.expected[name]?.atol else {
            return problems.append("\(name): the case names no tolerance")
        }
        let wanted = try expected.doubleTensor(name).values
        let difference =
            wanted.count == values.count
            ? zip(wanted, values).reduce(0) { $1.0 == $1.1 ? $0 : max($0, abs($1.0 - $1.1)) } : .infinity
        if !(difference <= tolerance) { problems.append("\(name): differs by \(difference), allowed \(tolerance)") }
    }

    /// Compares whole numbers, which must be within `tolerance` of the expected ones.
    mutating func compare(_ name: String, _ values: [Int], tolerance: Int = 0) throws {
        let wanted = try expected.integers(name)
        guard wanted.count == values.count, zip(wanted, values).allSatisfy({ abs($0 - $1) <= tolerance }) else {
            return problems.append("\(name): \(values.prefix(20)), expected \(wanted.prefix(20))")
        }
    }

    /// Notes a disagreement.
    mutating func note(_ problem: String) { problems.append(problem) }
}

extension MethodCase {
    /// The class of each row in the tensor of this name.
    func labels(_ name: String = "labels") throws -> [Int32] { try inputs().integers(name).map { Int32($0) } }

    /// The batches of a trajectory with the rate of each step: rows of `batches` without their padding.
    func batches() throws -> [(rows: [Int], rate: Double)] {
        let rates = try expected().doubleTensor("lr").values
        let rows = try inputs().integers("batches")
        let size = rows.count / rates.count
        return rates.enumerated().map { index, rate in
            (rows[index * size..<(index + 1) * size].filter { $0 >= 0 }, rate)
        }
    }
}
