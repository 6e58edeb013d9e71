/// The second half of a transformer block: `x = x + project(activation(expand(norm(x))))` (spec clip-models §2 step 5).
struct MLP: Sendable {
    let norm: LayerNorm
    /// `[hidden, width]`, with the activation.
    let expand: any PackedLinear
    /// `[width, hidden]`; LayerScale, where a model has it, is folded in.
    let project: any PackedLinear

    /// `x` `[rows, width]` becomes the output.
    func apply(_ x: UnsafeMutablePointer<Float>, rows: Int, work: TransformerWorkspace) {
        norm.apply(x, rows: rows, to: work.normed.base)
        expand.apply(work.normed.base, rows: rows, to: work.wide.base)  // [rows, hidden]
        project.apply(work.wide.base, rows: rows, to: x, accumulating: true)
    }
}
