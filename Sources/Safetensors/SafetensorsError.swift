import Foundation

/// Why a safetensors file could not be read or written.
public enum SafetensorsError: Error, Equatable, LocalizedError, CustomStringConvertible {
    /// The system refused: no such file, no permission, a directory.
    case unreadable(file: String, reason: String)
    /// The file is something else altogether.
    case notSafetensors(file: String, reason: String)
    /// The header breaks the format's rules.
    case malformedHeader(file: String, reason: String)
    /// What the header says about one tensor breaks the format's rules.
    case invalidTensor(file: String, tensor: String, reason: String)
    /// A requested tensor does not exist.
    case missingTensor(file: String, tensor: String)
    /// A requested tensor has a type that cannot be converted.
    case unsupportedDataType(file: String, tensor: String, dataType: DataType, expected: String)
    /// The file became shorter, or was replaced, after it was opened.
    case changedWhileReading(file: String, tensor: String)
    /// The file could not be written.
    case unwritable(file: String, reason: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
        case .notSafetensors(let file, let reason): "\(file): is not a safetensors file: \(reason)"
        case .malformedHeader(let file, let reason): "\(file): damaged safetensors header: \(reason)"
        case .invalidTensor(let file, let tensor, let reason): "\(file): tensor \(readable(tensor)): \(reason)"
        case .missingTensor(let file, let tensor): "\(file): holds no tensor \(readable(tensor))"
        case .unsupportedDataType(let file, let tensor, let dataType, let expected):
            "\(file): tensor \(readable(tensor)) has type \(dataType.rawValue), expected \(expected)"
        case .changedWhileReading(let file, let tensor):
            "\(file): became shorter while tensor \(readable(tensor)) was being read"
        case .unwritable(let file, let reason): "\(file): cannot be written: \(reason)"
        }
    }

    /// The same line, for code that knows the error only as an `Error`.
    public var errorDescription: String? { description }
}
