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
        func change(_ setting: RunSettings.Setting, _ from: Double, _ to: Double) -> String {
            "\(setting.shortName) \(setting.text(from)) \(glyphs.arrow) \(setting.text(to))"
        }
        return switch deed {
        case .checkpoint: "checkpoint kept"
        case .change(.learningRate(let from, let to)): change(.learningRate, from, to)
        case .change(.residualRatio(let from, let to)): change(.residualRatio, from, to)
        case .change(.dropout(let from, let to)): change(.dropout, from, to)
        case .change(.epochs(let from, let to)):
            "epochs \(Format.count(from)) \(glyphs.arrow) \(Format.count(to))"
        case .change(.testOpened): "test split opened"
        case .change(.restored(let epoch)): "epoch \(Format.count(epoch)) restored"
        case .change(.resumed): "resumed"
        case .change(.detached): "went on alone"
        case .change(.attached): "viewer came"
        }
    }

    /// What a chart's foot says of the newest one, without its place; nil for what changes no curve.
    func note(_ glyphs: Glyphs) -> String? {
        switch deed {
        case .change(.learningRate(let from, let to)) where from > 0:
            switch to / from {
            case 1.05...: "lr \(glyphs.times)\(Self.short(to / from))"
            case ..<0.95: "lr \(glyphs.isASCII ? "/" : "÷")\(Self.short(from / to))"
            default: "lr \(NumberFormat.rate(to))"
            }
        case .change(.residualRatio(_, let to)): "ratio \(NumberFormat.fixed(to, 2))"
        case .change(.dropout(_, let to)): "dropout \(NumberFormat.fixed(to, 2))"
        case .change(.restored(let epoch)): "restored \(Format.count(epoch))"
        case .change(.epochs), .change(.testOpened), .change(.learningRate), .change(.resumed), .change(.detached),
            .change(.attached), .checkpoint:
            nil
        }
    }

    private static func short(_ factor: Double) -> String {
        factor >= 9.95 || abs(factor - factor.rounded()) < 0.02
            ? Format.count(Int(min(factor, 1e9).rounded())) : NumberFormat.fixed(factor, 1)
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
