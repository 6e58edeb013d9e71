import FewShot
import Training

/// A moment at which somebody did something to the run: the same vertical line in every chart.
struct RunMark: Sendable, Equatable {
    /// What was done.
    enum Deed: Sendable, Equatable {
        case change(Intervention.Change)
        case checkpoint
    }

    var deed: Deed
    /// The step and the epoch after which it was done.
    var step: Int
    var epoch: Int

    /// What the cross-hair says of it.
    func text(_ glyphs: Glyphs) -> String {
        switch deed {
        case .checkpoint: "checkpoint kept"
        case .change(let change): change.words(.short, arrow: "\(glyphs.arrow)")
        }
    }

    /// What a chart's foot says of the newest one, without its place; nil for what changes no curve.
    func note(_ glyphs: Glyphs) -> String? {
        switch deed {
        case .change(.set(let name, let from, let to, _)):
            let setting = LiveSetting.named(name)
            guard setting == .learningRate, from > 0 else { return "\(name) \(setting.text(to))" }
            switch to / from {
            // A factor says nothing of a rate that was out of all proportion.
            case 1.05...1000: return "lr \(glyphs.times)\(Self.short(to / from))"
            case 0.001..<0.95: return "lr \(glyphs.isASCII ? "/" : "÷")\(Self.short(from / to))"
            default: return "lr \(setting.text(to))"
            }
        case .change(.restored(let epoch)): return "restored \(Format.count(epoch))"
        case .change(.epochs), .change(.testOpened), .change(.resumed), .change(.detached), .change(.attached),
            .checkpoint:
            return nil
        }
    }

    private static func short(_ factor: Double) -> String {
        factor >= 9.95 || abs(factor - factor.rounded()) < 0.02
            ? Format.count(Int(factor.rounded())) : NumberFormat.fixed(factor, 1)
    }
}

extension RunModel {
    /// Everything that was done to the run, oldest first.
    var marks: [RunMark] {
        let changes = interventions.map { RunMark(deed: .change($0.change), step: $0.afterStep, epoch: $0.afterEpoch) }
        let checkpoints = askedCheckpoints.map { RunMark(deed: .checkpoint, step: $0.step, epoch: $0.epoch) }
        guard !checkpoints.isEmpty else { return changes }
        return (changes + checkpoints).sorted { $0.step < $1.step }
    }
}
