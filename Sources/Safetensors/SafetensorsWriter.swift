import Files
import Foundation
import Tensors

/// Writes safetensors files that PyTorch and every other reader accept.
public enum SafetensorsWriter {
    /// A tensor on its way into a file.
    private struct Entry {
        var name: String
        var dataType: String
        var shape: [Int]
        /// Calls its argument with the elements' bytes.
        var withBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
        var byteCount: Int
    }

    /// Writes `tensors` as F32, `doubles` as F64 and lists of whole numbers as I64 to `url`.
    ///
    /// The header is compact JSON with `__metadata__` first and the tensors sorted by name, padded with spaces to a
    /// multiple of 8; equal contents give equal bytes. The file appears whole or not at all.
    /// - Parameters:
    ///   - metadata: free text to store; `"format": "pt"`, which PyTorch readers expect, is added unless given.
    /// - Throws: ``SafetensorsError/unwritable(file:reason:)``.
    public static func write(
        _ tensors: [String: Tensor<Float>], doubles: [String: Tensor<Double>] = [:],
        integers: [String: [Int64]] = [:], metadata: [String: String] = [:], to url: URL
    ) throws {
        let path = url.path(percentEncoded: false)
        var names = Set<String>()
        for name in Array(tensors.keys) + doubles.keys + integers.keys {
            guard name != "__metadata__" else {
                throw SafetensorsError.unwritable(file: path, reason: "no tensor may be named __metadata__")
            }
            guard names.insert(name).inserted else {
                throw SafetensorsError.unwritable(file: path, reason: "two tensors are named \(name)")
            }
        }
        let entries =
            tensors.map { name, tensor in
                Entry(
                    name: name, dataType: "F32", shape: tensor.shape,
                    withBytes: { body in try tensor.values.withUnsafeBytes { try body($0) } },
                    byteCount: tensor.count * MemoryLayout<Float>.stride)
            }
            + doubles.map { name, tensor in
                Entry(
                    name: name, dataType: "F64", shape: tensor.shape,
                    withBytes: { body in try tensor.values.withUnsafeBytes { try body($0) } },
                    byteCount: tensor.count * MemoryLayout<Double>.stride)
            }
            + integers.map { name, values in
                Entry(
                    name: name, dataType: "I64", shape: [values.count],
                    withBytes: { body in try values.withUnsafeBytes { try body($0) } },
                    byteCount: values.count * MemoryLayout<Int64>.stride)
            }
        let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let header = encodeHeader(sorted, metadata: metadata.merging(["format": "pt"]) { given, _ in given })

        do {
            try AtomicFile.write(to: path) { descriptor in
                try header.withUnsafeBytes { try AtomicFile.write($0, to: descriptor) }
                for entry in sorted { try entry.withBytes { try AtomicFile.write($0, to: descriptor) } }
            }
        } catch let failure as AtomicFile.Failure {
            throw SafetensorsError.unwritable(file: path, reason: failure.reason)
        }
    }

    private static func encodeHeader(_ tensors: [Entry], metadata: [String: String]) -> [UInt8] {
        let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { "\(quoted($0.key)):\(quoted($0.value))" }
        var entries = ["\"__metadata__\":{\(pairs.joined(separator: ","))}"]
        var offset = 0
        for tensor in tensors {
            let end = offset + tensor.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            entries.append(
                "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.dataType)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var json = Array("{\(entries.joined(separator: ","))}".utf8)
        json.append(contentsOf: repeatElement(0x20, count: (8 - json.count % 8) % 8))
        let length = UInt64(json.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + json
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
