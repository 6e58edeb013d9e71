import CKernels

/// The function between the two products of an MLP (arXiv 1606.08415; docs/models.md#activations).
public enum Activation: String, Sendable {
    /// `x · σ(1.702 x)`: OpenAI's checkpoints and those trained with their code.
    case quickGELU = "QuickGELU"
    /// `x · Φ(x)`, exactly: most later checkpoints.
    case gelu = "GELU"
    /// `0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
    case geluTanh = "GELU (tanh)"

    var kernel: kernel_activation {
        switch self {
        case .quickGELU: KERNEL_QUICK_GELU
        case .gelu: KERNEL_GELU
        case .geluTanh: KERNEL_GELU_TANH
        }
    }
}
