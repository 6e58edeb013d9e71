import Tensors

/// A few-shot method on frozen features: what the session trains, without knowing which one it is.
///
/// A method works on image features `[batch, width]` and holds its own classifier. All calls come from one queue.
public protocol AdaptationMethod: AnyObject {
    /// Takes one optimiser step on a batch and returns its mean cross-entropy before the update.
    ///
    /// - Parameters:
    ///   - features: image features, any norm, `[n, width]`.
    ///   - rows: the rows of `features` that make up the batch.
    ///   - labels: the class of each row of `features`, `[n]`.
    ///   - learningRate: the rate of this step.
    ///   - step: the step's number, from 1; everything random in it is a function of the seed and this number.
    func trainBatch(
        features: Tensor<Float>, rows: ArraySlice<Int>, labels: [Int32], learningRate: Double, step: Int
    ) -> Double

    /// Class logits `[n, classes]` for image features `[n, width]`.
    func logits(_ features: Tensor<Float>) -> Tensor<Float>

    /// The trained parameters under the names PyTorch users expect (spec, datasets and files 10).
    func parameters() -> [String: Tensor<Float>]

    /// Sets the trained parameters back to what ``parameters()`` returned; the optimiser's state is left alone.
    func restore(_ parameters: [String: Tensor<Float>])
}
