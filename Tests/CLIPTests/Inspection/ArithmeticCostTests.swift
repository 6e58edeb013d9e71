import Testing

@testable import CLIP

/// The tables of docs/models.md#cost, which agree with PyTorch's operation counter to the last digit.
@Suite("Arithmetic cost")
struct ArithmeticCostTests {
    private func layers(_ width: Int, _ count: Int) -> TransformerConfiguration {
        .init(width: width, count: count, heads: width / 64, hiddenWidth: 4 * width, activation: .quickGELU)
    }

    @Test(
        "ResNets",
        arguments: [
            ([3, 4, 6, 3], 64, 224, 1024, 12_222_939_136, 11_586_306_048),
            ([3, 4, 23, 3], 64, 224, 512, 19_542_523_904, 19_008_651_264),
            ([4, 6, 10, 6], 80, 288, 640, 42_557_214_720, 41_162_096_640),
            ([6, 8, 18, 8], 96, 384, 768, 149_390_635_008, 145_736_675_328),
            ([3, 15, 36, 10], 128, 448, 1024, 529_107_009_536, 520_253_554_688),
        ])
    func resNets(stages: [Int], width: Int, size: Int, embedding: Int, full: Int, computed: Int) {
        let tower = ImageTowerConfiguration.modifiedResNet(
            .init(imageSize: size, stages: stages, width: width, heads: width / 2))
        let cost = tower.cost(imageSize: size, embeddingWidth: embedding)
        #expect(cost == ArithmeticCost(full: full, computed: computed))
    }

    @Test(
        "ViTs",
        arguments: [
            (768, 12, 32, 224, 512, 8_817_623_040), (768, 12, 16, 224, 512, 35_126_906_880),
            (1024, 24, 14, 224, 768, 162_025_537_536), (1024, 24, 14, 336, 768, 381_919_789_056),
        ])
    func visionTransformers(width: Int, count: Int, patch: Int, size: Int, embedding: Int, full: Int) {
        let tower = ImageTowerConfiguration.visionTransformer(
            .init(imageSize: size, patchSize: patch, layers: layers(width, count)))
        let cost = tower.cost(imageSize: size, embeddingWidth: embedding)
        #expect(cost.full == full)
        // The last block: keys and values of all tokens, the rest of one.
        let tokens = (size / patch) * (size / patch) + 1
        let saved = (tokens - 1) * (20 * width * width + 4 * tokens * width)
        #expect(cost.computed == full - saved)
    }

    @Test("EfficientNet-Lite0")
    func efficientNet() {
        let cost = ImageTowerConfiguration.efficientNetLite.cost(imageSize: 224, embeddingWidth: 512)
        #expect(cost == ArithmeticCost(full: 769_125_824, computed: 769_125_824))
    }

    @Test(
        "Texts",
        arguments: [
            (512, 512, 77, 5_959_540_736), (512, 1024, 77, 5_960_065_024), (640, 640, 77, 9_266_247_680),
            (768, 768, 77, 13_299_683_328), (1024, 1024, 77, 23_546_740_736),
        ])
    func texts(width: Int, embedding: Int, tokens: Int, full: Int) {
        let text = TextConfiguration(
            vocabularySize: 49408, contextLength: 77, layers: layers(width, 12), pooling: .highestID)
        #expect(text.cost(tokens: tokens, embeddingWidth: embedding).full == full)
    }
}
