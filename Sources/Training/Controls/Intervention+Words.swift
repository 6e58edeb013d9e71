extension Intervention {
    /// Which setting moved from where to where, for programs. What has no value goes from 0 to 1.
    var setting: (name: String, from: Double, to: Double) {
        switch change {
        case .learningRate(let from, let to): ("lr", from, to)
        case .epochs(let from, let to): ("epochs", Double(from), Double(to))
        case .residualRatio(let from, let to): ("ratio", from, to)
        case .dropout(let from, let to): ("dropout", from, to)
        case .testOpened: ("test opened", 0, 1)
        case .restored(let epoch): ("restored epoch", Double(afterEpoch), Double(epoch))
        case .resumed: ("resumed", 0, 1)
        case .detached: ("terminal", 1, 0)
        case .attached: ("terminal", 0, 1)
        }
    }
}

extension Intervention.Change {
    /// What was done, for people.
    public var words: String {
        switch self {
        case .learningRate(let from, let to): "learning rate \(NumberFormat.rate(from)) to \(NumberFormat.rate(to))"
        case .epochs(let from, let to): "epochs \(from) to \(to)"
        case .residualRatio(let from, let to): "residual ratio \(from) to \(to)"
        case .dropout(let from, let to): "dropout \(from) to \(to)"
        case .testOpened: "test pictures looked at"
        case .restored(let epoch): "back to the weights of epoch \(epoch)"
        case .resumed: "resumed"
        case .detached: "went on without its terminal"
        case .attached: "a viewer was attached"
        }
    }

    /// What was done, in a few words of ASCII with numbers that lose nothing.
    var sentence: String {
        switch self {
        case .learningRate(let from, let to): "learning rate \(from) -> \(to)"
        case .epochs(let from, let to): "epochs \(from) -> \(to)"
        case .residualRatio(let from, let to): "residual ratio \(from) -> \(to)"
        case .dropout(let from, let to): "dropout \(from) -> \(to)"
        case .testOpened: "test split opened"
        case .restored(let epoch): "back to the weights of epoch \(epoch)"
        case .resumed: "resumed"
        case .detached: "detached"
        case .attached: "attached"
        }
    }
}
