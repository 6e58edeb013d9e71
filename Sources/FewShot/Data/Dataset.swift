import Foundation

/// The part a data set itself assigns a picture to.
public enum SourceSplit: String, Sendable, Codable, CaseIterable {
    /// Few-shot pictures are drawn from here.
    case train
    /// Hyper-parameters are chosen on these pictures.
    case validation = "val"
    /// The test pictures: nothing is chosen on them.
    case test
}

/// One picture of a data set.
public struct DatasetItem: Sendable, Equatable {
    /// The path as the data set writes it; what people see.
    public var path: String
    /// Absolute path of the file. Text, because a million URLs take seconds to make.
    public var location: String
    /// Index of its class; nil for an unlabelled picture.
    public var label: Int?
    /// The part of the data set it belongs to; nil if the data set has no parts.
    public var split: SourceSplit?

    /// A picture at an absolute path.
    public init(path: String, location: String, label: Int?, split: SourceSplit? = nil) {
        self.path = path
        self.location = location
        self.label = label
        self.split = split
    }

    /// Where the file is.
    public var url: URL { URL(filePath: location, directoryHint: .notDirectory) }
}

/// A class of a data set.
public struct DatasetClass: Sendable, Equatable {
    /// Its name as the data set writes it, such as `Caltech-101_yin_yang`.
    public var name: String
    /// The part of the data set it comes from, such as `Caltech-101`, where names say so.
    public var family: String?
    /// The name people and CLIP read, such as `yin yang`.
    public var promptName: String
    /// Further names of the same class; its text feature is averaged over all of them.
    public var otherNames: [String] = []

    /// A class by a typed name; underscores become spaces.
    public init(typed name: String) {
        self.init(name: name, promptName: ClassNaming.promptName(name, raw: false))
    }

    /// A class whose name is put into prompts as it is.
    public init(name: String, family: String? = nil, promptName: String, otherNames: [String] = []) {
        self.name = name
        self.family = family
        self.promptName = promptName
        self.otherNames = otherNames
    }
}

/// A set of pictures, wherever it came from (docs/data.md#layouts).
///
/// The order of the items is significant: a selection drawn with a seed depends on it.
public struct Dataset: Sendable {
    /// What people call it.
    public var name: String
    /// Its folder.
    public var root: URL
    /// The layout it was read as.
    public var format: DataFormat
    /// Its classes in label order.
    public var classes: [DatasetClass]
    /// Its pictures in reading order.
    public var items: [DatasetItem]
    /// The file that lists the pictures, if one does.
    public var listFile: URL?
    /// Files that look like pictures by their suffix, in formats the program does not read.
    public var unreadableFormats: [String] = []
    /// What was decided while reading, for the log, one line each.
    public var notes: [String] = []

    /// Class names as shown to people and to CLIP, in label order.
    public var classNames: [String] { classes.map(\.promptName) }

    /// Whether the data set says itself what is for training.
    public var hasSplits: Bool { items.contains { $0.split != nil && $0.label != nil } }
}
