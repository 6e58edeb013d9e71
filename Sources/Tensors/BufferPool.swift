import Synchronization

/// Buffers that threads use repeatedly for short times: fresh pages for every matrix product would take as long as the
/// conversions around it.
///
/// It keeps as many buffers as were ever in use at once, each as large as the largest request.
package final class BufferPool: Sendable {
    private struct Buffer {
        nonisolated(unsafe) let base: UnsafeMutableRawPointer
        let byteCount: Int
    }

    private let free = Mutex<[Buffer]>([])

    deinit { free.withLock { for buffer in $0 { buffer.base.deallocate() } } }

    /// Runs `body` with at least `byteCount` bytes, uninitialised and on a cache-line boundary, which are its own for as long.
    package func withBuffer<Result>(byteCount: Int, _ body: (UnsafeMutableRawPointer) -> Result) -> Result {
        var buffer = free.withLock { $0.popLast() }
        if let small = buffer, small.byteCount < byteCount {
            small.base.deallocate()
            buffer = nil
        }
        let own = buffer ?? Buffer(base: .allocate(byteCount: byteCount, alignment: 64), byteCount: byteCount)
        defer { free.withLock { $0.append(own) } }
        return body(own.base)
    }
}

/// Several arrays in one buffer, each on a cache-line boundary.
package struct BufferLayout {
    private let starts: [Int]
    /// The bytes of all.
    package let byteCount: Int

    /// - Parameter byteCounts: of each array.
    package init(_ byteCounts: Int...) {
        var (starts, end) = ([Int](), 0)
        for count in byteCounts {
            starts.append(end)
            end += (count + 63) / 64 * 64
        }
        self.starts = starts
        byteCount = max(end, 64)
    }

    /// Where the array begins, in bytes.
    package subscript(_ index: Int) -> Int { starts[index] }
}
