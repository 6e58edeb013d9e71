import Foundation
import Safetensors
import Tensors
import TestSupport
import Testing

/// One folder of `reference/methods`: a trajectory made with the reference implementation.
struct MethodCase: Sendable, CustomTestStringConvertible {
    struct Description: Decodable, Sendable {
        struct Expectation: Decodable, Sendable {
            var shape: [Int]
            var atol: Double?
            var compare: String?
        }
        var `case`: String
        var method: String
        var expected: [String: Expectation]
    }

    let folder: URL
    let description: Description
    var testDescription: String { description.case }

    /// Every case there is.
    static func all() throws -> [MethodCase] {
        let root = Fixtures.reference.appending(path: "methods")
        return try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().compactMap { name in
            let folder = root.appending(path: name)
            guard let data = try? Data(contentsOf: folder.appending(path: "case.json")) else { return nil }
            return MethodCase(folder: folder, description: try JSONDecoder().decode(Description.self, from: data))
        }
    }

    func inputs() throws -> SafetensorsFile { try SafetensorsFile(folder.appending(path: "inputs.safetensors")) }

    func expected() throws -> SafetensorsFile { try SafetensorsFile(folder.appending(path: "expected.safetensors")) }

    /// The case's hyper-parameters, as the method at hand wants to read them; keys in snake case.
    func settings<Settings: Decodable>(_: Settings.Type) throws -> Settings {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: folder.appending(path: "case.json"))
        return try decoder.decode(MethodSettings<Settings>.self, from: data).hyperParameters
    }

    /// How far `value` is from the expected tensor `name`, in units of its tolerance; nil if it agrees.
    func mismatch(_ name: String, _ value: Tensor<Float>, _ expected: SafetensorsFile) throws -> String? {
        guard let tolerance = description.expected[name]?.atol else { return "\(name): the case names no tolerance" }
        let wanted = try expected.tensor(name)
        let difference = Tensor(value.values, shape: wanted.shape).largestDifference(from: wanted)
        return difference <= tolerance ? nil : "\(name): differs by \(difference), allowed \(tolerance)"
    }
}

private struct MethodSettings<Settings: Decodable>: Decodable {
    var hyperParameters: Settings
}

/// An optimiser as the cases describe it.
struct OptimiserSettings: Decodable, Sendable {
    var opt: String?
    var optimiser: String?
    var momentum: Double?
    var weightDecay: Double?
    var dampening: Double?
    var nesterov: Bool?
    var betas: [Double]?
    var eps: Double?

    var rule: OptimiserRule? {
        let (beta1, beta2) = (betas?.first ?? 0.9, betas?.last ?? 0.999)
        switch opt ?? optimiser {
        case "sgd":
            return .sgd(
                momentum: momentum ?? 0, weightDecay: weightDecay ?? 0, dampening: dampening ?? 0,
                nesterov: nesterov ?? false)
        case "adam":
            return .adam(beta1: beta1, beta2: beta2, epsilon: eps ?? 1e-8, weightDecay: weightDecay ?? 0)
        case "adamw":
            return .adamW(beta1: beta1, beta2: beta2, epsilon: eps ?? 1e-8, weightDecay: weightDecay ?? 0.01)
        default: return nil
        }
    }
}
