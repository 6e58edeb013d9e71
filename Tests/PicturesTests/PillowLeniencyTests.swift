import Foundation
import TestSupport
import Testing

@testable import Pictures

/// What is damaged and read by Pillow all the same, with `--parity`; without it, damage is refused.
@Suite("As lenient as Pillow") struct PillowLeniencyTests {
    private static let pillow = DecodingOptions(pillowCompatible: true)

    private static func jpeg() throws -> [UInt8] {
        try readPictureFile(Fixtures.reference.appending(path: "hostile/jpeg/ok.jpg"))
    }

    @Test("A JPEG needs no end marker once its last row is there", arguments: [0, 3, 700])
    func noEndMarker(zeros: Int) throws {
        let whole = try Self.jpeg()
        let damaged = Array(whole.dropLast(2)) + [UInt8](repeating: 0, count: zeros)
        let expected = try decodePicture(whole, name: "a.jpg", options: Self.pillow)
        #expect(try decodePicture(damaged, name: "a.jpg", options: Self.pillow) == expected)
        #expect(throws: PictureError.self) { try decodePicture(damaged, name: "a.jpg") }
    }

    @Test("A JPEG that ends before its last row is refused", arguments: [20, 200, 1000])
    func missingRows(missing: Int) throws {
        let part = Array(try Self.jpeg().dropLast(missing))
        #expect(throws: PictureError.self) { try decodePicture(part, name: "a.jpg", options: Self.pillow) }
    }

    @Test("A wrong checksum of a PNG's image data is ignored, that of its header is not")
    func checksums() throws {
        let png = PNGBuilder(width: 4, height: 4, depth: 8, colour: .rgb, samples: Array(0..<48)).bytes
        let expected = try decodePicture(png, name: "a.png", options: Self.pillow)
        var (data, header) = (png, png)
        // The last twelve bytes are IEND; before them is the checksum of IDAT. That of IHDR follows its 13 bytes.
        data[data.count - 13] ^= 0x5A
        header[8 + 8 + 13] ^= 1
        #expect(try decodePicture(data, name: "a.png", options: Self.pillow) == expected)
        #expect(throws: PictureError.self) { try decodePicture(data, name: "a.png") }
        #expect(throws: PictureError.self) { try decodePicture(header, name: "a.png", options: Self.pillow) }
    }
}

@Suite("Files in folders of pictures") struct PictureFileTests {
    @Test func suffixesAndContentTell() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let png = PNGBuilder(width: 1, height: 1, depth: 8, colour: .rgb, samples: [1, 2, 3]).bytes
        func kind(_ name: String, _ content: [UInt8]) throws -> PictureFile {
            let file = folder.appending(path: name)
            try Data(content).write(to: file)
            return PictureFile(path: file.path)
        }
        for name in ["a.JPE", "b.pjpeg", "c.JFIF", "d.WebP", "e.apng"] { #expect(try kind(name, []) == .readable) }
        for name in ["IMG_1", "DSC0007.JPG_large", "x.1", "y.heic"] {
            #expect(try kind(name, png) == .readable, "\(name)")
        }
        #expect(try kind("z.HIF", []) == .unread(.heic))
        #expect(try kind("v.dat", Array("GIF89a".utf8)) == .unread(.gif))
        for name in ["LICENSE", "notes.txt", "a.xyz"] { #expect(try kind(name, Array("words".utf8)) == .none) }
        #expect(UnreadFormat.avif.converter(for: "tram/new.avif") == "mogrify -format png tram/*.avif")
    }
}
