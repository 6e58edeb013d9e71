import CCrypto
import Foundation

/// SHA-256 of bytes that come in pieces, by OpenSSL, which uses the processor's own instructions where it has them.
public final class SHA256 {
    /// The length of a digest in bytes.
    public static let length = 32

    private let context = EVP_MD_CTX_new()

    /// The digest of nothing yet.
    /// - Precondition: there is memory for 100 bytes, and OpenSSL has SHA-256.
    public init() {
        precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "OpenSSL has no SHA-256")
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    public func update(_ bytes: some ContiguousBytes) { bytes.withUnsafeBytes { update($0) } }

    /// Adds a text in UTF-8.
    public func update(_ text: String) { update(Array(text.utf8)) }

    /// The digest of everything that was added; nothing can be added afterwards.
    public func finalize() -> Data {
        var digest = [UInt8](repeating: 0, count: Self.length)
        EVP_DigestFinal_ex(context, &digest, nil)
        return Data(digest)
    }

    /// The digest of `bytes`.
    public static func hash(_ bytes: some ContiguousBytes) -> Data {
        let hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}

extension Data {
    /// Two lower-case hexadecimal digits a byte.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
