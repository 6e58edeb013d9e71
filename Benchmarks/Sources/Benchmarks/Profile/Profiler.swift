import CSampler
import Foundation

/// What takes the time of some work, from samples of the program counter.
struct Profile {
    /// Shares of the processor time by what was being done, largest first; they add up to 1.
    let shares: [(part: String, share: Double)]
    let samples: Int

    /// Whatever happens outside the libraries of matrix products.
    var elementwiseShare: Double { shares.reduce(0) { $0 + ($1.part == Self.matrixProducts ? 0 : $1.share) } }

    static let matrixProducts = "matrix products"

    /// Samples `work`, a sample every millisecond or as often as the kernel can.
    init(of work: () -> Void) {
        let isRunning = sampler_start(1 << 16, 1000)
        work()
        let count = isRunning ? sampler_stop() : 0
        let functions = FunctionTable()
        var counts: [String: Int] = [:]
        for index in 0..<count { counts[Self.part(sampler_address(index), functions), default: 0] += 1 }
        shares = counts.map { ($0.key, Double($0.value) / Double(count)) }.sorted { $0.share > $1.share }
        samples = count
    }

    private static func part(_ address: UInt, _ functions: FunctionTable?) -> String {
        var base: UInt = 0
        guard let file = sampler_file(address, &base).map({ String(cString: $0) }) else { return "unknown" }
        let library = URL(filePath: file).lastPathComponent
        if library.hasPrefix("libopenblas") || library.hasPrefix("libblas") { return matrixProducts }
        if library.hasPrefix("libc.") || library.hasPrefix("ld-linux") { return "copying, allocation, threads" }
        guard library.hasPrefix("cliptop-benchmarks"), let name = functions?.name(at: UInt64(address - base)) else {
            return library
        }
        // "kernel_softmax.arch_x86_64_v4": one kernel for each instruction set.
        let plain = name.prefix { $0 != "." }
        return kernels[String(plain)] ?? (plain.hasPrefix("kernel_") ? String(plain) : "Swift code")
    }

    private static let kernels = [
        "kernel_layer_norm": "LayerNorm", "kernel_softmax": "softmax",
        "kernel_bias_activation": "biases, activations", "kernel_windows_of_planes": "patches (im2col)",
        "kernel_add": "adding",
    ]

    func printTable() {
        for (part, share) in shares where share >= 0.0005 {
            print(
                "  \(part.padding(toLength: 30, withPad: " ", startingAt: 0))\(String(format: "%6.1f %%", 100 * share))"
            )
        }
        print("  (\(samples) samples)")
    }
}
