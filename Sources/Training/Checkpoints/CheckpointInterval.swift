/// How often a run keeps a checkpoint by itself: never so often that a small run spends its time with files. At its end,
/// when it is stopped, and when somebody asks, it keeps one in any case.
public enum CheckpointInterval: Sendable, Equatable, Codable {
    /// Once so many seconds of training have gone by.
    case seconds(Double)
    /// At the end of every so many epochs.
    case epochs(Int)
    /// Not by itself.
    case never

    /// The usual interval: half a minute is all that a crash can cost.
    public static let standard = CheckpointInterval.seconds(30)

    /// What `--checkpoint-every` means: `30s`, `5m`, `1h`, `10e` for epochs, or `never`; nil for anything else.
    public init?(_ text: String) {
        if text == "never" {
            self = .never
            return
        }
        guard let unit = text.last else { return nil }
        let number = text.dropLast()
        if unit == "e" {
            guard let count = Int(number), count >= 1 else { return nil }
            self = .epochs(count)
            return
        }
        guard let factor = ["s": 1.0, "m": 60, "h": 3600][unit], let count = Double(number), count > 0,
            count.isFinite
        else { return nil }
        self = .seconds(count * factor)
    }
}

extension CheckpointInterval: CustomStringConvertible {
    /// As ``init(_:)`` reads it.
    public var description: String {
        switch self {
        case .seconds(let seconds): NumberFormat.fixed(seconds, seconds == seconds.rounded() ? 0 : 1) + "s"
        case .epochs(let count): "\(count)e"
        case .never: "never"
        }
    }
}
