import Foundation
import Store
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import FewShot
@testable import Training

/// Drawing and encoding, with an encoder that writes each picture's index into its feature.
@Suite struct SelectedPicturesTests {
    private func dataset(_ parts: [(split: SourceSplit?, perClass: Int)]) -> Dataset {
        var items: [DatasetItem] = []
        for part in parts {
            for label in 0..<2 {
                for _ in 0..<part.perClass {
                    items.append(
                        DatasetItem(path: "\(items.count).png", location: "", label: label, split: part.split))
                }
            }
        }
        items.append(DatasetItem(path: "nobody knows.png", location: "", label: nil, split: .test))
        return Dataset(
            name: "test", root: URL(filePath: "/test"), format: .folder,
            classes: ["a", "b"].map { DatasetClass(name: $0, promptName: $0) }, items: items)
    }

    private func preparation(
        _ log: LogBook = LogBook(), _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> RunPreparation {
        var configuration = TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
        configuration.shots = 2
        change(&configuration)
        return RunPreparation(
            configuration: configuration, state: StateDirectory(), emit: { log.add($0) }, isCancelled: { false })
    }

    /// What was said.
    private final class LogBook: Sendable {
        private let entries = Mutex<[String]>([])
        var texts: [String] { entries.withLock { $0 } }
        func add(_ event: TrainingEvent) {
            if case .log(let entry) = event { entries.withLock { $0.append(entry.text) } }
        }
    }

    /// Encodes all but the pictures called `broken`, and notes what it was asked for.
    private final class Encoder {
        var asked: [String] = []
        var broken: Set<String> = []

        func encode(_ items: [DatasetItem]) -> EncodedDataset {
            asked += items.map(\.path)
            let unreadable = items.enumerated().filter { broken.contains($0.element.path) }.map {
                UnreadablePicture(index: $0.offset, path: $0.element.path, reason: "broken")
            }
            return EncodedDataset(
                features: Tensor(items.map { Float($0.path.dropLast(4)) ?? -1 }, shape: [items.count, 1]),
                checksums: items.map { Data($0.path.utf8) }, unreadable: unreadable,
                counts: EncodingCounts(done: items.count, total: items.count), seconds: 0)
        }
    }

    private func paths(_ selected: SelectedPictures, _ indices: [Int]) -> [String] {
        indices.map { selected.dataset.items[$0].path }
    }

    /// Of a large training part only the shots are encoded, and the test part as a whole.
    @Test func encodesOnlyWhatIsNeeded() throws {
        let source = dataset([(.train, 50), (.validation, 10), (.test, 3)])
        let encoder = Encoder()
        let selected = try preparation().draw(source, encoder.encode)
        #expect(selected.split.train.count == 4 && selected.split.validation.count == 4)
        #expect(selected.split.test.count == 6)
        #expect(encoder.asked.count == 14)
        #expect(!encoder.asked.contains("nobody knows.png"))
        for (index, item) in selected.dataset.items.enumerated() {
            #expect("\(Int(selected.encoded.features[index, 0])).png" == item.path)
            #expect(Int(selected.labels[index]) == item.label)
        }
    }

    /// An unreadable picture that was drawn is in no part; another one is drawn for it.
    @Test func anUnreadablePictureIsReplaced() throws {
        let source = dataset([(nil, 10)])
        let encoder = Encoder()
        let first = try preparation().draw(source, encoder.encode)
        encoder.broken = [paths(first, first.split.train)[0]]
        encoder.asked = []
        let second = try preparation().draw(source, encoder.encode)
        let used = paths(second, second.split.train + second.split.validation + second.split.test)
        #expect(second.split.train.count == 4)
        #expect(Set(used).count == 19 && Set(used).isDisjoint(with: encoder.broken))
        #expect(encoder.asked.count == 20, "nothing is encoded twice")
        #expect(second.encoded.unreadable.map(\.path) == Array(encoder.broken))
        let unreadable = try #require(second.encoded.unreadable.first)
        #expect(source.items[unreadable.index].path == unreadable.path)
    }

    @Test func whereNothingCanBeReadTheFirstReasonIsGiven() throws {
        let source = dataset([(nil, 3)])
        let encoder = Encoder()
        encoder.broken = Set(source.items.map(\.path))
        #expect(throws: DatasetError.noUsablePicture(path: "/test", tried: 6, firstReason: "broken")) {
            try preparation().draw(source, encoder.encode)
        }
    }

    @Test func aSelectionIsFollowed() throws {
        let source = dataset([(.train, 20), (.test, 2)])
        let encoder = Encoder()
        let first = try preparation { $0.seed = 5 }.draw(source, encoder.encode)
        let again = try preparation {
            $0.selection = first.selection
            $0.shots = 7
        }.draw(source, encoder.encode)
        #expect(paths(again, again.split.train) == paths(first, first.split.train))
        #expect(paths(again, again.split.validation) == paths(first, first.split.validation))
        #expect(again.selection == first.selection)
    }

    @Test func saysWhatIsShort() throws {
        let log = LogBook()
        let preparation = try preparation(log) { $0.shots = 5 }
        var source = dataset([(.train, 3), (.test, 1)])
        source.classes.append(DatasetClass(name: "c", promptName: "c"))
        try preparation.checkClasses(source)
        let short = try preparation.draw(source, Encoder().encode)
        preparation.warn(about: short.split, short.dataset, checksums: short.encoded.checksums)
        #expect(log.texts.contains("class 'c' has no training pictures"))
        #expect(log.texts.contains("class 'a' has 3 of 5 training pictures"))
        #expect(throws: DatasetError.noTrainingPictures(path: "/test")) {
            try preparation.checkClasses(dataset([(.test, 2)]))
        }
    }
}

extension RunPreparation {
    /// Draws and encodes for one run.
    fileprivate func draw(
        _ source: Dataset, _ encode: ([DatasetItem]) throws -> EncodedDataset
    ) throws -> SelectedPictures {
        try drawAndEncode(source, for: [configuration.splitRequest], encode: encode)
    }
}

extension SelectedPictures {
    fileprivate var split: FewShotSplit { draws.first?.value.split ?? FewShotSplit() }
    fileprivate var selection: FewShotSelection? { draws.first?.value.selection }
}
