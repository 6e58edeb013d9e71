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
}
