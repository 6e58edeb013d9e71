import Foundation
import Pictures
import Synchronization

/// Decodes and fits pictures on a queue of its own, the wishes of the newest frame, and keeps the last few.
final class PictureLoader: Sendable {
    /// What was asked for: a file at a size in cells.
    struct Request: Equatable {
        var url: URL
        var columns: Int
        var rows: Int
        var capabilities: TerminalCapabilities
    }

    private struct Memory {
        /// What is still to be decoded, in this order.
        var wanted: [Request] = []
        /// What is being decoded.
        var current: Request?
        /// Results by request, the least recently used first.
        var results: [(request: Request, picture: DashboardState.LoadedPicture)] = []
    }

    private let memory = Mutex(Memory())
    private let queue = DispatchQueue(label: "cliptop.pictures", qos: .userInitiated)
    private let wake: @Sendable () -> Void
    private static let capacity = 256

    /// - Parameter wake: Called on any thread when a picture has become ready.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// The pictures that are ready; the others will be, in this order. Wishes of earlier calls that have not been begun
    /// are dropped: they are for a screen that is gone.
    func pictures(_ requests: [Request]) -> [DashboardState.LoadedPicture] {
        let (found, start) = memory.withLock { memory -> ([DashboardState.LoadedPicture], Bool) in
            let isIdle = memory.current == nil && memory.wanted.isEmpty
            memory.wanted = []
            let found = requests.map { request -> DashboardState.LoadedPicture in
                if let index = memory.results.firstIndex(where: { $0.request == request }) {
                    let hit = memory.results.remove(at: index)
                    memory.results.append(hit)
                    return hit.picture
                }
                if memory.current != request { memory.wanted.append(request) }
                return .loading
            }
            return (found, isIdle && !memory.wanted.isEmpty)
        }
        if start { queue.async { [self] in work() } }
        return found
    }

    private func work() {
        while let request = next() {
            let picture: DashboardState.LoadedPicture
            do {
                let decoded = try decodePicture(contentsOf: request.url)
                picture = .ready(
                    PictureCells(decoded, columns: request.columns, rows: request.rows, request.capabilities))
            } catch {
                picture = .failed("\(error)")
            }
            memory.withLock { memory in
                memory.results.append((request, picture))
                if memory.results.count > Self.capacity { memory.results.removeFirst() }
            }
            wake()
        }
    }

    private func next() -> Request? {
        memory.withLock { memory in
            memory.current = memory.wanted.isEmpty ? nil : memory.wanted.removeFirst()
            return memory.current
        }
    }
}
