/// Reads the structure of a TOML document: lines, tables, keys. The values are in ``TOMLReader+Values``.
///
/// Every byte is looked at through ``peek(_:)``, which knows the end, and nesting is limited: whatever the bytes are, the
/// answer is a table or a ``TOMLError``.
final class TOMLReader {
    /// A table while it is read.
    final class Node {
        enum Kind {
            /// Made by a longer header, `[a.b]` for `a`; its own header may still come.
            case implied
            /// `[a]`
            case header
            /// `a.b = 1` for `a`; closed to headers.
            case dotted
            /// `{ … }`; closed.
            case inline
        }

        enum Entry {
            case value(TOMLValue)
            case table(Node)
            case tables(Tables)
        }

        /// The tables of `[[a]]`.
        final class Tables {
            var nodes: [Node] = []
        }

        var kind: Kind
        let line: Int
        var keys: [String] = []
        var entries: [String: (entry: Entry, line: Int)] = [:]

        init(_ kind: Kind, line: Int) { (self.kind, self.line) = (kind, line) }

        func set(_ key: String, _ entry: Entry, line: Int) {
            if entries[key] == nil { keys.append(key) }
            entries[key] = (entry, line)
        }

        var table: TOMLTable {
            var table = TOMLTable()
            for key in keys {
                guard let (entry, line) = entries[key] else { continue }
                switch entry {
                case .value(let value): table.append(key, value)
                case .table(let node): table.append(key, TOMLValue(content: .table(node.table), line: line))
                case .tables(let tables):
                    let values = tables.nodes.map { TOMLValue(content: .table($0.table), line: $0.line) }
                    table.append(key, TOMLValue(content: .array(values), line: line))
                }
            }
            return table
        }
    }

    private let bytes: [UInt8]
    var place = 0
    var line = 1

    /// Tables and lists within each other that are too many.
    static let depthLimit = 32

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads everything.
    func document() throws(TOMLError) -> TOMLTable {
        let root = Node(.header, line: 1)
        var current = root
        while true {
            try skipBlankLines()
            guard let next = peek() else { return root.table }
            if next == UInt8(ascii: "[") {
                current = try header(root)
            } else {
                try keyValue(into: current)
            }
            try endLine()
        }
    }

    // MARK: bytes

    func peek(_ offset: Int = 0) -> UInt8? { place + offset < bytes.count ? bytes[place + offset] : nil }

    /// Takes the next byte; a line feed begins the next line.
    func take() -> UInt8? {
        guard let byte = peek() else { return nil }
        place += 1
        if byte == 0x0A { line += 1 }
        return byte
    }

    /// Takes a text if it comes next.
    func take(_ text: StaticString) -> Bool {
        let isNext = text.withUTF8Buffer { text in
            text.indices.allSatisfy { peek($0) == text[$0] }
        }
        if isNext { place += text.utf8CodeUnitCount }
        return isNext
    }

    func fail(_ reason: String) -> TOMLError { TOMLError(line: line, reason: reason) }

    /// What stands here, for messages.
    var found: String {
        guard let byte = peek() else { return "the end of the file" }
        if byte == 0x0A || byte == 0x0D { return "the end of the line" }
        let rest = String(decoding: bytes[place...].prefix(16), as: UTF8.self)
        guard let first = rest.unicodeScalars.first, first.value >= 0x20, first.value != 0x7F else {
            return "the byte \(byte)"
        }
        return "'\(rest.prefix(1))'"
    }

    func skipSpaces() { while peek() == 0x20 || peek() == 0x09 { place += 1 } }

    /// Skips empty lines, and comments.
    func skipBlankLines() throws(TOMLError) {
        while true {
            skipSpaces()
            if peek() == UInt8(ascii: "#") { try skipComment() }
            guard try takeLineEnd() else { return }
        }
    }

    /// Takes the end of a line, if it is here.
    func takeLineEnd() throws(TOMLError) -> Bool {
        if peek() == 0x0D {
            guard peek(1) == 0x0A else { throw fail("a carriage return in the middle of a line") }
            place += 1
        }
        guard peek() == 0x0A else { return false }
        _ = take()
        return true
    }

