import Foundation

/// One picture of a data set.
public struct DatasetItem: Sendable, Equatable {
    /// The path as the data set writes it, relative to its root; what people see.
    public var path: String
    /// Where the file is.
    public var url: URL
    /// Index of its class.
    public var label: Int
}

/// A classified set of pictures, wherever it came from (spec, datasets 1).
///
/// The order of the items is significant: a selection drawn with a seed depends on it.
public struct Dataset: Sendable {
    /// What people call it.
    public var name: String
    /// Its folder.
    public var root: URL
    /// Class names as shown to people and to CLIP, in label order.
    public var classNames: [String]
    /// Its pictures in reading order.
    public var items: [DatasetItem]
    /// Files that look like pictures by their suffix, in formats the program does not read.
    public var unreadableFormats: [String] = []
}

/// What can be wrong with a data set.
public enum DatasetError: Error, Equatable {
    /// There is no such folder.
    case missing(path: String)
    /// The path is a file.
    case notADirectory(path: String)
    /// The folder may not be read.
    case noPermission(path: String)
    /// The folder holds no folders.
    case noClassFolders(path: String)
    /// The class folders hold nothing that looks like a picture.
    case noPictures(path: String)
    /// There is nothing to choose between.
    case onlyOneClass(path: String, name: String)
    /// Every picture was unreadable.
    case noUsablePicture(path: String, tried: Int, firstReason: String)
    /// Nothing is left to train on.
    case noTrainingPictures(path: String)
}

extension DatasetError: LocalizedError {
    /// One readable line.
    public var errorDescription: String? {
        switch self {
        case .missing(let path): "there is no data folder \(path); give one that holds a folder of pictures per class"
        case .notADirectory(let path):
            "\(path) is a file; --data wants a folder that holds a folder of pictures per class"
        case .noPermission(let path): "the data folder \(path) cannot be read: permission denied"
        case .noClassFolders(let path):
            "the data folder \(path) has no class folders; it should hold a folder per class with the pictures inside"
        case .noPictures(let path):
            "the class folders of \(path) hold no pictures; cliptop reads PNG and JPEG files"
        case .onlyOneClass(let path, let name):
            "the data folder \(path) has only one class, '\(name)'; a classifier needs at least two"
        case .noUsablePicture(let path, let tried, let reason):
            "none of the \(tried) pictures of \(path) can be used; the first: \(reason)"
        case .noTrainingPictures(let path): "no training picture is left in \(path)"
        }
    }
}
