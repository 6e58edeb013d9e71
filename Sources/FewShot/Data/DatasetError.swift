import Foundation
import Pictures

/// A line of a text file that cannot be used.
public struct BadLine: Sendable, Equatable {
    /// Its number, from 1.
    public var number: Int
    /// What is wrong with it.
    public var reason: String
}

/// What can be wrong with a data set.
public enum DatasetError: Error, Equatable {
    /// There is no such folder or file.
    case missing(path: String)
    /// The path is a file.
    case notADirectory(path: String)
    /// The folder or file may not be read.
    case noPermission(path: String)
    /// The folder holds no folders.
    case noClassFolders(path: String)
    /// The class folders hold no file with the suffix of a picture.
    case noPictures(path: String)
    /// The data set has fewer than two classes.
    case onlyOneClass(path: String, name: String)
    /// A class folder that the training pictures do not have.
    case unknownClassFolder(path: String, name: String)
    /// Every picture was unreadable.
    case noUsablePicture(path: String, tried: Int, firstReason: String)
    /// The pictures have no labels.
    case noLabels(path: String)
    /// No picture is left for training.
    case noTrainingPictures(path: String)
    /// A file the layout needs is not there.
    case missingFile(path: String, format: DataFormat, wanted: String)
    /// A file whose content cannot be used.
    case invalid(file: String, reason: String)
    /// Lines that cannot be used: the first ten, and how many there are.
    case badLines(file: String, lines: [BadLine], total: Int)
    /// The pictures that a list names do not exist.
    case noImageDirectory(file: String, path: String, tried: [String])
    /// Folders that hold the same class folders, whose names do not say which parts they are.
    case ambiguousParts(path: String, folders: [String])
    /// A folder that could be the training part or a class, and those beside it.
    case partOrClass(path: String, part: String, others: [String])
    /// Folders called like parts, without class folders.
    case partsWithoutClasses(path: String, folders: [String])
    /// Nothing but pictures that are not read, a line a format.
    case onlyUnread(path: String, formats: [String])
    /// A list without labels.
    case listWithoutLabels(file: String)
    /// Several files say what the data set is.
    case ambiguous(path: String, files: [String])
}

extension DatasetError: LocalizedError {
    /// One readable line.
    public var errorDescription: String? { printable(message) }

    private var message: String {
        switch self {
        case .missing(let path):
            "there is no data folder \(path), and no file of that name; "
                + "give a folder that holds a folder of pictures per class, or a list of pictures"
        case .notADirectory(let path):
            "\(path) is a file of an unknown kind; --data wants a folder, a list (.txt, .csv, .tsv) or a split (.json)"
        case .noPermission(let path): "\(path) cannot be read: permission denied"
        case .noClassFolders(let path):
            "the data folder \(path) has no class folders; it should hold a folder per class with the pictures inside"
        case .noPictures(let path):
            "the data folder \(path) holds no pictures; cliptop reads \(PictureFormat.names) files"
        case .onlyOneClass(let path, let name):
            "the data folder \(path) has only one class, '\(name)'; a classifier needs at least two"
        case .unknownClassFolder(let path, let name):
            "\(path): there is no training class of the name '\(name)'; the classes are the folders of the training part"
        case .noUsablePicture(let path, let tried, let reason):
            "none of the \(tried) pictures of \(path) can be used; the first: \(reason)"
        case .noLabels(let path):
            "the pictures of \(path) have no labels to train with; a folder per class says what they show, or a list"
        case .noTrainingPictures(let path): "no training picture is left in \(path)"
        case .missingFile(let path, let format, let wanted):
            "\(path) is not a data set of the format '\(format.rawValue)': \(wanted) is missing"
        case .invalid(let file, let reason): "\(file): \(reason)"
        case .badLines(let file, let lines, let total):
            total == 1
                ? "\(file):\(lines.first?.number ?? 0): \(lines.first?.reason ?? "")"
                : "\(file): \(total) bad lines: "
                    + lines.map { "line \($0.number): \($0.reason)" }.joined(separator: "; ")
                    + (total > lines.count ? "; and \(total - lines.count) more" : "")
        case .noImageDirectory(let file, let path, let tried):
            "\(file): the picture \(path) is neither in \(tried.joined(separator: " nor in ")); "
                + "--image-root says where the paths begin"
        case .ambiguousParts(let path, let folders):
            "\(path): the folders \(Self.listed(folders)) hold the same class folders, but their names do not say which "
                + "part of the data each is; call them train, val and test, or give one of them as --data "
                + "(--data-format folder takes \(Self.listed(folders)) for the classes)"
        case .partOrClass(let path, let part, let others):
            "\(path): '\(part)' holds class folders, \(Self.listed(others)) beside it pictures; give \(path)/\(part) as "
                + "--data to train on its classes, or --data-format folder if \(Self.listed([part] + others)) are the classes"
        case .partsWithoutClasses(let path, let folders):
            "\(path): the folders \(Self.listed(folders)) hold pictures without class folders, so nothing says what they "
                + "show; give a list of path and label as --data (--data-format folder takes the folders for the classes)"
        case .onlyUnread(let path, let formats):
            "the data folder \(path) holds no pictures that are read; \(formats.joined(separator: "; "))"
        case .listWithoutLabels(let file):
            "\(file): its lines have a path and no label; training needs 'path label' a line, or the columns path,label; or "
                + "give the folder of the class folders as --data"
        case .ambiguous(let path, let files):
            "\(path) holds several splits, \(files.joined(separator: ", ")); give one of them as --data"
        }
    }

    /// The first few names in quotes.
    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(4).map { "'\($0)'" }
        let more = names.count > 4 ? ["\(names.count - 4) more"] : []
        let all = shown + more
        return all.count > 1 ? all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1] : all.joined()
    }
}
