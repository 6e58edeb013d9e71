/// What is found under a name that promises something else: what stands in for a file until it is fetched, what a server
/// answered instead of it, or the file still packed. Recognised by the first bytes.
public enum ForeignContent: Sendable, Equatable {
    /// A pointer of Git LFS, or of a hub that uses its form.
    case lfsPointer
    /// HTML: most likely a page to sign in, or one that says that there is nothing.
    case webPage
    /// XML: most likely the answer of a storage service.
    case xml
    /// A ZIP archive, in which PyTorch keeps its pickles, too.
    case zip
    /// A Python pickle that is not packed.
    case pickle
    /// A file packed by gzip, bzip2, xz or zstd.
    case compressed(String)

    /// Looks at the beginning of a file, some hundred bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(512))
        for (signature, content) in Self.signatures where head.starts(with: signature) {
            self = content
            return
        }
        let text = String(decoding: head, as: UTF8.self).drop { $0 == "\u{FEFF}" || $0.isWhitespace }
        let lower = text.lowercased()
        if text.hasPrefix("version "), text.contains("oid sha256:") {
            self = .lfsPointer
        } else if ["<!doctype html", "<html", "<head", "<body"].contains(where: lower.hasPrefix)
            || lower.hasPrefix("<!--") && lower.contains("<html")
        {
            self = .webPage
        } else if lower.hasPrefix("<?xml") {
            self = lower.contains("<html") ? .webPage : .xml
        } else {
            return nil
        }
    }

    private static let signatures: [([UInt8], ForeignContent)] = [
        ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x80, 0x02], .pickle), ([0x80, 0x03], .pickle), ([0x80, 0x04], .pickle),
        ([0x80, 0x05], .pickle), ([0x1F, 0x8B], .compressed("gzip")), ([0x42, 0x5A, 0x68], .compressed("bzip2")),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .compressed("xz")), ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd")),
    ]

    /// What it is and what to do, to be put behind "is".
    public var text: String {
        switch self {
        case .lfsPointer: "a Git LFS pointer, not the file itself; 'git lfs pull' in its repository fetches the file"
        case .webPage: "a web page (HTML), not the file itself; download it again, perhaps after signing in"
        case .xml: "an XML file, perhaps a server's answer instead of the file; download it again"
        case .zip: "a ZIP archive; unpack it first"
        case .pickle: "a Python pickle"
        case .compressed(let program): "packed by \(program); unpack it first"
        }
    }
}

/// The marks with which a text file may begin to say how it is encoded.
public enum ByteOrderMark {
    /// How many bytes of `text` are the mark of UTF-8: 3 or 0.
    public static func length(in text: some Collection<UInt8>) -> Int {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Whether `text` begins with the mark of UTF-16 or UTF-32.
    public static func isWide(_ text: some Collection<UInt8>) -> Bool {
        text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) || text.starts(with: [0, 0, 0xFE, 0xFF])
    }
}
