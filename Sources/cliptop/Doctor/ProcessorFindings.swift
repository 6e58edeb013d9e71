import Foundation
import Tensors

/// What `/proc/cpuinfo` says of the processor.
struct ProcessorFacts: Equatable {
    var model = "unknown"
    var flags: Set<String> = []

    /// The facts in a text of the form of `/proc/cpuinfo`.
    init(cpuinfo: String) {
        for line in cpuinfo.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 2 else { continue }
            if parts[0] == "model name", model == "unknown" { model = parts[1] }
            if parts[0] == "flags" || parts[0] == "Features", flags.isEmpty {
                flags = Set(parts[1].split(separator: " ").map(String.init))
            }
        }
    }

    /// Whether it can run OpenBLAS's AVX-512 kernels.
    var hasAVX512: Bool { flags.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) }

    /// Whether it can run OpenBLAS's AVX2 kernels.
    var hasAVX2: Bool { flags.isSuperset(of: ["avx2", "fma"]) }

    /// The extensions that matter here, widest first.
    var extensions: [String] {
        [
            ("AVX-512", hasAVX512), ("BF16", flags.contains("avx512_bf16")), ("VNNI", flags.contains("avx512_vnni")),
            ("AMX", flags.contains("amx_tile")), ("AVX2", hasAVX2), ("NEON", flags.contains("asimd")),
        ].filter(\.1).map(\.0)
    }
}

/// Processor and OpenBLAS: whether matrix products run as fast as the machine allows.
struct ProcessorFindings {
    var facts: ProcessorFacts
    var cores: Int
    var blasCore: String
    var forcedCore: String?
    var oneDNN: OneDNNFacts

    /// OpenBLAS's kernel sets for AVX-512, and all that use at least AVX2.
    private static let avx512Cores: Set = ["skylakex", "cooperlake", "sapphirerapids"]
    private static let avx2Cores = avx512Cores.union(["haswell", "zen", "excavator"])

    var group: FindingGroup {
        let extensions =
            facts.extensions.isEmpty ? "no vector extensions known here" : facts.extensions.joined(separator: ", ")
        return FindingGroup(
            title: "Processor",
            findings: [
                Finding(name: "CPU", value: "\(facts.model), \(cores) core\(cores == 1 ? "" : "s"), \(extensions)"),
                kernels,
                oneDNN.finding,
                Finding(
                    name: "threads",
                    value: "\(cores) worker\(cores == 1 ? "" : "s") encode, one BLAS thread each"),
            ])
    }

    private var kernels: Finding {
        let core = blasCore.lowercased()
        let isSlow =
            (facts.hasAVX512 && !Self.avx512Cores.contains(core))
            || (facts.hasAVX2 && !Self.avx2Cores.contains(core))
        let origin = forcedCore.map { ", forced by OPENBLAS_CORETYPE=\($0)" } ?? ""
        var finding = Finding(name: "OpenBLAS kernels", value: blasCore + origin)
        guard isSlow else { return finding }
        finding.status = .problem
        let better = facts.hasAVX512 ? "AVX-512" : "AVX2"
        finding.advice =
            forcedCore != nil
            ? "this CPU has \(better), the forced kernels do not use it: unset OPENBLAS_CORETYPE for up to twice the speed"
            : "this CPU has \(better), but OpenBLAS does not use it: install a newer libopenblas0, or set "
                + "OPENBLAS_CORETYPE=\(facts.hasAVX512 ? "SkylakeX" : "Haswell")"
        return finding
    }
}
