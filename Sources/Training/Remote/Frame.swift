import Foundation

/// A piece of a conversation between a run and a viewer in another process: four bytes of length, one byte that says what
/// it is, and the content.
struct Frame: Sendable, Equatable {
    /// What a frame holds.
    enum Kind: UInt8, Sendable {
        /// A ``RunMessage`` or a ``ViewerMessage`` as JSON.
        case message = 1
        /// Batch records, packed: the flood.
        case batches = 2
        /// Epoch records, packed: the other flood, where epochs are short.
        case epochs = 3
    }

    var kind: Kind
    var content: Data

    /// The bytes on the wire.
    var bytes: Data {
        var bytes = Data(capacity: content.count + 5)
        withUnsafeBytes(of: UInt32(content.count + 1).littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(kind.rawValue)
        bytes.append(content)
        return bytes
    }
}

/// What a conversation can break at.
enum FrameError: Error, Equatable {
    /// A frame longer than this side takes.
    case tooLong(Int, limit: Int)
    /// A frame without content or of no known kind.
    case unknownKind(UInt8?)
    /// Content that is not what its kind says.
    case malformed
    /// The conversation ended in the middle of a frame.
    case truncated
}

extension FrameError: LocalizedError {
    /// One readable line.
    var errorDescription: String? {
        switch self {
        case .tooLong(let count, let limit): "a message of \(count) bytes, where at most \(limit) are taken"
        case .unknownKind(let kind): "a message of the unknown kind \(kind.map { "\($0)" } ?? "none")"
        case .malformed: "a message that cannot be read"
        case .truncated: "a message that breaks off"
        }
    }
}

/// Takes bytes as they come and gives frames as they are complete.
struct FrameReader {
    private let limit: Int
    private var buffer = Data()
    private var consumed = 0

    /// - Parameter limit: the longest frame that is taken.
    init(limit: Int) { self.limit = limit }

    /// Whether a frame has begun that is not complete.
    var isInsideFrame: Bool { buffer.count > consumed }

    /// Takes bytes in.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        // What has been read is dropped before the buffer grows, so that each byte is moved once at most.
        if consumed > 0 {
            buffer = Data(buffer.dropFirst(consumed))
            consumed = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next complete frame, if there is one.
    mutating func next() throws(FrameError) -> Frame? {
        guard buffer.count - consumed >= 4 else { return nil }
        let length = (0..<4).reduce(0) { $0 | Int(buffer[consumed + $1]) << (8 * $1) }
        guard length <= limit else { throw .tooLong(length, limit: limit) }
        guard length >= 1 else { throw .unknownKind(nil) }
        guard buffer.count - consumed >= 4 + length else { return nil }
        let start = consumed + 5
        let byte = buffer[consumed + 4]
        guard let kind = Frame.Kind(rawValue: byte) else { throw .unknownKind(byte) }
        let content = Data(buffer[start..<start + length - 1])
        consumed += 4 + length
        return Frame(kind: kind, content: content)
    }
}
