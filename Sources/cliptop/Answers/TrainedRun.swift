import ArgumentParser
import CLIP
import FewShot
import Foundation
import Store

/// What a run has left to answer with.
struct TrainedRun {
    /// What `--run` said.
    let query: String
    /// The adapter.
    let file: AdapterFile

    /// The help text of `--run`, wherever it can be given.
    static let help = ArgumentHelp(
        "A trained run: an ID or the start of one, a name, 'latest', or an adapter file.", valueName: "run")

    /// Finds and reads the adapter that `query` means.
    /// - Throws: `StoreError`, `AdapterFileError`, `SafetensorsError`.
    init(_ query: String) throws {
        self.query = query
        file = try AdapterFile(contentsOf: Self.url(query))
    }

    private static func url(_ query: String) throws -> URL {
        if query.hasSuffix(".safetensors") || query.contains("/") { return URL(filePath: query) }
        let database = try StateDatabase.reading(StateDirectory())
        let run = try RunTable(database).find(query)
        let url = database.directory.run(run.id).appending(path: "adapter.safetensors")
        guard FileManager.default.fileExists(atPath: url.path) else { throw NoAdapter(run: run) }
        return url
    }

    struct NoAdapter: Error, LocalizedError {
        let run: RunRow
        var errorDescription: String? { "the run \(run.id) (\(run.state)) has no saved adapter" }
    }

    /// Whether it was trained on this model's features; a file from elsewhere does not say and is taken at its word.
    func fits(_ model: CLIPModel) -> Bool {
        file.modelChecksum.isEmpty || file.modelChecksum == model.weightsChecksum
    }

    /// Refuses another model than the one the run was trained on.
    /// - Throws: `AdapterFileError/otherModel`.
    func check(_ model: CLIPModel) throws {
        if file.modelChecksum.isEmpty {
            printError("warning: \(file.path) does not say which model it was trained on; taken for \(model.name)")
        }
        guard fits(model) else {
            throw AdapterFileError.otherModel(path: query, trainedWith: file.modelName, given: model.name)
        }
    }
}
