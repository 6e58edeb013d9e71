import Foundation
import Store

/// A run as lists show it, with whether it is alive.
public struct RunSummary: Sendable, Equatable {
    /// What the store knows of it.
    public var record: RunRecord
    /// The process that trains it; nil if none does.
    public var process: Int32?
    /// Where its files are.
    public var folder: URL

    /// A run.
    public init(record: RunRecord, process: Int32?, folder: URL) {
        self.record = record
        self.process = process
        self.folder = folder
    }

    /// The run's ID.
    public var id: String { record.id }
    /// Whether it is being trained.
    public var isLive: Bool { process != nil }
    /// Whether it is neither trained nor ended: its process is gone.
    public var isStale: Bool { !isLive && record.state == "running" }
    /// `running`, `stale`, `done`, `stopped`, `diverged` or `failed`.
    public var state: String { isStale ? "stale" : isLive ? "running" : record.state }
}

/// A run's curves over its epochs.
public struct RunCurves: Sendable, Equatable {
    /// Its epochs.
    public var epochs: [EpochRecord]
    /// Zero-shot on the validation pictures.
    public var zeroShot: Evaluation?

    /// Curves.
    public init(epochs: [EpochRecord], zeroShot: Evaluation?) {
        self.epochs = epochs
        self.zeroShot = zeroShot
    }
}

/// What is known of one run besides its line in the list.
public struct RunDetails: Sendable, Equatable {
    /// Its curves.
    public var curves: RunCurves
    /// Its settings, by the names of the options; empty for a run of an older version.
    public var settings: [RunSetting]
    /// What the user did to it.
    public var interventions: [Intervention]
    /// How far its course had come.
    public var extent: RunExtent

    /// Details.
    public init(curves: RunCurves, settings: [RunSetting], interventions: [Intervention], extent: RunExtent) {
        self.curves = curves
        self.settings = settings
        self.interventions = interventions
        self.extent = extent
    }
}

/// What a viewer looks up about stored runs. Every call reads the database, and none belongs on a main thread.
public protocol RunLibrary: Sendable {
    /// All runs, newest first.
    func summaries() throws -> [RunSummary]
    /// A run's details; nil if its course has come no further than `known`.
    func details(of id: String, since known: RunExtent?) throws -> RunDetails?
    /// Writes a note about a run; nil takes it away.
    func setNote(_ note: String?, of id: String) throws
    /// Gives a run exactly these tags.
    func setTags(_ tags: [String], of id: String) throws
    /// Removes a run with its folder. One that is being trained is refused.
    func remove(_ id: String) throws
}

extension RunHistory: RunLibrary {
    public func summaries() throws -> [RunSummary] { try runs.records().map(summary) }

    /// The run that `query` means, as lists show it.
    /// - Throws: ``StoreError`` where there is none, or several.
    public func summary(_ query: String) throws -> RunSummary {
        summary(try runs.record(runs.find(query)))
    }

    private func summary(_ record: RunRecord) -> RunSummary {
        let folder = database.directory.run(record.id)
        // Only a run that has not ended can be alive: the others need not be asked.
        let process = record.state == "running" ? RunLock.owner(folder: folder) : nil
        return RunSummary(record: record, process: process, folder: folder)
    }

    public func details(of id: String, since known: RunExtent?) throws -> RunDetails? {
        let run = try runs.find(id: id)
        let extent = try RunCourseTable(database, run: run.number).extent()
        return extent == known ? nil : RunDetails(try course(of: run, withBatches: false), extent)
    }

    /// A run's details.
    /// - Throws: ``StoreError``, ``RunHistoryError``.
    public func details(of id: String) throws -> RunDetails {
        let run = try runs.find(id: id)
        return RunDetails(
            try course(of: run, withBatches: false), try RunCourseTable(database, run: run.number).extent())
    }

    public func setNote(_ note: String?, of id: String) throws {
        try runs.setNote(note, of: try runs.find(id: id).number)
    }

    public func setTags(_ tags: [String], of id: String) throws {
        let record = try summary(id).record
        try runs.changeTags(
            adding: tags, removing: record.tags.filter { !tags.contains($0) }, of: record.number)
    }

    public func remove(_ id: String) throws {
        let run = try runs.find(id: id)
        let folder = database.directory.run(id)
        if let process = RunLock.owner(folder: folder) { throw RunHistoryError.isLive(run: id, process: process) }
        // A folder without a run would be forgotten, and a run without its folder is half lost: neither goes alone.
        try runs.remove(run.number) {
            guard FileManager.default.fileExists(atPath: folder.path) else { return }
            do { try FileManager.default.removeItem(at: folder) } catch {
                throw RunHistoryError.cannotRemove(path: folder.path, reason: error.plainReason)
            }
        }
    }
}

extension RunDetails {
    /// The details that a course holds.
    init(_ course: RunLog, _ extent: RunExtent) {
        self.init(
            curves: RunCurves(epochs: course.epochs.map(\.record), zeroShot: course.zeroShot),
            settings: course.configuration.map(RunSetting.all) ?? [], interventions: course.interventions,
            extent: extent)
    }
}
