import Foundation
import Tensors
import TestSupport
import Testing

@testable import Safetensors

@Suite("Writing safetensors files")
struct SafetensorsWriterTests {
    @Test("What was written is read back, and equal contents give equal bytes")
    func roundTrip() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "adapter.safetensors")
        let tensors: [String: Tensor<Float>] = [
            "image_adapter.fc.0.weight": Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]),
            "scalar": Tensor([-0.0], shape: []),
            "empty": Tensor([], shape: [0, 7]),
            "odd \"name\"\n\u{1F600}": Tensor([.infinity, .nan], shape: [2]),
        ]
        try SafetensorsWriter.write(tensors, metadata: ["ratio": "0.4"], to: url)
        let file = try SafetensorsFile(url)
        #expect(file.names == tensors.keys.sorted())
        #expect(file.metadata == ["format": "pt", "ratio": "0.4"])
        for (name, tensor) in tensors {
            let read = try file.tensor(name)
            #expect(read.shape == tensor.shape)
            #expect(read.values.map(\.bitPattern) == tensor.values.map(\.bitPattern))
        }
        let bytes = try Data(contentsOf: url)
        #expect(bytes[0] % 8 == 0)
        #expect(bytes[8...].starts(with: Data(#"{"__metadata__":{"format":"pt","ratio":"0.4"},"empty""#.utf8)))
        try SafetensorsWriter.write(tensors, metadata: ["ratio": "0.4"], to: url)
        #expect(try Data(contentsOf: url) == bytes)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["adapter.safetensors"])
    }

    @Test("A folder that cannot be written to is named, and nothing is left behind")
    func unwritable() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let missing = folder.appending(path: "missing/adapter.safetensors")
        let error = try #require(throws: SafetensorsError.self) { try SafetensorsWriter.write([:], to: missing) }
        #expect(error.description.hasPrefix(missing.path))
        // The target is a folder: the rename fails after everything has been written.
        #expect(throws: SafetensorsError.self) {
            try FileManager.default.createDirectory(
                at: folder.appending(path: "taken/inside"), withIntermediateDirectories: true)
            try SafetensorsWriter.write([:], to: folder.appending(path: "taken"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
        #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter.write(["__metadata__": Tensor([1], shape: [1])], to: folder.appending(path: "x"))
        }
    }
}
