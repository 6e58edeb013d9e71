import Foundation

/// Reads a `result.txt` again and says what is wrong with it; with the true classes, also how good it is
/// (docs/data.md#the-jittor-challenge).
public struct ResultCheck: Sendable, Equatable {
    /// A line that is not as it should be.
    public struct Problem: Sendable, Equatable {
        /// Number of the line, from 1; nil for what is missing.
        public var line: Int?
        /// What is wrong, in one line.
        public var text: String
    }

    /// Accuracy on some of the pictures.
    public struct Score: Sendable, Equatable {
        /// Pictures whose true class is known.
        public var count = 0
        /// Those whose first class is the true one.
        public var hits = 0
        /// Those whose true class is among the first five.
        public var hits5 = 0

        /// Fraction 0...1.
        public var top1: Double { Double(hits) / Double(count) }
        /// Fraction 0...1.
        public var top5: Double { Double(hits5) / Double(count) }
    }

    /// Lines in the file.
    public private(set) var lines = 0
    /// Everything that is wrong, in order of the lines.
    public private(set) var problems: [Problem] = []
    /// Accuracy on all pictures whose class is known; nil if none is.
    public private(set) var overall: Score?
    /// The same by family of classes, such as `Animal`, in order of the classes.
    public private(set) var families: [(name: String, score: Score)] = []

    /// Checks a text.
    /// - Parameters:
    ///   - classes: number of classes; nil if it is not known.
    ///   - labels: base name of every picture there should be, with its class where that is known; nil if they are not
    ///     known.
    ///   - families: the family of each class, where it has one.
    public init(_ text: String, classes: Int?, labels: [String: Int?]?, families: [String?] = []) {
        var seen: [String: Int] = [:]
        var scores: [String: Score] = [:]
        var all = Score()
        // Split by scalar: a carriage return with its line feed is one character.
        var rows = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if rows.last == "" {
            rows.removeLast()
        } else if !rows.isEmpty {
            add("the last line has no line feed", rows.count)
        }
        lines = rows.count
        for (index, row) in rows.enumerated() {
            let line = index + 1
            let fields = row.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            let name = fields[0]
            if let first = seen[name] { add("\(name) again, after line \(first)", line) } else { seen[name] = line }
            let truth = labels?[name]
            if labels != nil, truth == nil { add("there is no picture \(name)", line) }
            let expected = min(Prediction.depth, classes ?? Prediction.depth)
            guard let numbers = indices(fields.dropFirst(), expected: expected, classes: classes, line: line),
                let label = truth ?? nil
            else { continue }
            var score = Score(count: 1)
            if numbers.first == label { score.hits = 1 }
            if numbers.contains(label) { score.hits5 = 1 }
            all += score
            if label < families.count, let family = families[label] { scores[family, default: Score()] += score }
        }
        for name in (labels ?? [:]).keys.filter({ seen[$0] == nil }).sorted(by: NaturalOrder.precedes) {
            problems.append(Problem(line: nil, text: "\(name) is missing"))
        }
        if all.count > 0 { overall = all }
        for family in families.compactMap({ $0 }) where !self.families.contains(where: { $0.name == family }) {
            if let score = scores[family] { self.families.append((family, score)) }
        }
    }

    /// Equal in everything.
    public static func == (a: ResultCheck, b: ResultCheck) -> Bool {
        a.lines == b.lines && a.problems == b.problems && a.overall == b.overall
            && a.families.elementsEqual(b.families, by: ==)
    }

    private mutating func add(_ text: String, _ line: Int) { problems.append(Problem(line: line, text: text)) }

    /// The class indices of a line; nil if they are not what they should be.
    private mutating func indices(_ fields: ArraySlice<String>, expected: Int, classes: Int?, line: Int) -> [Int]? {
        guard fields.count == expected else {
            add("\(fields.count + 1) fields separated by one space, there should be \(expected + 1)", line)
            return nil
        }
        var numbers: [Int] = []
        for field in fields {
            guard let number = Int(field), number >= 0, number < classes ?? .max, String(number) == field else {
                add("'\(field)' is not a class index\(classes.map { " from 0 to \($0 - 1)" } ?? "")", line)
                return nil
            }
            if numbers.contains(number) {
                add("class \(number) twice", line)
                return nil
            }
            numbers.append(number)
        }
        return numbers
    }
}

extension ResultCheck.Score {
    fileprivate static func += (a: inout Self, b: Self) {
        a.count += b.count
        a.hits += b.hits
        a.hits5 += b.hits5
    }
}
