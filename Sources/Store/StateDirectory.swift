import Foundation

/// Where a user's state lives: `$CLIPTOP_HOME`, else `$XDG_STATE_HOME/cliptop`, else `~/.local/state/cliptop`.
public struct StateDirectory: Sendable, Equatable {
    /// The folder itself; it may not exist yet.
    public let url: URL

    /// The state directory that `environment` asks for.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func folder(_ variable: String) -> URL? {
            guard let path = environment[variable], !path.isEmpty else { return nil }
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        url =
            folder("CLIPTOP_HOME")
            ?? folder("XDG_STATE_HOME")?.appending(path: "cliptop")
            ?? (folder("HOME") ?? FileManager.default.homeDirectoryForCurrentUser)
            .appending(path: ".local/state/cliptop")
    }

    /// A state directory at a place of the caller's choice.
    public init(_ url: URL) { self.url = url }

    /// The database file.
    public var database: URL { url.appending(path: "cliptop.sqlite") }

    /// The folder that holds one folder a run.
    public var runs: URL { url.appending(path: "runs") }

    /// The folder of one run.
    public func run(_ id: String) -> URL { runs.appending(path: id) }

    /// The modes of the folder, such as `755`, if other users can look into it; nil if they cannot.
    public var openness: String? {
        var status = stat()
        guard stat(url.path, &status) == 0, status.st_mode & 0o055 != 0 else { return nil }
        return String(status.st_mode & 0o777, radix: 8)
    }

    /// What can be said to the user about ``openness``.
    public var opennessWarning: String? {
        openness.map {
            "other users can look into the state directory \(url.path) (its mode is \($0)); 'chmod 700' closes it"
        }
    }

    /// Makes the folder of a run, for its user alone.
    /// - Throws: ``StoreError/notWritable(path:reason:)``.
    public func createRun(_ id: String) throws {
        let folder = run(id)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError.notWritable(path: folder.path, reason: error.plainReason)
        }
    }

    /// Makes the folder if it is missing.
    /// - Throws: ``StoreError/notWritable(path:reason:)``.
    public func create() throws {
        var isDirectory: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), !isDirectory.boolValue {
            throw StoreError.notWritable(path: url.path, reason: "it is a file")
        }
        do {
            try FileManager.default.createDirectory(
                at: runs, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw StoreError.notWritable(path: url.path, reason: error.plainReason)
        }
    }
}

extension Error {
    /// The reason in a few words, without Foundation's path and domain decoration.
    public var plainReason: String {
        let underlying = (self as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? self as NSError
        if underlying.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(underlying.code))) }
        let number: Int32? =
            switch (self as? CocoaError)?.code {
            case .fileNoSuchFile, .fileReadNoSuchFile: ENOENT
            case .fileReadNoPermission, .fileWriteNoPermission: EACCES
            case .fileWriteFileExists: EEXIST
            case .fileWriteOutOfSpace: ENOSPC
            case .fileWriteVolumeReadOnly: EROFS
            default: nil
            }
        return number.map { String(cString: strerror($0)) } ?? localizedDescription
    }
}
