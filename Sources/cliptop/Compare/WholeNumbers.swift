import ArgumentParser

/// Whole numbers, separated by commas: `1,2,4`.
struct WholeNumbers: ExpressibleByArgument, Equatable {
    let values: [Int]

    init(_ values: [Int]) { self.values = values }

    /// As it is written on the command line.
    var text: String { values.map(String.init).joined(separator: ",") }

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map {
            Int($0.trimmingPrefix { $0 == " " })
        }
        guard !parts.isEmpty, !parts.contains(nil) else { return nil }
        values = parts.compactMap { $0 }
    }
}
