/// The settings of a CLIP-Adapter (spec, few-shot 7).
public struct ClipAdapterConfiguration: Sendable, Equatable {
    /// Weight of the adapted feature, 0...1: 0 is zero-shot, 1 is the adapter alone.
    public var residualRatio: Double
    /// The bottleneck is `width / reduction` wide.
    public var reduction: Int
    /// Whether a ReLU follows the second layer too (official code and competition report; the paper's formula has none).
    public var secondReLU: Bool
    /// Probability of dropping an input of the adapter while training; the residual path is never dropped.
    public var dropout: Double

    /// The settings of a CLIP-Adapter.
    public init(residualRatio: Double = 0.2, reduction: Int = 4, secondReLU: Bool = true, dropout: Double = 0) {
        self.residualRatio = residualRatio
        self.reduction = reduction
        self.secondReLU = secondReLU
        self.dropout = dropout
    }
}
