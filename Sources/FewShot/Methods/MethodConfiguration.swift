import Tensors

/// Which method, with the settings of each: switching the method keeps what was said about the others.
public struct MethodConfiguration: Sendable, Equatable, Codable {
    /// The method.
    public var name: MethodName
    /// How gradients become steps, for methods that are trained in batches.
    public var optimiser: OptimiserRule
    /// Settings of CLIP-Adapter.
    public var clipAdapter: ClipAdapterConfiguration
    /// Settings of the linear probe.
    public var linearProbe = LinearProbeConfiguration()
    /// Settings of Tip-Adapter and Tip-Adapter-F.
    public var tipAdapter = TipAdapterConfiguration()
    /// Settings of LP++.
    public var lpPlusPlus = LPPlusPlusConfiguration()
    /// Settings of the channel re-weighting head.
    public var channelHead = ChannelHeadConfiguration()

    /// A method with its default settings.
    public init(
        _ name: MethodName = .clipAdapter, optimiser: OptimiserRule = .adam(),
        clipAdapter: ClipAdapterConfiguration = ClipAdapterConfiguration()
    ) {
        self.name = name
        self.optimiser = optimiser
        self.clipAdapter = clipAdapter
    }

    /// The method with its variant, for people: `clip-adapter visual`.
    public var title: String {
        switch name {
        case .zeroShot, .linearProbe, .tipAdapter, .tipAdapterF, .lpPlusPlus, .channelHead: name.rawValue
        case .clipAdapter: clipAdapter.title
        }
    }
}
