import Foundation
import Tensors

/// What is known about oneDNN here: which of the reduced precisions it makes possible.
struct OneDNNFacts {
    /// Version and instructions, or why there is nothing to use.
    var library: Result<(version: String, instructions: OneDNN.Instructions), OneDNNError>

    /// Of the library that encoders would use.
    static func current() -> OneDNNFacts {
        do {
            let library = try OneDNN.shared()
            return OneDNNFacts(library: .success((library.version, library.instructions)))
        } catch {
            return OneDNNFacts(library: .failure(error))
        }
    }

    var finding: Finding {
        switch library {
        case .failure(.notFound):
            return Finding(
                name: "oneDNN", value: "not found, so --precision bf16 and int8 are not there", status: .note,
                advice: "apt-get install libdnnl2, if encoding should be about twice as fast")
        case .failure(let error):
            return Finding(
                name: "oneDNN", value: "cannot be used, so --precision bf16 and int8 are not there", status: .note,
                advice: error.localizedDescription)
        case .success(let (version, instructions)):
            let precisions = [("bf16", instructions.hasBF16), ("int8", instructions.hasVNNI)].filter(\.1).map(\.0)
            let found = "\(version), \(instructions.description)"
            guard precisions.isEmpty else {
                return Finding(name: "oneDNN", value: "\(found): --precision \(precisions.joined(separator: " and "))")
            }
            return Finding(
                name: "oneDNN", value: "\(found): bf16 and int8 would be slower than fp32 here", status: .note)
        }
    }
}
