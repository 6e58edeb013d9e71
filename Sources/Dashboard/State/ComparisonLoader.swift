import Dispatch
import Synchronization
import Training

/// Reads the stored comparisons on a queue of its own while somebody looks at them, again and again, for a comparison
/// that another process trains grows.
final class ComparisonLoader: Sendable {
    private struct Memory {
        var isWatched = false
        var isReading = false
        /// What was read and has not been taken yet.
        var fresh: CompareModel.Contents?
        /// What was read last.
        var last: CompareModel.Contents?
    }

    private static let pause = DispatchTimeInterval.seconds(2)

    private let library: any ComparisonLibrary
    private let wake: @Sendable () -> Void
    private let memory = Mutex(Memory())
    private let queue = DispatchQueue(label: "cliptop.comparisons", qos: .utility)

    /// - Parameter wake: Called on any thread when there is something new.
    init(_ library: any ComparisonLibrary, wake: @escaping @Sendable () -> Void) {
        self.library = library
        self.wake = wake
    }

    /// Says whether somebody looks; reading begins at once and goes on until nobody does.
    func watch(_ isWatched: Bool) {
        let begins = memory.withLock { memory in
            memory.isWatched = isWatched
            guard isWatched, !memory.isReading else { return false }
            memory.isReading = true
            return true
        }
        if begins { queue.async { [weak self] in self?.read() } }
    }

    /// What is new since the last call; nil for nothing.
    func take() -> CompareModel.Contents? {
        memory.withLock { memory in
            defer { memory.fresh = nil }
            return memory.fresh
        }
    }

    private func read() {
        let contents: CompareModel.Contents
        do { contents = .comparisons(try library.comparisons()) } catch {
            contents = .failed(error.localizedDescription)
        }
        let (isNew, goesOn) = memory.withLock { memory in
            let isNew = memory.last != contents
            if isNew { (memory.last, memory.fresh) = (contents, contents) }
            memory.isReading = memory.isWatched
            return (isNew, memory.isWatched)
        }
        if isNew { wake() }
        if goesOn { queue.asyncAfter(deadline: .now() + Self.pause) { [weak self] in self?.readAgain() } }
    }

    /// Nobody may be looking any more.
    private func readAgain() {
        let goesOn = memory.withLock { memory in
            memory.isReading = memory.isWatched
            return memory.isWatched
        }
        if goesOn { read() }
    }
}
