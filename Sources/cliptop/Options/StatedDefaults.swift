import FewShot

/// What the help of a training option says about its default.
protocol StatedDefaults {
    /// - Parameters:
    ///   - option: the option's name.
    ///   - value: its default, of a method that is trained as usual.
    static func text(_ option: String, _ value: (TrainingDefaults) -> String) -> String
    /// Whether the settings of methods state their defaults.
    static var statesSettings: Bool { get }
}

/// A new run: the defaults of all methods that the option has a say for.
enum DefaultsOfMethods: StatedDefaults {
    static var statesSettings: Bool { true }

    /// `(default: 50; linear-probe 1000; lp++, channel-head 300)`
    static func text(_ option: String, _ value: (TrainingDefaults) -> String) -> String {
        let usual = value(MethodRegistry.standard.descriptor.training)
        var others: [(value: String, methods: [String])] = []
        for method in MethodRegistry.descriptors where method.reason(against: option) == nil {
            let own = value(method.training)
            if own == usual { continue }
            if let place = others.firstIndex(where: { $0.value == own }) {
                others[place].methods.append(method.name.rawValue)
            } else {
                others.append((own, [method.name.rawValue]))
            }
        }
        let rest = others.map { "; \($0.methods.joined(separator: ", ")) \($0.value)" }
        return "(default: \(usual)\(rest.joined()))"
    }
}

/// A branch: what is not given is as it is in the run that is branched from.
enum DefaultsOfTheRun: StatedDefaults {
    static var statesSettings: Bool { false }
    static func text(_ option: String, _ value: (TrainingDefaults) -> String) -> String { "(default: as in the run)" }
}
