import FewShot

/// Which weights of a run a figure was measured with. Every figure of a run that is shown says it, in the words of this
/// value.
public struct MeasuredWeights: Sendable, Equatable, Codable {
    /// Why these weights and no others.
    public enum Choice: String, Sendable, Codable {
        /// CLIP's own answer: nothing was adapted.
        case zeroShot
        /// The method has nothing to train.
        case untrained
        /// The weights at the end of training.
        case last
        /// Those of the epoch that the method itself chose on the validation pictures.
        case chosen
        /// Those that were fitted anew with what was searched on the validation pictures: no epoch's.
        case fittedAnew
        /// Those of the epoch with the lowest validation loss.
        case lowestLoss
        /// An earlier version of the program did not record it.
        case notRecorded
    }

    /// Why these weights.
    public var choice: Choice
    /// Epochs that the weights had been trained for; nil where they belong to none.
    public var epoch: Int?
    /// The step at which training was stopped within the epoch after ``epoch``; nil for weights of a completed epoch.
    public var step: Int?
    /// Epochs that the run completed.
    public var epochs: Int
    /// What was searched on the validation pictures with these weights, and adopted.
    public var search: SearchOutcome?

    /// Weights of a run.
    public init(_ choice: Choice, epoch: Int? = nil, step: Int? = nil, epochs: Int = 0, search: SearchOutcome? = nil) {
        self.choice = choice
        self.epoch = epoch
        self.step = step
        self.epochs = epochs
        self.search = search
    }

    /// A row's title of at most 18 characters: `zero-shot`, `epoch 49, chosen`.
    public var title: String {
        switch choice {
        case .zeroShot: "zero-shot"
        case .untrained: "adapted"
        case .last: step.map { "step \($0), last" } ?? "epoch \(epoch ?? 0), last"
        case .chosen: "epoch \(epoch ?? 0), chosen"
        case .fittedAnew: "fitted anew"
        case .lowestLoss: "epoch \(epoch ?? 0), best"
        case .notRecorded: "last weights"
        }
    }

    /// The whole of it: `epoch 49 of 300, chosen on 64 validation pictures (top-1 79.7 %)`.
    public var words: String {
        let found = search.map { " (top-1 \(NumberFormat.percent($0.validationTop1)) %)" } ?? ""
        let pictures = search.map { "\($0.validationCount) validation pictures" } ?? "the validation pictures"
        let settings = search.map { "\($0.settings) searched on \(pictures)\(found)" }
        switch choice {
        case .zeroShot: return "zero-shot"
        case .untrained: return settings ?? "nothing trained"
        case .last:
            let place = step.map { "step \($0), in epoch \((epoch ?? 0) + 1)" } ?? "epoch \(epoch ?? 0), the last"
            return ([place] + [settings].compactMap { $0 }).joined(separator: ", ")
        case .chosen: return "epoch \(epoch ?? 0) of \(epochs), chosen on \(pictures)\(found)"
        case .fittedAnew:
            return "fitted anew after the \(epochs) epochs shown" + (settings.map { ", \($0)" } ?? "")
        case .lowestLoss:
            let place = "epoch \(epoch ?? 0) of \(epochs), lowest validation loss"
            return ([place] + [settings].compactMap { $0 }).joined(separator: ", ")
        case .notRecorded: return "last weights (an earlier version did not record of which epoch)"
        }
    }
}

/// A measurement of a run: on which pictures, with which weights, and what came out.
public struct ResultFigure: Sendable, Equatable, Codable {
    /// The part of the data set.
    public var split: Split
    /// The weights.
    public var weights: MeasuredWeights
    /// Accuracies are fractions 0...1; what an earlier version or a run that goes on does not know is nil.
    public var top1: Double
    /// Fraction whose true class is among the five largest logits.
    public var top5: Double?
    /// Mean cross-entropy.
    public var loss: Double?
    /// Pictures measured on.
    public var count: Int?

    /// A figure of which all is known.
    public init(_ split: Split, _ weights: MeasuredWeights, _ evaluation: Evaluation) {
        self.init(
            split, weights, top1: evaluation.top1, top5: evaluation.top5, loss: evaluation.loss, count: evaluation.count
        )
    }

    /// A figure.
    public init(
        _ split: Split, _ weights: MeasuredWeights, top1: Double, top5: Double? = nil, loss: Double? = nil,
        count: Int? = nil
    ) {
        self.split = split
        self.weights = weights
        self.top1 = top1
        self.top5 = top5
        self.loss = loss
        self.count = count
    }

    /// Where it was measured: `64 validation pictures`.
    public var place: String { "\(count.map { "\($0) " } ?? "")\(split.rawValue) pictures" }

    /// What came out: `top-1 79.7 %, loss 0.934`.
    public var values: String {
        "top-1 \(NumberFormat.percent(top1)) %" + (loss.map { ", loss \(NumberFormat.fixed($0, 3))" } ?? "")
    }
}
