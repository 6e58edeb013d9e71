import Foundation

/// What can go wrong with the state directory and its database.
public enum StoreError: Error, Equatable {
    /// The state directory cannot be made or written to.
    case notWritable(path: String, reason: String)
    /// The state directory is on a file system on which SQLite's write-ahead log is not safe.
    case networkFileSystem(path: String, kind: String)
    /// SQLite refused the database file.
    case unusableDatabase(path: String, reason: String)
    /// SQLite refused a shard's file.
    case unusableShard(path: String, reason: String)
    /// Another process kept the database locked.
    case busy(path: String)
    /// The database was written by a newer version of the program.
    case newerDatabase(path: String)
    /// A database that is to be merged cannot be read.
    case unreadableDatabase(path: String, reason: String)
    /// A database that is to be merged was last used by an older version of the program.
    case olderDatabase(path: String)
    /// A database that is to be merged belongs to another program.
    case foreignDatabase(path: String)
    /// No run answers to this ID, prefix, name or file.
    case unknownRun(String)
    /// Another process trains this run.
    case runIsLive(String, process: Int32?)
    /// A prefix or name fits several runs.
    case ambiguousRun(String, candidates: [String])
}

extension StoreError: LocalizedError {
    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .notWritable(let path, let reason):
            "cannot write to the state directory \(path): \(reason); set CLIPTOP_HOME to a folder of your own"
        case .networkFileSystem(let path, let kind):
            "the state directory \(path) is on a network file system (\(kind)), where SQLite's write-ahead log is not "
                + "safe; set CLIPTOP_HOME to a folder on a local disk"
        case .unusableDatabase(let path, let reason):
            "cannot use the database \(path): \(reason); move it away to start afresh (features are encoded again)"
        case .unusableShard(let path, let reason):
            "cannot use the shard's file \(path): \(reason); give --shard-folder a folder that can be written to, on a file "
                + "system with file locks"
        case .busy(let path):
            "the database \(path) is in use by another cliptop and stayed locked for ten seconds; try again"
        case .newerDatabase(let path):
            "the database \(path) was written by a newer cliptop; use that version, or another CLIPTOP_HOME"
        case .unreadableDatabase(let path, let reason):
            "cannot read the database \(path): \(reason); give a cliptop.sqlite, the folder that holds one, or a shard's file"
        case .olderDatabase(let path):
            "the database \(path) has the layout of an older cliptop; run 'cliptop cache show' on it once "
                + "(with CLIPTOP_HOME set to its folder) to bring it up to date"
        case .foreignDatabase(let path): "\(path) is a database, but not one of cliptop's"
        case .unknownRun(let query):
            "there is no run '\(query)'; give an ID, a unique prefix of one, a name, 'latest' or an adapter file"
        case .runIsLive(let id, let process):
            "run \(id) is being trained" + (process.map { " by process \($0)" } ?? "")
                + "; 'cliptop attach \(id)' shows it"
        case .ambiguousRun(let query, let candidates):
            "'\(query)' fits several runs: \(candidates.prefix(5).joined(separator: ", ")); give more of the ID"
        }
    }
}
