import Foundation

/// A value of a TOML document (https://toml.io/en/v1.0.0), with the line where it stands.
public struct TOMLValue: Sendable, Equatable {
    /// What a value can be.
    public enum Content: Sendable, Equatable {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        /// A date, a time or both, as written.
        case dateTime(String)
        case array([TOMLValue])
        case table(TOMLTable)
    }

    /// What it is.
    public var content: Content
    /// The line of its key, or of the value itself within an array, from 1.
    public var line: Int

    /// The text; nil if it is something else.
    public var string: String? { if case .string(let text) = content { text } else { nil } }
    /// The whole number; nil if it is something else.
    public var integer: Int? { if case .integer(let number) = content { number } else { nil } }
    /// The number with decimals; nil if it is something else.
    public var float: Double? { if case .float(let number) = content { number } else { nil } }
    /// True or false; nil if it is something else.
    public var boolean: Bool? { if case .boolean(let flag) = content { flag } else { nil } }
    /// The values of the list; nil if it is something else.
    public var array: [TOMLValue]? { if case .array(let values) = content { values } else { nil } }
    /// The table; nil if it is something else.
    public var table: TOMLTable? { if case .table(let table) = content { table } else { nil } }
}

/// Keys with values, in the order of the document.
public struct TOMLTable: Sendable, Equatable {
    /// The keys with their values.
    public private(set) var entries: [(key: String, value: TOMLValue)] = []
    private var places: [String: Int] = [:]

    init() {}

    public static func == (left: Self, right: Self) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }

    /// The value of a key.
    public subscript(key: String) -> TOMLValue? { places[key].map { entries[$0].value } }

    mutating func append(_ key: String, _ value: TOMLValue) {
        places[key] = entries.count
        entries.append((key, value))
    }
}

/// What is wrong with a TOML document.
public struct TOMLError: Error, LocalizedError, Equatable {
    /// The line, from 1; nil where the file cannot be read at all.
    public var line: Int?
    /// What is wrong there.
    public var reason: String

    /// One readable line.
    public var errorDescription: String? { line.map { "line \($0): \(reason)" } ?? reason }
}

extension TOMLTable {
    /// The bytes of the longest file that is read.
    static let sizeLimit = 1 << 20

    /// Reads a document.
    /// - Throws: ``TOMLError``.
    public init(_ text: String) throws(TOMLError) {
        let reader = TOMLReader(Array(text.utf8))
        self = try reader.document()
    }

    /// Reads a file. Whatever it holds, the process goes on.
    /// - Throws: ``TOMLError``.
    public init(contentsOf file: URL) throws(TOMLError) {
        let path = file.path(percentEncoded: false)
        // Without blocking: a pipe that nobody writes to would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(errno) }
        if status.st_mode & S_IFMT == S_IFDIR { throw Self.unreadable(EISDIR) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.unreadable(errno) }
            if count == 0 { break }
            bytes += buffer.prefix(count)
            guard bytes.count <= Self.sizeLimit else {
                throw TOMLError(line: nil, reason: "it is no text file with settings: it is longer than 1 MB")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TOMLError(line: nil, reason: "it is not UTF-8 text")
        }
        let reader = TOMLReader(bytes)
        self = try reader.document()
    }

    private static func unreadable(_ number: Int32) -> TOMLError {
        let reason =
            switch number {
            case ENOENT: "there is no such file"
            case EISDIR: "it is a folder"
            case EACCES: "permission denied"
            default: String(cString: strerror(number))
            }
        return TOMLError(line: nil, reason: reason)
    }
}
