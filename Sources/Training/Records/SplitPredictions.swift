/// What CLIP answers for one picture without and with the adapter.
public struct PictureAnswer: Sendable, Equatable, Codable {
    /// A class and how likely it was held.
    public struct Answer: Sendable, Equatable, Codable {
        /// The class with the largest probability; the lowest index of several.
        public var label: Int
        /// Its probability, 0...1.
        public var confidence: Float
        /// The probability of the true class, 0...1.
        public var trueProbability: Float

        /// An answer.
        public init(label: Int, confidence: Float, trueProbability: Float) {
            self.label = label
            self.confidence = confidence
            self.trueProbability = trueProbability
        }
    }

    /// Index into the run's pictures.
    public var picture: Int
    /// The true class.
    public var label: Int
    /// Without the adapter.
    public var zeroShot: Answer
    /// With it.
    public var adapted: Answer

    /// The answers for one picture.
    public init(picture: Int, label: Int, zeroShot: Answer, adapted: Answer) {
        self.picture = picture
        self.label = label
        self.zeroShot = zeroShot
        self.adapted = adapted
    }

    /// Whether the adapted answer is wrong.
    public var isWrong: Bool { adapted.label != label }
    /// Whether only the adapted answer is right.
    public var isFixed: Bool { zeroShot.label != label && adapted.label == label }
    /// Whether only the zero-shot answer is right.
    public var isBroken: Bool { zeroShot.label == label && adapted.label != label }
}

/// The answers for all pictures of a split, with the weights of one moment.
public struct SplitPredictions: Sendable, Equatable, Codable {
    /// The split.
    public var split: Split
    /// Epochs the adapter had been trained for.
    public var epoch: Int
    /// One for each picture of the split.
    public var answers: [PictureAnswer]

    /// The answers of a split.
    public init(split: Split, epoch: Int, answers: [PictureAnswer]) {
        self.split = split
        self.epoch = epoch
        self.answers = answers
    }
}
