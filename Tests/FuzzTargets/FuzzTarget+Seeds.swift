import Foundation
import TestSupport

extension FuzzTarget {
    /// What is tried first, and changed from there on: files of the reference's hostile collection, what found a fault once
    /// (`Tests/Fixtures/fuzz/<target>`), and small valid inputs.
    public func seeds() throws -> [[UInt8]] {
        var seeds = Self.texts[self, default: []].map { Array($0.utf8) }
        let hostile = Fixtures.reference.appending(path: "hostile")
        let found = Fixtures.repository.appending(path: "Tests/Fixtures/fuzz").appending(path: rawValue)
        let folders = Self.folders[self, default: []].map { hostile.appending(path: $0) } + [found]
        for folder in folders {
            for name in ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted() {
                let bytes = try Data(contentsOf: folder.appending(path: name))
                if bytes.count < 1 << 18 { seeds.append(Array(bytes)) }
            }
        }
        return seeds + [[]]
    }

    private static let folders: [FuzzTarget: [String]] = [
        .png: ["png"], .jpeg: ["jpeg"], .picture: ["png", "jpeg"], .safetensors: ["safetensors", "hf-weights"],
        .adapter: ["safetensors"], .checkpoint: ["safetensors"], .modelConfiguration: ["hf-config"],
        .openCLIPConfiguration: ["openclip-config"], .weightIndex: ["hf-index"], .tokenizer: ["tokenizer"],
        .merges: ["tokenizer"],
    ]

    private static let texts: [FuzzTarget: [String]] = [
        .toml: [
            "a = 1\n[b.c]\nd = [1, 2.5, \"x\\u00e9\", '''y'''] # z\n[[e]]\nf = { g.h = 1979-05-27, i = inf }\n", "[=",
        ],
        .theme: [
            "summary = \"x\"\naccent = { rgb = \"#58a6ff\", ansi = \"blue\" }\ngradient = [\"#000000\", \"red\", \"blue\"]",
            "[=",
        ],
        .list: ["path,label\na/1.png,0\n\"b,\"\"2.png\",1\n", "a/1.png 0\nb/2.png 1\n", "path\tlabel\na.png\tx\n"],
        .splitFile: ["{\"train\": [[\"a/1.png\", 0, \"a\"]], \"val\": [], \"test\": [[\"b/2.png\", 1, \"b\"]]}"],
        .classFile: ["heron\nkettle 1\n", "{\"0\": [\"n0\", \"heron\"]}"],
        .promptFile: ["a photo of a {}.\n", "{\"heron\": [\"a bird\"]}"],
        .selection: ["{\"train\": [0, 1], \"val\": [2]}", "{\"train\": [\"a/1.png\"], \"val\": []}"],
        .zip: ["PK\u{3}\u{4}\u{14}\u{0}\u{0}\u{0}\u{0}\u{0}PK\u{1}\u{2}PK\u{5}\u{6}"],
        .resultText: ["1.png 0 1 2 3 4\n2.png 4 3 2 1 0\n"],
        .records: ["{\"state\":{\"_0\":\"paused\"}}", "{\"log\":{\"_0\":{\"text\":\"a\",\"level\":\"info\"}}}"],
        .frames: ["\u{12}\u{0}\u{0}\u{0}\u{1}{\"command\":{\"_0\":\"pause\"}}"],
        .packedChunk: ["\u{2}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}"],
        .shard: ["SQLite format 3\u{0}\u{10}\u{0}\u{1}\u{1}\u{0}@  "],
        .database: ["SQLite format 3\u{0}\u{10}\u{0}\u{1}\u{1}\u{0}@  "],
        .terminalInput: ["\u{1B}[200~a\u{1B}[201~\u{1B}OA\u{1B}]0;x\u{7}\u{1B}[M !!\u{1B}[<0;1;1M"],
    ]
}
