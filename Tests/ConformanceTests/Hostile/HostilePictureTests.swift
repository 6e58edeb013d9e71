import Foundation
import Pictures
import TestSupport
import Testing

@Suite("Reference: hostile pictures", .serialized)
struct HostilePictureConformanceTests {
    @Test("There are files of both kinds, good and bad")
    func presence() throws {
        let entries = try HostileManifest.pictures()
        for kind in ["png", "jpeg"] {
            #expect(entries.contains { $0.kind == kind && $0.expect == .refuse })
            #expect(entries.contains { $0.kind == kind && $0.expect == .accept })
        }
    }

    @Test("Refused or read as the manifest says, within its limits", arguments: try HostileManifest.pictures())
    func entry(_ entry: HostileManifest.Entry) throws {
        let limits = try HostileManifest.load().limits
        let url = HostileManifest.folder.appending(path: entry.file)
        for pillowCompatible in [false, true] {
            var outcome: Result<Picture, PictureError>?
            let use = ResourceUse.measure {
                outcome = Self.decode(url, options: DecodingOptions(pillowCompatible: pillowCompatible))
            }
            #expect(use.seconds < limits.seconds_per_file)
            #expect(use.megabytes < limits.memory_mb)
            switch try #require(outcome) {
            case .success: #expect(entry.expect != .refuse, "read, though \(entry.why ?? "hostile")")
            case .failure(let error):
                #expect(entry.expect != .accept, "\(error)")
                #expect(error.description.contains(entry.file))
                #expect(!error.description.contains("\n"))
            }
        }
    }

    private static func decode(_ url: URL, options: DecodingOptions) -> Result<Picture, PictureError> {
        Result { () throws(PictureError) in try decodePicture(contentsOf: url, options: options) }
    }
}
