import Foundation
import Tensors

/// LP++: a linear probe whose class weights blend visual prototypes with text (arXiv 2404.02285; docs/methods.md#lp):
///
///     z_k = f̂ᵀ (w_k + α_k t̂_k) + b_k
///
/// There is no logit multiplier, the `α_k` play its part, and no learning rate to choose: the step sizes follow from the
/// data. Every step is on the full batch.
public final class LPPlusPlus<Scalar: TensorScalar> {
    /// How `α` is updated.
    public enum MultiplierGradient: Sendable, Equatable {
        /// With the gradient of the current epoch, as the paper describes it.
        case current
        /// With the sum over all epochs so far, as the official code does, which never clears it.
        case accumulated
    }

    /// Prototypes `w` `[classes, width]`.
    public let prototypes: Matrix<Scalar>
    /// Bias `b` `[1, classes]`.
    public let bias: Matrix<Scalar>
    /// Multipliers of the text `α` `[1, classes]`.
    public let multipliers: Matrix<Scalar>
    /// Gradients of the last ``lossAndGradients()``, shaped as their parameters.
    public let prototypeGradient: Matrix<Scalar>
    public let biasGradient: Matrix<Scalar>
    public let multiplierGradient: Matrix<Scalar>
    /// Step size of prototypes and bias, `η_w = 4 N / λ_max(FᵀF)`.
    public let prototypeRate: Double
    /// Step size of the multipliers, `η_α = N / (4 max_k Σ_i ⟨f̂_i, t̂_k⟩²)`.
    public let multiplierRate: Double
    /// The largest eigenvalue of `FᵀF`.
    public let largestEigenvalue: Double
    /// Every how many epochs the multipliers are updated.
    public static var multiplierInterval: Int { 10 }

    /// Steps taken.
    public internal(set) var steps = 0

    private let gradientRule: MultiplierGradient
    private let features: Matrix<Scalar>  // F̂ [N, width]
    private let labels: [Int32]
    private let text: Matrix<Scalar>  // T̂ [classes, width]
    private let similarities: Matrix<Scalar>  // F̂ · T̂ᵀ [N, classes]
    private let scores: Matrix<Scalar>  // z, then G [N, classes]
    let accumulated: Matrix<Scalar>  // Σ gα [1, classes]
    let optimiser: Optimiser<Scalar>

