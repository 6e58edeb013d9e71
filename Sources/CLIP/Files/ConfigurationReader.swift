import Files
import Foundation
import Safetensors

/// Typed access to one object of a configuration file; every error names the file, the key and its value.
struct ConfigurationReader {
    let file: String
    private let path: String
    private let members: [String: JSONValue]

    /// The largest configuration file that is read.
    private static let maximumBytes = 4 << 20

    /// Reads and parses a file whose top level must be an object.
    /// - Throws: ``CLIPError/unreadable(file:reason:)``.
    init(contentsOf url: URL) throws {
        let file = url.path(percentEncoded: false)
        let bytes = try readWhole(url, limit: Self.maximumBytes)
        do {
            guard case .object(let members) = try JSONValue(parsing: bytes) else {
                throw CLIPError.unreadable(file: file, reason: "is not a JSON object")
            }
            self.init(file: file, path: "", members: members)
        } catch let error as JSONError {
            throw CLIPError.unreadable(file: file, reason: "is not valid JSON: \(error)")
        }
    }

    private init(file: String, path: String, members: [String: JSONValue]) {
        self.file = file
        self.path = path
        self.members = members
    }

    /// A copy in which the members of `other` replace those of the same key.
    func overridden(by other: ConfigurationReader) -> ConfigurationReader {
        ConfigurationReader(file: file, path: path, members: members.merging(other.members) { _, new in new })
    }

    var keys: [String] { members.keys.sorted() }

    /// Whether the key is there with a value other than null.
    func has(_ key: String) -> Bool { members[key].map { $0 != .null } ?? false }

    /// The key as it is named in messages, with those of the objects around it.
    func fullName(_ key: String) -> String { path + key }

    func invalid(_ key: String, _ reason: String) -> CLIPError {
        .invalidConfiguration(file: file, key: fullName(key), reason: reason)
    }

    func unsupported(_ key: String) -> CLIPError {
        .unsupported(file: file, key: fullName(key), reason: "is \(members[key]?.summary ?? "missing")")
    }

    /// An object inside this one; nil if it is missing or null.
    func object(_ key: String) throws -> ConfigurationReader? {
        guard has(key), let value = members[key] else { return nil }
        guard case .object(let inner) = value else { throw invalid(key, "is \(value.summary), not an object") }
        return ConfigurationReader(file: file, path: "\(fullName(key)).", members: inner)
    }

    /// An object without members, for one that is missing where all its members have defaults.
    func emptyObject(_ key: String) -> ConfigurationReader {
        ConfigurationReader(file: file, path: "\(fullName(key)).", members: [:])
    }

    /// A whole number within `range`; `standard` if the key is missing. An explicit null is an error: it replaces a
    /// default by nothing.
    func integer(_ key: String, default standard: Int? = nil, in range: ClosedRange<Int>) throws -> Int {
        guard let value = members[key] else {
            guard let standard else { throw invalid(key, "is missing") }
            return standard
        }
        guard case .integer(let number) = value else { throw invalid(key, "is \(value.summary), not a whole number") }
        guard range.contains(number) else {
            throw invalid(key, "is \(number), must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A finite number greater than 0.
    func positive(_ key: String, default standard: Double) throws -> Double {
        guard let value = members[key] else { return standard }
        let number: Double
        switch value {
        case .integer(let integer): number = Double(integer)
        case .fraction(let fraction): number = fraction
        default: throw invalid(key, "is \(value.summary), not a number")
        }
        guard number > 0, number.isFinite else { throw invalid(key, "is \(value.summary), must be greater than 0") }
        return number
    }

    func boolean(_ key: String, default standard: Bool) throws -> Bool {
        guard has(key), let value = members[key] else { return standard }
        guard case .boolean(let flag) = value else { throw invalid(key, "is \(value.summary), not true or false") }
        return flag
    }

    func string(_ key: String) throws -> String? {
        guard has(key), let value = members[key] else { return nil }
        guard case .string(let text) = value else { throw invalid(key, "is \(value.summary), not a text") }
        return text
    }

    /// A list of numbers; nil if the key is missing.
    func numbers(_ key: String, count: Int) throws -> [Float]? {
        guard has(key), let value = members[key] else { return nil }
        guard case .array(let elements) = value, elements.count == count else {
            throw invalid(key, "must be a list of \(count) numbers")
        }
        return try elements.map { element in
            switch element {
            case .integer(let number): return Float(number)
            case .fraction(let number) where Float(number).isFinite: return Float(number)
            default: throw invalid(key, "holds \(element.summary), which is not a number")
            }
        }
    }

    /// The elements of a list of whole numbers; nil if the value is something else.
    func integers(_ key: String) -> [Int]? {
        guard case .array(let elements)? = members[key] else { return nil }
        var integers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else { return nil }
            integers.append(number)
        }
        return integers
    }

    func isList(_ key: String) -> Bool {
        if case .array? = members[key] { return true }
        return false
    }

    func isObject(_ key: String) -> Bool {
        if case .object? = members[key] { return true }
        return false
    }

    /// Refuses the options that are there and ask for anything but what `harmless` lists for them (null always is).
    func refuse(unless harmless: [String: [JSONValue]]) throws {
        for (key, allowed) in harmless.sorted(by: { $0.key < $1.key }) {
            if has(key), let value = members[key], !allowed.contains(value) { throw unsupported(key) }
        }
    }

    /// Refuses keys that nothing is known about: ignoring one could silently give wrong numbers.
    func refuseKeys(otherThan known: Set<String>) throws {
        for key in keys where !known.contains(key) && has(key) {
            throw CLIPError.unsupported(file: file, key: "\(path)\(readable(key))", reason: "is an unknown option")
        }
    }
}

/// The bytes of a regular file of at most `limit` bytes.
/// - Throws: ``CLIPError/unreadable(file:reason:)``, also for what only stands in for the file.
func readWhole(_ url: URL, limit: Int) throws(CLIPError) -> [UInt8] {
    let path = url.path(percentEncoded: false)
    let bytes: [UInt8]
    do { bytes = try readFile(path, limit: limit) } catch {
        throw .unreadable(file: path, reason: error.text)
    }
    if let content = ForeignContent(bytes) { throw .unreadable(file: path, reason: "is \(content.text)") }
    return bytes
}
