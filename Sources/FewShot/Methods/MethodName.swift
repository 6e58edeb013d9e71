/// The methods there are, under the names of `--method` and of adapter files.
public enum MethodName: String, CaseIterable, Sendable, Codable {
    case zeroShot = "zero-shot"
    case linearProbe = "linear-probe"
    case clipAdapter = "clip-adapter"
    case tipAdapter = "tip-adapter"
    case tipAdapterF = "tip-adapter-f"
    case lpPlusPlus = "lp++"
    case channelHead = "channel-head"

    /// Whether what it learned belongs to the classes it was trained on; otherwise it answers for any labels.
    public var isClassBound: Bool {
        switch self {
        case .zeroShot, .clipAdapter: false
        case .linearProbe, .tipAdapter, .tipAdapterF, .lpPlusPlus, .channelHead: true
        }
    }
}