    /// LP++ at its start on labelled features.
    /// - Parameters:
    ///   - features: training features, any norm, `[n, width]`.
    ///   - textFeatures: classifier weights, any norm, `[classes, width]`.
    ///   - bias: the initial bias `[classes]`; see ``initialBias(classes:width:using:)``.
    /// - Precondition: at least one picture, a label for each, every label a class.
    public init(
        features: Tensor<Scalar>, labels: [Int32], textFeatures: Tensor<Scalar>, bias: [Scalar],
        multiplierGradient: MultiplierGradient = .current
    ) {
        let (count, width, classes) = (features.rows, features.columns, textFeatures.rows)
        precondition(count == labels.count && count > 0, "\(labels.count) labels for \(features.shape)")
        precondition(width == textFeatures.columns && bias.count == classes, "shapes that do not fit each other")
        precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "a label is not a class")
        gradientRule = multiplierGradient
        self.labels = labels
        self.features = Matrix(features.normalisedRows())
        text = Matrix(textFeatures.normalisedRows())
        similarities = Matrix(rows: count, columns: classes)
        similarities.setProduct(self.features, text, transposeB: true)
        scores = Matrix(rows: count, columns: classes)
        func parameter(_ rows: Int, _ columns: Int) -> Matrix<Scalar> { Matrix(rows: rows, columns: columns) }
        (prototypes, prototypeGradient) = (parameter(classes, width), parameter(classes, width))
        (self.bias, biasGradient) = (parameter(1, classes), parameter(1, classes))
        (multipliers, self.multiplierGradient) = (parameter(1, classes), parameter(1, classes))
        accumulated = parameter(1, classes)
        self.bias.assign(Tensor(bias, shape: [1, classes]))
        Self.setClassSums(prototypes, of: self.features, labels: labels)
        let start = Scalar(Self.initialMultiplier(similarities, labels: labels))
        multipliers.assign(Tensor(repeating: start, shape: [1, classes]))
        largestEigenvalue = Self.largestEigenvalue(self.features)
        prototypeRate = 4 * Double(count) / largestEigenvalue
        multiplierRate = Double(count) / (4 * Self.largestSquareSum(similarities))
        // The multipliers take plain steps of their own.
        optimiser = Optimiser(
            .sgd(momentum: 0.9),
            [
                Parameter("classifier.weight", prototypes, gradient: prototypeGradient),
                Parameter(vector: "classifier.bias", self.bias, gradient: biasGradient),
            ], stateNames: ["classifier.weight": "prototypes", "classifier.bias": "bias"])
    }

    /// All parameters, under the names of the official code.
    public var parameterTree: ParameterTree<Scalar> {
        ParameterTree([
            Parameter("classifier.weight", prototypes, gradient: prototypeGradient),
            Parameter(vector: "classifier.bias", bias, gradient: biasGradient),
            Parameter("alpha_vec", multipliers, gradient: multiplierGradient),
        ])
    }

    /// The bias a framework's linear layer starts with, uniform within `±1/√width`.
    public static func initialBias(
        classes: Int, width: Int, using generator: inout SeededGenerator
    ) -> [Scalar] {
        let bound = 1 / Double(width).squareRoot()
        return (0..<classes).map { _ in Scalar((2 * generator.uniform() - 1) * bound) }
    }

    /// `V₀[k]`: the sum, not the mean, of a class's features.
    private static func setClassSums(_ sums: Matrix<Scalar>, of features: Matrix<Scalar>, labels: [Int32]) {
        let width = features.columns
        for (row, label) in labels.enumerated() {
            Scalar.add(sums.elements + Int(label) * width, features.elements + row * width, count: width)
        }
    }

    /// `α₀ = 250 · mean_k mean_{i: y_i = k} ⟨f̂_i, t̂_k⟩`, over the classes that have pictures.
    private static func initialMultiplier(_ similarities: Matrix<Scalar>, labels: [Int32]) -> Double {
        var sums = [Double](repeating: 0, count: similarities.columns)
        var counts = [Double](repeating: 0, count: similarities.columns)
        for (row, label) in labels.enumerated() {
            sums[Int(label)] += Double(similarities.elements[row * similarities.columns + Int(label)])
            counts[Int(label)] += 1
        }
        let means = zip(sums, counts).filter { $1 > 0 }.map { $0 / $1 }
        return 250 * means.reduce(0, +) / Double(max(means.count, 1))
    }

    /// `max_k Σ_i ⟨f̂_i, t̂_k⟩²`.
    private static func largestSquareSum(_ similarities: Matrix<Scalar>) -> Double {
        var sums = [Double](repeating: 0, count: similarities.columns)
        for row in 0..<similarities.rows {
            for k in sums.indices {
                let value = Double(similarities.elements[row * similarities.columns + k])
                sums[k] += value * value
            }
        }
        return sums.max() ?? 0
    }

    /// `λ_max(FᵀF)` by power iteration from a vector of ones: at most 100 iterations, relative change 1e-6.
    private static func largestEigenvalue(_ features: Matrix<Scalar>) -> Double {
        let matrix = Matrix(features.tensor.converted(to: Double.self))
        let vector = Matrix(Tensor<Double>(repeating: 1, shape: [1, matrix.columns]).normalisedRows())
        let image = Matrix<Double>(rows: 1, columns: matrix.rows)
        let norm = Matrix<Double>(rows: 1, columns: 1)
        var eigenvalue = 0.0
        for _ in 0..<100 {
            image.setProduct(vector, matrix, transposeB: true)  // (F v)ᵀ
            vector.setProduct(image, matrix)  // (Fᵀ F v)ᵀ
            vector.normaliseRows(norms: norm)
            let change = abs(norm.elements[0] - eigenvalue)
            eigenvalue = norm.elements[0]
            if change <= 1e-6 * eigenvalue { break }
        }
        return eigenvalue
    }

    /// `z` of the training pictures with the parameters as they are, in ``scores``.
    private func forward() {
        scores.setProduct(features, prototypes, transposeB: true)
        addText(similarities, to: scores)
    }

    /// `scores ← scores + b + α ⊙ similarities`, row by row.
    private func addText(_ similarities: Matrix<Scalar>, to scores: Matrix<Scalar>) {
        let (b, a, classes) = (bias.elements, multipliers.elements, scores.columns)
        for row in 0..<scores.rows {
            let (z, r) = (scores.elements + row * classes, similarities.elements + row * classes)
            for k in 0..<classes { z[k] += b[k] + a[k] * r[k] }
        }
    }

    /// The mean cross-entropy of all training pictures; the gradients of the three parameters are left beside them.
    public func lossAndGradients() -> Double {
        forward()
        let classes = scores.columns
        let loss = Scalar.softmaxCrossEntropy(
            scores.elements, labels: labels, rows: scores.rows, columns: classes, batch: labels.count)
        prototypeGradient.setProduct(scores, transposeA: true, features)  // (1/N) (P − Y)ᵀ F
        biasGradient.elements.update(repeating: 0, count: classes)
        multiplierGradient.elements.update(repeating: 0, count: classes)
        let (gb, ga) = (biasGradient.elements, multiplierGradient.elements)
        for row in 0..<scores.rows {
            let (g, r) = (scores.elements + row * classes, similarities.elements + row * classes)
            for k in 0..<classes {
                gb[k] += g[k]
                ga[k] += g[k] * r[k]
            }
        }
        return loss / Double(labels.count)
    }

    /// One epoch: a step on prototypes and bias, and every tenth time one on the multipliers. Returns the loss before it.
    /// - Parameter factor: multiplies the step sizes; 1 is LP++.
    public func step(factor: Double = 1) -> Double {
        let loss = lossAndGradients()
        // A step on a gradient that is not finite would destroy the weights that the run is going to fall back on.
        guard loss.isFinite else { return loss }
        steps += 1
        if gradientRule == .accumulated { accumulated.add(multiplierGradient) }
        optimiser.step(learningRate: factor * prototypeRate)
        if steps.isMultiple(of: Self.multiplierInterval) {
            let gradient = gradientRule == .accumulated ? accumulated : multiplierGradient
            let rate = Scalar(factor * multiplierRate)
            for k in 0..<multipliers.count { multipliers.elements[k] -= rate * gradient.elements[k] }
        }
        return loss
    }

    /// Class logits `[n, classes]` for features `[n, width]` of any norm.
    public func logits(_ features: Tensor<Scalar>) -> Tensor<Scalar> {
        let unit = Matrix(features.normalisedRows())
        let similarities = Matrix<Scalar>(rows: unit.rows, columns: text.rows)
        similarities.setProduct(unit, text, transposeB: true)
        let scores = Matrix<Scalar>(rows: unit.rows, columns: text.rows)
        scores.setProduct(unit, prototypes, transposeB: true)
        addText(similarities, to: scores)
        return scores.tensor
    }
}
