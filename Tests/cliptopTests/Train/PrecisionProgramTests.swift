import CLIP
import Foundation
import TestSupport
import Testing

@testable import Tensors

/// The built program with `--precision`.
@Suite struct PrecisionProgramTests {
    private let small = Fixtures.reference.appending(path: "models/vit-openclip").path
    private let picture = Fixtures.samples.appending(path: "Images/bird/crow.png").path

    static let isUsable =
        (try? OneDNN("libdnnl.so.2")).map { $0.instructions.hasBF16 && $0.instructions.hasVNNI } ?? false

    private func classify(_ precision: String, _ environment: [String: String]) throws -> Program {
        try withHome { home in
            try Program.run(
                ["classify", picture, "--labels", "crow,cat", "--model", small, "--precision", precision], home: home,
                environment: environment)
        }
    }

    @Test(arguments: [
        ("/proc/nonexistent/libdnnl.so.2", "apt-get install libdnnl2"), ("libm.so.6", "has no function dnnl_version"),
    ])
    func refusesWhatIsNotTheLibraryInOneLine(path: String, saying: String) throws {
        for precision in ["bf16", "int8"] {
            let result = try classify(precision, ["CLIPTOP_ONEDNN": path])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.errors.contains(path) && result.errors.contains(saying), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        let plain = try classify("fp32", ["CLIPTOP_ONEDNN": path])
        #expect(plain.status == 0, "\(plain.errors)")
    }

    @Test func doctorSaysWhatIsMissing() throws {
        try withHome { home in
            let result = try Program.run(
                ["doctor"], home: home, environment: ["CLIPTOP_ONEDNN": "/proc/nonexistent/libdnnl.so.2"])
            #expect(result.status == 0 && result.output.contains("apt-get install libdnnl2"), "\(result.output)")
        }
    }

    @Test(.enabled(if: isUsable, "there is no oneDNN, or the processor is too old for it"))
    func refusesInstructionsThatWouldBeSlow() throws {
        let result = try classify("int8", ["ONEDNN_MAX_CPU_ISA": "AVX2"])
        #expect(result.status == 1 && result.errors.contains("without AVX-512 VNNI"), "\(result.errors)")
    }

    @Test func refusesPrecisionsThatDoNotExist() throws {
        let result = try classify("fp8", [:])
        #expect(result.status == 2 && result.errors.contains("fp8"), "\(result.errors)")
    }

    @Test(
        .enabled(if: isUsable, "there is no oneDNN, or the processor is too old for it"),
        arguments: [("bf16", 0.9995), ("int8", 0.995)])
    func inspectMeasuresTheBundledModel(precision: String, least: Double) throws {
        try withHome { home in
            let data = home.appending(path: "set")
            for name in ["bird", "vehicle"] {
                try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    at: Fixtures.samples.appending(path: "Images/\(name)"), to: data.appending(path: name))
            }
            let model = Fixtures.samples.appending(path: "Model").path
            let result = try Program.run(
                ["inspect", model, "--precision", precision, "--data", data.path], home: home)
            #expect(result.status == 0, "\(result.errors)")
            let digits = try #require(result.output.firstMatch(of: /mean ([0-9.]+), least/)?.1)
            let mean = try #require(Double(digits))
            #expect(mean >= least, "\(result.output)")
            #expect(result.output.contains(/top-1 .*zero-shot [0-9.]+ % in fp32, [0-9.]+ % in/), "\(result.output)")
        }
    }
}
