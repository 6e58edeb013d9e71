import Foundation
import Tensors

// `make benchmark`: measures, prints a table, and writes the figures as one flat JSON object.

OpenBLAS.threads = 1
let output = URL(filePath: CommandLine.arguments.dropFirst().first ?? ".build/benchmark.json")
do {
    var figures = Figures()
    figures["openblas_core"] = .text(OpenBLAS.coreName)
    figures["openblas_forced_core"] = OpenBLAS.forcedCoreName.map { .text($0) }
    let python = ProcessInfo.processInfo.environment["PEERS_PYTHON"]
    try ClipAdapterEpoch().measure(into: &figures, python: python)
    try LinearProbeFit().measure(into: &figures, python: python)
    figures.printTable()
    try figures.write(to: output)
} catch {
    FileHandle.standardError.write(Data("benchmark: \(error.localizedDescription)\n".utf8))
    exit(1)
}
