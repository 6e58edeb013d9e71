import Foundation

/// A picture of the user's own and the labels to choose from.
public struct ClassifyRequest: Sendable, Equatable, Codable {
    /// Tells answers apart; a newer request makes the ones before it pointless.
    public var number: Int
    /// The picture's file.
    public var picture: URL
    /// The labels; empty for the run's own classes.
    public var labels: [String]
    /// A template with one `{}`; nil for the run's own.
    public var template: String?

    /// A question about a picture.
    public init(number: Int, picture: URL, labels: [String] = [], template: String? = nil) {
        self.number = number
        self.picture = picture
        self.labels = labels
        self.template = template
    }
}

/// What CLIP thinks of a picture of the user's own.
public struct ClassifyAnswer: Sendable, Equatable, Codable {
    /// A training picture and how like the asked one it is.
    public struct Neighbour: Sendable, Equatable, Codable {
        /// Index into the run's pictures.
        public var picture: Int
        /// The cosine of the two image features.
        public var cosine: Float

        /// A training picture near by.
        public init(picture: Int, cosine: Float) {
            self.picture = picture
            self.cosine = cosine
        }
    }

    /// What was asked.
    public var request: ClassifyRequest
    /// Why there is no answer, in one line; nil where there is one.
    public var problem: String?
    /// The picture's width and height in pixels, as it is seen.
    public var size: [Int] = []
    /// The labels chosen from.
    public var labels: [String] = []
    /// Probabilities without the adapter, one a label.
    public var zeroShot: [Float] = []
    /// Probabilities with the adapter as it was; empty where it can't answer for these labels.
    public var adapted: [Float] = []
    /// The training pictures most like it, the nearest first.
    public var nearest: [Neighbour] = []
    /// What decoding and encoding took.
    public var milliseconds = 0.0

    /// An answer to be filled in.
    public init(_ request: ClassifyRequest, problem: String? = nil) {
        self.request = request
        self.problem = problem
    }
}
