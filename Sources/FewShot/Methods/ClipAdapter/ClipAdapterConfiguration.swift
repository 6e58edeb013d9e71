/// The settings of a CLIP-Adapter (arXiv 2110.04544; docs/methods.md#clip-adapter).
public struct ClipAdapterConfiguration: MethodParameters, Equatable {
    /// Which side is adapted; the other one is frozen.
    public enum Branch: String, CaseIterable, Sendable {
        /// Image features; the paper's best.
        case visual
        /// Classifier weights.
        case text
        /// Both, by two adapters that are trained together.
        case both

        /// Whether image features are adapted.
        public var hasVisual: Bool { self != .text }
        /// Whether classifier weights are adapted.
        public var hasText: Bool { self != .visual }
    }

    /// Where the residual ratios come from (docs/methods.md#residual-ratios).
    public enum RatioMode: String, CaseIterable, Sendable {
        /// Given.
        case fixed
        /// One adapter is trained for each of several ratios, and the validation pictures choose.
        case sweep
        /// `α = σ(a)` with a trained scalar `a`.
        case learnable
        /// `α` itself is trained, unconstrained.
        case raw
        /// One per picture (and per class): `α_n = σ(⟨q, f̂_n⟩ + c)` with trained `q` and `c`.
        case hyper
    }

    /// How untrained layers are drawn.
    public enum Initialisation: String, CaseIterable, Sendable {
        /// Uniform within `±1/√fanIn`, as linear layers are in PyTorch and Jittor.
        case linear
        /// Uniform within `±√(6/(fanIn + fanOut))`.
        case xavier
        /// Normal with standard deviation `√(2/fanIn)`.
        case kaiming
    }

    /// Which side is adapted.
    public var branch = Branch.visual
    /// Weight of the adapted feature, 0...1: 0 is zero-shot, 1 is the adapter alone. Where the ratio is trained, this is
    /// its start, strictly between the two.
    public var residualRatio = 0.2
    /// The same for the text side; nil for the same number.
    public var textRatio: Double?
    /// Where the ratios come from.
    public var ratioMode = RatioMode.fixed
    /// What `sweep` tries.
    public var sweptRatios = paperRatios
    /// Trained ratios learn at this multiple of the learning rate.
    public var ratioRateFactor = 1.0
    /// The bottleneck is `width / reduction` wide.
    public var reduction = 4
    /// Whether a ReLU follows the second layer too (official code and competition report; the paper's formula has none).
    public var secondReLU = true
    /// Probability of dropping an input of the image adapter while training; the residual path is never dropped.
    public var dropout = 0.0
    /// How untrained layers are drawn.
    public var initialisation = Initialisation.linear
    /// The multiplier of the cosines; nil for the model's own.
    public var logitScale: Double?

    /// The ratios of the paper's table.
    public static let paperRatios = [0, 0.2, 0.4, 0.6, 0.8, 1]

    /// For people: `clip-adapter visual`, with how the ratio is found unless it is given.
    public var title: String {
        let ratio =
            switch ratioMode {
            case .fixed: ""
            case .sweep: ", ratio swept"
            case .learnable, .raw: ", ratio learned"
            case .hyper: ", ratio per picture"
            }
        return "clip-adapter \(branch.rawValue)\(ratio)"
    }
}
