import Files
import Foundation

/// The layouts data sets come in.
public enum DataFormat: String, Sendable, CaseIterable, Codable {
    /// The Jittor challenge: `train.txt`, `classes.txt`, `TrainSet`, `TestSetA`.
    case jittor
    /// CoOp's `split_zhou_*.json`.
    case coop
    /// `classnames.txt` and `images/train`.
    case imageNet = "imagenet"
    /// FGVC Aircraft's `variants.txt` and `images_variant_*.txt`.
    case fgvc
    /// Oxford Pets' `annotations`.
    case pets
    /// SUN397's `ClassName.txt`, `Training_01.txt` and `Testing_01.txt`.
    case sun397
    /// UCF101's `ucfTrainTestlist`.
    case ucf101
    /// A folder of pictures per class in each of `train`, `val` and `test`.
    case splitFolders = "split-folders"
    /// A folder of pictures per class.
    case folder
    /// Pictures without labels in one folder.
    case flat
    /// A list of pictures, or a folder with `train.txt`, `val.txt` and `test.txt`.
    case list
}

/// How a data set is read.
public struct DatasetOptions: Sendable, Equatable, Codable {
    /// Whether underscores in class names stay.
    public var rawNames = false
    /// Where the paths of lists and splits begin; nil for where their format says.
    public var imageRoot: URL?
    /// A file with the class names; nil for the data set's own.
    public var classFile: URL?
    /// A file with class names beyond the data set's own.
    public var vocabulary: URL?
    /// Whether paths in lists and splits may lead outside of the data set.
    public var allowOutside = false

    /// The default options.
    public init() {}
}

/// Reads data sets of every layout.
public enum DatasetReader {
    /// The data set at `url`.
    ///
    /// - Parameter format: the layout; nil to find out (``detect(_:)``).
    /// - Throws: ``DatasetError``, ``SplitConstruction/TooFew``.
    public static func read(
        _ url: URL, format: DataFormat? = nil, options: DatasetOptions = DatasetOptions()
    ) throws -> Dataset {
        var dataset =
            switch try format ?? detect(url) {
            case .jittor: try JittorDataset.read(url, options: options)
            case .coop: try CoOpDataset.read(url, options: options)
            case .imageNet: try ImageNetDataset.read(url, options: options)
            case .fgvc: try BenchmarkLists.readFGVC(url, options)
            case .pets: try BenchmarkLists.readPets(url, options)
            case .sun397: try BenchmarkLists.readSUN397(url, options)
            case .ucf101: try BenchmarkLists.readUCF101(url, options)
            case .splitFolders: try ImageFolder.readSplits(url, options: options)
            // Said to be the layout, the folders in the root are the classes, whatever they look like.
            case .folder where format == nil: try ImageFolder.read(detecting: url, options: options)
            case .folder: try ImageFolder.read(url, options: options)
            case .flat: try ImageFolder.readFlat(url)
            case .list: try ListDataset.read(url, options: options)
            }
        try dataset.extend(toVocabulary: options.vocabulary, options)
        return dataset
    }

    /// The layout of the data set at `url`: the first that matches, in the order of docs/data.md#layouts.
    /// - Throws: ``DatasetError`` if there is no file or folder, or it may not be read.
    public static func detect(_ url: URL) throws -> DataFormat {
        let path = url.path
        switch FileKind(path) {
        case .nothing: throw DatasetError.missing(path: path)
        case .file:
            switch url.pathExtension.lowercased() {
            case "json": return .coop
            case "txt", "csv", "tsv", "lst": return .list
            default: throw DatasetError.notADirectory(path: path)
            }
        case .other: throw DatasetError.notADirectory(path: path)
        case .folder: break
        }
        let listing = try DirectoryListing(path)
        if JittorDataset.isPresent(in: url) { return .jittor }
        if !CoOpDataset.splitFiles(among: listing.files).isEmpty { return .coop }
        if listing.files.contains("classnames.txt"), FileKind(path + "/images/train") == .folder { return .imageNet }
        if let benchmark = BenchmarkLists.detect(path) { return benchmark }
        let layout = try FolderLayout(path)
        if !layout.parts.isEmpty { return .splitFolders }
        if layout.isFlat { return .flat }
        // No layout matches: the error speaks of class folders, the most common layout.
        return .folder
    }
}
