import Dispatch
import Foundation
import Store
import Synchronization

/// Writes the course of a run while it goes on: a metrics log, TensorBoard event files, or both. It reads the session's
/// events as any viewer does, on a queue of its own; a disk that is slow or full never holds up the training.
public final class LiveLog: Sendable {
    private let viewer: any TrainingControl
    private let queue = DispatchQueue(label: "cliptop.log", qos: .utility)
    private let ended = DispatchSemaphore(value: 0)
    /// Only the queue touches them.
    nonisolated(unsafe) private var files: [LiveFile]
    private let problems = Mutex<[any Error]>([])

    /// Looks whether the files can be written and begins to listen. Nothing is written before the run is prepared.
    /// - Parameters:
    ///   - viewer: a viewer that has not missed anything.
    ///   - jsonLines: the metrics log; lines are added to one that is there.
    ///   - tensorBoard: the folder that gets a folder for the run.
    /// - Throws: ``OutputFileError``.
    public init(
        _ viewer: any TrainingControl, _ configuration: TrainingConfiguration, jsonLines: String?, tensorBoard: String?
    ) throws {
        self.viewer = viewer
        var files: [LiveFile] = []
        if let jsonLines {
            try OutputFile(jsonLines).check()
            files.append(LiveFile(JSONLinesRunLog(configuration)) { _, _ in jsonLines })
        }
        if let tensorBoard {
            let folder = URL(filePath: tensorBoard, directoryHint: .isDirectory)
            try FolderMaker.make(folder)
            guard access(folder.path, W_OK) == 0 else { throw OutputFile(tensorBoard).failure }
            files.append(
                LiveFile(TensorBoardRunLog()) { description, time in
                    let own = folder.appending(path: TensorBoardRunLog.folderName(description))
                    try FolderMaker.make(own)
                    let suffix = "\(description.runID).\(getpid())"
                    return own.appending(path: TensorBoardRunLog.eventFileName(startedAt: time, suffix: suffix)).path
                })
        }
        self.files = files
        viewer.onEvents { [weak self] in self?.wake() }
    }

    private func wake() { queue.async { [self] in drain() } }

    private func drain() {
        let (time, events) = (Date(), viewer.drainEvents())
        guard !events.isEmpty else { return }
        let entries = events.map { TimedEvent($0, at: time) }
        for index in files.indices.reversed() {
            do { try files[index].write(entries) } catch {
                // Whoever reads the file sees where it ends; the run itself goes on.
                problems.withLock { $0.append(error) }
                files.remove(at: index)
            }
        }
        if events.contains(where: { if case .finished = $0 { true } else { false } }) { ended.signal() }
    }

    /// Writes what is still on its way.
    /// - Parameter hasEnded: whether the session has said `finished`, so that this is worth waiting for.
    /// - Returns: what went wrong with which file.
    public func finish(hasEnded: Bool) -> [any Error] {
        if hasEnded { _ = ended.wait(timeout: .now() + 10) }
        queue.sync { drain() }
        return problems.withLock { $0 }
    }
}

/// A file that grows with the run.
private struct LiveFile {
    private var format: any CourseFormat
    private let path: (RunDescription, Date) throws -> String
    private var file: OpenFile?
    private var waiting: [TimedEvent] = []

    /// - Parameter path: where the file goes, once the run is known.
    init(_ format: any CourseFormat, path: @escaping (RunDescription, Date) throws -> String) {
        self.format = format
        self.path = path
    }

    /// Writes events at once, so that others see them.
    mutating func write(_ entries: [TimedEvent]) throws {
        var bytes: [UInt8] = []
        if file == nil {
            waiting += entries.filter { !$0.event.isProgress }
            guard let (description, time) = waiting.lazy.compactMap(Self.preparation).first else { return }
            let opened = OpenFile(try OutputFile(try path(description, time)).append())
            if opened.endsWithinLine { bytes.append(UInt8(ascii: "\n")) }
            file = opened
            // The run's own line is the first, whatever was said before it was known.
            for entry in waiting where Self.preparation(entry) != nil { format.append(entry, to: &bytes) }
            for entry in waiting where Self.preparation(entry) == nil { format.append(entry, to: &bytes) }
            waiting = []
        } else {
            for entry in entries { format.append(entry, to: &bytes) }
        }
        if entries.contains(where: { if case .finished = $0.event { true } else { false } }) { format.finish(&bytes) }
        guard let file, !bytes.isEmpty else { return }
        try file.open.write(bytes)
    }

    private static func preparation(_ entry: TimedEvent) -> (RunDescription, Date)? {
        if case .prepared(let description, _) = entry.event { (description, entry.time) } else { nil }
    }
}

extension TrainingEvent {
    /// Whether it only says how far something has come.
    fileprivate var isProgress: Bool { if case .encoding = self { true } else { false } }
}

/// An open file, closed with its last user.
private final class OpenFile {
    let open: OutputFile.Open

    init(_ open: OutputFile.Open) { self.open = open }

    deinit { close(open.descriptor) }

    /// Whether a process was stopped in the middle of the file's last line.
    var endsWithinLine: Bool {
        var status = stat()
        var last = UInt8(ascii: "\n")
        guard fstat(open.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
            return false
        }
        return pread(open.descriptor, &last, 1, status.st_size - 1) == 1 && last != UInt8(ascii: "\n")
    }
}
