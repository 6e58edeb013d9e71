/// Who controlled a run: the terminal that it was begun on, or an attached viewer.
public struct Sender: Sendable, Equatable, Codable {
    /// Where a sender sits.
    public enum Place: Sendable, Equatable, Codable {
        /// At the terminal of the process that trains the run.
        case ownTerminal
        /// At another one, e.g. `pts/2`; nil for a viewer without a terminal.
        case viewer(terminal: String?)
    }

    /// Tells senders apart, also those of other processes of the same run.
    public var id: Int
    /// Where it sits.
    public var place: Place

    /// A sender that is no other one.
    public init(_ place: Place) {
        id = Int.random(in: 1..<1 << 53)
        self.place = place
    }

    /// What others call it.
    public var name: String {
        switch place {
        case .ownTerminal: "the run's own terminal"
        case .viewer(let terminal?): "the viewer on \(terminal)"
        case .viewer(nil): "a viewer without a terminal"
        }
    }
}

extension LogEntry {
    /// The line as the reader `id` is to read it: with who did what it tells of.
    public func text(readBy id: Int?) -> String {
        guard let sender else { return text }
        return text + (sender.id == id ? ", by you" : ", by \(sender.name)")
    }
}
