import Foundation
import Safetensors

/// Why a model, its tokenizer or a text cannot be used.
public enum CLIPError: Error, Equatable, LocalizedError, CustomStringConvertible {
    /// A folder that is not a model directory of open_clip or Hugging Face.
    case notAModel(directory: String, reason: String)
    /// A file of the model cannot be read or parsed.
    case unreadable(file: String, reason: String)
    /// A value in a configuration file is invalid.
    case invalidConfiguration(file: String, key: String, reason: String)
    /// A configuration asks for something that is not implemented; running without it would give wrong numbers.
    case unsupported(file: String, key: String, reason: String)
    /// The architecture needs a tensor that the weights do not have; perhaps they have one under a wrapper's prefix.
    case missingTensor(file: String, tensor: String, wrapped: String? = nil)
    /// None of the tensors has a name of the format that the configuration is in; perhaps they are of the other format.
    case foreignTensors(file: String, format: ModelFormat, example: String?, otherFormat: ModelFormat?)
    /// The weights have tensors that the architecture has no place for.
    case surplusTensors(file: String, tensors: [String])
    /// A tensor has another shape than the configuration says.
    case misshapenTensor(file: String, tensor: String, shape: [Int], expected: [Int])
    /// A tensor holds NaN or infinity.
    case nonFiniteTensor(file: String, tensor: String)
    /// The tokenizer's files contradict themselves or the model.
    case invalidTokenizer(file: String, reason: String)
    /// A prompt template without exactly one `{}`.
    case invalidTemplate(String)
    /// Two classes whose prompts are the same once they are cut to the model's context.
    case indistinguishable(String, String, contextLength: Int)
    /// Token ids that the text tower cannot work on.
    case invalidTokens(reason: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .notAModel(let directory, let reason): "\(directory): is not a CLIP model directory: \(reason)"
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .invalidConfiguration(let file, let key, let reason): "\(file): \(key) \(reason)"
        case .unsupported(let file, let key, let reason): "\(file): \(key) \(reason), which is not supported"
        case .missingTensor(let file, let tensor, let wrapped):
            "\(file): tensor \(readable(tensor)) is missing"
                + (wrapped.map { "; there is \(readable($0)), behind a prefix that not all tensors have" } ?? "")
        case .foreignTensors(let file, let format, let example, let otherFormat):
            "\(file): holds no tensors of a CLIP in the format '\(format.rawValue)'"
                + (otherFormat.map { ", but some of '\($0.rawValue)', which --model-format \($0.rawValue) reads" }
                    ?? example.map { "; its first is \(readable($0))" } ?? "; it is empty")
        case .surplusTensors(let file, let tensors):
            "\(file): \(tensors.count == 1 ? "a tensor does" : "\(tensors.count) tensors do") not belong to the model: "
                + tensors.prefix(3).map { readable($0) }.joined(separator: ", ") + (tensors.count > 3 ? ", ..." : "")
        case .misshapenTensor(let file, let tensor, let shape, let expected):
            "\(file): tensor \(readable(tensor)) has shape \(shape), the configuration needs \(expected)"
        case .nonFiniteTensor(let file, let tensor): "\(file): tensor \(readable(tensor)) holds NaN or infinity"
        case .invalidTokenizer(let file, let reason): "\(file): \(reason)"
        case .invalidTemplate(let template):
            "the prompt template \(readable(template)) must contain {} exactly once, for the class name"
        case .indistinguishable(let first, let second, let contextLength):
            "two classes are the same once their prompts are cut to the model's context of \(contextLength) tokens: \(first) "
                + "and \(second); shorten the names, or give others (--classes, --labels), or shorter prompts (--template)"
        case .invalidTokens(let reason): "token ids: \(reason)"
        }
    }

    /// The same line, for code that knows the error only as an `Error`.
    public var errorDescription: String? { description }
}
