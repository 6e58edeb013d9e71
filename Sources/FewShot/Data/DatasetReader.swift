import Foundation

/// The layouts data sets come in.
public enum DataFormat: String, Sendable, CaseIterable {
    /// A folder of pictures per class.
    case folder
    /// The same in each of `train`, `val` and `test`.
    case splitFolders = "split-folders"
    /// Pictures without labels in one folder.
    case flat
}

/// How a data set is read.
public struct DatasetOptions: Sendable, Equatable {
    /// Whether underscores in class names stay.
    public var rawNames = false

    /// The usual way.
    public init() {}
}

/// Reads data sets of every layout.
public enum DatasetReader {
    /// The data set at `url`.
    ///
    /// - Parameter format: the layout; nil to find out (``detect(_:)``).
    /// - Throws: ``DatasetError``.
    public static func read(
        _ url: URL, format: DataFormat? = nil, options: DatasetOptions = DatasetOptions()
    ) throws -> Dataset {
        switch try format ?? detect(url) {
        case .folder: return try ImageFolder.read(url, options: options)
        case .splitFolders: return try ImageFolder.readSplits(url, options: options)
        case .flat: return try ImageFolder.readFlat(url)
        }
    }

    /// The layout of what stands at `url`: the first that matches, in the order of the spec (datasets 1).
    /// - Throws: ``DatasetError`` if nothing stands there or it may not be read.
    public static func detect(_ url: URL) throws -> DataFormat {
        let path = url.path
        switch FileKind(path) {
        case .nothing: throw DatasetError.missing(path: path)
        case .file, .other: throw DatasetError.notADirectory(path: path)
        case .folder: break
        }
        let listing = try DirectoryListing(path)
        if !ImageFolder.splitFolders(among: listing.folders).isEmpty { return .splitFolders }
        let isPicture = { (file: String) in PictureSuffix(of: file) != .none }
        let holdsPictures = { (folder: String) in
            DirectoryListing.tree(path + "/" + folder).contains(where: isPicture)
        }
        if !listing.folders.contains(where: holdsPictures), listing.files.contains(where: isPicture) { return .flat }
        // Also where nothing matches: what is missing is said in terms of the layout most people have.
        return .folder
    }
}
