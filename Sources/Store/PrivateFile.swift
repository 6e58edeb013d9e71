import Foundation

/// Keeps the files of the state directory from other users, whatever the process's usual modes are.
enum PrivateFile {
    /// Makes the database's file if it is missing, and takes the rights of others away from it and its companions. Neither
    /// opens it: closing a second descriptor would give up SQLite's locks.
    static func prepare(_ path: String) throws {
        _ = mknod(path, S_IFREG | 0o600, 0)
        for file in [path, path + "-wal", path + "-shm"] {
            var status = stat()
            guard lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
                status.st_mode & 0o777 != 0o600
            else { continue }
            chmod(file, 0o600)
        }
    }
}
