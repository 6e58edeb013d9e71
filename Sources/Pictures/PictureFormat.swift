import Files

/// The formats that are read.
public enum PictureFormat: String, Sendable, Codable, CaseIterable {
    /// Portable Network Graphics.
    case png = "PNG"
    /// JPEG, baseline or progressive.
    case jpeg = "JPEG"
    /// WebP, lossy or lossless; of an animation the first picture.
    case webP = "WebP"

    /// All formats, as a sentence names them.
    public static let names = "PNG, JPEG and WebP"

    /// The suffixes of the formats' files, in lower case; those of JPEG are the ones that systems register for it.
    static let suffixes: Set = ["png", "apng", "jpg", "jpeg", "jpe", "jfif", "jfi", "jif", "pjpeg", "pjp", "webp"]
}

/// The format by the first bytes of a file; the suffix of its name does not matter.
enum PictureContent: Equatable {
    case picture(PictureFormat)
    /// A picture that is not read.
    case unread(UnreadFormat)
    /// What stands in for a file, or was downloaded instead of it.
    case foreign(ForeignContent)
    /// Something that is not read, named with its article.
    case other(String)

    init(_ bytes: UnsafeRawBufferPointer) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .picture(.png)
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .picture(.jpeg)
        } else if bytes.has("RIFF", at: 0), bytes.has("WEBP", at: 8) {
            self = .picture(.webP)
        } else if let format = UnreadFormat(bytes) {
            self = .unread(format)
        } else if let content = ForeignContent(bytes) {
            self = .foreign(content)
        } else {
            self = .other(Self.name(of: bytes))
        }
    }

    private static func name(of bytes: UnsafeRawBufferPointer) -> String {
        if bytes.starts(with: [0x89, 0x50]) || bytes.starts(with: [0xFF, 0xD8]) {
            return "the beginning of a picture"
        }
        if bytes.starts(with: "%PDF".utf8) { return "a PDF document" }
        if bytes.has("ftyp", at: 4) || bytes.has("RIFF", at: 0) { return "a film or a sound" }
        let isText = bytes.prefix(512).allSatisfy { $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) }
        return isText ? "a text file" : "not a picture"
    }
}

/// Whether a file in a folder of pictures is one.
public enum PictureFile: Equatable, Sendable {
    /// A picture that is read, by its suffix or its content.
    case readable
    /// A picture that is not read.
    case unread(UnreadFormat)
    /// Something else.
    case none

    /// Suffixes of what lies beside pictures; such files are not opened.
    private static let otherSuffixes: Set = [
        "txt", "csv", "tsv", "json", "jsonl", "xml", "yaml", "yml", "toml", "ini", "md", "html", "htm", "pdf", "mat",
        "npy", "npz", "pkl", "pt", "pth", "safetensors", "h5", "parquet", "py", "ipynb", "sh", "log", "db", "lst",
        "zip", "tar", "gz", "mp4", "avi", "mov", "mkv", "webm", "wav", "mp3", "xmp", "aae", "docx", "xlsx", "rtf",
    ]

    /// Looks at the file at `path`: at its suffix, and where that does not tell, at its first bytes. A picture without a
    /// suffix, or with that of another format, is one all the same.
    public init(path: String) {
        let suffix = Self.suffix(of: path)
        if PictureFormat.suffixes.contains(suffix) {
            self = .readable
        } else if Self.otherSuffixes.contains(suffix) {
            self = .none
        } else {
            let content = readBeginning(path, count: 512).withUnsafeBytes { PictureContent($0) }
            switch content {
            case .picture: self = .readable
            case .unread(let format): self = .unread(format)
            case .foreign, .other: self = UnreadFormat(suffix: suffix).map { .unread($0) } ?? .none
            }
        }
    }

    /// Whether a name ends like that of a picture, read or unread.
    public static func hasSuffix(_ name: some StringProtocol) -> Bool {
        let suffix = suffix(of: name)
        return PictureFormat.suffixes.contains(suffix) || UnreadFormat(suffix: suffix) != nil
    }

    /// What follows the last dot of a file's name, in lower case; empty without one.
    private static func suffix(of path: some StringProtocol) -> String {
        let name = Array(path.utf8).split(separator: UInt8(ascii: "/")).last ?? []
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return "" }
        return String(decoding: name[(dot + 1)...], as: UTF8.self).lowercased()
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the ASCII text stands at the offset.
    func has(_ text: StaticString, at offset: Int) -> Bool {
        guard offset >= 0, count - offset >= text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { self[offset..<(offset + $0.count)].elementsEqual($0) }
    }

    /// The big-endian 16-bit number at the offset, or nil beyond the end.
    func bigEndian16(at offset: Int) -> Int? {
        guard offset >= 0, offset <= count - 2 else { return nil }
        return Int(self[offset]) << 8 | Int(self[offset + 1])
    }

    /// The big-endian 32-bit number at the offset, or nil beyond the end.
    func bigEndian32(at offset: Int) -> Int? {
        guard let high = bigEndian16(at: offset), let low = bigEndian16(at: offset + 2) else { return nil }
        return high << 16 | low
    }
}
