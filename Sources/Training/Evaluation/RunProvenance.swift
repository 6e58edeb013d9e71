import CLIP
import FewShot
import Foundation

/// How a run came by its pictures, as the adapter file keeps it: so that what looks at the adapter later draws the same
/// split again.
extension TrainingConfiguration {
    /// The settings in words, by name.
    var provenance: [String: String] {
        var settings = [
            "data_path": data.path, "model_path": model.path, "validation": validation.description,
            "pick": pick.rawValue, "stratified": "\(stratified)", "repeat": "\(repeats)",
            "parity": "\(pillowCompatible)",
            "precision": precision.rawValue,
        ]
        settings["nested"] = nestedIn.map { "\($0)" }
        settings["data_format"] = dataFormat?.rawValue
        return settings
    }

    /// Takes over how the run that left `file` drew its pictures, as far as the file says it; model and data stay.
    public mutating func adoptDraw(of file: AdapterFile) {
        let settings = file.training
        shots = settings["shots"].flatMap(Int.init) ?? shots
        seed = settings["seed"].flatMap(Int.init) ?? seed
        validation = settings["validation"].flatMap(ValidationRule.init) ?? validation
        pick = settings["pick"].flatMap(Pick.init) ?? pick
        stratified = settings["stratified"].flatMap(Bool.init) ?? stratified
        repeats = settings["repeat"].flatMap(Bool.init) ?? repeats
        nestedIn = settings["nested"].flatMap(Int.init)
        templates = file.templates
        precision = file.precision ?? precision
    }
}

extension AdapterFile {
    /// Where the run's pictures were, if the file says so.
    public var dataPath: String? { training["data_path"] }
    /// The layout they were said to have.
    public var dataFormat: DataFormat? { training["data_format"].flatMap(DataFormat.init) }
    /// Where the run's model was.
    public var modelPath: String? { training["model_path"] }
    /// The arithmetic of the image encoder in the run.
    public var precision: Precision? { training["precision"].flatMap(Precision.init) }
    /// Whether the run read pictures as Pillow and torchvision do.
    public var readsWithParity: Bool { training["parity"] == "true" }
}
