/// Numbers in the names of class folders: some only count and are left out of prompts, some are all that a name has.
enum ClassNumbering {
    /// What follows the numbers, where all names begin with one that only counts, such as `001.Heron`, or with a WordNet
    /// number, such as `n02085620-Chihuahua`; nil where the numbers may mean something.
    static func stripped(_ names: [String]) -> [String]? {
        let wordNet = names.compactMap { $0.wholeMatch(of: /n[0-9]{8}[ ._-]+(.+)/)?.1 }.map(String.init)
        if wordNet.count == names.count, Set(wordNet).count == names.count { return wordNet }
        let parts = names.compactMap { $0.wholeMatch(of: /([0-9]+)(?:[ ._)-]+)(.*\p{L}.*)/) }
        let numbers = parts.compactMap { Int($0.1) }
        let rests = parts.map { String($0.2) }
        guard rests.count == names.count, names.count > 1, Set(numbers).count == names.count,
            Set(rests.map { $0.lowercased() }).count == names.count
        else { return nil }
        // Padded with zeros, or counting through: `2-stroke engine` and `737 Max` are not.
        let isPadded =
            Set(parts.map(\.1.count)).count == 1 && parts[0].1.count > 1 && parts.contains { $0.1.hasPrefix("0") }
        let isCounted = numbers.sorted().enumerated().allSatisfy { $1 == $0 + (numbers.min() ?? 0) }
        return isPadded || isCounted && (numbers.min() ?? 2) < 2 ? rests : nil
    }

    /// Whether all names have the same letters, if any, and differ only in their numbers: `n02012849`, `c0`, `17`.
    static func areCodes(_ names: [String]) -> Bool {
        names.count > 1 && Set(names.map { $0.filter(\.isLetter).lowercased() }).count == 1
            && names.allSatisfy { $0.contains(where: \.isNumber) }
    }
}
