import FewShot

/// Options of `train` from the command line and from a configuration file, whose arguments stand before those of the
/// command line: the last one wins.
struct GivenOptions {
    private let commandLine: [String]
    /// What the command line names.
    private let named: Set<String>
    /// What only the file says, by option.
    private let file: [String: [String]]

    /// - Parameters:
    ///   - commandLine: arguments without the name of the command.
    ///   - file: the configuration file, if there is one.
    /// - Throws: `UsageError` for what the file holds.
    init(_ commandLine: [String], file: ConfigurationFile?) throws {
        let catalogue = OptionCatalogue.train
        let named = catalogue.names(in: commandLine)
        self.commandLine = commandLine
        self.named = named
        self.file =
            try file?.arguments().filter { name, _ in
                if named.contains("data"), DataOptions.descriptions.contains(name) { return false }
                return !(named.contains(name) && catalogue.entries[name]?.isRepeating ?? false)
            } ?? [:]
    }

    /// The method that the file names, where the command line does not.
    var methodOfFile: MethodName? {
        file["method"]?.last.flatMap { MethodName(rawValue: String($0.drop { $0 != "=" }.dropFirst())) }
    }

    /// All arguments.
    var arguments: [String] { file.sorted { $0.key < $1.key }.flatMap(\.value) + commandLine }

    /// All arguments that have a say for at least one of some methods.
    /// - Returns: the arguments, and the options of the file that were left out.
    /// - Throws: `UsageError` for an option of the command line that has no say for any of the methods.
    func arguments(for methods: [MethodDescriptor]) throws -> (arguments: [String], ignored: [String]) {
        func reason(_ name: String) -> String? {
            let reasons = methods.compactMap { $0.reason(against: name) }
            return reasons.count == methods.count ? reasons.first : nil
        }
        // What is switched off need not be there.
        for name in named.sorted() where !commandLine.contains("--no-\(name)") {
            if let reason = reason(name) { throw UsageError("--\(name): \(reason)") }
        }
        var settled = file
        for name in file.keys where reason(name) != nil { settled[name] = nil }
        return (
            settled.sorted { $0.key < $1.key }.flatMap(\.value) + commandLine,
            file.keys.filter { settled[$0] == nil && !named.contains($0) }.sorted()
        )
    }
}

extension MethodDescriptor {
    /// Why an option of `train` changes nothing for this method; nil if it has a say.
    func reason(against option: String) -> String? {
        let name = name.rawValue
        switch option {
        case "epochs", "patience": return batching == .trainingFree ? "\(name) is not trained" : nil
        case "batch-size", "augment":
            switch batching {
            case .trainingFree: return "\(name) is not trained"
            case .fullBatch: return "\(name) takes all training pictures in every step"
            case .shuffled: return nil
            }
        case "lr", "optimiser", "momentum", "weight-decay", "schedule", "warmup", "warmup-shape":
            if batching == .trainingFree { return "\(name) is not trained" }
            return choosesOwnSteps ? "\(name) chooses its steps itself" : nil
        default:
            let owners = MethodRegistry.descriptors.filter { $0.setting(option) != nil }.map(\.name.rawValue)
            guard !owners.isEmpty, setting(option) == nil else { return nil }
            return "\(name) has no such setting; it is for \(owners.joined(separator: ", "))"
        }
    }
}
