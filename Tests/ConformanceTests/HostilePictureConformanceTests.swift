import Foundation
import Pictures
import TestSupport
import Testing

/// The picture files of `hostile/manifest.json`, and what is expected of a reader.
struct HostilePictures: Decodable {
    struct Limits: Decodable, Sendable {
        var seconds_per_file: Double
        var memory_mb: Double
    }
    struct Entry: Decodable, Sendable, CustomTestStringConvertible {
        var file: String
        var kind: String
        var expect: String
        var why: String?
        var testDescription: String { file }
    }

    var limits: Limits
    var entries: [Entry]

    static let folder = Fixtures.reference.appending(path: "hostile")

    /// The manifest with the entries about pictures.
    static func load() throws -> HostilePictures {
        let data = try Data(contentsOf: folder.appending(path: "manifest.json"))
        var all = try JSONDecoder().decode(Self.self, from: data)
        all.entries.removeAll { !["png", "jpeg"].contains($0.kind) }
        return all
    }
}

@Suite("Reference: hostile pictures", .serialized)
struct HostilePictureConformanceTests {
    @Test("There are files of both kinds, good and bad")
    func present() throws {
        let entries = try HostilePictures.load().entries
        for kind in ["png", "jpeg"] {
            #expect(entries.contains { $0.kind == kind && $0.expect == "refuse" })
            #expect(entries.contains { $0.kind == kind && $0.expect == "accept" })
        }
    }

    @Test("Refused or read as the manifest says, within its limits", arguments: try HostilePictures.load().entries)
    func entry(_ entry: HostilePictures.Entry) throws {
        let limits = try HostilePictures.load().limits
        let url = HostilePictures.folder.appending(path: entry.file)
        for pillowCompatible in [false, true] {
            let clock = ContinuousClock()
            var outcome: Result<Picture, PictureError>?
            let megabytes = peakMegabytes {
                let time = clock.measure {
                    outcome = Self.decode(url, options: DecodingOptions(pillowCompatible: pillowCompatible))
                }
                #expect(time < .seconds(limits.seconds_per_file))
            }
            #expect(megabytes < limits.memory_mb)
            switch (entry.expect, outcome) {
            case ("refuse", .success): Issue.record("read, though \(entry.why ?? "hostile")")
            case ("accept", .failure(let error)): Issue.record("\(error)")
            case ("accept", .success), ("either", .success): break
            case (_, .failure(let error)):
                #expect(error.description.contains(entry.file))
                #expect(!error.description.contains("\n"))
            default: Issue.record("unknown expectation \(entry.expect)")
            }
        }
    }

    private static func decode(_ url: URL, options: DecodingOptions) -> Result<Picture, PictureError> {
        Result { () throws(PictureError) in try decodePicture(contentsOf: url, options: options) }
    }

    /// How far the resident memory of the process rises while `body` runs, in MB.
    ///
    /// Other tests may take memory at the same time, so the best of three counts.
    private func peakMegabytes(_ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<3 where best > 100 {
            // Writing 5 sets the peak back to the present.
            try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
            let before = status("VmRSS")
            body()
            best = min(best, (status("VmHWM") - before) / 1024)
        }
        return best
    }

    /// A line of `/proc/self/status`, in kB.
    private func status(_ name: String) -> Double {
        let text = (try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
    }
}
