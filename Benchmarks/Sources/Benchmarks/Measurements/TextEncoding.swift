import CLIP
import Foundation
import Tensors

/// Prompts a second through the text tower of a ViT-B/32, for the class names of a whole data set; PyTorch computes all
/// 77 positions, as the usual code does.
struct TextEncoding: Measurement {
    let name = "vit-b32-texts"
    let purpose = "ViT-B/32, 374 class prompts"

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let directory = try BenchmarkModel.vitB32.directory(in: bench.models)
        let model = try CLIPModel(directory: directory)
        let prompts = sampleClassNames.map { PromptTemplate.standard.prompt(for: $0) }
        var sequences: [[Int]] = []
        for prompt in prompts {
            sequences.append(model.tokenizer.sequences([prompt], contextLength: model.contextLength)[0].ids)
        }
        let tokens = sequences.map { ($0.firstIndex(of: model.tokenizer.endID) ?? 0) + 1 }.reduce(0, +)
        var contestants: [(name: String, run: () throws -> Double)] = [
            ("ours", { try milliseconds { _ = try model.encodeTexts(prompts) } })
        ]
        let peer = try bench.peer(.clip, [directory.path(percentEncoded: false), "\(MatrixProductSpeed.cores)"])
        defer { peer?.stop() }
        if let peer {
            let padded = sequences.map { $0 + Array(repeating: 0, count: model.contextLength - $0.count) }
            try peer.setTokens(padded)
            let ours = try model.encodeTexts(prompts)
            let theirs = Tensor(try peer.floats("text-features"), shape: ours.shape)
            let cosine = smallestCosine(ours, theirs)
            guard cosine > 0.9999 else {
                throw PythonPeer.Failure(errorDescription: "the peer's text features have cosine \(cosine) with ours")
            }
            figures["vit_b32_texts_cosine_to_pytorch"] = .number(cosine)
            // Its time is the same for every text: a quarter of them will do.
            let part = padded.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)
            try peer.setTokens(part)
            let times = try [8, 32, 94].map { ($0, try peer.measure("texts \($0)")) }
            let batch = times.min { $0.1 < $1.1 }?.0 ?? 32
            print("  pytorch runs in batches of \(batch), its fastest")
            let share = Double(part.count) / Double(padded.count)
            contestants.append(("pytorch", { try peer.measure("texts \(batch)") / share }))
        }
        let contest = try Contest(rounds: bench.rounds, contestants)
        figures["vit_b32_texts_per_second"] = .number(Double(prompts.count) / contest.milliseconds("ours") * 1000)
        figures["vit_b32_texts_mean_tokens"] = .number(Double(tokens) / Double(prompts.count))
        if peer != nil {
            figures["vit_b32_texts_per_second_pytorch"] = .number(
                Double(prompts.count) / contest.milliseconds("pytorch") * 1000)
            figures["vit_b32_texts_vs_pytorch"] = .number(contest.ratio(of: "ours", to: "pytorch"))
        }
    }
}

extension PythonPeer {
    /// Hands over token ids, `[texts][context length]`.
    fileprivate func setTokens(_ ids: [[Int]]) throws {
        // A list of lists of numbers is written as JSON has it.
        _ = try ask("tokens \("\(ids)".filter { $0 != " " })")
    }
}
