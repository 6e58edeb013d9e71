/// The second half of a transformer block: `x = x + fc2(activation(fc1(norm(x))))` (arXiv 2010.11929;
/// docs/models.md#vision-transformer).
struct MLP: Sendable {
    let norm: LayerNorm
    /// `[hidden, width]`, with the activation.
    let fc1: any PackedLinear
    /// `[width, hidden]`; LayerScale, where a model has it, is folded in.
    let fc2: any PackedLinear

    /// `x` `[rows, width]` becomes the output.
    func apply(_ x: UnsafeMutablePointer<Float>, rows: Int, work: TransformerWorkspace) {
        norm.apply(x, rows: rows, to: work.normed.base)
        fc1.apply(work.normed.base, rows: rows, to: work.wide.base)  // [rows, hidden]
        fc2.apply(work.wide.base, rows: rows, to: x, accumulating: true)
    }
}
