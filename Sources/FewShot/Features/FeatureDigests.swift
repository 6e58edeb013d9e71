import Checksums
import Foundation
import Tensors

/// The identity of labelled features, to the bit: what was computed from equal ones need not be computed again.
public struct FeatureDigests: Sendable {
    private let rows: [Data]

    /// A digest for each row of `features` `[n, width]` with its label `[n]`.
    public init(_ features: Tensor<Float>, labels: [Int32]) {
        rows = labels.enumerated().map { row, label in
            let hash = SHA256()
            features.row(row).withUnsafeBytes { hash.update($0) }
            withUnsafeBytes(of: label.littleEndian) { hash.update($0) }
            return hash.finalize()
        }
    }

    /// The digest of some rows in their order.
    public func of(_ indices: [Int]) -> Data {
        let hash = SHA256()
        for index in indices { hash.update(rows[index]) }
        return hash.finalize()
    }

    /// One digest for many, in hexadecimal digits.
    public static func joined(_ parts: [Data]) -> String {
        let hash = SHA256()
        for part in parts {
            // With its length: two parts are not the same as one made of both.
            withUnsafeBytes(of: part.count.littleEndian) { hash.update($0) }
            hash.update(part)
        }
        return hash.finalize().hexadecimal
    }

    /// The bytes of a tensor.
    public static func bytes(_ tensor: Tensor<Float>) -> Data { tensor.values.withUnsafeBytes { Data($0) } }
}
