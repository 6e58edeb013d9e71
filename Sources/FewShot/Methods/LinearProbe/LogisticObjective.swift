import Foundation
import Tensors

/// Regularised multinomial logistic regression as scikit-learn states it (docs/methods.md#linear-probe):
///
///     J = (1/N) Σ CE_i + ‖W‖² / (2 C N)        the bias is not penalised
///
/// A constant channel of ones carries the bias, so that logits and gradient are one matrix product each. As in
/// ``ClipAdapter`` the pictures are cut into two halves that run at the same time; the cut depends on their number alone.
public final class LogisticObjective {
    /// How the classes are modelled.
    public enum Form: Sendable, Equatable {
        /// A weight row for each class.
        case softmax
        /// For two classes: one row, whose sigmoid is the second class's probability, as scikit-learn does. With the same
        /// `C` this is another optimum than two rows under a softmax.
        case singleVector
    }

    /// How the classes are modelled.
    public let form: Form
    /// `C`: how much the pictures count against the penalty.
    public var inverseRegularisation: Double
    /// The mean cross-entropy at the last evaluated point, without the penalty.
    public internal(set) var crossEntropy = Double.nan
    /// Number of classes.
    public let classes: Int
    /// Channels of a picture's features.
    public let width: Int

    private let features: Matrix<Double>  // [N, width + 1], the last channel 1
    private let labels: [Int32]
    private let scores: Matrix<Double>  // logits, then their gradient [N, rows]
    private let secondGradient: Matrix<Double>  // of the second half [rows, width + 1]
    private let companion = WorkerThread()

    /// The objective of labelled features `[n, width]`.
    /// - Precondition: at least one picture, a label for each, every label a class; two classes for a single vector.
    public init(
        features: Tensor<Float>, labels: [Int32], classes: Int, form: Form = .softmax, inverseRegularisation: Double
    ) {
        precondition(features.rows == labels.count && !labels.isEmpty, "\(labels.count) labels for \(features.shape)")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        precondition(form == .softmax || classes == 2, "a single vector for \(classes) classes")
        self.form = form
        self.inverseRegularisation = inverseRegularisation
        self.labels = labels
        self.classes = classes
        width = features.columns
        self.features = Self.extended(features)
        scores = Matrix(rows: features.rows, columns: form == .softmax ? classes : 1)
        secondGradient = Matrix(rows: form == .softmax ? classes : 1, columns: features.columns + 1)
    }

    /// Weight rows, `W` and `b` side by side: the shape of a point is `[1, rows · (width + 1)]`.
    public var rows: Int { scores.columns }

    /// A point at zero.
    public func origin() -> Matrix<Double> { Matrix(rows: 1, columns: rows * (width + 1)) }

    private static func extended(_ features: Tensor<Float>) -> Matrix<Double> {
        let width = features.columns
        let matrix = Matrix<Double>(rows: features.rows, columns: width + 1)
        for row in 0..<features.rows {
            let target = matrix.elements + row * (width + 1)
            for (j, value) in features.row(row).enumerated() { target[j] = Double(value) }
            target[width] = 1
        }
        return matrix
    }

    /// The objective at `point`; its gradient goes to `gradient`. Both `[1, rows · (width + 1)]`.
    public func value(at point: Matrix<Double>, gradient: Matrix<Double>) -> Double {
        let count = labels.count
        let middle = (count + 1) / 2
        var losses = (0.0, 0.0)
        companion.run(
            { losses.0 = half(0..<middle, point.elements, gradient.elements) },
            { losses.1 = half(middle..<count, point.elements, secondGradient.elements) })
        crossEntropy = (losses.0 + losses.1) / Double(count)
        Double.add(gradient.elements, secondGradient.elements, count: gradient.count)
        return crossEntropy + addPenalty(point, to: gradient)
    }

