import Files
import Foundation

/// What the folders of a data set are: class folders, or parts such as `train` and `test` that hold class folders.
///
/// Folders that hold the same class folders are parts, whatever they are called; their names then have to say which. What
/// the names say without that counts only where it is not to be misunderstood: a class may be called `train`.
struct FolderLayout: Equatable {
    /// A part, and the folder below the root that its class folders are in.
    struct Part: Equatable {
        var split: SourceSplit
        var folder: String
    }

    /// The folder below the root in which class folders or parts are; empty for the root.
    private(set) var base = ""
    /// The parts, the training part first; empty where there are none.
    private(set) var parts: [Part] = []
    /// Whether the root holds pictures, and no folder that does.
    private(set) var isFlat = false
    /// What was decided, for people.
    private(set) var notes: [String] = []
    private(set) var warnings: [String] = []

    private let root: String

    /// Looks at the folders of `root`, and down to where they divide.
    /// - Throws: ``DatasetError`` where the root cannot be read, or it cannot be told what its folders are.
    init(_ root: String) throws(DatasetError) {
        self.root = root
        var probe = Probe(root, try DirectoryListing(root))
        isFlat = probe.hasPictures && probe.folders.isEmpty
        // An archive's own folders around everything.
        var (inner, path): (Probe?, [String]) = (probe, [])
        while let outer = inner, !outer.hasPictures, outer.folders.count == 1 {
            path.append(outer.folders[0])
            inner = outer.inner(0)
        }
        if let inner, inner.folders.count > 1 { (probe, base) = (inner, path.joined(separator: "/")) }
        if !base.isEmpty { notes.append("the class folders are in \(base)") }
        try findParts(probe)
    }

    /// A folder with its subfolders that have pictures in them.
    private struct Probe {
        var path: String
        var hasPictures: Bool
        var folders: [String]

        init(_ path: String, _ listing: DirectoryListing) {
            self.path = path
            hasPictures = listing.holdsPictures(path)
            folders = listing.folders.filter { Self.hasPictures(below: path + "/" + $0, depth: 0) }
        }

        /// A folder that may not be read could have some.
        private static func hasPictures(below path: String, depth: Int) -> Bool {
            guard let listing = try? DirectoryListing(path) else { return true }
            return listing.holdsPictures(path)
                || depth < 8 && listing.folders.contains { hasPictures(below: path + "/" + $0, depth: depth + 1) }
        }

        func inner(_ index: Int) -> Probe? {
            let path = path + "/" + folders[index]
            return (try? DirectoryListing(path)).map { Probe(path, $0) }
        }
    }

    /// A folder that may be a part.
    private struct Candidate {
        var name: String
        var part: PartName?
        /// Where its class folders are, relative to the root.
        var folder: String
        var classes: Set<String>
        var isHolder: Bool { !classes.isEmpty }
    }

    private func candidate(_ probe: Probe, _ index: Int) -> Candidate {
        let name = probe.folders[index]
        var candidate = Candidate(
            name: name, part: PartName(PathText.asLatin1(name)), folder: base.isEmpty ? name : base + "/" + name,
            classes: [])
        guard var inner = probe.inner(index) else { return candidate }
        // `seg_train/seg_train`: one more folder around the class folders.
        while !inner.hasPictures, inner.folders.count == 1, let next = inner.inner(0), !next.hasPictures {
            candidate.folder += "/" + inner.folders[0]
            inner = next
        }
        if !inner.hasPictures || candidate.part?.rest.isEmpty == true {
            candidate.classes = Set(inner.folders.map(PathText.asLatin1))
        }
        return candidate
    }

    private mutating func findParts(_ probe: Probe) throws(DatasetError) {
        guard probe.folders.count > 1 else { return }
        let candidates = probe.folders.indices.map { candidate(probe, $0) }
        let path = base.isEmpty ? root : root + "/" + base
        let holders = candidates.filter(\.isHolder)
        let same = Self.withSameClasses(holders)
        if !same.isEmpty {
            let named = same.compactMap(\.part)
            guard named.count == same.count, let splits = PartName.splits(named) else {
                throw .ambiguousParts(path: path, folders: same.map(\.name))
            }
            use(zip(splits, same), of: candidates)
        } else if let train = holders.first(where: { $0.part?.word == .train }), let own = train.part {
            // Not the same classes, or pictures without class folders beside them.
            let others = candidates.filter { $0.part?.rest == own.rest && $0.name != train.name }
            let rest = candidates.filter { other in
                other.name != train.name && !others.contains { $0.name == other.name }
            }
            if !others.isEmpty, let splits = PartName.splits(([train] + others).compactMap(\.part)) {
                use(zip(splits, [train] + others), of: candidates)
            } else if others.isEmpty, rest.allSatisfy({ !$0.isHolder && Self.isUnlabelled($0.name) }) {
                use(zip([.train], [train]), of: candidates)
            } else if !others.isEmpty || own.rest.isEmpty, rest.allSatisfy({ !$0.isHolder }) {
                throw .partOrClass(path: path, part: train.name, others: (others + rest).map(\.name))
            }
        } else if holders.isEmpty, let splits = PartName.splits(candidates.compactMap(\.part)),
            splits.count == candidates.count, Set(candidates.compactMap(\.part?.rest)).count == 1
        {
            throw .partsWithoutClasses(path: path, folders: candidates.map(\.name))
        }
    }

    /// Those folders that hold the same class folders as another one: two or more of them, and half of all.
    private static func withSameClasses(_ holders: [Candidate]) -> [Candidate] {
        holders.enumerated().filter { index, holder in
            holders.indices.contains { other in
                let common = holder.classes.intersection(holders[other].classes).count
                return other != index && common > 1
                    && common * 2 >= min(holder.classes.count, holders[other].classes.count)
            }
        }.map(\.element)
    }

    /// Words for pictures that nobody has labelled.
    private static func isUnlabelled(_ name: String) -> Bool {
        PartName.split(name).contains { word in
            ["unlabel", "unsup", "pred", "infer", "extra", "submi", "unknown"].contains { word.hasPrefix($0) }
        }
    }

    private mutating func use(
        _ found: some Sequence<(SourceSplit, Candidate)>, of candidates: [Candidate]
    ) {
        let found = found.sorted { Self.order($0.0) < Self.order($1.0) }
        parts = found.filter { $1.isHolder }.map { Part(split: $0, folder: $1.folder) }
        let renamed = found.filter { $0.rawValue != $1.name && $1.isHolder }
        if !renamed.isEmpty {
            notes.append(renamed.map { "\($1.name) is the part \($0.rawValue)" }.joined(separator: ", "))
        }
        for candidate in candidates where !found.contains(where: { $1.name == candidate.name && $1.isHolder }) {
            let split = found.first { $1.name == candidate.name }?.0
            let reason =
                candidate.isHolder
                ? "its name does not say which part it is" : "it has no class folders, so its pictures have no labels"
            let instead = split == .test ? "; the test pictures are drawn from the other parts" : ""
            warnings.append("the folder \(candidate.name) is left out: \(reason)\(instead)")
        }
    }

    private static func order(_ split: SourceSplit) -> Int { SourceSplit.allCases.firstIndex(of: split) ?? 0 }
}
