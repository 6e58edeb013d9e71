import ArgumentParser

/// A group of options that may also stand in a configuration file, under their long names without dashes.
protocol FillableOptions: ParsableArguments {
    /// The options a configuration file may hold, and how their values are written on a command line.
    static var configurationKeys: [String: ConfigurationFile.Kind] { get }

    /// These options, with what they leave open taken from `base`.
    func filled(from base: Self) -> Self
}
