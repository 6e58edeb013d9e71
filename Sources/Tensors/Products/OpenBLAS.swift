import COpenBLAS
import Foundation

/// What is known about the OpenBLAS this process runs on.
public enum OpenBLAS {
    /// The kernel set in use, e.g. `SkylakeX`; it decides speed and the last bits of every product.
    public static var coreName: String { openblas_get_corename().map { String(cString: $0) } ?? "unknown" }

    /// OpenBLAS's own one-line description of its build.
    public static var configuration: String { openblas_get_config().map { String(cString: $0) } ?? "unknown" }

    /// The number of threads one product may use.
    public static var threads: Int {
        get { Int(openblas_get_num_threads()) }
        set { openblas_set_num_threads(Int32(newValue)) }
    }

    /// The kernel set that the environment forces, if any.
    public static var forcedCoreName: String? { ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"] }

    /// Prepares for products: each uses one thread, because the work is split over pictures and the last bits of a run must
    /// not depend on how many cores were free; and the work buffers are reserved, because OpenBLAS waits for ever for memory
    /// that it is not given.
    /// - Parameter callers: the threads that compute products at the same time; one a processor at least.
    /// - Throws: ``OpenBLASError``.
    public static func prepare(callers: Int = 0) throws {
        threads = 1
        let wanted = min(max(callers, ProcessInfo.processInfo.activeProcessorCount) + 2, 64)
        let reserved = Int(openblas_reserve_buffers(Int32(wanted)))
        guard reserved == wanted else { throw OpenBLASError(wanted: wanted, reserved: reserved) }
    }
}

/// OpenBLAS would not get the memory it works in.
public struct OpenBLASError: Error, LocalizedError, Equatable {
    /// The buffers that are needed, and those that the system gave.
    public var wanted, reserved: Int

    /// One readable line.
    public var errorDescription: String? {
        let megabytes = Int(openblas_buffer_bytes >> 20)
        var limit = rlimit()
        let kilobytes =
            getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 && limit.rlim_cur != rlim_t.max
            ? " (ulimit -v is \(limit.rlim_cur >> 10))" : ""
        return
            "the matrix products of OpenBLAS need \(wanted) buffers of \(megabytes) MB of address space, and the system gives "
            + "\(reserved)\(kilobytes); allow the process more memory"
    }
}
