import Files
import Foundation
import TestSupport
import Testing

@testable import Pictures

@Suite("Files that are no pictures")
struct PictureErrorTests {
    private let png = PNGBuilder(width: 4, height: 4, depth: 8, colour: .rgb, samples: Array(0..<48))

    private func message(_ bytes: [UInt8], options: DecodingOptions = .init()) -> String? {
        do throws(PictureError) {
            _ = try decodePicture(bytes, name: "pets/cat.png", options: options)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "Other formats are named",
        arguments: [
            ("just some words\n", "a text file"), ("\u{1}\u{2}\u{3}\u{4}", "not a picture"),
        ])
    func otherFormats(content: String, name: String) {
        #expect(message(Array(content.utf8)) == "pets/cat.png: \(name); cliptop reads PNG, JPEG and WebP")
    }

    @Test(
        "Pictures that are not read are named, with what converts them",
        arguments: [
            ("GIF89a..........", "a GIF"), ("BM..........", "a BMP"), ("II*\0....", "a TIFF"), ("MM\0*....", "a TIFF"),
            ("\0\0\0\u{18}ftypheic....", "a HEIC"), ("\0\0\0\u{18}ftypmif1....", "a HEIC"),
            ("\0\0\0\u{18}ftypavif....", "an AVIF"), ("\0\0\0\u{c}JXL ....", "a JPEG XL"), ("P6\n2 2\n255\n", "a PPM"),
            ("\0\0\0\u{c}jP  ....", "a JPEG 2000"), ("8BPS....", "a Photoshop"), ("<svg xmlns", "an SVG"),
        ])
    func unreadFormats(content: String, name: String) {
        let text = message(Array(content.utf8)) ?? ""
        #expect(
            text.hasPrefix("pets/cat.png: \(name) picture; cliptop reads PNG, JPEG and WebP")
                && text.contains("mogrify"))
    }

    @Test(
        "What stands in for a picture is named",
        arguments: [
            ("version https://git-lfs.github.com/spec/v1\noid sha256:0a\nsize 4\n", "Git LFS"),
            ("<!DOCTYPE html><p>404", "a web page"), ("  <html>", "a web page"), ("PK\u{3}\u{4}..", "ZIP"),
        ])
    func placeholders(content: String, name: String) {
        #expect(message(Array(content.utf8))?.contains(name) == true)
    }

    @Test("Empty, cut and damaged files are told apart")
    func damaged() {
        #expect(message([]) == "pets/cat.png: an empty file")
        let whole = png.bytes
        #expect(message(whole) == nil)
        for count in [12, 30, 40, whole.count - 30] {
            let truncated = "pets/cat.png: a truncated PNG: the file ends before the picture does"
            #expect(message(Array(whole.prefix(count))) == truncated, "\(count) bytes")
        }
        var damaged = whole
        damaged[20] ^= 1
        #expect(message(damaged)?.hasPrefix("pets/cat.png: a damaged PNG (") == true)
    }

    @Test("A JPEG without its end is truncated", arguments: [0.3, 0.6, 0.99])
    func truncatedJPEG(share: Double) throws {
        let whole = try readPictureFile(Fixtures.reference.appending(path: "hostile/jpeg/ok.jpg"))
        #expect(message(whole) == nil)
        let part = Array(whole.prefix(Int(Double(whole.count) * share)))
        #expect(message(part) == "pets/cat.png: a truncated JPEG: the file ends before the picture does")
    }

    @Test("Claims are checked before anything is allocated")
    func claims() {
        let header =
            PNGBuilder.signature
            + PNGBuilder.chunk("IHDR", PNGBuilder.number(60000) + PNGBuilder.number(60000) + [8, 2, 0, 0, 0])
            + PNGBuilder.chunk("IDAT", [1, 2, 3])
        #expect(message(header) == "pets/cat.png: claims 60000x60000 pixels; the limit is 178956970 in all")
        let smaller =
            PNGBuilder.signature
            + PNGBuilder.chunk("IHDR", PNGBuilder.number(9000) + PNGBuilder.number(9000) + [8, 2, 0, 0, 0])
            + PNGBuilder.chunk("IDAT", [1, 2, 3])
        #expect(
            message(smaller)
                == "pets/cat.png: claims 9000x9000 pixels, which do not fit into its \(smaller.count) bytes")
        let limited = message(png.bytes, options: DecodingOptions(maximumPixels: 15))
        #expect(limited == "pets/cat.png: claims 4x4 pixels; the limit is 15 in all")
    }

    @Test("Missing files, folders, dangling links, pipes and locked files")
    func files() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func reason(_ name: String) -> PictureError.Reason? {
            do throws(PictureError) {
                _ = try decodePicture(contentsOf: folder.appending(path: name), name: name)
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason("none.png") == .file(.missing))

        try FileManager.default.createDirectory(
            at: folder.appending(path: "folder.png"), withIntermediateDirectories: false)
        #expect(reason("folder.png") == .file(.notAFile))
        #expect(reason("folder.png/none/none.png") == .file(.missing))

        let link = folder.appending(path: "link.png")
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.appending(path: "gone"))
        #expect(reason("link.png") == .file(.danglingLink(to: folder.path + "/gone")))

        #expect(mkfifo(folder.appending(path: "pipe.png").path, 0o600) == 0)
        #expect(reason("pipe.png") == .file(.notAFile))

        try Data(png.bytes).write(to: folder.appending(path: "猫 1.png"))
        #expect(reason("猫 1.png") == nil)

        let locked = folder.appending(path: "locked.png")
        try Data(png.bytes).write(to: locked)
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: locked.path)
        // An administrator may read everything.
        #expect(reason("locked.png") == (geteuid() == 0 ? nil : .file(.permissionDenied)))
        #expect(FileProblem(opening: locked.path, code: EACCES) == .permissionDenied)
    }

    @Test("A name cannot steer the terminal")
    func escaping() {
        let error = PictureError(file: "a\u{1B}[31m\nb\u{202E}é猫.png", reason: .file(.missing))
        #expect(error.description == "a\\u{1b}[31m\\u{a}b\\u{202e}é猫.png: no such file")
        #expect(error.localizedDescription == error.description)
    }
}
