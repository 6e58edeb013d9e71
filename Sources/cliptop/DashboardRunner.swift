import Dashboard
import Foundation
import Store
import Training

/// Shows a session in the dashboard and reports how it came to its end.
struct DashboardRunner {
    let session: TrainingSession
    let screen: ScreenOptions
    let resources: Resources

    init(_ session: TrainingSession, screen: ScreenOptions, resources: Resources) {
        self.session = session
        self.screen = screen
        self.resources = resources
    }

    /// Runs until the user leaves; where the run goes on without its terminal, until the run ends. The program has been
    /// divided (``Foreground/divide()``).
    /// - Throws: `UsageError` for a theme that cannot be used.
    func run() throws -> Ending {
        let application = try Self.application(session, screen: screen, resources) { $0.canDetach = true }
        let outcome: DashboardOutcome
        do {
            // The session starts behind the first frame, so that loading a model never delays it.
            outcome = try application.run { session.start() }
        } catch let error as TerminalError {
            printError("\(error.localizedDescription); going on in plain lines")
            return PlainPrinter(session).run()
        }
        outcome.standardError.forEach(Output.errorLine)
        if outcome.ending == .detached { return goOn(outcome.run) }
        if case .signal(let number) = outcome.ending { return Ending(result: outcome.result, signal: number) }
        return Ending(result: outcome.result, signal: nil)
    }

    /// The dashboard for a session.
    /// - Throws: `UsageError` for a theme that cannot be used.
    static func application(
        _ control: any TrainingControl, screen: ScreenOptions, _ resources: Resources,
        change: (inout DashboardApplication.Options) -> Void = { _ in }
    ) throws -> DashboardApplication {
        guard let themes = resources.themes else {
            throw UsageError("the themes were not found; set CLIPTOP_THEMES to the Themes folder, or use --plain")
        }
        var options = DashboardApplication.Options(
            themesFolder: themes, themeName: screen.theme, framesPerSecond: screen.fps,
            listensToMouse: screen.mouse ?? true, pictures: screen.pictures?.mode,
            comparisons: StoredComparisons(StateDirectory()))
        options.runs = { RunHistory(try StateDatabase.reading(StateDirectory())) }
        change(&options)
        do {
            return try DashboardApplication(control: control, options: options)
        } catch { throw UsageError(error.localizedDescription) }
    }

    /// The run goes on without its terminal, in this very process: nothing is stopped or loaded again.
    private func goOn(_ run: RunDescription?) -> Ending {
        if let run { Output.line(PlainPrinter.farewell(run)) }
        Foreground.letGo(folder: run?.folder)
        session.noteDetached()
        return PlainPrinter(session, goingOnWith: run).run()
    }
}
