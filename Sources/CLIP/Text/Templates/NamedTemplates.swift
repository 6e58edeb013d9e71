import Foundation

/// Template lists that have a name: `imagenet-7`, `imagenet-80`, the single hand-made template of each data set of CoOp's
/// collection (`eurosat`), and the CLIP paper's list for a data set (`clip-eurosat`).
public enum NamedTemplates {
    /// The list called `name`; nil if there is none. Capitals, hyphens and underscores make no difference.
    public static func list(_ name: String) -> [PromptTemplate]? {
        let key = simplified(name)
        if let text = lists[key] { return parsed(text) }
        return aliases[key].flatMap { lists[$0] }.map(parsed)
    }

    /// The template people use for a data set of this name: `eurosat` for `EuroSAT`; nil for one nobody has published.
    public static func single(forDataset name: String) -> [PromptTemplate]? {
        let key = simplified(name)
        return singles[aliases[key] ?? key].map(parsed)
    }

    /// All names, for messages and help.
    public static let names: [String] =
        ["imagenet-7", "imagenet-80"] + singleNames.sorted() + PaperTemplates.lists.keys.map { "clip-" + $0 }.sorted()

    /// Names without what tells `OxfordPets`, `oxford_pets` and `oxford-pets` apart.
    private static func simplified(_ name: String) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
    }

    /// One template for each data set (docs/data.md#prompts).
    private static let published: KeyValuePairs = [
        "imagenet": "a photo of a {}.",
        "caltech-101": "a photo of a {}.",
        "oxford-pets": "a photo of a {}, a type of pet.",
        "stanford-cars": "a photo of a {}.",
        "flowers-102": "a photo of a {}, a type of flower.",
        "food-101": "a photo of {}, a type of food.",
        "fgvc-aircraft": "a photo of a {}, a type of aircraft.",
        "sun-397": "a photo of a {}.",
        "dtd": "{} texture.",
        "eurosat": "a centered satellite photo of {}.",
        "ucf-101": "a photo of a person doing {}.",
    ]
    private static let singleNames = published.map(\.key)
    private static let singles = Dictionary(uniqueKeysWithValues: published.map { (simplified($0), $1) })

    /// What data sets are called elsewhere.
    private static let aliases = [
        "oxfordflowers": "flowers102", "describabletextures": "dtd", "pets": "oxfordpets", "fgvc": "fgvcaircraft",
        "ucf101midframes": "ucf101",
    ]

    private static let lists: [String: String] = {
        var lists = singles
        lists["imagenet7"] = ImageNetTemplates.seven
        lists["imagenet80"] = ImageNetTemplates.eighty
        for (name, text) in PaperTemplates.lists { lists[simplified("clip-" + name)] = text }
        return lists
    }()

    private static func parsed(_ text: String) -> [PromptTemplate] {
        text.split(separator: "\n").compactMap { try? PromptTemplate(String($0)) }
    }
}
