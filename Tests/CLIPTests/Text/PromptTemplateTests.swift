import Testing

@testable import CLIP

@Suite("Prompt templates")
struct PromptTemplateTests {
    @Test("The class name is put in, underscores as spaces")
    func prompt() throws {
        #expect(try PromptTemplate("a {} seen from above").prompt(for: "school_bus") == "a school bus seen from above")
        #expect(PromptTemplate.standard.prompt(for: "cat") == "a photo of a cat.")
        #expect(try PromptTemplate("{}").prompt(for: "{}") == "{}")
    }

    @Test("A template needs {} exactly once", arguments: ["", "a photo", "{} and {}", "{ }"])
    func invalid(text: String) {
        #expect(throws: CLIPError.invalidTemplate(text)) { try PromptTemplate(text) }
    }
}
