import Foundation
import TestSupport
import Testing

@testable import Pictures

/// Damaged pictures by the thousand: whatever the bytes are, decoding ends with a picture or an error.
@Suite("Fuzzing picture headers")
struct HeaderFuzzTests {
    /// Small pictures of every kind: each PNG chunk and JPEG segment that is read occurs among them.
    private static func seeds() throws -> [[UInt8]] {
        let folder = Fixtures.reference.appending(path: "preprocess/images")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.map { try readPictureFile(folder.appending(path: $0)) }.filter { $0.count < 6000 }
    }

    @Test("Thousands of mutations, the same in every run")
    func mutations() throws {
        let seeds = try Self.seeds()
        #expect(seeds.count > 10)
        var generator = SplitMix(2025)
        var decoded = 0
        let rounds = 4000
        for _ in 0..<rounds {
            var bytes = try #require(seeds.randomElement(using: &generator))
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, using: &generator) }
            do throws(PictureError) {
                let options = DecodingOptions(
                    pillowCompatible: Bool.random(using: &generator), maximumPixels: 1_000_000)
                let picture = try decodePicture(bytes, name: "fuzz", options: options)
                #expect(picture.width * picture.height <= 1_000_000)
                decoded += 1
            } catch {
                #expect(!error.description.contains("\n"))
            }
        }
        // Neither everything nor nothing gets through, or the mutations would test nothing.
        #expect(decoded > rounds / 50 && decoded < rounds)
    }

    /// Changes a few bytes, mostly near the beginning, where the headers are.
    private static func mutate(_ bytes: inout [UInt8], using generator: inout SplitMix) {
        guard bytes.count > 8 else { return }
        let reach = Bool.random(using: &generator) ? min(bytes.count, 200) : bytes.count
        let position = Int.random(in: 0..<reach, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[position] = .random(in: 0...255, using: &generator)
        case 1: bytes[position] ^= 1 << Int.random(in: 0..<8, using: &generator)
        case 2: bytes[position] = [0x00, 0xFF, 0x7F, 0x80, 0x01].randomElement(using: &generator) ?? 0
        case 3: bytes.removeSubrange(position..<min(position + Int.random(in: 1...20, using: &generator), bytes.count))
        case 4:
            let count = min(Int.random(in: 1...20, using: &generator), bytes.count - position)
            bytes.insert(contentsOf: Array(bytes[position..<(position + count)]), at: position)
        default: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
        }
    }
}
