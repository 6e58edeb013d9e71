import ArgumentParser
import Dashboard

/// How the dashboard uses its terminal.
struct ScreenOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Colours of the dashboard; t switches them live.", valueName: "name"))
    var theme: String?

    @Option(help: ArgumentHelp("Frames per second at most (default: 10).", valueName: "n"))
    var fps: Double?

    @Flag(inversion: .prefixedNo, help: "Listen to the mouse; with Shift it selects text all the same.")
    var mouse: Bool?

    @Option(
        help: ArgumentHelp(
            """
            How pictures are shown: auto, kitty or sixel (in the terminal's own pixels), blocks, or none. auto knows the \
            terminal by its environment; inside tmux it is blocks, and kitty takes "set -g allow-passthrough on" there.
            """, valueName: "how"))
    var pictures: PictureChoice?

    func validate() throws {
        if let fps, !(0.2...60).contains(fps) {
            throw ValidationError("--fps \(fps): write a number from 0.2 to 60")
        }
    }
}

/// A way to show pictures, or to leave it to the program.
enum PictureChoice: String, CaseIterable, ExpressibleByArgument {
    case auto, kitty, sixel, blocks, none

    /// The way; nil for the best that the terminal is known to have.
    var mode: PictureMode? {
        switch self {
        case .auto: nil
        case .kitty: .kitty
        case .sixel: .sixel
        case .blocks: .blocks
        case .none: PictureMode.none
        }
    }
}
