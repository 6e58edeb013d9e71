import FewShot
import Foundation
import GRDB
import Safetensors
import Store
import Tensors
import TestSupport

/// A copy of the state folder that the first version of the stored forms left behind (`Fixtures/state-of-layout-5`), as
/// if it had been made on this machine: the paths in it are those of the copy, nothing else differs.
public final class EarlierState {
    /// The folder with the copy, the data set and the model; removed with this object.
    public let folder: URL
    /// The copied state folder.
    public let state: StateDirectory

    /// Where the fixture was made.
    private static let origin = "/srv/cliptop/"
    /// The OpenBLAS kernels that it was computed with: only with the same ones does a replay give the same bits.
    public static let openblasCore = "Prescott"

    /// Copies the fixture and gives it its data set, twelve pictures each of three classes of the sample.
    public init() throws {
        folder = try Fixtures.temporaryFolder()
        state = StateDirectory(folder.appending(path: "state"))
        let manager = FileManager.default
        try manager.copyItem(
            at: Fixtures.repository.appending(path: "Tests/Fixtures/state-of-layout-5"), to: state.url)
        try manager.createSymbolicLink(
            at: folder.appending(path: "Samples"), withDestinationURL: Fixtures.samples)
        for name in ["bird", "coin", "tool"] {
            let source = Fixtures.samples.appending(path: "Images/\(name)")
            let target = folder.appending(path: "stamps/\(name)")
            try manager.createDirectory(at: target, withIntermediateDirectories: true)
            for file in try manager.contentsOfDirectory(atPath: source.path).sorted().prefix(12) {
                try manager.createSymbolicLink(
                    at: target.appending(path: file), withDestinationURL: source.appending(path: file))
            }
        }
        try movePathsInDatabase()
        for run in try manager.contentsOfDirectory(atPath: state.runs.path) {
            for folder in [state.run(run), state.run(run).appending(path: "checkpoints")] {
                for name in try manager.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".safetensors") {
                    try movePaths(in: folder.appending(path: name))
                }
            }
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func movePathsInDatabase() throws {
        let queue = try DatabaseQueue(path: state.database.path)
        try queue.write { connection in
            for (table, columns) in [
                ("run", ["description", "configuration", "result"]), ("runPictures", ["body"]), ("runEvent", ["body"]),
                ("comparison", ["description"]),
            ] {
                for column in columns {
                    try connection.execute(
                        sql: """
                            UPDATE \(table) SET \(column) =
                            CASE typeof(\(column)) WHEN 'blob' THEN CAST(replace(CAST(\(column) AS TEXT), ?1, ?2) AS BLOB)
                            ELSE replace(\(column), ?1, ?2) END
                            """, arguments: [Self.origin, folder.path + "/"])
                }
            }
        }
        try queue.close()
    }

    private func movePaths(in url: URL) throws {
        let file = try SafetensorsFile(url)
        let content = try TrainingState(file)
        var texts = file.metadata.mapValues { $0.replacing(Self.origin, with: folder.path + "/") }
        texts["format"] = nil
        if texts.removeValue(forKey: "cliptop.sha256") != nil {
            texts["cliptop.sha256"] = content.checksum(with: texts)
        }
        try SafetensorsWriter.write(
            content.floats, doubles: content.doubles, integers: content.integers, metadata: texts, to: url)
    }
}
