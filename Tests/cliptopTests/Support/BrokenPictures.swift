import Foundation
import TestSupport

/// A folder of pictures of which some are broken in every way that pictures on servers are.
struct BrokenPictures {
    let folder: URL
    /// Paths of the good pictures, relative to the folder.
    private(set) var good: [String] = []
    /// The broken ones, with a part of the reason that has to be given.
    private(set) var broken: [String: String] = [:]

    private let sources: [URL]

    /// Makes the folder: the sample's pictures in five classes, and among them about one in twenty that is broken.
    init(in home: URL) throws {
        folder = home.appending(path: "pictures")
        let samples = Fixtures.samples.appending(path: "Images")
        let manager = FileManager.default
        sources = try ["bird", "coin", "fish", "tool", "tree"].flatMap { name in
            try manager.contentsOfDirectory(atPath: samples.appending(path: name).path).sorted()
                .map { samples.appending(path: "\(name)/\($0)") }
        }
        for source in sources {
            try add(good: "\(source.deletingLastPathComponent().lastPathComponent)/\(source.lastPathComponent)", source)
        }
        // Names that a shell, a log or a terminal trips over.
        try add(good: "鸟 bird/白鹳.png", sources[0])
        try add(good: "鸟 bird/name with spaces (1).PNG", sources[1])
        try add(good: "鸟 bird/a\u{1b}[31mred\u{7}.png", sources[2])

        let png = try Data(contentsOf: sources[3])
        try add(broken: "bird/truncated.png", png.prefix(png.count / 2), reason: "truncated")
        try add(broken: "coin/empty.jpg", Data(), reason: "an empty file")
        try add(broken: "coin/text.png", Data("This is not a picture.\n".utf8), reason: "text")
        try add(broken: "鸟 bird/截断.png", png.prefix(100), reason: "truncated")
        try add(broken: "fish/huge claim.png", Self.hugeClaim, reason: "claims")
        try add(broken: "tool/bad \u{1b}[2Jname.png", Data("text".utf8), reason: "text")
        try manager.createSymbolicLink(
            atPath: folder.appending(path: "tree/dangling.png").path,
            withDestinationPath: "/proc/nonexistent/picture.png")
        broken["tree/dangling.png"] = "a link to /proc/nonexistent/picture.png, which does not exist"
        // Nobody writes into this pipe: who opens it like a file waits for ever.
        guard mkfifo(folder.appending(path: "tree/pipe.png").path, 0o600) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        try manager.createSymbolicLink(
            atPath: folder.appending(path: "tree/link to pipe.png").path, withDestinationPath: "pipe.png")
        // Root may read everything, so this one is only made for others.
        if geteuid() != 0 {
            try add(broken: "tree/forbidden.png", png, reason: "permission denied")
            try manager.setAttributes(
                [.posixPermissions: 0], ofItemAtPath: folder.appending(path: "tree/forbidden.png").path)
        }
    }

    private mutating func add(good path: String, _ source: URL) throws {
        try write(Data(contentsOf: source), to: path)
        good.append(path)
    }

    private mutating func add(broken path: String, _ content: Data, reason: String) throws {
        try write(content, to: path)
        broken[path] = reason
    }

    private func write(_ content: Data, to path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }

    /// The header of a PNG of a hundred thousand pixels squared, and three bytes of it.
    private static let hugeClaim = Data(
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [
            0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 2, 0, 0, 0, 0x27, 0x30, 0x9C, 0x9F,
            0, 0, 0, 3,
        ] + Array("IDAT".utf8) + [
            1, 2, 3, 0x53, 0x37, 0x17, 0xAD,
        ])
}
