/// Which update rule turns gradients into steps (docs/methods.md#optimisers; PyTorch's semantics).
public enum OptimiserRule: Sendable, Equatable, Codable {
    /// `b ← momentum · b + g; θ ← θ - rate · b` with `g` including `weightDecay · θ`.
    case sgd(momentum: Double = 0.9, weightDecay: Double = 0, dampening: Double = 0, nesterov: Bool = false)
    /// Adam with weight decay in L2 form.
    case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)
    /// Adam with decoupled weight decay.
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0.01)
}

extension OptimiserRule {
    /// For people: `adamw`, `sgd, momentum 0.9, weight decay 0.0005`.
    public var title: String {
        switch self {
        case .sgd(let momentum, let decay, _, let nesterov):
            "sgd" + (momentum > 0 ? ", momentum \(momentum)" : "") + (nesterov ? " (Nesterov)" : "") + Self.text(decay)
        case .adam(_, _, _, let decay): "adam" + Self.text(decay)
        case .adamW(_, _, _, let decay): "adamw" + Self.text(decay)
        }
    }

    private static func text(_ decay: Double) -> String { decay > 0 ? ", weight decay \(decay)" : "" }

    /// How strongly parameters are pulled to zero.
    public var weightDecay: Double {
        get {
            switch self {
            case .sgd(_, let decay, _, _), .adam(_, _, _, let decay), .adamW(_, _, _, let decay): decay
            }
        }
        set { self = with(weightDecay: newValue) }
    }

    /// The same rule with another weight decay.
    public func with(weightDecay: Double) -> OptimiserRule {
        switch self {
        case .sgd(let momentum, _, let dampening, let nesterov):
            .sgd(momentum: momentum, weightDecay: weightDecay, dampening: dampening, nesterov: nesterov)
        case .adam(let beta1, let beta2, let epsilon, _):
            .adam(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        case .adamW(let beta1, let beta2, let epsilon, _):
            .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon, weightDecay: weightDecay)
        }
    }
}
