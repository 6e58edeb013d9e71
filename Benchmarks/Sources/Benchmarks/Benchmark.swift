import ArgumentParser
import Foundation
import Tensors

/// `make benchmark`: measures, prints a table, and writes the figures as one flat JSON object.
@main
struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cliptop-benchmarks",
        abstract:
            "Measures how fast models of full size run here, beside PyTorch and ONNX Runtime where they are there.",
        discussion: """
            Measurements: \(allMeasurements.map(\.name).joined(separator: ", ")).

            PEERS_PYTHON names a Python that has torch, onnxruntime and onnx; without it only this program is measured. \
            Both sides run in turns, a few seconds each; a ratio is the median over pairs of neighbouring turns, so that \
            what else the machine does falls on both.
            """,
        subcommands: [Run.self, LoadingProbe.self], defaultSubcommand: Run.self)

    struct Run: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Runs the measurements (the default).")

        @Argument(help: "The file for the figures.")
        var output = ".build/benchmark.json"

        @Option(help: ArgumentHelp("Only this measurement; may be repeated.", valueName: "name"))
        var only: [String] = []

        @Flag(help: "Fewer rounds: a look, not a figure to keep.")
        var quick = false

        @Option(help: "The folder for the models, which are made there when they are missing.")
        var models = ".build/benchmark-models"

        func validate() throws {
            let names = allMeasurements.map(\.name)
            if let unknown = only.first(where: { !names.contains($0) }) {
                throw ValidationError("no measurement is called \(unknown); there are \(names.joined(separator: ", "))")
            }
        }

        func run() throws {
            OpenBLAS.threads = 1
            let bench = Workbench(
                python: ProcessInfo.processInfo.environment["PEERS_PYTHON"], models: URL(filePath: models),
                isQuick: quick)
            var figures = Figures()
            var failed: [String] = []
            figures["openblas_core"] = .text(OpenBLAS.coreName)
            figures["openblas_forced_core"] = OpenBLAS.forcedCoreName.map { .text($0) }
            figures["cores"] = .number(Double(ProcessInfo.processInfo.activeProcessorCount))
            if bench.python == nil { print("PEERS_PYTHON is not set: no comparison with PyTorch and ONNX Runtime") }
            for measurement in allMeasurements where only.isEmpty || only.contains(measurement.name) {
                print("--- \(measurement.name): \(measurement.purpose)")
                fflush(nil)
                // One that fails takes nothing from the others.
                do { try measurement.measure(on: bench, into: &figures) } catch {
                    print("  failed: \(error.localizedDescription)")
                    failed.append(measurement.name)
                }
                fflush(nil)
            }
            print("---")
            figures.printTable()
            try figures.write(to: URL(filePath: output))
            if !failed.isEmpty { throw ValidationError("failed: \(failed.joined(separator: ", "))") }
        }
    }
}
