import Foundation

/// What can go wrong with the state directory and its database.
public enum StoreError: Error, Equatable {
    /// The state directory cannot be made or written to.
    case notWritable(path: String, reason: String)
    /// The state directory is on a file system on which SQLite's write-ahead log is not safe.
    case networkFileSystem(path: String, kind: String)
    /// The database cannot be used.
    case database(path: String, DatabaseProblem)
    /// SQLite refused a shard's file.
    case unusableShard(path: String, reason: String)
    /// A row of the database cannot be read; the others can.
    case damagedRow(path: String, reason: String)
    /// Other processes kept the database locked.
    case busy(path: String, owners: [String])
    /// A process that does not train the run keeps its lock file.
    case runIsLocked(String, owners: [String])
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
        case .database(let path, let problem):
            "cannot use the database \(path): \(problem.text); \(problem.advice(path: path))"
        case .unusableShard(let path, let reason):
            "cannot use the shard's file \(path): \(reason); give --shard-folder a folder that can be written to, on a file "
                + "system with file locks"
        case .damagedRow(let path, let reason):
            "a row of the database \(path) is damaged (\(reason)); the others are whole"
        case .busy(let path, let owners):
            "the database \(path) stayed locked for ten seconds\(Self.by(owners)); try again when that has ended"
        case .runIsLocked(let id, let owners):
            "nobody trains run \(id), but its lock file is held\(Self.by(owners)); try again when that has ended"
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
    private static func by(_ owners: [String]) -> String {
        owners.isEmpty
            ? " by another process" : " by process \(owners.prefix(3).joined(separator: " and process "))"
    }
}
