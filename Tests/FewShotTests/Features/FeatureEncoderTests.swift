import CLIP
import Foundation
import Pictures
import Safetensors
import Store
import Synchronization
import TestSupport
import Testing

@testable import FewShot

/// The cache under a real model, the reference's smallest.
@Suite struct FeatureEncoderTests {
    private let folder: URL
    private let pictures: URL
    private let database: StateDatabase
    private let model: CLIPModel

    init() throws {
        folder = try Fixtures.temporaryFolder()
        pictures = folder.appending(path: "pictures")
        try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
        database = try StateDatabase(StateDirectory(folder.appending(path: "state")))
        model = try Self.model("vit-openclip")
    }

    private static func model(_ name: String) throws -> CLIPModel {
        try CLIPModel(directory: Fixtures.reference.appending(path: "models/\(name)"))
    }

    private func copy(_ names: String..., into folder: String = ".") throws -> [DatasetItem] {
        let target = pictures.appending(path: folder)
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        return try names.map { name in
            let url = target.appending(path: name)
            try FileManager.default.copyItem(
                at: Fixtures.reference.appending(path: "preprocess/images/\(name)"), to: url)
            return DatasetItem(path: "\(folder)/\(name)", location: url.path, label: 0)
        }
    }

    private func encode(
        _ items: [DatasetItem], model: CLIPModel? = nil, pillowCompatible: Bool = false, keepingFeatures: Bool = true
    ) throws -> EncodedDataset {
        let model = model ?? self.model
        let cache = try FeatureCache(database, space: FeatureSpace(model: model, pillowCompatible: pillowCompatible))
        return try FeatureEncoder(
            model: model, cache: cache, decoding: DecodingOptions(pillowCompatible: pillowCompatible)
        )
        .encode(items, keepingFeatures: keepingFeatures)
    }

    /// Sets the times of all files back, as if they had been there for long.
    private func age(_ items: [DatasetItem]) throws {
        for item in items {
            let state = try #require(FileState(path: item.url.path))
            let bytes = try readPictureFile(item.url)
            try FeatureTable(database, space: "ageing").insert(
                [],
                files: [
                    PictureFileRecord(
                        path: item.url.path, picture: FeatureCache.checksum(bytes), state: state,
                        readAt: state.changedAt + 10_000_000_000)
                ])
        }
    }

