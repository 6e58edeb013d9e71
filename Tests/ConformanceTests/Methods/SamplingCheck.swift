import Foundation
import Safetensors
import Tensors

@testable import FewShot

/// Few-shot draws: the generator, and every way of drawing with it, identical index lists.
enum SamplingCheck {
    private struct Settings: Decodable {
        struct HyperParameters: Decodable { var pythonRandbelow: [Int] }
        var hyperParameters: HyperParameters
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let expected = try SafetensorsFile(test.folder.appending(path: "expected.safetensors"))
        let inputs = try test.inputs()
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let settings = try decoder.decode(
            Settings.self, from: Data(contentsOf: test.folder.appending(path: "case.json")))
        let (train, validation) = (try inputs.integers("train_labels"), try inputs.integers("val_labels"))
        // Validation pictures are numbered after the training pictures.
        func entries(_ labels: [Int], from start: Int) -> [SplitPools.Entry] {
            labels.enumerated().map { SplitPools.Entry(index: start + $0, label: $1) }
        }
        let pools = SplitPools(
            train: entries(train, from: 0), validation: entries(validation, from: train.count), isInFileOrder: true)
        let stratified = Dictionary(
            uniqueKeysWithValues: try inputs.integers("stratified_labels").enumerated().map { ($0, $1) })

        var problems: [String] = []
        for name in expected.names.sorted() {
            let key = Key(name)
            var rules = FewShotRules()
            (rules.seed, rules.shots) = (key.seed, key.shots)
            if key.parts.last == "random" {
                var random = PythonRandom(seed: key.seed)
                let wanted = try expected.doubleTensor(name).values
                if wanted.map({ _ in random.uniform() }) != wanted { problems.append("\(name): other numbers") }
                continue
            }
            let found: [Int]
            switch key.parts[0] {
            case "train": found = FewShotSplit(pools, rules: rules).train
            case "val": found = FewShotSplit(pools, rules: rules).validation.map { $0 - train.count }
            case "first":
                rules.pick = .first
                found = FewShotSplit(pools, rules: rules).train
            case "repeat":
                rules.repeats = true
                found = FewShotSplit(pools, rules: rules).train
            case "split":
                let count = Int(key.parts[1].dropFirst()) ?? 0
                found = part(
                    key, FewShotSplit.fourToOne(Array(0..<count), seed: key.seed, stratifiedBy: nil))
            case "stratified":
                found = part(
                    key,
                    FewShotSplit.fourToOne(
                        Array(0..<stratified.count), seed: key.seed, stratifiedBy: stratified))
            case "python":
                guard
                    let numbers = generator(
                        key, settings.hyperParameters.pythonRandbelow, length: expected.info(name)?.count ?? 0)
                else { fallthrough }
                found = numbers
            default:
                problems.append("\(name): there is no check of this kind")
                continue
            }
            if found != (try expected.integers(name)) { problems.append("\(name): other pictures are drawn") }
        }
        return problems
    }

    /// What a name such as `train.seed1.shots4` says.
    private struct Key {
        var parts: [Substring]
        var seed: UInt32
        var shots: Int

        init(_ name: String) {
            let parts = name.split(separator: ".")
            func number(_ prefix: String) -> Int? {
                parts.lazy.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }.first
            }
            self.parts = parts
            seed = UInt32(number("seed") ?? 1)
            shots = number("shots") ?? 1
        }
    }

    private static func part(_ key: Key, _ split: (train: [Int], validation: [Int])) -> [Int] {
        key.parts.last == "train" ? split.train : split.validation
    }

    /// The generator by itself; nil for a draw that is not known here.
    private static func generator(_ key: Key, _ limits: [Int], length: Int) -> [Int]? {
        var random = PythonRandom(seed: key.seed)
        switch key.parts.last {
        case "getrandbits32": return (0..<length).map { _ in Int(random.nextUInt32()) }
        case "randbelow": return limits.map { random.below($0) }
        case "shuffle":
            var order = Array(0..<length)
            random.shuffle(&order)
            return order
        case "sequence":
            let draws = [(20, 4), (100, 16), (1000, 5), (21, 5), (22, 5), (86, 16), (85, 16)]
            return draws.flatMap { random.sample(Array(0..<$0), $1) } + random.choices(Array(0..<9), 6)
        default: return nil
        }
    }
}
