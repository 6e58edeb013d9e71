import Dashboard
import Foundation
import Store
import Training

/// Shows a session in the dashboard and reports how it came to its end.
struct DashboardRunner {
    let session: TrainingSession
    let options: TrainOptions
    let resources: Resources

    init(_ session: TrainingSession, options: TrainOptions, resources: Resources) {
        self.session = session
        self.options = options
        self.resources = resources
    }

    /// Runs until the user leaves.
    /// - Throws: `UsageError` for a theme that cannot be used.
    func run() throws -> Ending {
        guard let themes = resources.themes else {
            throw UsageError("the themes were not found; set CLIPTOP_THEMES to the Themes folder, or use --plain")
        }
        let application: DashboardApplication
        do {
            var shown = DashboardApplication.Options(themesFolder: themes, themeName: options.theme)
            shown.runs = { RunHistory(try StateDatabase(StateDirectory())) }
            application = try DashboardApplication(control: session, options: shown)
        } catch { throw UsageError(error.localizedDescription) }
        let outcome: DashboardOutcome
        do {
            // The session starts behind the first frame, so that loading a model never delays it.
            outcome = try application.run { session.start() }
        } catch let error as TerminalError {
            printError("\(error.localizedDescription); going on in plain lines")
            return PlainPrinter(session).run()
        }
        outcome.standardError.forEach(Output.errorLine)
        if case .signal(let number) = outcome.ending { return Ending(result: outcome.result, signal: number) }
        return Ending(result: outcome.result, signal: nil)
    }
}
