import Foundation
import Pictures
import Synchronization

/// Decodes and fits pictures on a queue of its own, newest wish first, and keeps the last few.
final class PictureLoader: Sendable {
    /// What was asked for: a file at a size in cells.
    struct Request: Equatable {
        var url: URL
        var columns: Int
        var rows: Int
        var capabilities: TerminalCapabilities
    }

    private struct Memory {
        var wanted: Request?
        /// What is being decoded.
        var current: Request?
        /// Results by request, the least recently used first.
        var results: [(request: Request, picture: DashboardState.LoadedPicture)] = []
    }

    private let memory = Mutex(Memory())
    private let queue = DispatchQueue(label: "cliptop.pictures", qos: .userInitiated)
    private let wake: @Sendable () -> Void
    private static let capacity = 64

    /// - Parameter wake: Called on any thread when a picture has become ready.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// The picture if it is ready; otherwise it will be, and older wishes that have not been begun are dropped.
    func picture(_ request: Request) -> DashboardState.LoadedPicture {
        let (ready, start) = memory.withLock { memory -> (DashboardState.LoadedPicture?, Bool) in
            if let index = memory.results.firstIndex(where: { $0.request == request }) {
                let hit = memory.results.remove(at: index)
                memory.results.append(hit)
                return (hit.picture, false)
            }
            guard memory.current != request else { return (nil, false) }
            let isIdle = memory.current == nil && memory.wanted == nil
            memory.wanted = request
            return (nil, isIdle)
        }
        if start { queue.async { [self] in work() } }
        return ready ?? .loading
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
            memory.current = memory.wanted
            memory.wanted = nil
            return memory.current
        }
    }
}
