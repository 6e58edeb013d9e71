import Foundation

/// Measured figures under flat names, in the order in which they were measured.
struct Figures {
    enum Value {
        case number(Double)
        case text(String)
    }

    private var names: [String] = []
    private var values: [String: Value] = [:]

    subscript(_ name: String) -> Value? {
        get { values[name] }
        set {
            if newValue != nil, values[name] == nil { names.append(name) }
            values[name] = newValue
        }
    }

    func printTable() {
        let width = names.map(\.count).max() ?? 0
        for name in names {
            let padding = String(repeating: " ", count: width - name.count)
            switch values[name] {
            case .number(let number): print("\(name)\(padding)  \(String(format: "%.4g", number))")
            case .text(let text): print("\(name)\(padding)  \(text)")
            case nil: break
            }
        }
    }

    func write(to url: URL) throws {
        var object: [String: Any] = [:]
        for (name, value) in values {
            switch value {
            case .number(let number): object[name] = number.isFinite ? number : NSNull()
            case .text(let text): object[name] = text
            }
        }
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try (data + Data("\n".utf8)).write(to: url, options: .atomic)
    }
}

/// The middle value.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Wall time of `work` in milliseconds.
func milliseconds(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return (ContinuousClock.now - start) / .milliseconds(1)
}
