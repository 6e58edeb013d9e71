import Files
import Pictures

/// Which column of a list holds the pictures, which their labels, and which their parts: by what stands in them, and where
/// that leaves a choice, by their names.
struct ListColumns {
    let path: Int
    /// Nil for a list without labels.
    private(set) var label: Int?
    private(set) var split: Split?
    private(set) var notes: [String] = []
    private(set) var warnings: [String] = []

    /// A column that says to which part a picture belongs.
    struct Split {
        var column: Int
        /// The part that `true` stands for, where the column only says yes and no.
        fileprivate var yes: SourceSplit?

        /// The part that a field names.
        func part(_ field: String) -> SourceSplit? {
            let field = String(field[...].trimmed)
            guard let yes else { return PartName.split(ofValue: field) }
            return ListColumns.truth(field).map { $0 ? yes : yes == .train ? .test : .train }
        }
    }

    /// - Parameters:
    ///   - records: the fields of the lines, equally many each.
    ///   - header: the names of the columns, if the list has them.
    ///   - base: the folder in which paths begin.
    /// - Throws: ``DatasetError/invalid(file:reason:)`` that names the columns there are and the ones wanted.
    init(_ records: [[String]], header: [String]?, base: String, file: String) throws(DatasetError) {
        let columns = Array(records[0].indices)
        let sample = Self.sample(records)
        func values(_ column: Int) -> [String] { sample.map { String($0[column][...].trimmed) } }
        func name(_ column: Int) -> String { header.map { "'\($0[column])'" } ?? "\(column + 1)" }
        func names(_ columns: [Int]) -> String { columns.map(name).joined(separator: ", ") }
        let wanted = "a list wants the columns path,label"

        let pictures = columns.filter { column in
            sample.count { Self.isPicture($0[column], base: base) } * 2 > sample.count
        }
        let named = header.flatMap { header in
            Self.path(named: pictures.isEmpty ? header : header.enumerated().map { pictures.contains($0) ? $1 : "" })
        }
        guard let path = named ?? pictures.first else {
            throw .invalid(file: file, reason: "none of the columns \(names(columns)) holds pictures; \(wanted)")
        }
        self.path = path
        var rest = columns.filter { $0 != path }

        split = Self.split(rest, header, values)
        if let split {
            rest.removeAll { $0 == split.column }
            notes.append("the column \(name(split.column)) says which part a picture belongs to")
        } else if let header, let column = rest.first(where: { Self.splitNames.contains(Self.joined(header[$0])) }) {
            let found = Set(values(column)).sorted().prefix(3).map { "'\($0)'" }.joined(separator: ", ")
            warnings.append("the column \(name(column)) is not used: \(found) do not name train, val or test")
            rest.removeAll { $0 == column }
        }

        guard !rest.isEmpty else { return }
        if rest.count == 1 {
            label = rest[0]
        } else if let header, let best = Self.label(named: header, among: rest, values) {
            label = best
            notes.append("labels are those of the column \(name(best))")
        } else if rest.dropFirst().allSatisfy({ values($0) == values(rest[0]) }) {
            label = rest[0]
        } else {
            let texts = rest.filter { values($0).contains { Double($0) == nil } && Self.repeats(values($0)) }
            guard texts.count == 1 else {
                throw .invalid(
                    file: file,
                    reason: "which of the columns \(names(rest)) holds the labels? \(wanted)"
                        + (header == nil ? "; a first line with their names says which is which" : ""))
            }
            label = texts[0]
            notes.append("labels are those of the column \(name(texts[0]))")
        }
    }

    /// Lines from the whole list: at most 200.
    private static func sample(_ records: [[String]]) -> [[String]] {
        let step = max(records.count / 200, 1)
        return stride(from: 0, to: records.count, by: step).map { records[$0] }
    }

    private static func repeats(_ values: [String]) -> Bool { Set(values).count * 2 <= values.count }

    // MARK: Pictures

    private static let pathWords: Set<String> = [
        "path", "paths", "filepath", "filepaths", "file", "files", "filename", "filenames", "fname", "image", "images",
        "img", "imgs", "impath", "picture", "pictures", "photo", "photos", "uri", "url",
    ]

    /// The column that is called like one of pictures; `path` before all others.
    static func path(named header: [String]) -> Int? {
        header.firstIndex { joined($0) == "path" }
            ?? header.firstIndex { name in PartName.split(name).contains { pathWords.contains($0) } && !isLabel(name) }
    }

    /// Whether a field names a picture: it ends like one, or there is such a file.
    static func isPicture(_ field: String, base: String) -> Bool {
        let field = String(field[...].trimmed)
        return !field.isEmpty
            && (PictureFile.hasSuffix(field) || !base.isEmpty && FileKind(base.joined(field)) == .file
                || !base.isEmpty && ListPaths.suffix(of: field, base: base) != nil)
    }

    // MARK: Labels

    private static let labelWords: Set<String> = [
        "label", "labels", "class", "classes", "classname", "category", "categories", "target", "targets", "tag",
        "species",
        "breed", "cultivar", "diagnosis", "genre", "y", "gt", "truth",
    ]

    private static func isLabel(_ name: String) -> Bool { PartName.split(name).contains { labelWords.contains($0) } }

    /// The column that is called like one of labels; among several, first one whose whole name says so, then one with words
    /// instead of numbers.
    private static func label(
        named header: [String], among columns: [Int], _ values: (Int) -> [String]
    ) -> Int? {
        let candidates = columns.filter { isLabel(header[$0]) }
        func rank(_ column: Int) -> Int {
            let isNumbered = values(column).allSatisfy { Double($0) != nil }
            return (PartName.split(header[column]).count == 1 ? 2 : 0) + (isNumbered ? 0 : 1)
        }
        return candidates.max { rank($0) < rank($1) || rank($0) == rank($1) && $0 > $1 }
    }

    // MARK: Parts

    private static let splitNames: Set<String> = [
        "split", "splits", "set", "dataset", "subset", "partition", "part", "phase", "stage", "usage",
    ]

    /// A name's letters, without what separates its words.
    private static func joined(_ name: String) -> String { PartName.split(name).joined() }

    static func truth(_ field: String) -> Bool? {
        switch field.lowercased() {
        case "1", "true", "yes", "y", "t", "1.0": true
        case "0", "false", "no", "n", "f", "0.0": false
        default: nil
        }
    }

    /// The column whose fields all name parts, or say yes and no under the name of a part, such as `is_valid`.
    private static func split(_ columns: [Int], _ header: [String]?, _ values: (Int) -> [String]) -> Split? {
        for column in columns {
            let fields = Set(values(column)).filter { !$0.isEmpty }
            if fields.count > 1, fields.allSatisfy({ PartName.split(ofValue: $0) != nil }) {
                return Split(column: column)
            }
            guard let header, fields.count == 2, fields.allSatisfy({ truth($0) != nil }) else { continue }
            let words = PartName.split(header[column]).filter { !["is", "in", "for", "to"].contains($0) }
            if let part = PartName.split(ofValue: words.joined(separator: " ")) {
                return Split(column: column, yes: part)
            }
        }
        return nil
    }
}
