import CLIP
import Dashboard
import Foundation
import Store
import Training

/// State directory, bundled model and themes: whether what the program reads and writes is there.
struct FileFindings {
    var state: StateDirectory
    var resources: Resources

    var group: FindingGroup { FindingGroup(title: "Files", findings: [stateDirectory, model, themes]) }

    private var stateDirectory: Finding {
        let path = state.url.path
        do {
            let database = try StateDatabase.reading(state)
            let runs = try RunTable(database).all().count
            let size = (try? FileManager.default.attributesOfItem(atPath: state.database.path))?[.size] as? Int ?? 0
            let value = "\(path), database \(NumberFormat.fixed(Double(size) / 1e6, 1)) MB, \(runs) runs"
            if let obstacle = database.obstacle {
                return Finding(
                    name: "state directory", value: value + "; it can only be read", status: .problem,
                    advice: obstacle.localizedDescription)
            }
            guard let warning = state.opennessWarning else { return Finding(name: "state directory", value: value) }
            return Finding(name: "state directory", value: value, status: .note, advice: warning)
        } catch {
            return Finding(
                name: "state directory", value: path, status: .problem, advice: error.localizedDescription)
        }
    }

    private var model: Finding {
        guard let samples = resources.samples else {
            return Finding(
                name: "bundled model", value: "not found", status: .problem,
                advice: "set CLIPTOP_SAMPLES to the Samples folder, or always give --model and --data")
        }
        let directory = samples.appending(path: "Model", directoryHint: .isDirectory)
        do {
            let model = try CLIPModel(directory: directory)
            return Finding(
                name: "bundled model",
                value:
                    "\(directory.path), loads; \(model.embeddingWidth) numbers a picture, \(model.preprocessing.size) px"
            )
        } catch {
            return Finding(
                name: "bundled model", value: directory.path, status: .problem, advice: error.localizedDescription)
        }
    }

    private var themes: Finding {
        guard let folder = resources.themes else {
            return Finding(
                name: "themes", value: "not found", status: .problem,
                advice: "set CLIPTOP_THEMES to the Themes folder")
        }
        let names = Theme.names(in: folder)
        guard !names.isEmpty else {
            return Finding(
                name: "themes", value: "\(folder.path), no themes there", status: .problem,
                advice: "set CLIPTOP_THEMES to the Themes folder, or unset it")
        }
        return Finding(name: "themes", value: "\(folder.path): \(names.joined(separator: ", "))")
    }
}
