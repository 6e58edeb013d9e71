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
        /// Pictures in pixels made so far.
        var serial = 0

        /// A number that no picture kept has.
        mutating func number() -> (number: Int, serial: Int) {
            let used = Set(
                results.compactMap { if case .ready(let cells) = $0.picture { cells.pixels?.number } else { nil } })
            serial += 1
            return ((1...255).first { !used.contains($0) } ?? 1, serial)
        }
    }

    private let memory = Mutex(Memory())
    private let queue = DispatchQueue(label: "cliptop.pictures", qos: .userInitiated)
    private let wake: @Sendable () -> Void
    /// Pictures in pixels take a hundred times the room, and each needs a number of its own.
    private static func capacity(_ capabilities: TerminalCapabilities) -> Int { capabilities.pixels == nil ? 256 : 96 }

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
                picture = .ready(try cells(request))
            } catch {
                picture = .failed("\(error)")
            }
            memory.withLock { memory in
                memory.results.append((request, picture))
                if memory.results.count > Self.capacity(request.capabilities) { memory.results.removeFirst() }
            }
            wake()
        }
    }

    private func cells(_ request: Request) throws -> PictureCells {
        guard request.capabilities.showsPictures else { return .nothing }
        let decoded = try decodePicture(contentsOf: request.url)
        guard let support = request.capabilities.pixels else {
            return PictureCells(decoded, columns: request.columns, rows: request.rows, request.capabilities)
        }
        let (number, serial) = memory.withLock { $0.number() }
        return PictureCells(
            pixels: PixelPicture(
                decoded, columns: request.columns, rows: request.rows, support, number: number, serial: serial),
            columns: request.columns, rows: request.rows)
    }

    private func next() -> Request? {
        memory.withLock { memory in
            memory.current = memory.wanted.isEmpty ? nil : memory.wanted.removeFirst()
            return memory.current
        }
    }
}
