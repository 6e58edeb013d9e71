import Foundation
import Tensors

/// How much of the adapted feature goes into the blend: given, trained, or worked out for each row
/// (docs/methods.md#residual-ratios).
public final class ResidualRatio<Scalar: TensorScalar> {
    /// Where it comes from; a sweep's adapters each have a fixed one.
    public enum Source: Sendable, Equatable {
        case fixed(Double)
        case learnable, raw, hyper
    }

    /// Where it comes from.
    public internal(set) var source: Source
    /// `a` with `α = σ(a)`, or `α` itself, `[1, 1]`; empty for the other sources.
    public let scalar: Matrix<Scalar>
    /// `q` `[1, width]` of the hyper-network, and `c` `[1, 1]`; empty for the other sources.
    public let weight, bias: Matrix<Scalar>
    let scalarGradient, weightGradient, biasGradient: Matrix<Scalar>

    /// The number a trained ratio starts with: the argument of σ for all but the raw ratio.
    public static func start(_ ratio: Double, _ source: Source) -> Double {
        source == .raw ? ratio : log(ratio / (1 - ratio))
    }

    /// A ratio at its start; a hyper-network starts with `q = 0`.
    init(_ source: Source, start ratio: Double, width: Int) {
        self.source = source
        let hasScalar = source == .learnable || source == .raw
        let isHyper = source == .hyper
        (scalar, scalarGradient) = (Self.matrix(hasScalar, 1), Self.matrix(hasScalar, 1))
        (weight, weightGradient) = (Self.matrix(isHyper, width), Self.matrix(isHyper, width))
        (bias, biasGradient) = (Self.matrix(isHyper, 1), Self.matrix(isHyper, 1))
        let start = Scalar(Self.start(ratio, source))
        if hasScalar { scalar.elements[0] = start }
        if isHyper { bias.elements[0] = start }
    }

    private static func matrix(_ exists: Bool, _ columns: Int) -> Matrix<Scalar> {
        Matrix(rows: exists ? 1 : 0, columns: columns)
    }

    /// Whether it has parameters.
    var isTrained: Bool { if case .fixed = source { false } else { true } }
    /// Whether every picture (or class) has its own.
    var isPerPicture: Bool { source == .hyper }

    /// `α` of all pictures, where they have one in common.
    var value: Scalar {
        switch source {
        case .fixed(let ratio): Scalar(ratio)
        case .raw: scalar.elements[0]
        case .learnable: Self.sigmoid(scalar.elements[0])
        case .hyper: 0
        }
    }

    /// `α` of each picture `[1, columns]`: `σ(⟨q, f̂⟩ + c)` for unit columns `f̂` `[width, columns]`.
    func setRatios(_ ratios: BlockedMatrix<Scalar>, for unitColumns: BlockedMatrix<Scalar>) {
        ratios.setProduct(weight, unitColumns)
        for column in 0..<ratios.columns {
            ratios.elements[column] = Self.sigmoid(ratios.elements[column] + bias.elements[0])
        }
    }

    /// The gradients of its parameters (docs/methods.md#gradients-of-a-clip-adapter).
    /// - Parameters:
    ///   - slopes: `∂loss/∂α` of each picture `[1, columns]`; overwritten.
    ///   - ratios: `α` of each picture `[1, columns]`, for the hyper-network.
    ///   - unitRows: the pictures' `f̂` `[columns, width]`, for the hyper-network.
    func setGradients(slopes: BlockedMatrix<Scalar>, ratios: BlockedMatrix<Scalar>, unitRows: Matrix<Scalar>) {
        switch source {
        case .fixed: break
        case .raw: scalarGradient.elements[0] = Self.sum(slopes)
        case .learnable:
            let ratio = value
            scalarGradient.elements[0] = Self.sum(slopes) * ratio * (1 - ratio)  // da = dα · α(1 − α)
        case .hyper:
            for column in 0..<slopes.columns {
                let ratio = ratios.elements[column]
                slopes.elements[column] *= ratio * (1 - ratio)
            }
            weightGradient.setProduct(slopes, rows: 0..<1, times: unitRows)  // dq = Σ dlogit_n · f̂_n
            biasGradient.elements[0] = Self.sum(slopes)  // dc = Σ dlogit_n
        }
    }

    private static func sum(_ row: BlockedMatrix<Scalar>) -> Scalar {
        var sum = 0.0
        for column in 0..<row.columns { sum += Double(row.elements[column]) }
        return Scalar(sum)
    }

    private static func sigmoid(_ x: Scalar) -> Scalar { Scalar(1 / (1 + exp(-Double(x)))) }
}
