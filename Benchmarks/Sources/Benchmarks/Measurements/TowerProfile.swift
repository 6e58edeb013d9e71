import CLIP
import Foundation

/// What takes the time in the image tower of a ViT-B/32.
struct TowerProfile: Measurement {
    let name = "vit-b32-profile"
    let purpose = "ViT-B/32, what its time goes into"

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let model = try CLIPModel(directory: BenchmarkModel.vitB32.directory(in: bench.models))
        let pixels = SamplePixels.tensor(count: 64)
        _ = model.encodeOnAllCores(pixels)
        let profile = Profile { for _ in 0..<(bench.isQuick ? 2 : 6) { _ = model.encodeOnAllCores(pixels) } }
        profile.printTable()
        figures["vit_b32_elementwise_share"] = .number(profile.elementwiseShare)
    }
}
