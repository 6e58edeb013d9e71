import Files
import Foundation

/// Lists the files below the class folders of a data set. Every folder counts once: one that is reached again, through a
/// link to a folder beside it or above it, is passed over.
struct FolderWalk {
    /// A folder that could not be listed.
    struct Locked: Equatable {
        var path: String
        var reason: String
    }

    private var visited: Set<FileIdentity> = []
    /// Folders that may not be read, as the data set writes their paths.
    private(set) var locked: [Locked] = []
    /// Folders that were reached again.
    private(set) var reachedAgain: [String] = []
    /// Folders of systems and archivers, by name.
    private(set) var systemFolders: [String: Int] = [:]

    private let root: String

    /// - Parameters:
    ///   - root: the data set's folder.
    ///   - classFolders: its class folders, relative to it.
    init(_ root: String, classFolders: [String]) {
        self.root = root
        // What is above the data set would bring it in once more.
        var above = root
        for _ in 0..<128 {
            guard let identity = FileIdentity(above), visited.insert(identity).inserted else { break }
            above += "/.."
        }
        for folder in classFolders { if let identity = FileIdentity(root + "/" + folder) { visited.insert(identity) } }
    }

    /// Counts folders that are no classes.
    mutating func pass(_ systemFolders: [String]) {
        for folder in systemFolders { self.systemFolders[folder, default: 0] += 1 }
    }

    /// All files below a class folder, in torchvision's order: folders by their full path, files by name within each.
    /// - Parameter folder: relative to the root.
    /// - Returns: paths relative to `folder`.
    mutating func files(below folder: String) -> [String] {
        var found: [(prefix: String, files: [String])] = []
        var open = [""]
        while let prefix = open.popLast() {
            let written = prefix.isEmpty ? folder : folder + "/" + prefix
            let path = root + "/" + written
            if !prefix.isEmpty, let identity = FileIdentity(path), !visited.insert(identity).inserted {
                reachedAgain.append(written)
                continue
            }
            do throws(DatasetError) {
                let listing = try DirectoryListing(path)
                found.append((prefix, listing.files))
                pass(listing.systemFolders)
                // The last one is taken next: the first occurrence in byte order is the one that counts.
                open += listing.folders.reversed().map { prefix.isEmpty ? $0 : prefix + "/" + $0 }
            } catch {
                locked.append(Locked(path: written, reason: "permission denied"))
            }
        }
        found.sort { DirectoryListing.inByteOrder($0.prefix, $1.prefix) }
        return found.flatMap { prefix, files in prefix.isEmpty ? files : files.map { prefix + "/" + $0 } }
    }
}

extension Dataset {
    /// Adds what a walk came across: folders that may not be read are a warning, what was passed over is a note.
    mutating func report(_ walk: FolderWalk) {
        for folder in walk.locked { warnings.append("the folder \(folder.path) cannot be read: \(folder.reason)") }
        if let first = walk.reachedAgain.first {
            let count = walk.reachedAgain.count
            notes.append(
                "\(count) \(count == 1 ? "link leads" : "links lead") to folders that are counted already, e.g. \(first)"
            )
        }
        guard !walk.systemFolders.isEmpty else { return }
        let names = walk.systemFolders.keys.sorted(by: DirectoryListing.inByteOrder)
        notes.append(
            "passed over: \(names.prefix(4).joined(separator: ", ")), which systems and archivers leave behind"
                + (names.count > 4 ? "; and \(names.count - 4) more" : ""))
    }
}
