import ArgumentParser
import CLIP
import Foundation
import Tensors

/// From the start of a process to the first feature, and the memory it took; each time in a process of its own.
struct ModelLoading: Measurement {
    let name = "vit-b32-loading"
    let purpose = "ViT-B/32, process start to first feature, and peak memory"

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let directory = try BenchmarkModel.vitB32.directory(in: bench.models)
        for tower in LoadingProbe.Tower.allCases {
            var (seconds, megabytes): ([Double], [Double]) = ([], [])
            for _ in 0..<(bench.isQuick ? 3 : 7) {
                let start = ContinuousClock.now
                let probe = Process()
                let output = Pipe()
                probe.executableURL = URL(filePath: "/proc/self/exe")
                probe.arguments = ["loading-probe", directory.path(percentEncoded: false), tower.rawValue]
                probe.standardOutput = output
                try probe.run()
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                probe.waitUntilExit()
                seconds.append((ContinuousClock.now - start) / .seconds(1))
                guard let peak = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                    throw PythonPeer.Failure(errorDescription: "the probe of the loading time said '\(text)'")
                }
                megabytes.append(peak)
            }
            figures["vit_b32_seconds_to_first_\(tower)_feature"] = .number(median(seconds))
            figures["vit_b32_peak_megabytes_\(tower)"] = .number(megabytes.max() ?? .nan)
        }
        let weights = try ModelInspection(directory: directory).weightBytes
        figures["vit_b32_weights_megabytes"] = .number(Double(weights) / 1e6)
    }
}

/// The process that `ModelLoading` starts: loads, encodes one thing, and prints the peak of its resident memory in MB.
struct LoadingProbe: ParsableCommand {
    enum Tower: String, CaseIterable, ExpressibleByArgument {
        case image, text
    }

    static let configuration = CommandConfiguration(
        abstract: "Loads a model, encodes one picture or text, and prints the peak memory in MB.", shouldDisplay: false)

    @Argument var model: String
    @Argument var tower: Tower

    func run() throws {
        OpenBLAS.threads = 1
        let clip = try CLIPModel(directory: URL(filePath: model))
        switch tower {
        case .image: _ = clip.encodeImages(SamplePixels.tensor(count: 1))
        case .text: _ = try clip.encodeTexts(["a photo of a lighthouse."])
        }
        let status = try String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? .nan
        print(kilobytes * 1024 / 1e6)
    }
}
