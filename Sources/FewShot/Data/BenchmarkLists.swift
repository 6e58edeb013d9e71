import Files
import Foundation

/// The data sets that are described by text files of their own (docs/data.md#coop-splits), as CoOp reads them.
enum BenchmarkLists {
    /// Which of these layouts `root` has.
    static func detect(_ root: String) -> DataFormat? {
        func has(_ files: String...) -> Bool { files.allSatisfy { FileKind(root + "/" + $0) == .file } }
        if has("variants.txt", "images_variant_train.txt") { return .fgvc }
        if has("annotations/trainval.txt", "annotations/test.txt") { return .pets }
        if has("ClassName.txt", "Training_01.txt", "Testing_01.txt") { return .sun397 }
        if has("ucfTrainTestlist/classInd.txt", "ucfTrainTestlist/trainlist01.txt") { return .ucf101 }
        return nil
    }

    /// Builds one data set line by line.
    private struct Builder {
        let root: URL
        let format: DataFormat
        let options: DatasetOptions
        let imageDirectory: String
        var dataset: Dataset

        init(_ root: URL, _ format: DataFormat, images: String, _ options: DatasetOptions) {
            self.root = root
            self.format = format
            self.options = options
            imageDirectory = options.imageRoot?.path ?? root.path + "/" + images
            dataset = Dataset(name: format.rawValue, root: root, format: format, classes: [], items: [])
        }

        /// The lines of a file of the data set.
        func lines(_ name: String) throws -> (lines: [TextLines.Line], file: String) {
            let url = root.appending(path: name, directoryHint: .notDirectory)
            guard FileKind(url.path) == .file else {
                throw DatasetError.missingFile(path: root.path, format: format, wanted: name)
            }
            return (try TextLines(contentsOf: url).lines, url.path)
        }

        mutating func setClasses(_ names: [(name: String, promptName: String)]) {
            dataset.classes = names.map {
                DatasetClass(name: $0.name, promptName: ClassNaming.promptName($0.promptName, raw: options.rawNames))
            }
        }

        /// Adds a picture for each line; `row` answers its path and label, or says what is wrong.
        mutating func addPictures(
            _ name: String, _ split: SourceSplit, row: (Substring) throws(BadRow) -> (path: String, label: Int)
        ) throws {
            let (lines, file) = try lines(name)
            if split == .train { dataset.listFile = URL(filePath: file) }
            var problems = LineProblems(file: file)
            let paths = PathRules(allowOutside: options.allowOutside)
            for line in lines {
                do throws(BadRow) {
                    let (path, label) = try row(line.text.trimmed)
                    if let problem = paths.problem(path) { throw BadRow(reason: problem) }
                    dataset.items.append(
                        DatasetItem(path: path, location: imageDirectory.joined(path), label: label, split: split))
                } catch { problems.add(line.number, error.reason) }
            }
            try problems.check()
        }
    }

    private struct BadRow: Error { var reason: String }

    /// A name's label.
    private static func label(_ name: some StringProtocol, in labels: [String: Int]) throws(BadRow) -> Int {
        guard let label = labels[String(name)] else { throw BadRow(reason: "there is no class \(shortened(name))") }
        return label
    }

    /// FGVC Aircraft: image id, then the variant; its parts are its own.
    static func readFGVC(_ root: URL, _ options: DatasetOptions) throws -> Dataset {
        var builder = Builder(root, .fgvc, images: "images", options)
        let names = try builder.lines("variants.txt").lines.map { String($0.text.trimmed) }
        builder.setClasses(names.map { ($0, $0) })
        let labels = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
        for (file, split) in [
            ("images_variant_train.txt", SourceSplit.train), ("images_variant_val.txt", .validation),
            ("images_variant_test.txt", .test),
        ] {
            try builder.addPictures(file, split) { line throws(BadRow) in
                guard let blank = line.firstIndex(of: " ") else { throw BadRow(reason: "wants an image and a variant") }
                return ("\(line[..<blank]).jpg", try label(line[blank...].trimmed, in: labels))
            }
        }
        return builder.dataset
    }

