import Foundation
import Store
import Synchronization
import Training

/// Reads the stored runs on a queue of its own while the Runs screen is shown, once a second, and changes them when told
/// to. A database that is busy keeps nobody from controls.
final class RunsReader: Sendable {
    private struct Memory {
        /// The runs whose details are wanted; nil while nobody looks.
        var wanted: [String]?
        var isReading = false
        var news: RunsNews?
    }

    private let open: (@Sendable () throws -> any RunLibrary)?
    private let wake: @Sendable () -> Void
    private let queue = DispatchQueue(label: "cliptop.runs", qos: .utility)
    private let memory = Mutex(Memory())
    // Only the queue touches these.
    nonisolated(unsafe) private var library: (any RunLibrary)?
    /// How far the runs had come whose details have been told.
    nonisolated(unsafe) private var told: [String: RunExtent] = [:]

    static let interval = DispatchTimeInterval.seconds(1)

    /// - Parameters:
    ///   - open: opens the runs, when they are looked at for the first time.
    ///   - wake: called on any thread when there is news.
    init(_ open: (@Sendable () throws -> any RunLibrary)?, wake: @escaping @Sendable () -> Void) {
        self.open = open
        self.wake = wake
    }

    /// Says what is looked at: the runs with these details, or nothing.
    func want(_ wanted: [String]?) {
        let begins = memory.withLock { memory in
            let isNew = memory.wanted != wanted
            memory.wanted = wanted
            guard isNew, wanted != nil else { return false }
            return true
        }
        if begins { queue.async { [weak self] in self?.read() } }
    }

    /// What has been read since the last call.
    func take() -> RunsNews? {
        memory.withLock { memory in
            defer { memory.news = nil }
            return memory.news
        }
    }

    /// Changes something; the next news show it.
    func perform(_ edit: RunsEdit) {
        queue.async { [weak self] in
            guard let self else { return }
            do {
                let library = try opened()
                switch edit {
                case .note(let run, let text): try library.setNote(text, of: run)
                case .tags(let run, let tags): try library.setTags(tags, of: run)
                case .remove(let runs): for run in runs { try library.remove(run) }
                }
                read()
            } catch { tell(RunsNews(failure: error.localizedDescription)) }
        }
    }

    private func opened() throws -> any RunLibrary {
        if let library { return library }
        guard let open else { throw NoRuns() }
        let library = try open()
        self.library = library
        return library
    }

    private struct NoRuns: Error, LocalizedError {
        var errorDescription: String? { "there are no stored runs here" }
    }

    private func read() {
        guard let wanted = memory.withLock(\.wanted) else { return }
        do {
            let library = try opened()
            var news = RunsNews(runs: try library.summaries())
            // A run that has ended, and of which everything has been told, need not be asked about.
            for run in news.runs ?? [] where wanted.contains(run.id) {
                if let told = told[run.id], told.endedAt != nil, told.endedAt == run.record.endedAt { continue }
                guard let details = try library.details(of: run.id, since: told[run.id]) else { continue }
                news.details[run.id] = details
                told[run.id] = details.extent
            }
            tell(news)
        } catch { tell(RunsNews(failure: error.localizedDescription)) }
        let isFirst = memory.withLock { memory in
            defer { memory.isReading = true }
            return !memory.isReading
        }
        if isFirst { queue.asyncAfter(deadline: .now() + Self.interval) { [weak self] in self?.readAgain() } }
    }

    private func readAgain() {
        memory.withLock { $0.isReading = false }
        read()
    }

    private func tell(_ news: RunsNews) {
        memory.withLock { memory in
            var news = news
            // What nobody has fetched yet must not get lost.
            if let earlier = memory.news { news.details.merge(earlier.details) { new, _ in new } }
            memory.news = news
        }
        wake()
    }
}
