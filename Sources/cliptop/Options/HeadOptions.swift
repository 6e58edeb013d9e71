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

    @Option(
        help: ArgumentHelp(
            "Channel head: begin at random, or with what lp++ learns from the same pictures first (default: random).",
            valueName: "random|lp++"))
    var headStart: ChannelHeadConfiguration.Start?

    static let configurationKeys: [String: ConfigurationFile.Kind] = [
        "lppp-accumulate": .value, "fusion": .value, "head-start": .value,
    ]

    func filled(from base: Self) -> Self {
        var options = self
        options.lpppAccumulate = lpppAccumulate ?? base.lpppAccumulate
        options.fusion = fusion ?? base.fusion
        options.headStart = headStart ?? base.headStart
        return options
    }

    /// Sets what these options say.
    func apply(to configuration: inout MethodConfiguration) {
        if let lpppAccumulate { configuration.lpPlusPlus.accumulates = lpppAccumulate == .on }
        if let fusion { configuration.channelHead.fusion = fusion }
        if let headStart { configuration.channelHead.start = headStart }
    }
}

extension ChannelHeadConfiguration.Start: ExpressibleByArgument {}
