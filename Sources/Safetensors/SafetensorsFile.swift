import CKernels
import Files
import Foundation
import Tensors

/// An open safetensors file: what it holds, and its tensors as numbers.
///
/// The file is read with positioned reads, not through a memory map. Every tensor ends up as an array of its own
/// anyway, so a map would save no copy; reads cost the same (both are one pass over the page cache), they need no
/// alignment, and a file that shrinks under way is a short read, hence an error, where a map would be a SIGBUS.
///
/// Everything a file says about itself is checked on opening; reading from several threads at once is safe.
public final class SafetensorsFile: Sendable {
    /// The path as given, for messages.
    public let path: String
    /// The free text of the header (`__metadata__`).
    public let metadata: [String: String]
    private let tensors: [String: TensorInfo]
    private let dataStart: Int
    private let descriptor: Int32

    /// Opens a file and checks its header against every rule of the format (docs/models.md#safetensors).
    /// - Parameter maximumHeaderBytes: refuse a longer header; small files, such as adapters, never have one.
    /// - Throws: ``SafetensorsError``.
    public init(_ url: URL, maximumHeaderBytes: Int = SafetensorsFile.maximumHeaderBytes) throws {
        let path = url.path(percentEncoded: false)
        // Not to wait for a writer, should the path be a named pipe.
        let descriptor = path.withSystemPath { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
        guard descriptor >= 0 else {
            throw SafetensorsError.unreadable(file: path, reason: FileProblem(opening: path, code: errno).text)
        }
        do {
            let (header, dataStart) = try Self.readHeader(of: descriptor, path: path, limit: maximumHeaderBytes)
            self.path = path
            self.metadata = header.metadata
            self.tensors = header.tensors
            self.dataStart = dataStart
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// The longest header that the format allows.
    public static let maximumHeaderBytes = 100_000_000

    deinit { close(descriptor) }

    /// The names of all tensors, sorted.
    public var names: [String] { tensors.keys.sorted() }

    /// What the header says about a tensor, if there is one of that name.
    public func info(_ name: String) -> TensorInfo? { tensors[name] }

    /// A tensor of floating-point numbers (F64, F32, F16 or BF16), converted to `Float`.
    /// - Throws: ``SafetensorsError`` if it is missing, holds integers, or cannot be read.
    public func tensor(_ name: String) throws -> Tensor<Float> {
        let info = try requireInfo(name)
        switch info.dataType {
        case .float32: return Tensor(try elements(name, info, as: Float.self), shape: info.shape)
        case .float16:
            return Tensor(try converted(name, info, from: UInt16.self, kernel_half_to_float), shape: info.shape)
        case .bfloat16:
            return Tensor(try converted(name, info, from: UInt16.self, kernel_bfloat_to_float), shape: info.shape)
        case .float64: return Tensor(try elements(name, info, as: Double.self).map(Float.init), shape: info.shape)
        default: throw unsupported(name, info, expected: "F64, F32, F16 or BF16")
        }
    }

    /// A tensor of floating-point numbers in double precision, for references and checks.
    /// - Throws: ``SafetensorsError`` as ``tensor(_:)``.
    public func doubleTensor(_ name: String) throws -> Tensor<Double> {
        let info = try requireInfo(name)
        guard info.dataType == .float64 else { return try tensor(name).converted(to: Double.self) }
        return Tensor(try elements(name, info, as: Double.self), shape: info.shape)
    }

    /// The elements of a tensor of integers or truth values (I64, I32, U8 or BOOL), in row-major order.
    /// - Throws: ``SafetensorsError`` if it is missing, holds anything else, or cannot be read.
    public func integers(_ name: String) throws -> [Int] {
        let info = try requireInfo(name)
        switch info.dataType {
        case .int64: return try elements(name, info, as: Int64.self).map(Int.init)
        case .int32: return try elements(name, info, as: Int32.self).map(Int.init)
        case .uint8, .bool: return try elements(name, info, as: UInt8.self).map(Int.init)
        default: throw unsupported(name, info, expected: "I64, I32, U8 or BOOL")
        }
    }

    private func requireInfo(_ name: String) throws -> TensorInfo {
        guard let info = tensors[name] else { throw SafetensorsError.missingTensor(file: path, tensor: name) }
        return info
    }

    private func unsupported(_ name: String, _ info: TensorInfo, expected: String) -> SafetensorsError {
        .unsupportedDataType(file: path, tensor: name, dataType: info.dataType, expected: expected)
    }

    /// The stored elements, which are little-endian as is every machine Swift runs on.
    private func elements<Element: BitwiseCopyable>(
        _ name: String, _ info: TensorInfo, as _: Element.Type
    ) throws -> [Element] {
        try checkFits(info, elementBytes: MemoryLayout<Element>.stride, name: name)
        return try Array(unsafeUninitializedCapacity: info.count) { buffer, initialized in
            let offset = dataStart + info.byteRange.lowerBound
            guard try readFully(descriptor, into: UnsafeMutableRawBufferPointer(buffer), at: offset, path: path) else {
                throw SafetensorsError.changedWhileReading(file: path, tensor: name)
            }
            initialized = info.count
        }
    }

    /// The stored elements turned into floats piece by piece, so that no second copy of a large tensor is needed.
    private func converted<Stored: BitwiseCopyable & FixedWidthInteger>(
        _ name: String, _ info: TensorInfo, from _: Stored.Type,
        _ convert: (UnsafePointer<Stored>, UnsafeMutablePointer<Float>, Int) -> Void
    ) throws -> [Float] {
        try checkFits(info, elementBytes: MemoryLayout<Float>.stride, name: name)
        let pieceCount = 1 << 17
        var piece = [Stored](repeating: 0, count: min(pieceCount, info.count))
        return try Array(unsafeUninitializedCapacity: info.count) { buffer, initialized in
            guard let target = buffer.baseAddress else { return }
            while initialized < info.count {
                let count = min(pieceCount, info.count - initialized)
                let offset = dataStart + info.byteRange.lowerBound + initialized * MemoryLayout<Stored>.stride
                let isComplete = try piece.withUnsafeMutableBufferPointer { stored in
                    let part = UnsafeMutableBufferPointer(rebasing: stored[..<count])
                    guard try readFully(descriptor, into: UnsafeMutableRawBufferPointer(part), at: offset, path: path),
                        let source = part.baseAddress
                    else { return false }
                    convert(source, target + initialized, count)
                    return true
                }
                guard isComplete else { throw SafetensorsError.changedWhileReading(file: path, tensor: name) }
                initialized += count
            }
        }
    }

    /// A sparse file may be larger than any memory; an allocation that cannot succeed would end the program.
    private func checkFits(_ info: TensorInfo, elementBytes: Int, name: String) throws {
        let (bytes, overflow) = info.count.multipliedReportingOverflow(by: elementBytes)
        guard !overflow, bytes <= Int(clamping: ProcessInfo.processInfo.physicalMemory) else {
            throw SafetensorsError.invalidTensor(
                file: path, tensor: name, reason: "shape \(info.shape) needs more memory than this machine has")
        }
    }

    private static func readHeader(
        of descriptor: Int32, path: String, limit: Int
    ) throws -> (SafetensorsHeader, dataStart: Int) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SafetensorsError.unreadable(file: path, reason: systemMessage())
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw SafetensorsError.unreadable(file: path, reason: "it is not a regular file")
        }
        let fileSize = Int(status.st_size)
        guard fileSize >= 8 else {
            throw SafetensorsError.notSafetensors(
                file: path, reason: fileSize == 0 ? "it is empty" : "it has only \(fileSize) bytes")
        }
        var prefix = [UInt8](repeating: 0, count: 8)
        guard try prefix.withUnsafeMutableBytes({ try readFully(descriptor, into: $0, at: 0, path: path) }) else {
            throw SafetensorsError.changedWhileReading(file: path, tensor: "header")
        }
        // The length is little-endian; it is compared in 64 bits without a sign, so that nothing can overflow.
        let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(fileSize - 8) else {
            throw SafetensorsError.notSafetensors(
                file: path, reason: try foreignFormat(descriptor, path, length, fileSize))
        }
        guard length <= UInt64(limit) else {
            throw SafetensorsError.malformedHeader(
                file: path, reason: "it has \(length) bytes, at most \(limit) are allowed")
        }
        guard length > 0 else { throw SafetensorsError.malformedHeader(file: path, reason: "it is empty") }
        var text = [UInt8](repeating: 0, count: Int(length))
        guard try text.withUnsafeMutableBytes({ try readFully(descriptor, into: $0, at: 8, path: path) }) else {
            throw SafetensorsError.changedWhileReading(file: path, tensor: "header")
        }
        let dataStart = 8 + Int(length)
        return (
            try SafetensorsHeader(parsing: text, dataLength: fileSize - dataStart, file: path), dataStart
        )
    }

    /// What a file with an impossible header length most likely is.
    private static func foreignFormat(
        _ descriptor: Int32, _ path: String, _ length: UInt64, _ fileSize: Int
    ) throws -> String {
        var head = [UInt8](repeating: 0, count: min(fileSize, 512))
        _ = try head.withUnsafeMutableBytes { try readFully(descriptor, into: $0, at: 0, path: path) }
        switch ForeignContent(head) {
        case .zip, .pickle: return "it looks like a PyTorch pickle; convert it to safetensors"
        case let content?: return "it is \(content.text)"
        case nil: break
        }
        if head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }) {
            return "it is a text that begins \(readable(String(decoding: head, as: UTF8.self), limit: 40))"
        }
        return "it announces a header of \(length) bytes, but has only \(fileSize) bytes in all"
    }
}

/// Fills `buffer` from the file at `offset`; false if the file ends before.
private func readFully(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int, path: String
) throws -> Bool {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
        // Linux transfers at most 2 GiB at a time.
        let count = pread(descriptor, base + done, min(buffer.count - done, 1 << 30), off_t(offset + done))
        if count < 0 {
            if errno == EINTR { continue }
            throw SafetensorsError.unreadable(file: path, reason: systemMessage())
        }
        if count == 0 { return false }
        done += count
    }
    return true
}

/// The system's message for the last failed call.
func systemMessage() -> String { String(cString: strerror(errno)) }
