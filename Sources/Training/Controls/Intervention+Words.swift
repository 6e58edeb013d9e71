import FewShot

extension LiveSetting {
    /// A value for people: `3.0e-3`, `0.40`.
    public func text(_ value: Double) -> String {
        switch format {
        case .scientific: value == 0 ? "0" : NumberFormat.rate(value)
        case .share: NumberFormat.fixed(value, 2)
        }
    }
}

extension Intervention {
    /// Which setting moved from where to where, for programs. What has no value goes from 0 to 1.
    var setting: (name: String, from: Double, to: Double) {
        switch change {
        case .set(let name, let from, let to, _): (name, from, to)
        case .epochs(let from, let to): ("epochs", Double(from), Double(to))
        case .testOpened: ("test opened", 0, 1)
        case .restored(let epoch): ("restored epoch", Double(afterEpoch), Double(epoch))
        case .resumed: ("resumed", 0, 1)
        case .detached: ("terminal", 1, 0)
        case .attached: ("terminal", 0, 1)
        }
    }
}

extension Intervention.Change {
    /// How much room there is for words, and what they are for.
    public enum Style: Sendable {
        /// A sentence for people: `learning rate 3.0e-3 → 6.0e-3`.
        case sentence
        /// For people where there is little room: `lr 3.0e-3 → 6.0e-3`.
        case short
        /// For programs: numbers lose nothing.
        case exact
    }

    /// What was done, in words.
    public func words(_ style: Style = .sentence, arrow: String = "→") -> String {
        switch self {
        case .set(let name, let from, let to, let isUndo):
            let setting = LiveSetting.named(name)
            let (before, after) = style == .exact ? ("\(from)", "\(to)") : (setting.text(from), setting.text(to))
            return (style == .short ? setting.name : setting.title) + " \(before) \(arrow) \(after)"
                + (isUndo && style == .sentence ? " (undo)" : "")
        case .epochs(let from, let to): return "epochs \(from) \(arrow) \(to)"
        case .testOpened: return "test split opened"
        case .restored(0): return "start restored"
        case .restored(let epoch): return "epoch \(epoch) restored"
        case .resumed: return "resumed"
        case .detached: return style == .short ? "terminal closed" : "terminal closed; continued in the background"
        case .attached: return "viewer attached"
        }
    }
}
