import Tensors

/// What the image towers have in common.
protocol ImageTower: Sendable {
    /// `[batch, 3, height, width]` → `[batch, E]`, on the calling thread.
    func encode(_ pixels: Tensor<Float>) -> Tensor<Float>
}
