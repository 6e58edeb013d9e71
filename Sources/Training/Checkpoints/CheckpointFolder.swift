import Foundation

/// The checkpoints of one run: `step-<n>.safetensors`, the newest few, and `best.safetensors`, as the run was when it had
/// completed the epoch with the lowest validation loss.
struct CheckpointFolder: Sendable {
    /// How many of a live run are kept, besides the best: one that turns out to be damaged must not be the last.
    static let kept = 3

    let url: URL

    /// The checkpoints of the run in `folder`.
    init(of folder: URL) { url = folder.appending(path: "checkpoints") }

    /// Where the checkpoint of a step is kept.
    func file(step: Int) -> URL { url.appending(path: "step-\(step).safetensors") }

    /// Where the checkpoint of the best epoch is kept.
    var best: URL { url.appending(path: "best.safetensors") }

    /// The steps there are checkpoints of, newest first.
    var steps: [Int] { names.compactMap(Self.step).sorted(by: >) }

    private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? [] }

    private static func step(_ name: String) -> Int? {
        guard name.hasPrefix("step-"), name.hasSuffix(".safetensors") else { return nil }
        return Int(name.dropFirst(5).dropLast(12)).flatMap { $0 >= 0 ? $0 : nil }
    }

    /// Makes the folder if it is missing.
    func create() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    /// The newest checkpoint that can be read, and what was wrong with those that are newer; nil if there is none.
    func newest() -> (checkpoint: Checkpoint?, problems: [CheckpointError]) {
        var problems: [CheckpointError] = []
        for step in steps {
            do throws(CheckpointError) { return (try CheckpointFile.read(file(step: step)), problems) } catch {
                problems.append(error)
            }
        }
        return (nil, problems)
    }

    /// Removes all but the newest `count` up to `step`: later ones belong to a course that is not the run's any more.
    func prune(keeping count: Int, upTo step: Int) {
        let kept = Set(steps.filter { $0 <= step }.prefix(count))
        for name in names {
            // What a killed process was writing begins with a dot.
            let isLeftOver = name.hasPrefix(".") && name.hasSuffix(".partial")
            guard isLeftOver || Self.step(name).map({ !kept.contains($0) }) ?? false else { continue }
            try? FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// Removes all of them.
    func removeAll() { try? FileManager.default.removeItem(at: url) }
}
