import Foundation

/// Writes the courses of runs for other programs.
public struct RunExport: Sendable {
    /// What is written.
    public enum Format: String, Sendable, CaseIterable {
        /// Event files, in a folder for each run.
        case tensorboard
        /// A table.
        case csv
        /// A metrics log.
        case jsonl
    }

    /// What is written.
    public var format: Format
    /// Whether a table has a row for every figure, not for every step.
    public var isLong: Bool

    /// An export.
    public init(_ format: Format, isLong: Bool = false) {
        self.format = format
        self.isLong = isLong
    }

    /// How much is collected before it is written.
    private static let pieceBytes = 1 << 16

    /// Writes runs into one file, one after another; it appears whole or not at all.
    /// - Precondition: the format is not ``Format/tensorboard``, which has a file for each run.
    /// - Throws: ``OutputFileError``, and what reading the runs throws.
    public func write(_ runs: [ExportedRun], to file: OutputFile) throws {
        try file.write(pieces: { try write(runs, to: $0) })
    }

    /// Writes runs, one after another.
    /// - Precondition: the format is not ``Format/tensorboard``, which has a file for each run.
    /// - Throws: ``OutputFileError``, and what reading the runs throws.
    public func write(_ runs: [ExportedRun], to open: OutputFile.Open) throws {
        precondition(format != .tensorboard, "event files hold one run each")
        if format == .csv { try open.write(Array(CSVRunLog.header(layout).utf8)) }
        for run in runs {
            switch format {
            case .csv: try Self.write(run, as: CSVRunLog(run.description, layout), to: open)
            case .jsonl, .tensorboard: try Self.write(run, as: JSONLinesRunLog(run.configuration), to: open)
            }
        }
    }

    /// Writes one run below a folder: its table or log under its ID, or its event file in a folder of its own. What was
    /// exported before is replaced.
    /// - Returns: the file; of event files the folder.
    /// - Throws: ``OutputFileError``, and what reading the run throws.
    public func write(_ run: ExportedRun, below folder: URL) throws -> URL {
        guard format == .tensorboard else {
            try FolderMaker.make(folder)
            let file = folder.appending(path: "\(run.description.runID).\(format.rawValue)")
            try write([run], to: OutputFile(file.path))
            return file
        }
        let own = folder.appending(path: TensorBoardRunLog.folderName(run.description))
        try FolderMaker.make(own)
        let name = TensorBoardRunLog.eventFileName(startedAt: run.startedAt, suffix: run.description.runID)
        try OutputFile(own.appending(path: name).path).write(pieces: { open in
            try Self.write(run, as: TensorBoardRunLog(), to: open)
        })
        return own
    }

    private var layout: CSVRunLog.Layout { isLong ? .long : .wide }

    private static func write(
        _ run: ExportedRun, as format: some CourseFormat, to open: OutputFile.Open
    ) throws {
        var format = format
        var bytes: [UInt8] = []
        try run.forEach { entry in
            format.append(entry, to: &bytes)
            if bytes.count >= pieceBytes {
                try open.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        format.finish(&bytes)
        try open.write(bytes)
    }
}

/// Makes folders for what is written.
enum FolderMaker {
    /// Makes a folder and those above it, where they are missing.
    /// - Throws: ``OutputFileError``.
    static func make(_ folder: URL) throws {
        let path = folder.path
        var failure = mkdir(path, 0o777) == 0 ? 0 : errno
        if failure == ENOENT, folder.pathComponents.count > 1 {
            try make(folder.deletingLastPathComponent())
            failure = mkdir(path, 0o777) == 0 ? 0 : errno
        }
        var status = stat()
        if failure == EEXIST {
            failure = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? 0 : ENOTDIR
        }
        guard failure == 0 else { throw OutputFileError(path: path, reason: String(cString: strerror(failure))) }
    }
}
