/// Something a key does. One table of these drives dispatch, footer, help and tests.
struct DashboardCommand: Sendable {
    /// The name tests, clicks and scripts call a command by; each file of commands declares its own.
    struct ID: Hashable, Sendable {
        let rawValue: String
        init(_ rawValue: String) { self.rawValue = rawValue }

        /// Shows a screen.
        static func show(_ screen: String) -> ID { ID("show " + screen) }
    }

    /// Where its keys count.
    struct Context: Hashable, Sendable {
        let name: String

        /// Any screen, with nothing laid over it.
        static let screen = Context(name: "screen")
        /// The Train screen.
        static let train = Context(name: "train")
        /// A question that waits for one of a few answers.
        static let question = Context(name: "question")
        /// A value is being typed; keys that are no command are text.
        static let input = Context(name: "input")
        /// Help or results lie over the screen; keys that are no command close them.
        static let reading = Context(name: "reading")
    }

    /// The heading it stands under in the help.
    struct Section: Hashable, Sendable {
        let title: String

        static let steer = Section(title: "Steer the run")
        static let look = Section(title: "Look around")
        static let screens = Section(title: "Screens")
        static let program = Section(title: "Program")

        /// The headings in the order of the help: the run's, those of the screens, the program's.
        static let all: [Section] =
            [steer, look, charts, ratios] + Screen.all.compactMap(\.section) + [screens, program]
    }

    /// What the footer says of it: neighbours with one label share an entry ("+/-").
    struct FooterEntry: Sendable {
        var rank: Double
        var keys: String?
        /// Whether it is worth its room just now.
        var isShown: @Sendable (DashboardState) -> Bool = { _ in true }
        var title: @Sendable (DashboardState) -> String
    }

    /// Its name.
    let id: ID
    /// Where its keys count.
    let context: Context
    /// The keys, the first of them the one to show.
    let keys: [Key]
    /// Its heading in the help; nil to keep it out.
    let section: Section?
    /// What it does, in a few words for the help.
    let detail: String
    let footer: FooterEntry?
    let isEnabled: @Sendable (DashboardState) -> Bool
    let action: @Sendable (inout DashboardState) -> [Effect]

    init(
        _ id: ID, in context: Context = .screen, keys: [Key], section: Section? = nil, detail: String,
        footer: FooterEntry? = nil, when isEnabled: @escaping @Sendable (DashboardState) -> Bool = { _ in true },
        action: @escaping @Sendable (inout DashboardState) -> [Effect]
    ) {
        self.id = id
        self.context = context
        self.keys = keys
        self.section = section
        self.detail = detail
        self.footer = footer
        self.isEnabled = isEnabled
        self.action = action
    }
}

extension DashboardState {
    /// Which commands the next key can mean, the innermost first.
    var contexts: [DashboardCommand.Context] {
        switch overlay {
        case nil: [mode.context] + (mode.hasCommonKeys ? [.screen] : [])
        case .question: [.question]
        case .input: [.input]
        case .help, .result: [.reading]
        }
    }

    /// Where the user is.
    var context: DashboardCommand.Context { contexts[0] }

    /// Does what a key means here; answers what is to be done outside.
    mutating func press(_ key: Key) -> [Effect] {
        notice = nil
        let here = contexts
        if let command = CommandTable.all.first(where: { here.contains($0.context) && $0.keys.contains(key) }) {
            return command.isEnabled(self) ? command.action(&self) : []
        }
        switch (context, key) {
        case (.input, .character(let character)):
            if case .input(var line) = overlay {
                line.insert(character)
                overlay = .input(line)
            }
        case (_, .control("c")): return interrupt()
        case (.reading, .character("q")):
            overlay = nil
            return press(key)
        case (.reading, _): overlay = nil
        case (_, .character(let character)) where overlay == nil: mode.type?(&self, character)
        default: break
        }
        return []
    }

    /// Does what a command does, if it is enabled in its context; for tests and scripts.
    mutating func perform(_ id: DashboardCommand.ID) -> [Effect] {
        let here = contexts
        guard let command = CommandTable.all.first(where: { $0.id == id && here.contains($0.context) }),
            command.isEnabled(self)
        else { return [] }
        return command.action(&self)
    }
}