    /// Oxford Pets: name, class from 1, species, breed. A fifth of the training pictures of each class validates.
    static func readPets(_ root: URL, _ options: DatasetOptions) throws -> Dataset {
        var builder = Builder(root, .pets, images: "images", options)
        var names: [Int: String] = [:]
        for (file, split) in [("annotations/trainval.txt", SourceSplit.train), ("annotations/test.txt", .test)] {
            try builder.addPictures(file, split) { line throws(BadRow) in
                let fields = line.split(separator: " ")
                guard fields.count == 4, let number = Int(fields[1]), 1...ClassFile.maximumClasses ~= number,
                    let underscore = fields[0].lastIndex(of: "_")
                else { throw BadRow(reason: "wants a name, a class from 1, a species and a breed") }
                let name = fields[0][..<underscore].lowercased()
                if let other = names.updateValue(name, forKey: number - 1), other != name {
                    throw BadRow(reason: "class \(number) is \(shortened(name)), before it was \(shortened(other))")
                }
                return ("\(fields[0]).jpg", number - 1)
            }
        }
        guard Set(names.keys) == Set(0..<names.count) else {
            throw DatasetError.invalid(
                file: root.path + "/annotations/trainval.txt",
                reason: "the classes do not count through from 1 to \((names.keys.max() ?? 0) + 1)")
        }
        builder.setClasses((0..<names.count).compactMap { names[$0] }.map { ($0, $0) })
        return try SplitConstruction.validationFromTraining(builder.dataset)
    }

    /// SUN397: classes are folders, `/a/apse/indoor` is called `indoor apse`.
    static func readSUN397(_ root: URL, _ options: DatasetOptions) throws -> Dataset {
        var builder = Builder(root, .sun397, images: "SUN397", options)
        let folders = try builder.lines("ClassName.txt").lines.map { String($0.text.trimmed.drop { $0 == "/" }) }
        builder.setClasses(
            folders.map { ($0, $0.split(separator: "/").dropFirst().reversed().joined(separator: " ")) })
        let labels = Dictionary(zip(folders, 0...), uniquingKeysWith: { first, _ in first })
        for (file, split) in [("Training_01.txt", SourceSplit.train), ("Testing_01.txt", .test)] {
            try builder.addPictures(file, split) { line throws(BadRow) in
                let path = line.drop { $0 == "/" }
                guard let slash = path.lastIndex(of: "/") else { throw BadRow(reason: "wants a class and a picture") }
                return (String(path), try label(path[..<slash], in: labels))
            }
        }
        return try SplitConstruction.validationFromTraining(builder.dataset)
    }

    /// UCF101: a video's middle frame stands for it; `ApplyEyeMakeup` is called `Apply_Eye_Makeup`.
    static func readUCF101(_ root: URL, _ options: DatasetOptions) throws -> Dataset {
        var builder = Builder(root, .ucf101, images: "UCF-101-midframes", options)
        let (lines, file) = try builder.lines("ucfTrainTestlist/classInd.txt")
        var problems = LineProblems(file: file)
        var names: [String] = []
        for line in lines {
            let fields = line.text.split(separator: " ")
            if fields.count == 2, Int(fields[0]) == names.count + 1 {
                names.append(String(fields[1]))
            } else {
                problems.add(line.number, "wants the number \(names.count + 1) and a name")
            }
        }
        try problems.check()
        builder.setClasses(names.map { ($0, $0.wordsByCapitals) })
        let labels = Dictionary(zip(names, 0...), uniquingKeysWith: { first, _ in first })
        for (file, split) in [("trainlist01.txt", SourceSplit.train), ("testlist01.txt", .test)] {
            try builder.addPictures("ucfTrainTestlist/" + file, split) { line throws(BadRow) in
                let video = line.prefix { $0 != " " }
                guard let slash = video.firstIndex(of: "/") else { throw BadRow(reason: "wants a class and a video") }
                let frame = video[slash...].dropFirst().replacing(".avi", with: ".jpg")
                let name = String(video[..<slash])
                return ("\(name.wordsByCapitals)/\(frame)", try label(name, in: labels))
            }
        }
        return try SplitConstruction.validationFromTraining(builder.dataset)
    }
}

extension String {
    /// `ApplyEyeMakeup` as `Apply_Eye_Makeup`.
    fileprivate var wordsByCapitals: String {
        var words = ""
        for character in self {
            if character.isUppercase, !words.isEmpty { words += "_" }
            words.append(character)
        }
        return words
    }
}
