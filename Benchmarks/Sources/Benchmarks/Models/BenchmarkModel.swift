import CLIP
import Foundation
import Safetensors

/// CLIPs of full size with random weights, in the directories that the hubs would distribute: their speed is that of the
/// real ones, and nobody has to download anything.
enum BenchmarkModel: String {
    /// OpenAI's ViT-B/32 in Hugging Face's form, 605 MB.
    case vitB32 = "vit-b32"
    /// OpenAI's RN50 in open_clip's form, 408 MB.
    case rn50

    /// The directory below `models`, made now if it is missing.
    func directory(in models: URL) throws -> URL {
        let directory = models.appending(path: rawValue)
        let files = FileManager.default
        if files.fileExists(atPath: directory.path(percentEncoded: false)) { return directory }
        print("making \(directory.path(percentEncoded: false))")
        // Under another name until it is whole.
        let partial = models.appending(path: "\(rawValue).\(UUID().uuidString).partial")
        try files.createDirectory(at: partial, withIntermediateDirectories: true)
        do {
            for name in ["vocab.json", "merges.txt"] {
                try files.copyItem(at: Self.tokenizer.appending(path: name), to: partial.appending(path: name))
            }
            switch self {
            case .vitB32:
                try Data("{\"model_type\": \"clip\"}\n".utf8).write(to: partial.appending(path: "config.json"))
                try SafetensorsWriter.write(Self.vitB32Weights(), to: partial.appending(path: "model.safetensors"))
            case .rn50:
                try Data(Self.rn50Configuration.utf8).write(to: partial.appending(path: "open_clip_config.json"))
                try SafetensorsWriter.write(
                    Self.rn50Weights(), to: partial.appending(path: "open_clip_model.safetensors"))
            }
            try files.moveItem(at: partial, to: directory)
        } catch {
            try? files.removeItem(at: partial)
            throw error
        }
        return directory
    }

    /// OpenAI's vocabulary, which the conformance tests bring along.
    private static let tokenizer = URL(filePath: "Tests/Fixtures/reference/tokenizer/openai")
}
