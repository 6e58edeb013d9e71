import Training

/// What a run's user has turned: the settings as they are now, and the changes that can be undone.
struct RunSettings: Sendable, Equatable {
    /// What can be set back.
    enum Setting: Sendable, Hashable {
        case learningRate, residualRatio, dropout

        /// What people call it.
        var name: String {
            switch self {
            case .learningRate: "learning rate"
            case .residualRatio: "residual ratio"
            case .dropout: "dropout"
            }
        }

        /// The same where there is little room.
        var shortName: String {
            switch self {
            case .learningRate: "lr"
            case .residualRatio: "ratio"
            case .dropout: "dropout"
            }
        }

        /// A value of it.
        func text(_ value: Double) -> String {
            self == .learningRate ? NumberFormat.rate(value) : NumberFormat.fixed(value, 2)
        }
    }

    /// One change.
    struct Change: Sendable, Equatable {
        var setting: Setting
        var from: Double
        var to: Double

        /// What undoing it does: `lr to 3.0e-3`.
        var undoTitle: String { "\(setting.shortName) to \(setting.text(from))" }
    }

    /// A CLIP-Adapter's residual ratio; nil for a method without one.
    private(set) var residualRatio: Double?
    /// A CLIP-Adapter's dropout; nil for a method without one.
    private(set) var dropout: Double?
    /// What can be undone, the newest last; at most `limit` of it.
    private(set) var changes: [Change] = []
    /// Undoings that were asked for and have not been heard of.
    private var undosAsked = 0

    private static let limit = 500

    /// The value of a setting that is no rate.
    subscript(_ setting: Setting) -> Double? {
        switch setting {
        case .learningRate: nil
        case .residualRatio: residualRatio
        case .dropout: dropout
        }
    }

    /// What the next undo would set back; nil if there is nothing.
    var nextUndo: Change? { changes.dropLast(undosAsked).last }

    /// The settings a run begins with.
    mutating func begin(_ description: RunDescription) {
        self = RunSettings()
        residualRatio = description.residualRatio
        dropout = description.dropout
    }

    /// Notes that an undo was sent. The session tells of it as of any other change, and only this tells them apart.
    mutating func noteUndo() { if nextUndo != nil { undosAsked += 1 } }

    /// Takes a change in.
    mutating func apply(_ change: Intervention.Change) {
        switch change {
        case .learningRate(let from, let to): take(Change(setting: .learningRate, from: from, to: to))
        case .residualRatio(let from, let to):
            residualRatio = to
            take(Change(setting: .residualRatio, from: from, to: to))
        case .dropout(let from, let to):
            dropout = to
            take(Change(setting: .dropout, from: from, to: to))
        case .epochs, .testOpened, .restored, .resumed, .detached, .attached: break
        }
    }

    private mutating func take(_ change: Change) {
        if undosAsked > 0, let newest = changes.last, newest.setting == change.setting, newest.from == change.to {
            undosAsked -= 1
            changes.removeLast()
            return
        }
        changes.append(change)
        if changes.count > Self.limit { changes.removeFirst() }
    }
}
