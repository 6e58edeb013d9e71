/// Picture formats that people have and that are not read: what they are called, how they are recognised, and what makes
/// pictures of them that are.
public enum UnreadFormat: String, Sendable, CaseIterable {
    case gif = "GIF"
    case bmp = "BMP"
    case tiff = "TIFF"
    case heic = "HEIC"
    case avif = "AVIF"
    case jpegXL = "JPEG XL"
    case jpeg2000 = "JPEG 2000"
    case netpbm = "PPM"
    case photoshop = "Photoshop"
    case icon = "ICO"
    case svg = "SVG"
    case targa = "TGA"
    case cameraRaw = "camera raw"
    case dicom = "DICOM"

    /// The suffixes of each format's files.
    private var suffixes: Set<String> {
        switch self {
        case .gif: ["gif"]
        case .bmp: ["bmp", "dib"]
        case .tiff: ["tif", "tiff"]
        case .heic: ["heic", "heif", "hif", "heics"]
        case .avif: ["avif", "avifs"]
        case .jpegXL: ["jxl"]
        case .jpeg2000: ["jp2", "j2k", "jpx", "jpf", "j2c", "jpc"]
        case .netpbm: ["ppm", "pgm", "pbm", "pnm", "pam"]
        case .photoshop: ["psd", "psb"]
        case .icon: ["ico", "cur"]
        case .svg: ["svg", "svgz"]
        case .targa: ["tga"]
        case .cameraRaw: ["dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef", "srw", "raw"]
        case .dicom: ["dcm", "dicom"]
        }
    }

    /// The format that a suffix, in lower case, stands for.
    init?(suffix: String) {
        guard let format = Self.allCases.first(where: { $0.suffixes.contains(suffix) }) else { return nil }
        self = format
    }

    private static let signatures: [(text: String, format: UnreadFormat)] = [
        ("GIF87a", .gif), ("GIF89a", .gif), ("BM", .bmp), ("II*\0", .tiff), ("MM\0*", .tiff), ("II+\0", .tiff),
        ("MM\0+", .tiff), ("8BPS", .photoshop), ("\0\0\u{1}\0", .icon), ("\0\0\u{2}\0", .icon), ("<svg", .svg),
    ]

    /// The format by the first bytes of a file.
    init?(_ bytes: UnsafeRawBufferPointer) {
        if let found = Self.signatures.first(where: { bytes.starts(with: $0.text.utf8) }) {
            self = found.format
        } else if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), (0x31...0x37).contains(bytes[1]),
            [0x09, 0x0A, 0x0D, 0x20, 0x23].contains(bytes[2])
        {
            self = .netpbm
        } else if bytes.starts(with: [0xFF, 0x0A]) || bytes.has("JXL ", at: 4) {
            self = .jpegXL
        } else if bytes.has("jP  ", at: 4) || bytes.starts(with: [0xFF, 0x4F, 0xFF, 0x51]) {
            self = .jpeg2000
        } else if bytes.has("DICM", at: 128) {
            self = .dicom
        } else if bytes.has("<?xml", at: 0), String(decoding: bytes.prefix(512), as: UTF8.self).contains("<svg") {
            self = .svg
        } else if bytes.has("ftyp", at: 4) {
            if bytes.has("avi", at: 8) {
                self = .avif
            } else if bytes.has("crx", at: 8) {
                self = .cameraRaw
            } else if ["hei", "hev", "mif1", "msf1"].contains(where: { bytes.dropFirst(8).starts(with: $0.utf8) }) {
                self = .heic
            } else {
                return nil
            }
        } else {
            return nil
        }
    }

    /// The name with its article: "a HEIC picture".
    var phrase: String { (["A", "I", "S"].contains(rawValue.prefix(1)) ? "an " : "a ") + "\(rawValue) picture" }

    /// A command that makes readable pictures of the one at `path` and the others of its kind beside it.
    public func converter(for path: String) -> String {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let folder = path.dropLast(name.count)
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return "mogrify -format png \(path)" }
        let files = "\(folder)*\(name[dot...])"
        return self == .cameraRaw ? "darktable-cli \(path) \(path).jpg" : "mogrify -format png \(files)"
    }
}
