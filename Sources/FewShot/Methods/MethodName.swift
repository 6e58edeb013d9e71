/// The methods there are, under the names of `--method` and of adapter files.
public enum MethodName: String, CaseIterable, Sendable {
    case zeroShot = "zero-shot"
    case clipAdapter = "clip-adapter"

    /// Whether what it learned belongs to the classes it was trained on; otherwise it answers for any labels.
    public var isClassBound: Bool {
        switch self {
        case .zeroShot, .clipAdapter: false
        }
    }
}
