import Files
import Foundation

/// Why a file is not a picture that can be used. The message is one line and begins with the file.
public struct PictureError: Error, Sendable, Equatable, LocalizedError, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Error, Sendable, Equatable {
        /// The file cannot be read.
        case file(FileProblem)
        /// The file has no bytes.
        case empty
        /// A picture in a format that is not read.
        case unread(UnreadFormat)
        /// What stands in for the file, or was downloaded instead of it.
        case foreign(ForeignContent)
        /// The content is something else, named with its article: "a text file".
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
        case .file(let problem): problem.text
        case .empty: "an empty file"
        case .unread(let format):
            "\(format.phrase); cliptop reads \(PictureFormat.names), and ImageMagick's 'mogrify -format png' converts it"
        case .foreign(let content): content.text
        case .otherFormat(let found): "\(found); cliptop reads \(PictureFormat.names)"
        case .truncated(let format): "a truncated \(format.rawValue): the file ends before the picture does"
        case .corrupt(let format, let reason): "a damaged \(format.rawValue) (\(reason))"
        case .tooManyPixels(let width, let height, let limit):
            "claims \(width)x\(height) pixels; the limit is \(limit) in all"
        case .impossibleSize(let width, let height, let bytes):
            "claims \(width)x\(height) pixels, which do not fit into its \(bytes) bytes"
        }
    }
}
