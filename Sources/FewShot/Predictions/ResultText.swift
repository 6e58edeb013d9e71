import Foundation

/// The competition's `result.txt`: a line per picture, its base name and the indices of the most probable classes
/// (docs/data.md#the-jittor-challenge).
public enum ResultText {
    /// The line of a picture that could not be read: the first classes in their order.
    static func placeholder(classes: Int) -> [Int] { Array(0..<min(Prediction.depth, classes)) }

    /// The names that lines are found by have to be unique, and must not look like several fields.
    /// - Throws: ``PredictionError``.
    public static func check(paths: [String]) throws {
        var seen: [String: String] = [:]
        for path in paths {
            let name = Prediction(path: path, label: nil, problem: "").baseName
            guard name.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F }) else {
                throw PredictionError.unsuitableName(path: path)
            }
            if let other = seen.updateValue(path, forKey: name) {
                throw PredictionError.sameName(name: name, first: other, second: path)
            }
        }
    }

    /// The text, in natural order of the names.
    public static func text(_ predictions: [Prediction], classes: Int) -> String {
        predictions.map { ($0.baseName, $0) }.sorted { NaturalOrder.precedes($0.0, $1.0) }.map { name, prediction in
            let labels =
                prediction.problem == nil ? prediction.candidates.map(\.label) : placeholder(classes: classes)
            return ([name] + labels.map(String.init)).joined(separator: " ") + "\n"
        }.joined()
    }
}

/// Predictions that cannot be written in the form asked for.
public enum PredictionError: Error, Equatable, LocalizedError {
    /// A name with a blank, which `result.txt` cannot hold.
    case unsuitableName(path: String)
    /// Two pictures of the same base name.
    case sameName(name: String, first: String, second: String)
    /// A zip archive that is not what this program, or the competition, writes.
    case unsuitableArchive(path: String, reason: String)

    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .unsuitableName(let path):
            "result.txt names pictures in ASCII without blanks, so \(path) cannot stand in it; rename it, "
                + "or use --format csv"
        case .sameName(let name, let first, let second):
            "result.txt names pictures without their folders: \(first) and \(second) would both be \(name); "
                + "use --format csv"
        case .unsuitableArchive(let path, let reason): "\(path): \(reason)"
        }
    }
}
