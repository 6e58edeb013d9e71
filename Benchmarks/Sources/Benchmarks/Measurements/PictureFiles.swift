import CLIP
import FewShot
import Foundation
import Tensors

/// How much of the encoder's speed is left when pictures come from JPEG files: reading, decoding and resizing of some
/// happens while others are in the tower.
struct PictureFiles: Measurement {
    let name = "vit-b32-jpeg"
    let purpose = "ViT-B/32, pictures from JPEG files of 640x480"
    private let count = 64

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let model = try CLIPModel(directory: BenchmarkModel.vitB32.directory(in: bench.models))
        let folder = bench.models.appending(path: "pictures-640x480")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for index in 0..<count {
            let url = folder.appending(path: "\(index).jpg")
            if FileManager.default.fileExists(atPath: url.path(percentEncoded: false)) { continue }
            try Self.picture(index).write(to: url, options: .atomic)
        }
        let items = try DatasetReader.read(folder, format: .flat).items
        let pixels = SamplePixels.tensor(count: count)
        let encoder = FeatureEncoder(model: model, cache: nil)
        let contest = try Contest(
            rounds: bench.rounds,
            [
                ("pixels", { milliseconds { _ = model.encodeOnAllCores(pixels) } }),
                ("files", { try milliseconds { _ = try encoder.encode(items) } }),
            ])
        figures["vit_b32_images_per_second_from_jpeg"] = .number(Double(count) / contest.milliseconds("files") * 1000)
        figures["vit_b32_images_from_jpeg_share"] = .number(contest.ratio(of: "files", to: "pixels"))
    }

    /// A JPEG of quality 90 with soft shapes and some grain, about as large as a photo of that size.
    private static func picture(_ index: Int) throws -> Data {
        let (width, height) = (640, 480)
        var generator = SeededGenerator(seed: index, purpose: "picture")
        let waves = (0..<12).map { _ in (0..<4).map { _ in generator.uniform() } }
        var pixels = [UInt8](repeating: 0, count: width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                let grain = Double(generator.next() & 0xf)
                for channel in 0..<3 {
                    var value = 110 + grain
                    for wave in 0..<4 {
                        let w = waves[wave * 3 + channel]
                        value += 30 * sin(w[0] * 0.1 * Double(x) + w[1] * 0.1 * Double(y) + 6.3 * w[2])
                    }
                    pixels[(y * width + x) * 3 + channel] = UInt8(min(max(value, 0), 255))
                }
            }
        }
        return try SampleJPEG.data(pixels, width: width, height: height)
    }
}
