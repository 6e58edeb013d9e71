import ArgumentParser
import Dashboard

/// How the dashboard uses its terminal.
struct ScreenOptions: FillableOptions {
    @Option(help: ArgumentHelp("Colours of the dashboard; t switches them live.", valueName: "name"))
    var theme: String?

    @Option(help: ArgumentHelp("Frames per second at most (default: 10).", valueName: "n"))
    var fps: Double?

    @Flag(inversion: .prefixedNo, help: "Listen to the mouse; with Shift it selects text all the same.")
    var mouse: Bool?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "theme": .value, "fps": .value, "mouse": .invertibleFlag,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.theme = theme ?? base.theme
        options.fps = fps ?? base.fps
        options.mouse = mouse ?? base.mouse
        return options
    }

    func validate() throws {
        if let fps, !(0.2...60).contains(fps) {
            throw ValidationError("--fps \(fps): write a number from 0.2 to 60")
        }
    }
}
