import Foundation
import Training

/// Runs a session where its user wants it, with a way in for other terminals.
struct SessionRunner {
    /// Where a session's user is.
    enum Place {
        /// At the dashboard.
        case dashboard(ScreenOptions)
        /// Behind plain lines.
        case lines
        /// Gone as soon as the run has begun.
        case background

        /// What the options ask for, as far as there is a terminal for it.
        init(isPlain: Bool, isDetached: Bool, screen: ScreenOptions) {
            let hasTerminal = isatty(STDOUT_FILENO) != 0 && isatty(STDIN_FILENO) != 0
            self = isDetached ? .background : isPlain || !hasTerminal ? .lines : .dashboard(screen)
        }

        /// To be called before the first thread, and before anything that only one process can have.
        /// - Throws: `Foreground.CannotDivide`.
        func prepare() throws {
            Foreground.remember()
            if case .lines = self { return }
            try Foreground.divide()
        }
    }

    private let session: TrainingSession
    private let server: RunServer
    private let place: Place
    private let resources: Resources

    /// - Parameter server: the session's; it is closed when the session has ended.
    init(_ session: TrainingSession, _ server: RunServer, _ place: Place, _ resources: Resources) {
        (self.session, self.server, self.place, self.resources) = (session, server, place, resources)
    }

    /// Runs the session to its end, or until its user leaves it with the end of the run.
    /// - Throws: `UsageError` for a theme that cannot be used.
    func run() throws -> Ending {
        defer { server.close() }
        switch place {
        case .dashboard(let screen): return try DashboardRunner(session, screen: screen, resources: resources).run()
        case .lines: return PlainPrinter(session).run()
        case .background: return PlainPrinter(session, lettingGoWhenBegun: letGo).run()
        }
    }

    /// The run has begun: whoever started it may go, and can come back at once.
    private func letGo(_ run: RunDescription) {
        server.waitUntilOpen()
        Output.line(PlainPrinter.farewell(run))
        Foreground.letGo(folder: run.folder, everything: true)
        session.noteDetached()
    }
}
