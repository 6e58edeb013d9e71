import Files

/// Records of text with a separator, such as a comma, with the quoting of RFC 4180.
struct SeparatedRecords {
    /// One record and the line it begins in.
    struct Record: Equatable {
        var fields: [String]
        var line: Int
    }

    private(set) var records: [Record] = []

    /// - Throws: ``DatasetError`` for a quote that never ends and for what is no UTF-8.
    init(_ bytes: [UInt8], separator: UInt8, file: String) throws(DatasetError) {
        var problems = LineProblems(file: file)
        var line = 1
        var position = ByteOrderMark.length(in: bytes)
        let quote = UInt8(ascii: "\"")
        while position < bytes.count {
            var fields: [String] = []
            let start = line
            var isAtEnd = false
            repeat {
                var field: [UInt8] = []
                if position < bytes.count, bytes[position] == quote {
                    position += 1
                    while true {
                        guard position < bytes.count, field.count <= TextLines.maximumLineLength else {
                            throw .badLines(
                                file: file, lines: [BadLine(number: start, reason: "a quote that is never closed")],
                                total: 1)
                        }
                        let byte = bytes[position]
                        position += 1
                        if byte == quote {
                            guard position < bytes.count, bytes[position] == quote else { break }
                            position += 1
                        }
                        if byte == 0x0A { line += 1 }
                        field.append(byte)
                    }
                }
                while position < bytes.count, bytes[position] != separator, bytes[position] != 0x0A {
                    field.append(bytes[position])
                    position += 1
                }
                isAtEnd = position >= bytes.count || bytes[position] == 0x0A
                position += 1
                if isAtEnd, field.last == 0x0D { field.removeLast() }
                guard let text = String(validating: field, as: UTF8.self) else {
                    problems.add(start, "not UTF-8")
                    continue
                }
                fields.append(text)
            } while !isAtEnd
            line += 1
            if fields != [""] { records.append(Record(fields: fields, line: start)) }
        }
        try problems.check()
    }
}
