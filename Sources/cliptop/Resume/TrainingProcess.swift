import Foundation
import Training

/// What `train` and `resume` have in common: a session of this process is followed to its end, with a dashboard, in plain
/// lines, or in the background, and can be attached to all the while.
struct TrainingProcess {
    let screen: ScreenOptions
    /// Whether plain lines are wanted.
    let isPlain: Bool
    /// Whether the run goes on in the background as soon as it has begun.
    let letsGo: Bool
    let json: String?
    let strict: Bool
    let resources: Resources

    /// To be called before the first thread: see ``Foreground/divide()``.
    func divide() throws {
        if letsGo || !isPlain { try Foreground.divide() }
    }

    /// Follows the session to its end, prints its results and ends with the status that is due.
    /// - Parameter ended: called between the two.
    func follow(_ session: TrainingSession, ended: (Ending) -> Void = { _ in }) throws {
        let server = RunServer(session)
        defer { server.close() }
        let ending =
            if letsGo {
                PlainPrinter(session) { letGo(session, server, $0) }.run()
            } else if isPlain {
                PlainPrinter(session).run()
            } else {
                try DashboardRunner(session, screen: screen, resources: resources).run()
            }
        ended(ending)
        try TrainingOutput(session: session, json: json, strict: strict).conclude(ending)
    }

    /// The run has begun: whoever started it may go, and can come back at once.
    private func letGo(_ session: TrainingSession, _ server: RunServer, _ run: RunDescription) {
        server.waitUntilOpen()
        Output.line(PlainPrinter.farewell(run))
        Foreground.letGo(folder: run.folder, everything: true)
        session.noteDetached()
    }
}
