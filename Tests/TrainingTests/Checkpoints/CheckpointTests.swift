import FewShot
import Foundation
import Store
import Synchronization
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite struct CheckpointTests {
    /// A checkpoint with numbers of every kind.
    static func sample(step: Int = 7, ending: RunState? = nil) -> Checkpoint {
        var random = SplitMix(UInt64(step))
        func number() -> Double { Double(bitPattern: random.next() & ~(1 << 62)) }
        var controls = RunControls(values: ["lr": number().magnitude, "ratio": 0.3, "dropout": 0.1], epochs: 9)
        for (step, rate) in [number().magnitude, 1e-3].enumerated() {
            _ = controls.apply(
                .set("lr", rate), at: RunControls.Position(step: step, completedEpochs: step))
        }
        var state = TrainingState()
        state.floats["m"] = Tensor((0..<6).map { _ in Float(number()) }, shape: [2, 3])
        state.doubles["powers"] = Tensor([number(), .infinity], shape: [2])
        state.integers["steps"] = [Int64(step), -1]
        let weights = Checkpoint.Weights(
            parameters: [
                "a.weight": Tensor([1, -0.0, .nan.magnitude], shape: [3]).cleared, "alpha": Tensor([2], shape: [1]),
            ],
            state: state)
        var course = LoopState(controls: controls)
        (course.step, course.position, course.lossSum, course.lossCount) = (step, 4, number(), 4)
        (course.lastFiniteLoss, course.lastRate, course.bestEpoch, course.bestValues) = (
            number(), number(), 2, ["ratio": 0.3]
        )
        (course.seconds, course.epochSeconds, course.ending) = (number(), number(), ending)
        let epochs = (1...3).map { epoch in
            EpochRecord(
                epoch: epoch, step: 2 * epoch, trainLoss: number(),
                validation: epoch == 1
                    ? nil : Evaluation(loss: number(), top1: number(), top5: number(), count: 6),
                learningRate: number(), seconds: number())
        }
        var configuration = TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
        configuration.learningRate = number().magnitude
        let identity = RunIdentity(
            model: "m", modelChecksum: "0", dataset: "d \"x\"\n", selection: nil, prompts: "1", pictures: "2")
        return Checkpoint(
            configuration: configuration, identity: identity, course: course, epochs: epochs, weights: weights,
            good: Checkpoint.Weights(parameters: ["a.weight": Tensor([5], shape: [1])], state: TrainingState()),
            best: ["a.weight": Tensor([6], shape: [1])])
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// Every number comes back with all its bits, whatever it is.
    @Test(arguments: 0..<50) func aFileHoldsEverything(seed: Int) throws {
        try withFolder { folder in
            let url = folder.appending(path: "c.safetensors")
            let checkpoint = Self.sample(
                step: seed, ending: .diverged(step: 3, learningRate: .infinity, lastFiniteLoss: nil))
            try CheckpointFile.write(checkpoint, to: url)
            #expect(try CheckpointFile.read(url) == checkpoint)
        }
    }

    @Test func aFileThatIsNotWhatItWasIsRefused() throws {
        try withFolder { folder in
            let url = folder.appending(path: "c.safetensors")
            try CheckpointFile.write(Self.sample(), to: url)
            let bytes = try Data(contentsOf: url)
            func refused(_ data: Data) throws -> CheckpointError? {
                try data.write(to: url)
                do throws(CheckpointError) { _ = try CheckpointFile.read(url) } catch { return error }
                return nil
            }
            for length in stride(from: 0, to: bytes.count, by: 97) {
                #expect(try refused(bytes.prefix(length)) != nil, "cut to \(length) bytes")
            }
            for place in stride(from: 0, to: bytes.count, by: 61) {
                var changed = bytes
                changed[place] ^= 0x11
                #expect(try refused(changed) != nil, "byte \(place)")
            }
            let error = try #require(try refused(Data("not a checkpoint".utf8)))
            #expect(error.localizedDescription.contains(url.path))
            #expect(!error.localizedDescription.contains("\n"))
            try AdapterFile(
                kind: .clipAdapter, parameters: ["a": Tensor([1], shape: [1])], hyper: [:], classNames: [],
                templates: [], modelName: "", modelChecksum: "", training: [:]
            ).write(to: url, width: 1)
            #expect(throws: CheckpointError.damaged(file: url.path, reason: "it is not a checkpoint")) {
                try CheckpointFile.read(url)
            }
        }
    }

    private func writer(
        _ folder: URL, hook: @escaping @Sendable () -> Void = {}
    ) -> (CheckpointWriter, EventQueue) {
        let events = EventQueue()
        return (CheckpointWriter(CheckpointFolder(of: folder), hook: hook, emit: { events.push($0) }), events)
    }

    @Test func theLastThreeAndTheBestAreKept() throws {
        try withFolder { folder in
            let (writer, events) = writer(folder)
            let files = CheckpointFolder(of: folder)
            try files.create()
            try Data().write(to: files.url.appending(path: ".step-3.safetensors.x.partial"))
            try Data().write(to: files.url.appending(path: "notes.txt"))
            for step in 1...5 {
                writer.write(Self.sample(step: step), best: step == 2 ? Self.sample(step: 2) : nil, reason: .interval)
                writer.finish()
            }
            func names() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: files.url.path).sorted()
            }
            #expect(
                try names() == [
                    "best.safetensors", "notes.txt", "step-3.safetensors", "step-4.safetensors", "step-5.safetensors",
                ])
            #expect(events.drain().count { if case .checkpoint = $0 { true } else { false } } == 5)
            // Gone on from the third: what came later belongs to a course that is no more.
            writer.write(Self.sample(step: 4), best: nil, reason: .asked)
            writer.finish()
            #expect(files.steps == [4, 3])
            writer.write(Self.sample(step: 6, ending: .done), best: nil, reason: .stopped)
            writer.finish()
            #expect(files.steps == [6])
            writer.discard()
            #expect(!FileManager.default.fileExists(atPath: files.url.path))
        }
    }

    @Test func theHookComesBeforeTheFile() throws {
        try withFolder { folder in
            let seen = Mutex<[Bool]>([])
            let file = CheckpointFolder(of: folder).file(step: 7).path
            let (writer, _) = writer(folder) {
                seen.withLock { $0.append(FileManager.default.fileExists(atPath: file)) }
            }
            writer.write(Self.sample(), best: nil, reason: .asked)
            writer.finish()
            #expect(seen.withLock { $0 } == [false] && FileManager.default.fileExists(atPath: file))
        }
    }

    /// The newest takes the place of one that waits, and is still what somebody asked for.
    @Test func whatWaitsIsReplaced() throws {
        try withFolder { folder in
            let gate = DispatchSemaphore(value: 0)
            let (writer, events) = writer(folder) { gate.wait() }
            for step in 1...20 {
                writer.write(Self.sample(step: step), best: nil, reason: step == 9 ? .asked : .interval)
            }
            for _ in 1...20 { gate.signal() }
            writer.finish()
            let records = events.drain().compactMap { if case .checkpoint(let record) = $0 { record } else { nil } }
            #expect(records.count <= 9 && records.last?.step == 20)
            #expect(records.contains { $0.reason == .asked })
        }
    }

    @Test func aFailureIsALineAndWhatWasThereStays() throws {
        try withFolder { folder in
            let (writer, events) = writer(folder)
            writer.write(Self.sample(step: 1), best: nil, reason: .interval)
            writer.finish()
            // Where the file should go there is a folder that cannot be replaced.
            let files = CheckpointFolder(of: folder)
            try FileManager.default.createDirectory(
                at: files.file(step: 2).appending(path: "x"), withIntermediateDirectories: true)
            writer.write(Self.sample(step: 2), best: nil, reason: .interval)
            writer.finish()
            let log = events.drain().compactMap { if case .log(let entry) = $0 { entry } else { nil } }
            #expect(log.count == 1 && log[0].level == .warning && log[0].text.contains("the run goes on"))
            #expect(files.newest().checkpoint?.course.step == 1)
        }
    }

    @Test(arguments: [
        ("30s", CheckpointInterval.seconds(30)), ("1.5m", .seconds(90)), ("2h", .seconds(7200)), ("10e", .epochs(10)),
        ("never", .never),
    ]) func intervalsAreRead(text: String, interval: CheckpointInterval) {
        #expect(CheckpointInterval(text) == interval)
    }

    @Test(arguments: ["", "30", "s", "0s", "-1m", "nans", "infs", "1.5e", "0e", "10d", "e"])
    func otherIntervalsAreRefused(text: String) { #expect(CheckpointInterval(text) == nil) }
}

extension Tensor where Scalar == Float {
    /// Without what is not equal to itself.
    fileprivate var cleared: Tensor { Tensor(values.map { $0.isNaN ? 3 : $0 }, shape: shape) }
}
