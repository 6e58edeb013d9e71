/// The settings of a linear probe (docs/methods.md#linear-probe).
public struct LinearProbeConfiguration: MethodParameters, Equatable {
    /// Which image features the probe is fitted to.
    public enum Features: String, CaseIterable, Sendable {
        /// The encoder's output as it is.
        case projected
        /// The encoder's output with length 1.
        case normalised
    }

    /// Where the fit begins.
    public enum Start: String, CaseIterable, Sendable {
        /// At zero, as scikit-learn does.
        case zero
        /// At the zero-shot classifier, `W = s · Ŵ`. The optimum is the same; a stop short of it is not.
        case zeroShot = "zero-shot"
    }

    /// How the fitted weights are mixed with the zero-shot ones (arXiv 2109.01903;
    /// docs/methods.md#weight-space-ensembling).
    public enum Ensemble: Sendable, Equatable {
        /// Not at all.
        case none
        /// With this share of the fitted weights, 0...1.
        case fixed(Double)
        /// With the share that is best on validation; half without validation pictures.
        case searched
    }

    /// The `C` where none is given and there is nothing to search on: the competition baseline's.
    public static let defaultInverseRegularisation = 8.96

    /// `C`; nil to search for it on validation as CoOp's probe does.
    public var inverseRegularisation: Double?
    /// The features it is fitted to.
    public var features = Features.normalised
    /// Where the fit begins.
    public var start = Start.zero
    /// Mixing with the zero-shot weights.
    public var ensemble = Ensemble.none
}
