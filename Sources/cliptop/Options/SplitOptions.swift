import ArgumentParser
import FewShot

/// How the few pictures are drawn, apart from their number and the seed.
struct SplitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Validation pictures per class, 0 for none, all, or 4:1 for a fifth of the training pictures (default: 4; \
            from a validation part of the data set's own not more than --shots).
            """, valueName: "n|4:1"))
    var validation: ValidationRule?

    @Flag(help: "With --validation 4:1, take the fifth from each class instead of from all together.")
    var stratified = false

    @Option(help: "How training pictures are picked: random or first (default: random).")
    var pick: Pick?

    @Flag(help: "Draw with replacement from a class that has fewer training pictures than --shots.")
    var `repeat` = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            """
            Draw as compare does whose largest number of shots is n: its splits for fewer shots are nested in those for \
            more and share their test pictures.
            """, valueName: "n"))
    var nested: Int?

    @Option(
        help: ArgumentHelp(
            """
            Take the pictures a file names instead of drawing: shot_<n>-seed_<n>.json of a run's folder, or a public \
            index list of CoOp's splits.
            """, valueName: "file"))
    var selection: String?

    /// Whether nothing is said about how to draw.
    var isDefaultDraw: Bool {
        validation == nil && !stratified && pick == nil && !self.repeat && nested == nil
    }
}

extension Pick: ExpressibleByArgument {}

extension ValidationRule: ExpressibleByArgument {
    /// A number of pictures per class, `all`, or `4:1`.
    public init?(argument: String) { self.init(argument) }
}
