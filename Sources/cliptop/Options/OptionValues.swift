import ArgumentParser

/// `on` or `off`.
enum OnOff: String, ExpressibleByArgument, CaseIterable {
    case on, off
}

/// Numbers with commas between them: `0,0.2,0.4`.
struct NumberList: ExpressibleByArgument {
    var numbers: [Double]

    init?(argument: String) {
        let words = argument.split(separator: ",", omittingEmptySubsequences: false)
        numbers = words.compactMap { Double($0.filter { $0 != " " }) }
        guard numbers.count == words.count else { return nil }
    }
}
