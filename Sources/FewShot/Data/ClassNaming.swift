/// Class names as people and CLIP read them (docs/data.md#class-names).
enum ClassNaming {
    /// What names of the Jittor challenge begin with, each followed by an underscore.
    static let families = ["Animal", "Caltech-101", "Food-101", "Thu-dog", "Stanford-Cars"]

    /// Underscores become spaces and runs of spaces one, unless the names are wanted as they are.
    static func promptName(_ name: String, raw: Bool) -> String {
        raw ? name : name.replacing("_", with: " ").split(separator: " ").joined(separator: " ")
    }

    /// The class of a challenge's name: `Caltech-101_yin_yang` is `yin yang` of the family `Caltech-101`. A name of no
    /// family stays as it is; `Ibizan_hound` has an underscore and no family.
    static func challengeClass(_ name: String, raw: Bool) -> DatasetClass {
        guard let family = families.first(where: { name.hasPrefix($0 + "_") }) else {
            return DatasetClass(name: name, promptName: promptName(name, raw: raw))
        }
        let rest = String(name.dropFirst(family.count + 1))
        return DatasetClass(name: name, family: family, promptName: promptName(rest, raw: raw))
    }
}
