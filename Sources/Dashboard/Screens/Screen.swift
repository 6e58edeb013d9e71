import Foundation
import Training

/// A screen: the key that shows it, the panes it is made of, and what its own keys do. Adding one is its file and its
/// line in ``all``.
struct Screen: Sendable, Equatable {
    /// A pane and where it stands.
    struct PlacedPane {
        var place: Rect
        var draw: (inout Canvas) -> Void

        init(_ place: Rect, draw: @escaping (inout Canvas) -> Void) {
            (self.place, self.draw) = (place, draw)
        }
    }

    /// What keys mean while a screen wants something else of its user than usual.
    struct Mode: Sendable {
        /// Where the keys are listed.
        var context: DashboardCommand.Context
        /// Whether the keys that count everywhere count here, too.
        var hasCommonKeys = false
        /// The heading of its keys, which come first in the help; nil for those of the screen.
        var section: DashboardCommand.Section?
        /// Takes a key that is no command; nil where only commands count.
        var type: (@Sendable (inout DashboardState, Character) -> Void)?
    }

    /// The pictures on a screen: files, and the sizes in cells that they have there.
    struct Pictures {
        /// The one that is looked at.
        var large: (columns: Int, rows: Int)?
        /// Small ones, by their index into the run's pictures.
        var small: [(picture: Int, columns: Int, rows: Int)] = []
    }

    /// Its name, for footer and tests, and where its keys are listed.
    let name: String
    /// What it shows, in a few words for the help.
    let detail: String
    /// How soon its key goes from the footer where room is short.
    let footerRank: Double
    /// What its keys do.
    let commands: [DashboardCommand]
    /// The heading of its keys, which come first in the help while it is shown.
    var section: DashboardCommand.Section?
    /// Whether it is about other runs than the one that is trained, so that space pauses nothing here.
    var isAboutOtherRuns = false
    /// What its keys mean for now; nil for what they always mean.
    var mode: @Sendable (DashboardState) -> Mode? = { _ in nil }
    /// The panes in a region of this size.
    let panes: @Sendable (DashboardState, TerminalCapabilities, Rect) -> [PlacedPane]
    /// The pictures in a region of this size.
    var pictures: @Sendable (DashboardState, Rect) -> Pictures = { _, _ in Pictures() }
    /// The file of the picture that is looked at.
    var file: @Sendable (DashboardState) -> URL? = { $0.currentPicture?.url }
    /// The picture of the run that the screen shows.
    var picture: @Sendable (DashboardState) -> Int? = { _ in nil }
    /// What the session is to tell while it is shown: the command that asks for it (true) or ends it (false).
    var subscription: (@Sendable (Bool) -> ViewerSubscription)?

    /// The screens, in the order of their digits.
    static let all: [Screen] = [train, classify, mistakes, runs, compare]

    /// The key that shows it.
    var key: Key {
        .character(Character("\((Self.all.firstIndex(of: self) ?? 0) + 1)"))
    }

    /// Where its own keys count.
    var context: DashboardCommand.Context { .init(name: name) }

    /// The command that shows it.
    var command: DashboardCommand {
        DashboardCommand(
            .show(name), keys: [key], section: .screens, detail: detail,
            footer: .init(
                rank: footerRank, keys: nil,
                isShown: { $0.screen != self && (self == .train || CommandTable.isOverview($0)) }
            ) { _ in name }
        ) { $0.show(self) }
    }

    static func == (left: Screen, right: Screen) -> Bool { left.name == right.name }
}

/// The lines that most screens have in common: which run it is above, the keys below, and a line of the screen's own.
struct ScreenFrame {
    let status, lines, body, footer: Rect

    /// The frame of a region; `lines` rows belong to the screen.
    init(_ region: Rect, lines count: Int = 1) {
        status = Rect(x: 0, y: 0, width: region.width, height: 1)
        lines = Rect(x: 0, y: 1, width: region.width, height: count)
        footer = Rect(x: 0, y: region.height - 1, width: region.width, height: 1)
        body = Rect(
            x: 0, y: 1 + count, width: region.width, height: max(0, region.height - 2 - count))
    }

    /// Its panes, with what draws the screen's own lines.
    func panes(
        _ state: DashboardState, _ glyphs: Glyphs, lines draw: @escaping (inout Canvas) -> Void
    ) -> [Screen.PlacedPane] {
        [
            .init(status) { StatusLine.drawIdentity(state, glyphs, into: &$0) }, .init(lines, draw: draw),
            .init(footer) { Footer.draw(state, glyphs, into: &$0) },
        ]
    }
}

extension DashboardState {
    /// Goes to a screen. What only it shows costs time: the session tells it while somebody looks.
    mutating func show(_ screen: Screen) -> [Effect] {
        guard screen != self.screen else { return [] }
        var effects = closeRatios()
        if let subscription = screen.subscription { effects.append(.send(subscription(true))) }
        if let subscription = self.screen.subscription { effects.append(.send(subscription(false))) }
        self.screen = screen
        return effects
    }

    /// What keys mean on the screen for now, with nothing laid over it.
    var mode: Screen.Mode { screen.mode(self) ?? Screen.Mode(context: screen.context, hasCommonKeys: true) }
}

extension Canvas {
    /// A notice in a screen's own line.
    mutating func notice(_ notice: DashboardState.Notice, _ glyphs: Glyphs) {
        let role: Role = notice.level == .error ? .bad : notice.level == .warning ? .warning : .accent
        text(glyphs.fit(notice.text, bounds.width), x: 0, y: 0, .role(role, .bold))
    }
}
