import Foundation

/// Why a file is not a picture that can be used. The message is one line and begins with the file.
public struct PictureError: Error, Sendable, Equatable, LocalizedError, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Error, Sendable, Equatable {
        /// There is no such file.
        case missing
        /// The file is a symbolic link to nothing.
        case danglingLink
        /// The file may not be read.
        case permissionDenied
        /// The path is not that of a regular file.
        case notAFile
        /// The file could not be read for another reason, in the operating system's words.
        case unreadable(String)
        /// The file has no bytes.
        case empty
        /// The file has more bytes than are read.
        case fileTooLarge(bytes: Int, limit: Int)
        /// The content is something else, named with its article: "a GIF picture", "a text file".
        case otherFormat(String)
        /// The picture ends before its last row.
        case truncated(PictureFormat)
        /// The picture is damaged, in the decoder's words.
        case corrupt(PictureFormat, String)
        /// The picture says that it has more pixels than are read.
        case tooManyPixels(width: Int, height: Int, limit: Int)
        /// The picture says that it has more pixels than its bytes could hold.
        case impossibleSize(width: Int, height: Int, bytes: Int)
    }

    /// The file, as the user knows it.
    public let file: String
    /// What is wrong.
    public let reason: Reason

    /// The problem `reason` with the file `file`.
    public init(file: String, reason: Reason) {
        self.file = file
        self.reason = reason
    }

    /// One line: the file and what is wrong with it, control characters escaped.
    public var description: String { printable("\(file): \(reason.text)") }
    /// The same as `description`.
    public var errorDescription: String? { description }
}

extension PictureError.Reason {
    /// What is wrong, without the file.
    public var text: String {
        switch self {
        case .missing: "no such file"
        case .danglingLink: "a link to a file that does not exist"
        case .permissionDenied: "permission denied"
        case .notAFile: "not a file"
        case .unreadable(let reason): "cannot be read (\(reason))"
        case .empty: "an empty file"
        case .fileTooLarge(let bytes, let limit): "\(bytes) bytes; the limit is \(limit)"
        case .otherFormat(let found): "\(found); cliptop reads PNG and JPEG"
        case .truncated(let format): "a truncated \(format.rawValue): the file ends before the picture does"
        case .corrupt(let format, let reason): "a damaged \(format.rawValue) (\(reason))"
        case .tooManyPixels(let width, let height, let limit):
            "claims \(width)x\(height) pixels; the limit is \(limit) in all"
        case .impossibleSize(let width, let height, let bytes):
            "claims \(width)x\(height) pixels, which do not fit into its \(bytes) bytes"
        }
    }
}
