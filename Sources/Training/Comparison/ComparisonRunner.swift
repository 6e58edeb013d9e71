import Dispatch
import FewShot
import Foundation
import Store
import Synchronization
import Tensors

/// Trains a comparison: as many runs at a time as there are cores, each on a thread of its own.
///
/// Every finished cell is stored at once; a later comparison finds it, and one that is killed loses only the cells in
/// flight. A run's result does not depend on how many run beside it: each has one BLAS thread and no second thread of
/// its own, and shares nothing but read-only features.
public final class ComparisonRunner: Sendable {
    /// What the world hears.
    public enum Event: Sendable {
        /// Reading, loading and encoding.
        case preparation(TrainingEvent)
        /// A cell was found, trained, or failed.
        case progress(ComparisonProgress)
    }

    private struct Shared {
        var comparison: Comparison
        var next = 0
        var trained = 0
        var failure: (any Error)?
    }

    private let plan: ComparisonPlan
    private let state: StateDirectory
    private let part: ComparisonPart?
    private let workers: Int
    private let emit: @Sendable (Event) -> Void
    /// The inboxes of the runs in flight, by worker; nil once somebody wants the end.
    private let running = Mutex<[Int: CommandInbox]?>([:])

    /// A comparison that has not begun.
    /// - Parameters:
    ///   - part: the part of the grid to train; nil for all of it.
    ///   - workers: how many runs go at a time; the results do not depend on it.
    ///   - emit: called from any thread, one call at a time for progress.
    public init(
        _ plan: ComparisonPlan, state: StateDirectory, part: ComparisonPart? = nil,
        workers: Int = ProcessInfo.processInfo.activeProcessorCount,
        emit: @escaping @Sendable (Event) -> Void = { _ in }
    ) {
        self.plan = plan
        self.state = state
        self.part = part
        self.workers = max(workers, 1)
        self.emit = emit
    }

    /// Ends the comparison soon; cells in flight are lost.
    public func cancel() {
        running.withLock { running in
            running?.values.forEach { $0.send(.stop(.now, save: false)) }
            running = nil
        }
    }

    private var isCancelled: Bool { running.withLock { $0 == nil } }

    /// Trains everything that has no result yet. Not to be called on a thread that has a terminal to look after.
    /// - Returns: what there is at the end, or when ``cancel()`` was called; nil if that was before the first cell.
    /// - Throws: errors of the model, the data set and the store.
    public func run() throws -> Comparison? {
        try OpenBLAS.prepare(callers: workers)
        let preparation = RunPreparation(
            configuration: plan.configurations[0], state: state, emit: { [emit] in emit(.preparation($0)) },
            isCancelled: { [weak self] in self?.isCancelled ?? true })
        let source: EncodedSource
        do {
            source = try preparation.encodedSource(for: plan.grid.cells.map(plan.configuration)) {
                try part?.features(state, emit: preparation.emit, isCancelled: preparation.isCancelled)
                    ?? StateDatabase(state)
            }
        } catch is PreparationCancelled { return nil }
        let key = ComparisonKey(source)
        let keys = Dictionary(
            uniqueKeysWithValues: try plan.grid.cells.map { ($0, try key.of(plan.configuration(of: $0))) })
        let table = try ComparisonTable(part.map { try StateDatabase(shardFile: $0.file) } ?? StateDatabase(state))
        let description = ComparisonDescription(
            plan, source, keys: plan.grid.cells.map { keys[$0] ?? "" })
        try table.begin(ComparisonRow(id: try key.comparison(plan), description: description.json, startedAt: Date()))

        let cells = plan.grid.cells(of: part?.shard)
        var comparison = Comparison(description, shard: part?.shard)
        let known = try table.results(for: cells.compactMap { keys[$0] })
        for cell in cells {
            guard let key = keys[cell], let result = known[key].flatMap(ComparedRun.init(json:)) else { continue }
            comparison.results[cell] = result
            comparison.reused += 1
        }
        let open = cells.compactMap { cell in
            comparison.results[cell] == nil ? keys[cell].map { (cell: cell, key: $0) } : nil
        }
        let shared = Mutex(Shared(comparison: comparison))
        let start = ContinuousClock.now
        report(shared.withLock { $0 }, start)
        DispatchQueue.concurrentPerform(iterations: min(workers, max(open.count, 1))) { worker in
            while let index = take(open.count, shared) {
                let (cell, key) = open[index]
                guard let result = train(cell, source, worker: worker) else { return }
                shared.withLock { shared in
                    do { try table.insert(result.json, for: key) } catch { shared.failure = error }
                    shared.comparison.results[cell] = result
                    shared.trained += 1
                    report(shared, start)
                }
            }
        }
        return try shared.withLock { shared in
            if let failure = shared.failure { throw failure }
            shared.comparison.seconds = (ContinuousClock.now - start) / .seconds(1)
            return shared.comparison
        }
    }

    /// The next cell's place, or nil if there is none or somebody wants the end.
    private func take(_ count: Int, _ shared: borrowing Mutex<Shared>) -> Int? {
        guard !isCancelled else { return nil }
        return shared.withLock { shared in
            guard shared.failure == nil, shared.next < count else { return nil }
            defer { shared.next += 1 }
            return shared.next
        }
    }

    /// One run from beginning to end: the one that `train` would do; nil if it was stopped.
    private func train(_ cell: ComparisonCell, _ source: EncodedSource, worker: Int) -> ComparedRun? {
        let inbox = CommandInbox()
        let isWanted = running.withLock { running in
            running?[worker] = inbox
            return running != nil
        }
        guard isWanted else { return nil }
        defer { running.withLock { running in _ = running?.removeValue(forKey: worker) } }
        let configuration = plan.configuration(of: cell)
        let preparation = RunPreparation(
            configuration: configuration, state: state, emit: { _ in }, isCancelled: { inbox.wantsStop })
        do {
            // The cores are taken by the other runs: a second thread would only be in their way.
            let report = try WorkerThread.alone {
                try TrainingLoop(
                    preparation.plan(from: source), configuration: configuration, inbox: inbox, emit: { _ in }
                ).run()
            }
            return ComparedRun(report)
        } catch is PreparationCancelled {
            return nil
        } catch {
            return ComparedRun(error.localizedDescription, configuration, source)
        }
    }

    private func report(_ shared: Shared, _ start: ContinuousClock.Instant) {
        let (done, total) = (shared.comparison.results.count, plan.grid.cells(of: part?.shard).count)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        emit(
            .progress(
                ComparisonProgress(
                    done: done, total: total, reused: shared.comparison.reused,
                    failed: shared.comparison.results.values.count { $0.failure != nil },
                    secondsLeft: shared.trained > 0 ? seconds / Double(shared.trained) * Double(total - done) : nil)))
    }
}
