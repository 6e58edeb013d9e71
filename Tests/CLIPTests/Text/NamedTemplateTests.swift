import Testing

@testable import CLIP

@Suite("Named templates")
struct NamedTemplateTests {
    @Test("Every name means a list, every line of it is a template")
    func everyName() throws {
        for name in NamedTemplates.names {
            let list = try #require(NamedTemplates.list(name), "\(name)")
            #expect(!list.isEmpty)
        }
        for (name, text) in PaperTemplates.lists {
            #expect(NamedTemplates.list("clip-" + name)?.count == text.split(separator: "\n").count, "\(name)")
        }
        #expect(NamedTemplates.list("nothing") == nil)
    }

    @Test("ImageNet's lists")
    func imageNet() throws {
        let eighty = try #require(NamedTemplates.list("imagenet-80"))
        let seven = try #require(NamedTemplates.list("ImageNet_7"))
        #expect(eighty.count == 80 && seven.count == 7)
        #expect(eighty.first?.text == "a bad photo of a {}.")
        #expect(seven.allSatisfy { eighty.contains($0) })
        #expect(Set(eighty.map(\.text)).count == 80)
    }

    @Test("A benchmark's template, by any of its names")
    func benchmarks() {
        #expect(NamedTemplates.single(forDataset: "oxfordflowers")?.first?.text == "a photo of a {}, a type of flower.")
        #expect(NamedTemplates.single(forDataset: "DescribableTextures")?.first?.text == "{} texture.")
        #expect(NamedTemplates.list("Food101")?.first?.text == "a photo of {}, a type of food.")
        #expect(NamedTemplates.single(forDataset: "holiday pictures") == nil)
    }
}
