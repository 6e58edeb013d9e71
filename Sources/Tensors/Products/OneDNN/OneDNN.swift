import COneDNN
import Foundation
import Synchronization

/// oneDNN 2.x, found at run time: products in bfloat16 and 8-bit integers, two and four times as fast as in 32-bit floating
/// point on processors that have the instructions.
///
/// Products run on the thread that asks for them; the library's own threads stay unused.
public final class OneDNN: Sendable {
    /// The environment variable that names the library to open instead of the system's.
    public static let pathVariable = "CLIPTOP_ONEDNN"

    /// The version found, e.g. `2.6.3`.
    public let version: String
    /// What it is going to use of the processor.
    public let instructions: Instructions
    private nonisolated(unsafe) let library: OpaquePointer  // immutable, and its functions may be called by any thread
    private let products = Mutex<[Product.Shape: Product]>([:])
    /// What the products' operands are converted in.
    package let buffers = BufferPool()

    /// The vector instructions that the library uses.
    public struct Instructions: Sendable, Equatable {
        /// Products of bfloat16 numbers.
        public let hasBF16: Bool
        /// Products of 8-bit integers.
        public let hasVNNI: Bool
        /// The widest set in words, for people.
        public let description: String
    }

    /// The library that ``pathVariable`` names, or the system's. It is opened once; later calls give the same.
    /// - Throws: ``OneDNNError``, the same as long as the process lives.
    public static func shared() throws(OneDNNError) -> OneDNN { try opened.get() }

    private static let opened = Result { () throws(OneDNNError) -> OneDNN in
        if let path = ProcessInfo.processInfo.environment[pathVariable], !path.isEmpty { return try OneDNN(path) }
        return try openSystemLibrary()
    }

    /// A system without version 2 may have another version; then the error names it.
    private static func openSystemLibrary() throws(OneDNNError) -> OneDNN {
        do { return try OneDNN("libdnnl.so.2") } catch {
            for other in ["libdnnl.so.3", "libdnnl.so.1", "libdnnl.so"] {
                do { return try OneDNN(other) } catch .notFound { continue }
            }
            throw error
        }
    }

    /// Opens the library at `path`, a file or a bare name for the dynamic linker to find.
    /// - Throws: ``OneDNNError``.
    init(_ path: String) throws(OneDNNError) {
        var opening = onednn_opening()
        onednn_open(path, &opening)
        let detail = withUnsafeBytes(of: opening.detail) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let version = "\(opening.major).\(opening.minor).\(opening.patch)"
        guard let library = opening.library else {
            switch opening.outcome {
            case ONEDNN_NOT_LOADED: throw OneDNNError.notFound(path: path, reason: detail)
            case ONEDNN_MISSING_FUNCTION: throw OneDNNError.missingFunction(path: path, name: detail)
            case ONEDNN_OTHER_VERSION: throw OneDNNError.otherVersion(path: path, version: version)
            case ONEDNN_OTHER_THREADING: throw OneDNNError.otherThreading(path: path, version: version)
            default: throw OneDNNError.noEngine(path: path, version: version)
            }
        }
        self.library = library
        self.version = version
        instructions = Instructions(onednn_get_instructions(library))
    }

    /// Throws unless the library has fast products of these factors.
    /// - Throws: ``OneDNNError/noInstructions(needed:found:)``.
    package func require(_ factors: Product.Factors) throws {
        let (has, needed) =
            switch factors {
            case .bf16: (instructions.hasBF16, "AVX-512 BF16")
            case .integer: (instructions.hasVNNI, "AVX-512 VNNI")
            }
        if !has { throw OneDNNError.noInstructions(needed: needed, found: instructions.description) }
    }

    /// The code for a shape, made when it is first asked for. Products of equal inputs, outputs and factors take the same
    /// packed weights.
    /// - Throws: ``OneDNNError/failed(operation:status:)``.
    package func product(_ shape: Product.Shape) throws -> Product {
        if let known = products.withLock({ $0[shape] }) { return known }
        // The layout of the weights is decided once, by a product of middling size.
        let layout = shape.layout
        let reference = shape == layout ? nil : try product(layout)
        let product = try Product(library, shape, like: reference)
        return products.withLock { products in
            if let known = products[shape] { return known }
            products[shape] = product
            return product
        }
    }

    /// The code for a shape whose layout has been made before. It fails only where there is no memory left, as any allocation
    /// may.
    package func availableProduct(_ shape: Product.Shape) -> Product {
        do { return try product(shape) } catch { preconditionFailure(error.localizedDescription) }
    }
}

extension OneDNN.Instructions {
    fileprivate init(_ found: onednn_instructions) {
        hasBF16 = found.avx512_bf16
        hasVNNI = found.avx512_vnni
        description =
            if found.amx { "AMX" } else if found.avx512_bf16 { "AVX-512 with BF16 and VNNI" } else if found.avx512_vnni
            {
                "AVX-512 with VNNI"
            } else if found.avx512 { "AVX-512" } else if found.avx2 { "AVX2" } else { "nothing above AVX" }
    }
}