    @Test func encodesOnceAndNeverAgain() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_420.jpg", "png_rgb8.png", "jpg_444.jpg")
        let first = try encode(items)
        #expect(first.counts.encoded == 3 && first.counts.fromCache == 0)
        let second = try encode(items)
        #expect(second.counts.encoded == 0 && second.counts.fromCache == 3)
        #expect(second.features == first.features)
        // Once more by what is known of the files, without reading them.
        try age(items)
        let third = try encode(items)
        #expect(third.counts.fromCache == 3 && third.features == first.features)
        let counted = try encode(items, keepingFeatures: false)
        #expect(counted.counts == third.counts && counted.features.count == 0)
    }

    @Test func findsMovedAndRenamedPictures() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_420.jpg", "png_rgb8.png")
        let first = try encode(items)
        try age(items)
        let moved = try items.reversed().enumerated().map { number, item in
            let url = pictures.appending(path: "renamed \(number)")
            try FileManager.default.moveItem(at: item.url, to: url)
            return DatasetItem(path: "renamed \(number)", location: url.path, label: 0)
        }
        let second = try encode(moved)
        #expect(second.counts.fromCache == 2)
        #expect(second.features == first.features.gatheringRows([1, 0]))
    }

    @Test func neverServesAnotherPicturesFeatures() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_420.jpg", "jpg_444.jpg")
        let first = try encode(items)
        try age(items)
        // One takes the other's place.
        let content = try Data(contentsOf: items[1].url)
        try content.write(to: items[0].url)
        let second = try encode(items)
        #expect(second.counts.fromCache == 2)
        #expect(second.features == first.features.gatheringRows([1, 1]))
    }

    @Test func keepsModelsAndWaysOfReadingApart() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_exif6.jpg", "png_graya8.png")
        let upright = try encode(items)
        let pillowCompatible = try encode(items, pillowCompatible: true)
        #expect(pillowCompatible.counts.encoded == 2)
        #expect(pillowCompatible.features != upright.features)
        let other = try encode(items, model: Self.model("rn-openclip"))
        #expect(other.counts.encoded == 2)
        #expect(try encode(items).features == upright.features)
        #expect(try encode(items, pillowCompatible: true).features == pillowCompatible.features)
        #expect(try CacheContents(database).spaces().map(\.pictures) == [2, 2, 2])
        let precisions = try CacheContents(database).spaces().map { FeatureSpace.value("precision", in: $0.key) }
        #expect(precisions == ["fp32", "fp32", "fp32"])
    }

    @Test func reportsEveryUnreadablePictureEveryTime() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var items = try copy("jpg_420.jpg", "jpg_444.jpg", "png_rgb8.png")
        try Data("text".utf8).write(to: items[1].url)
        items.append(DatasetItem(path: "gone.png", location: pictures.appending(path: "gone.png").path, label: 0))
        for _ in 0..<2 {
            let encoded = try encode(items)
            #expect(encoded.unreadable.map(\.path) == ["./jpg_444.jpg", "gone.png"])
            #expect(encoded.unreadable.map(\.index) == [1, 3])
            #expect(encoded.counts.unreadable == 2 && encoded.counts.done == 4)
        }
    }

    @Test func whatIsDoneBeforeACancellationIsKept() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Fixtures.reference.appending(path: "preprocess/images").path
        ).filter { $0.hasPrefix("png_rgb") || $0.hasPrefix("jpg_4") || $0.hasPrefix("png_pal") }
        let items = try names.flatMap { try copy($0) }
        #expect(items.count > 2 * FeatureEncoder.encodingChunk)
        let cache = try FeatureCache(database, space: FeatureSpace(model: model, pillowCompatible: false))
        let isCancelled = Atomic(false)
        let encoder = FeatureEncoder(model: model, cache: cache, workers: 1)
        let part = try encoder.encode(
            items, progress: { if $0.done > 0 { isCancelled.store(true, ordering: .relaxed) } },
            isCancelled: { isCancelled.load(ordering: .relaxed) })
        #expect(part.counts.done == FeatureEncoder.encodingChunk)
        let rest = try encode(items)
        #expect(rest.counts.fromCache >= part.counts.encoded && rest.counts.done == items.count)
    }

    @Test func findsPicturesWhoseFilesAreGone() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_420.jpg", "jpg_444.jpg", "png_rgb8.png")
        let twin = try copy("png_rgb8.png", into: "twin")
        _ = try encode(items + twin)
        #expect(try MissingPictures(database).find().isEmpty)
        let content = try readPictureFile(items[0].url)
        try FileManager.default.removeItem(at: items[0].url)
        try FileManager.default.removeItem(at: items[2].url)
        // A file that was only touched still holds its picture.
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: items[1].url.path)
        #expect(try MissingPictures(database).find() == [FeatureCache.checksum(content)])
    }

    @Test func exportsWhatOthersCanRead() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let items = try copy("jpg_420.jpg", "jpg_444.jpg", "png_rgb8.png")
        try Data().write(to: items[1].url)
        let encoded = try encode(items)
        let space = FeatureSpace(model: model, pillowCompatible: false)
        let export = try FeatureExport(
            items, encoded, split: "all", classNames: ["a", "b"], space: space,
            modelChecksum: model.weightsChecksum)
        let url = folder.appending(path: "features.safetensors")
        let list = try export.write(to: url)
        #expect(list.lastPathComponent == "features.paths.txt")
        #expect(try String(contentsOf: list, encoding: .utf8) == "./jpg_420.jpg\n./png_rgb8.png\n")
        let file = try SafetensorsFile(url)
        #expect(Set(file.names) == ["features", "index", "labels"])
        #expect(file.info("index")?.dataType == .int64 && file.info("index")?.shape == [2])
        #expect(try file.tensor("features") == encoded.features.gatheringRows([0, 2]))
        #expect(file.metadata["cliptop.kind"] == "features")
        #expect(file.metadata["cliptop.model_sha256"] == model.weightsChecksum)
        #expect(file.metadata["cliptop.preprocessing"]?.hasPrefix("resize=32;interp=bicubic;crop=shortest") == true)
    }
}