    /// The summed losses of some pictures; the gradient of their share of the mean overwrites `gradient`.
    private func half(
        _ part: Range<Int>, _ point: UnsafePointer<Double>, _ gradient: UnsafeMutablePointer<Double>
    ) -> Double {
        let columns = width + 1
        guard !part.isEmpty else {
            gradient.update(repeating: 0, count: rows * columns)
            return 0
        }
        let x = features.elements + part.lowerBound * columns
        let z = scores.elements + part.lowerBound * rows
        Double.gemm(
            transposeA: false, transposeB: true, m: part.count, n: rows, k: columns, alpha: 1, a: x,
            leadingA: columns, b: point, leadingB: columns, beta: 0, c: z, leadingC: rows)
        let loss = labels.withUnsafeBufferPointer { labels in
            guard let first = labels.baseAddress else { return 0.0 }
            let own = first + part.lowerBound
            return form == .softmax
                ? Double.softmaxCrossEntropy(z, labels: own, rows: part.count, columns: rows, batch: labels.count)
                : Self.logisticCrossEntropy(z, labels: own, rows: part.count, batch: labels.count)
        }
        Double.gemm(
            transposeA: true, transposeB: false, m: rows, n: columns, k: part.count, alpha: 1, a: z,
            leadingA: rows, b: x, leadingB: columns, beta: 0, c: gradient, leadingC: columns)
        return loss
    }

    /// The single-vector counterpart of the softmax cross-entropy: `log(1 + exp(∓z))`, gradient `(σ(z) − y) / batch`.
    private static func logisticCrossEntropy(
        _ z: UnsafeMutablePointer<Double>, labels: UnsafePointer<Int32>, rows: Int, batch: Int
    ) -> Double {
        var loss = 0.0
        for row in 0..<rows {
            let margin = labels[row] == 1 ? z[row] : -z[row]
            loss += max(-margin, 0) + log1p(exp(-abs(margin)))
            z[row] = (1 / (1 + exp(-z[row])) - Double(labels[row])) / Double(batch)
        }
        return loss
    }

    private func addPenalty(_ point: Matrix<Double>, to gradient: Matrix<Double>) -> Double {
        let strength = 1 / (inverseRegularisation * Double(labels.count))
        var squares = 0.0
        for row in 0..<rows {
            let start = row * (width + 1)
            for i in start..<start + width {
                let weight = point.elements[i]
                squares += weight * weight
                gradient.elements[i] += strength * weight
            }
        }
        return squares * strength / 2
    }

    /// The classifier at `point`, with a row for each class whatever the form: a single vector `w` becomes `∓w/2`, which
    /// has the same probabilities.
    public func head(at point: Matrix<Double>) -> LinearHead {
        var weight: [Float] = []
        var bias: [Float] = []
        let factors = form == .softmax ? [1.0] : [-0.5, 0.5]
        for factor in factors {
            for row in 0..<rows {
                let start = point.elements + row * (width + 1)
                for j in 0..<width { weight.append(Float(factor * start[j])) }
                bias.append(Float(factor * start[width]))
            }
        }
        return LinearHead(weight: Tensor(weight, shape: [bias.count, width]), bias: bias)
    }

    /// The point of a classifier; the inverse of ``head(at:)``.
    /// - Precondition: the head has a row for each class.
    public func point(of head: LinearHead) -> Matrix<Double> {
        precondition(head.weight.shape == [classes, width], "a head \(head.weight.shape) for [\(classes), \(width)]")
        let point = origin()
        for row in 0..<rows {
            let target = point.elements + row * (width + 1)
            for j in 0..<width {
                target[j] =
                    form == .softmax
                    ? Double(head.weight[row, j]) : Double(head.weight[1, j]) - Double(head.weight[0, j])
            }
            target[width] = form == .softmax ? Double(head.bias[row]) : Double(head.bias[1]) - Double(head.bias[0])
        }
        return point
    }

    /// How many of the labelled features `[n, width]` the classifier at `point` gets right; of equal logits the lower
    /// class index wins.
    public func correct(at point: Matrix<Double>, features: Tensor<Float>, labels: [Int32]) -> Int {
        guard features.rows > 0 else { return 0 }
        let scores = Matrix<Double>(rows: features.rows, columns: rows)
        let x = Self.extended(features)
        Double.gemm(
            transposeA: false, transposeB: true, m: features.rows, n: rows, k: width + 1, alpha: 1, a: x.elements,
            leadingA: width + 1, b: point.elements, leadingB: width + 1, beta: 0, c: scores.elements, leadingC: rows)
        return labels.indices.count { index in
            let z = scores.elements + index * rows
            guard form == .softmax else { return (z[0] > 0 ? 1 : 0) == labels[index] }
            var best = 0
            for k in 1..<max(rows, 1) where z[k] > z[best] { best = k }
            return best == Int(labels[index]) && !z[best].isNaN
        }
    }
}
