import Foundation

/// Why oneDNN cannot be used.
public enum OneDNNError: Error, Equatable, LocalizedError {
    /// The dynamic linker does not find the library, or cannot load it.
    case notFound(path: String, reason: String)
    /// The library is not oneDNN.
    case missingFunction(path: String, name: String)
    /// The library has another major version.
    case otherVersion(path: String, version: String)
    /// The library starts threads of its own that cannot be turned off.
    case otherThreading(path: String, version: String)
    /// The library does not support this processor at all.
    case noEngine(path: String, version: String)
    /// The library does not have, or may not use, the instructions that would make it worthwhile.
    case noInstructions(needed: String, found: String)
    /// A call failed.
    case failed(operation: String, status: Int)

    /// One readable line.
    public var errorDescription: String? {
        let remedy =
            "reduced precision needs oneDNN 2.x (Debian, Ubuntu: apt-get install libdnnl2), --precision fp32 nothing"
        switch self {
        case .notFound(let path, let reason):
            // The linker's message names the file again.
            let reason = reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.count + 2)) : reason
            return "oneDNN: \(path): \(reason); \(remedy)"
        case .missingFunction(let path, let name): return "oneDNN: \(path) has no function \(name); \(remedy)"
        case .otherVersion(let path, let version): return "oneDNN: \(path) is version \(version); \(remedy)"
        case .otherThreading(let path, let version):
            return "oneDNN: \(path), version \(version), is built for a thread pool or SYCL, not OpenMP; \(remedy)"
        case .noEngine(let path, let version):
            return "oneDNN: \(path), version \(version), does not run on this processor; use --precision fp32"
        case .noInstructions(let needed, let found):
            return
                "oneDNN finds \(found) on this processor; without \(needed) this precision would be slower than fp32: "
                + "use --precision fp32"
        case .failed(let operation, let status): return "oneDNN: \(operation) failed with status \(status)"
        }
    }
}