    private func skipComment() throws(TOMLError) {
        while let byte = peek(), byte != 0x0A, !(byte == 0x0D && peek(1) == 0x0A) {
            guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else { throw fail("a control character in a comment") }
            place += 1
        }
    }

    private func endLine() throws(TOMLError) {
        skipSpaces()
        if peek() == UInt8(ascii: "#") { try skipComment() }
        guard try takeLineEnd() || peek() == nil else { throw fail("expected the end of the line, not \(found)") }
    }

    // MARK: tables and keys

    /// `[a.b]` or `[[a.b]]`: the table that the lines below it belong to.
    private func header(_ root: Node) throws(TOMLError) -> Node {
        let isList = take("[[")
        if !isList { _ = take("[") }
        let line = line
        skipSpaces()
        let path = try key()
        guard isList ? take("]]") : take("]") else {
            throw fail("expected \(isList ? "']]'" : "']'") after the table's name, not \(found)")
        }
        var node = root
        for part in path.dropLast() {
            switch node.entries[part]?.entry {
            case nil:
                let next = Node(.implied, line: line)
                node.set(part, .table(next), line: line)
                node = next
            case .table(let next) where next.kind != .inline: node = next
            case .tables(let tables):
                guard let last = tables.nodes.last else { throw taken(part, in: node) }
                node = last
            default: throw taken(part, in: node)
            }
        }
        let name = path[path.count - 1]
        switch (node.entries[name]?.entry, isList) {
        case (nil, false):
            let table = Node(.header, line: line)
            node.set(name, .table(table), line: line)
            return table
        case (.table(let table), false) where table.kind == .implied:
            table.kind = .header
            return table
        case (nil, true):
            let (tables, table) = (Node.Tables(), Node(.header, line: line))
            tables.nodes = [table]
            node.set(name, .tables(tables), line: line)
            return table
        case (.tables(let tables), true):
            let table = Node(.header, line: line)
            tables.nodes.append(table)
            return table
        default: throw taken(name, in: node)
        }
    }

    /// `a.b = value`
    func keyValue(into table: Node, depth: Int = 0) throws(TOMLError) {
        let line = line
        let path = try key()
        guard take("=") else { throw fail("expected '=' after the key '\(path.joined(separator: "."))', not \(found)") }
        skipSpaces()
        var node = table
        for part in path.dropLast() {
            switch node.entries[part]?.entry {
            case nil:
                let next = Node(.dotted, line: line)
                node.set(part, .table(next), line: line)
                node = next
            case .table(let next) where next.kind == .dotted: node = next
            default: throw taken(part, in: node)
            }
        }
        let name = path[path.count - 1]
        guard node.entries[name] == nil else { throw taken(name, in: node) }
        let content = try value(depth: depth)
        node.set(name, .value(TOMLValue(content: content, line: line)), line: line)
    }

    private func taken(_ key: String, in node: Node) -> TOMLError {
        fail("'\(key)' is there twice; it was set in line \(node.entries[key]?.line ?? 1)")
    }

    /// A key and its parts, with the blanks behind it.
    private func key() throws(TOMLError) -> [String] {
        var parts: [String] = []
        repeat {
            skipSpaces()
            guard parts.count < Self.depthLimit else { throw fail("more than \(Self.depthLimit) parts in a key") }
            switch peek() {
            case UInt8(ascii: "\""), UInt8(ascii: "'"): parts.append(try shortString())
            default:
                let start = place
                while let byte = peek(), Self.isBare(byte) { place += 1 }
                guard place > start else { throw fail("expected a key, not \(found)") }
                parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            }
            skipSpaces()
        } while take(".")
        return parts
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The bytes from a place on, as text.
    func text(from start: Int) -> String { String(decoding: bytes[start..<place], as: UTF8.self) }

    /// Takes bytes while they fit.
    func skip(while fits: (UInt8) -> Bool) { while let byte = peek(), byte != 0x0A, fits(byte) { place += 1 } }

    func advance(_ count: Int) { place = min(place + count, bytes.count) }
}
