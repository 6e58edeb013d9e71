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
        var withBytes: ((UnsafeRawBufferPointer) -> Bool) -> Bool
        var byteCount: Int
    }

    /// Writes `tensors` as F32, `doubles` as F64 and lists of whole numbers as I64 to `url`.
    ///
    /// The header is compact JSON with `__metadata__` first and the tensors sorted by name, padded with spaces to a
    /// multiple of 8; equal contents give equal bytes. The file appears whole or not at all: it is written under another
    /// name in the same folder, flushed, and renamed.
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
                    withBytes: { body in tensor.values.withUnsafeBytes { body($0) } },
                    byteCount: tensor.count * MemoryLayout<Float>.stride)
            }
            + doubles.map { name, tensor in
                Entry(
                    name: name, dataType: "F64", shape: tensor.shape,
                    withBytes: { body in tensor.values.withUnsafeBytes { body($0) } },
                    byteCount: tensor.count * MemoryLayout<Double>.stride)
            }
            + integers.map { name, values in
                Entry(
                    name: name, dataType: "I64", shape: [values.count],
                    withBytes: { body in values.withUnsafeBytes { body($0) } },
                    byteCount: values.count * MemoryLayout<Int64>.stride)
            }
        let sorted = entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        let header = encodeHeader(sorted, metadata: metadata.merging(["format": "pt"]) { given, _ in given })

        let temporary = url.deletingLastPathComponent()
            .appending(path: ".\(url.lastPathComponent).\(UUID().uuidString).partial").path(percentEncoded: false)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw SafetensorsError.unwritable(file: path, reason: systemMessage()) }
        var failure: String?
        if !writeFully(descriptor, header) { failure = systemMessage() }
        for entry in sorted where failure == nil {
            if !entry.withBytes({ writeFully(descriptor, $0) }) { failure = systemMessage() }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = systemMessage() }
        if close(descriptor) != 0, failure == nil { failure = systemMessage() }
        if failure == nil, rename(temporary, path) != 0 { failure = systemMessage() }
        if let failure {
            unlink(temporary)
            throw SafetensorsError.unwritable(file: path, reason: failure)
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

    private static func writeFully(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { writeFully(descriptor, $0) }
    }

    private static func writeFully(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = Foundation.write(descriptor, base + done, min(bytes.count - done, 1 << 30))
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            done += count
        }
        return true
    }
}
