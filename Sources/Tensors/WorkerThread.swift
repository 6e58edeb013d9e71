import Dispatch
import Foundation
import Synchronization

/// A second thread that shares short pieces of work with its owner, for loops in which a piece takes a tenth of a
/// millisecond and waking a thread would take as long.
///
/// Between two pieces the thread spins for a moment before it sleeps, so that a tight loop never waits for it and an
/// idle one takes no processor time. The owner does a piece that the thread has not begun when the owner has finished
/// its own: on a busy machine nothing waits for a thread that is not scheduled.
public final class WorkerThread {
    /// The state shared by owner and thread; the thread keeps it alive.
    private final class Shared: Sendable {
        let requested = Atomic<Int>(0)
        let claimed = Atomic<Int>(0)
        let finished = Atomic<Int>(0)
        let isStopped = Atomic<Bool>(false)
        let isAsleep = Atomic<Bool>(false)
        let wake = DispatchSemaphore(value: 0)
        /// The piece of the latest request; only whoever has claimed it touches it.
        nonisolated(unsafe) var work: () -> Void = {}

        /// Whether the caller is the one to do request `number`.
        func claim(_ number: Int) -> Bool {
            claimed.compareExchange(expected: number - 1, desired: number, ordering: .acquiringAndReleasing).exchanged
        }

        func serve() {
            var seen = 0
            while true {
                var idle = 0
                while requested.load(ordering: .acquiring) == seen {
                    if isStopped.load(ordering: .acquiring) { return }
                    idle += 1
                    if idle > 20_000 { sleep(seen) }
                }
                seen = requested.load(ordering: .acquiring)
                guard claim(seen) else { continue }
                work()
                finished.store(seen, ordering: .releasing)
            }
        }

        /// Sleeps unless something has come in; the owner looks at `isAsleep` after it has made a request.
        private func sleep(_ seen: Int) {
            isAsleep.store(true, ordering: .sequentiallyConsistent)
            if requested.load(ordering: .sequentiallyConsistent) == seen,
                !isStopped.load(ordering: .sequentiallyConsistent)
            {
                wake.wait()
            }
            isAsleep.store(false, ordering: .sequentiallyConsistent)
        }
    }

    /// Whether worker threads that are made now start a thread.
    @TaskLocal private static var haveThreads = true

    /// Runs `body`; worker threads made in it start no thread, and their owners do all the work. The results are the
    /// same: for programs that have work for every core already.
    public static func alone<Value>(_ body: () throws -> Value) rethrows -> Value {
        try $haveThreads.withValue(false, operation: body)
    }

    private let shared = Shared()
    private let hasThread = haveThreads

    /// A worker thread, asleep.
    public init() {
        guard hasThread else { return }
        let shared = shared
        let thread = Thread { shared.serve() }
        thread.name = "companion"
        thread.start()
    }

    deinit {
        shared.isStopped.store(true, ordering: .sequentiallyConsistent)
        shared.wake.signal()
    }

    /// Runs both pieces, at the same time if the second core is free, and returns when both are done.
    ///
    /// They must not share anything that one of them writes to. Not to be called by two threads at once.
    public func run(_ own: () -> Void, _ others: () -> Void) {
        guard hasThread else {
            own()
            others()
            return
        }
        withoutActuallyEscaping(others) { others in
            let number = shared.requested.load(ordering: .relaxed) + 1
            shared.work = others
            shared.requested.store(number, ordering: .sequentiallyConsistent)
            if shared.isAsleep.load(ordering: .sequentiallyConsistent) { shared.wake.signal() }
            own()
            if shared.claim(number) {
                others()
            } else {
                var spins = 0
                while shared.finished.load(ordering: .acquiring) != number {
                    spins += 1
                    // The thread may have lost its core: yield this one.
                    if spins > 10_000 { sched_yield() }
                }
            }
            shared.work = {}
        }
    }
}
