import Foundation
import Tensors

/// What OpenBLAS reaches here at all: the yardstick for everything that is made of matrix products.
struct MatrixProductSpeed: Measurement {
    let name = "sgemm"
    let purpose = "OpenBLAS, a product of 2048x2048 matrices"

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        let product = SampleProduct()
        let contest = try Contest(
            rounds: bench.rounds,
            [("one", { product.milliseconds(threads: 1) }), ("all", { product.milliseconds(threads: Self.cores) })])
        figures["sgemm_gflops_1_thread"] = .number(product.gigaflops(contest.milliseconds("one")))
        figures["sgemm_gflops"] = .number(product.gigaflops(contest.milliseconds("all")))
    }

    static let cores = ProcessInfo.processInfo.activeProcessorCount
}

/// A product of two square matrices that is large enough for OpenBLAS to be at its best.
final class SampleProduct {
    private let side = 2048
    private let (a, b, c): (Matrix<Float>, Matrix<Float>, Matrix<Float>)

    init() {
        func random(_ purpose: String, _ side: Int) -> Matrix<Float> {
            var generator = SeededGenerator(seed: 1, purpose: purpose)
            return Matrix(
                Tensor((0..<side * side).map { _ in Float(generator.uniform() - 0.5) }, shape: [side, side]))
        }
        (a, b, c) = (random("a", side), random("b", side), Matrix(rows: side, columns: side))
    }

    func milliseconds(threads: Int) -> Double {
        OpenBLAS.threads = threads
        defer { OpenBLAS.threads = 1 }
        return Benchmarks.milliseconds { for _ in 0..<4 { c.setProduct(a, b, transposeB: true) } } / 4
    }

    /// The speed if one product takes that long.
    func gigaflops(_ milliseconds: Double) -> Double { operations / milliseconds / 1e6 }

    /// The arithmetic of one product, a multiplication and an addition being two.
    var operations: Double { 2 * Double(side * side * side) }
}
