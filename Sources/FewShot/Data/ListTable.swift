import Files
import Pictures

/// How the columns of a list are separated, and whether the first line names them. Found out from its beginning.
struct ListTable: Equatable {
    let separator: UInt8
    /// The names of the columns; nil where the first line is a picture.
    let header: [String]?

    /// Nil for a list that has no columns.
    init?(_ bytes: [UInt8], base: String) {
        guard let (separator, records) = Self.separator(of: Self.beginning(bytes), base: base) else { return nil }
        self.separator = separator
        let first = records[0].map { String($0[...].trimmed) }
        // A header names no picture. Where no line does, the names of the columns have to tell.
        let picture = Self.pictureColumn(records, base: base)
        let isHeader =
            picture.map { !ListColumns.isPicture(first[$0], base: base) } ?? (ListColumns.path(named: first) != nil)
        header = isHeader ? first : nil
    }

    /// The first lines, whole ones.
    private static func beginning(_ bytes: [UInt8]) -> [UInt8] {
        let limit = 64 << 10
        guard bytes.count > limit else { return bytes }
        let head = bytes[..<limit]
        return Array(head[...(head.lastIndex(of: 0x0A) ?? limit - 1)])
    }

    /// The separator that gives all lines equally many fields, one of which is a picture or called like one.
    private static func separator(of bytes: [UInt8], base: String) -> (UInt8, [[String]])? {
        for separator in [0x09, UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|")] {
            guard let all = try? SeparatedRecords(bytes, separator: separator, file: "").records else { continue }
            let records = all.prefix(50).map(\.fields)
            guard let width = records.first?.count, width > 1 else { continue }
            let isCalledPath = ListColumns.path(named: records[0]) != nil
            // A line that does not fit is reported later, where the header says that these are columns.
            guard isCalledPath || records.allSatisfy({ $0.count == width }) else { continue }
            let fitting = records.filter { $0.count == width }
            if isCalledPath || pictureColumn(fitting, base: base) != nil { return (separator, fitting) }
        }
        return nil
    }

    /// The first column that holds pictures in most lines.
    private static func pictureColumn(_ records: [[String]], base: String) -> Int? {
        records[0].indices.first { column in
            records.count { ListColumns.isPicture($0[column], base: base) } * 2 > records.count - 1
                && records.contains { ListColumns.isPicture($0[column], base: base) }
        }
    }
}
