import Files
import Foundation
import Safetensors

/// Where a model lies, from what people give for it: its folder, a file in it, or its folder in the hub's cache.
struct ModelLocation: Equatable {
    /// The folder with the configuration, without a slash at its end.
    let path: String
    /// The weights that were given themselves; nil for the folder's own.
    var weights: String?

    /// What people call the model: the folder's name; `Samples/Model` where the name alone says nothing; for a snapshot in
    /// the hub's cache, whose name is a commit, that of the repository.
    var name: String {
        let parts = URL(filePath: path).standardizedFileURL.pathComponents
        guard let own = parts.last, parts.count > 1 else { return path }
        let above = parts.dropLast()
        if above.last == "snapshots", let repository = above.dropLast().last, let name = Self.hubName(repository) {
            return name
        }
        if let name = Self.hubName(own) { return name }
        return own.lowercased() == "model" && above.count > 1 ? "\(above.last ?? "")/\(own)" : own
    }

    /// `models--aviary--nest-clip` is `aviary/nest-clip`.
    private static func hubName(_ folder: String) -> String? {
        let prefix = "models--"
        guard folder.hasPrefix(prefix), folder.count > prefix.count else { return nil }
        return String(folder.dropFirst(prefix.count)).replacing("--", with: "/")
    }

    /// - Throws: ``CLIPError/notAModel(directory:reason:)`` with what would be right.
    init(_ url: URL) throws(CLIPError) {
        var path = url.path(percentEncoded: false)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        func refused(_ reason: String) -> CLIPError { .notAModel(directory: path, reason: reason) }
        switch FileKind(path) {
        case .nothing:
            throw refused(
                FileKind.linkTarget(path).map { "it is a link to \($0), which does not exist" }
                    ?? "there is no such folder")
        case .other: throw refused("it is neither a folder nor a file")
        case .file:
            let name = path.lastPathComponent
            guard name.hasSuffix(".safetensors") || name.hasSuffix(".json") else {
                throw refused("it is a file; give the folder with the configuration and the weights (safetensors)")
            }
            self.path = path.parentPath
            weights = name.hasSuffix(".safetensors") ? path : nil
            guard Self.holdsConfiguration(self.path) else {
                throw refused("it is a file, and its folder holds no \(Self.configurations.joined(separator: " or "))")
            }
        case .folder:
            guard path.withSystemPath({ access($0, R_OK | X_OK) }) == 0 else {
                throw refused("it may not be read (permission denied)")
            }
            self.path = Self.holdsConfiguration(path) ? path : try Self.snapshot(of: path) ?? path
        }
    }

    private static let configurations = [OpenCLIPConfiguration.fileName, HuggingFaceConfiguration.fileName]

    static func holdsConfiguration(_ folder: String) -> Bool {
        configurations.contains { FileKind.exists(folder + "/" + $0) }
    }

    /// The snapshot of a model's folder in the hub's cache: that of its main branch, else the only one.
    private static func snapshot(of folder: String) throws(CLIPError) -> String? {
        let all = subfolders(of: folder + "/snapshots")
        if let main = try? readFile(folder + "/refs/main", limit: 4096) {
            let commit = String(decoding: main, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            if all.contains(commit) { return "\(folder)/snapshots/\(commit)" }
        }
        if all.count == 1 { return "\(folder)/snapshots/\(all[0])" }
        guard all.isEmpty else {
            throw .notAModel(
                directory: folder,
                reason: "it holds \(all.count) snapshots of a model; give one of them: "
                    + all.prefix(3).map { "snapshots/\($0)" }.joined(separator: ", "))
        }
        return nil
    }

    /// Models in the folders of a folder that is none, as a hint; empty if there are none.
    static func hint(in folder: String) -> String {
        let models = subfolders(of: folder).filter { name in
            holdsConfiguration("\(folder)/\(name)") || !subfolders(of: "\(folder)/\(name)/snapshots").isEmpty
        }
        return models.isEmpty
            ? "" : "; there is a model in \(models.prefix(3).map { readable($0) }.joined(separator: ", "))"
    }

    private static func subfolders(of folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { FileKind("\(folder)/\($0)") == .folder }.sorted()
    }
}

extension String {
    /// What follows the last slash.
    var lastPathComponent: String { split(separator: "/").last.map(String.init) ?? self }

    /// The folder that a path is in.
    fileprivate var parentPath: String {
        guard let slash = lastIndex(of: "/") else { return "." }
        return slash == startIndex ? "/" : String(self[..<slash])
    }
}
