import ArgumentParser
import FewShot

/// The options of `--method lp++` and `channel-head`.
struct HeadOptions: FillableOptions {
    @Option(
        help: ArgumentHelp(
            "LP++: sum the multipliers' gradient over all epochs, as its code does: on or off (default: off).",
            valueName: "on|off"))
    var lpppAccumulate: OnOff?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Channel head: its share in the answer, 0 to 1 (default: searched on validation; 0.7 without).",
            valueName: "x"))
    var fusion: Double?

    static let configurationKeys: [String: ConfigurationFile.Kind] = ["lppp-accumulate": .value, "fusion": .value]

    func filled(from base: Self) -> Self {
        var options = self
        options.lpppAccumulate = lpppAccumulate ?? base.lpppAccumulate
        options.fusion = fusion ?? base.fusion
        return options
    }

    /// Sets what these options say.
    func apply(to configuration: inout MethodConfiguration) {
        if let lpppAccumulate { configuration.lpPlusPlus.accumulates = lpppAccumulate == .on }
        if let fusion { configuration.channelHead.fusion = fusion }
    }
}
