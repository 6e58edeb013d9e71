import Checksums
import Foundation
import Testing

@Suite struct SHA256Tests {
    /// FIPS 180-4, examples of the algorithm.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func publishedDigests(text: String, digest: String) {
        #expect(SHA256.hash(Data(text.utf8)).hexadecimal == digest)
    }

    @Test func piecesGiveTheDigestOfTheWhole() {
        let bytes = [UInt8]((0..<1000).map { UInt8($0 % 251) })
        let hash = SHA256()
        for start in stride(from: 0, to: 1000, by: 33) { hash.update(Array(bytes[start..<min(start + 33, 1000)])) }
        #expect(hash.finalize() == SHA256.hash(bytes))
    }
}
