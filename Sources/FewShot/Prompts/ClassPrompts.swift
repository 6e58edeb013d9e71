import CLIP

/// The sentences that stand for each class of a data set.
public struct ClassPrompts: Sendable, Equatable {
    /// The sentences of each class, in label order; none has none.
    public var sentences: [[String]]
    /// Templates for classes that come up later, such as labels typed by hand.
    public var templates: [PromptTemplate]
    /// Whether ``templates`` and the class names alone give ``sentences``.
    public var areTemplatesOnly: Bool
    /// Notes for the log, one line each.
    public var notes: [String] = []
    /// Warnings for the log, one line each.
    public var warnings: [String] = []

    /// The prompts for the classes of `dataset`.
    /// - Throws: ``DatasetError`` if a file that goes by label has another number of classes.
    public init(_ sources: PromptSources, for dataset: Dataset) throws {
        try self.init(
            sources, classes: dataset.classes, dataset: dataset.format == .jittor ? nil : dataset.name)
    }

    /// The prompts for `classes` of a data set called `dataset`.
    ///
    /// Templates of the sources hold for all classes, prompts of files for theirs; where a class has both, both count.
    /// A class that has neither gets the data set's own templates: those of its family in the challenge, the published one
    /// of a known benchmark, else `a photo of a {}.` Several names of a class multiply its templates.
    /// - Throws: ``DatasetError`` if a file that goes by label has another number of classes.
    public init(_ sources: PromptSources, classes: [DatasetClass], dataset: String?) throws {
        let published = dataset.flatMap(NamedTemplates.single)
        let usual = published ?? [.standard]
        let isByFamily = sources.templates.isEmpty && classes.contains { $0.family != nil }
        templates = sources.templates.isEmpty ? usual : sources.templates
        sentences = []
        areTemplatesOnly = true
        var without = 0
        let given = try Self.prompts(sources.files, classes, &notes)
        for (label, item) in classes.enumerated() {
            let names = [item.promptName] + item.otherNames
            func filled(_ templates: [PromptTemplate]) -> [String] {
                templates.flatMap { template in names.map { template.sentence(with: $0) } }
            }
            var own = filled(sources.templates)
            for prompt in given[label] {
                own += prompt.contains("{}") ? names.map { prompt.replacing("{}", with: $0) } : [prompt]
            }
            if own.isEmpty { own = filled(item.family.flatMap { FamilyTemplates.list[$0] } ?? usual) }
            if given[label].isEmpty { without += 1 }
            sentences.append(own)
        }
        let fromTemplates = classes.map { item in templates.map { $0.prompt(for: item.promptName) } }
        areTemplatesOnly = sentences == fromTemplates
        if sources.files.isEmpty {
            if isByFamily { notes.append("prompts say what kind of thing each class is, by the family in its name") }
            if sources.templates.isEmpty, let dataset, let published, published != [.standard] {
                notes.append("prompt '\(published[0].text)', the published one of \(dataset)")
            }
        } else if without > 0 {
            warnings.append(
                "\(without) of \(classes.count) classes have no prompts in the file; they get "
                    + (sources.templates.isEmpty ? "'\(usual[0].text)'" : "the templates alone"))
        }
    }

    /// The prompts of files, class by class.
    private static func prompts(
        _ files: [PromptSources.ClassFile], _ classes: [DatasetClass], _ notes: inout [String]
    ) throws -> [[String]] {
        var prompts = [[String]](repeating: [], count: classes.count)
        for file in files {
            switch file.prompts {
            case .templates: break
            case .byLabel(let lists):
                guard lists.count == prompts.count else {
                    throw DatasetError.invalid(
                        file: file.name,
                        reason: "has prompts for \(lists.count) classes, the data set has \(prompts.count)")
                }
                for (label, list) in lists.enumerated() { prompts[label] += list }
            case .byName(let lists):
                var labels: [String: [Int]] = [:]
                for (label, item) in classes.enumerated() {
                    for name in Set([item.name, item.promptName].map(simplified)) {
                        labels[name, default: []].append(label)
                    }
                }
                var unknown = 0
                // In the order of the names, so that equal input gives equal sums.
                for (name, list) in lists.sorted(by: { $0.key < $1.key }) {
                    let places = labels[simplified(name)] ?? []
                    if places.isEmpty { unknown += 1 }
                    for label in places { prompts[label] += list }
                }
                if unknown == lists.count {
                    throw DatasetError.invalid(file: file.name, reason: "names no class of the data set")
                }
                if unknown > 0 { notes.append("\(unknown) classes in \(file.name) are not in the data set") }
            }
        }
        return prompts
    }

    private static func simplified(_ name: String) -> String {
        ClassNaming.promptName(name, raw: false).lowercased()
    }
}

/// The templates for the families of the Jittor challenge (docs/data.md#prompts).
enum FamilyTemplates {
    static let list: [String: [PromptTemplate]] = [
        "Animal": "a photo of a {}, a type of animal.",
        "Caltech-101": "a photo of a {}.",
        "Food-101": "a photo of a {}, a type of food.",
        "Thu-dog": "a photo of a {}, a type of dog.",
        "Stanford-Cars": "a photo of a {}, a type of car.",
    ].mapValues { (try? PromptTemplate($0)).map { [$0] } ?? [] }
}
