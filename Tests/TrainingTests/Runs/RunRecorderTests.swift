import Foundation
import GRDB
import Store
import TestSupport
import Testing

@testable import Training

/// A recorder without a session: what it is told comes from the test.
private final class Recording {
    let folder: URL
    let database: StateDatabase
    let run: RunRow
    private(set) var hub = EventHub()
    private(set) var recorder: RunRecorder
    private(set) var viewer: EventQueue

    init() throws {
        folder = try Fixtures.temporaryFolder()
        database = try StateDatabase(StateDirectory(folder))
        run = try RunTable(database).begin(name: "recorded")
        recorder = RunRecorder(hub)
        viewer = hub.subscribe()
        begin()
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// As another process that goes on with the run.
    func restart() {
        hub = EventHub()
        recorder = RunRecorder(hub)
        viewer = hub.subscribe()
        begin()
    }

    private func begin() {
        var configuration = TrainingConfiguration(model: URL(filePath: "/m"), data: URL(filePath: "/d"))
        configuration.name = "recorded"
        recorder.begin(
            .init(description: description, pictures: [], modelChecksum: "abc"), configuration: configuration,
            database: database)
    }

    var description: RunDescription {
        RunDescription(
            runID: run.id, name: "recorded", dataset: "sample", model: "tiny", method: "clip-adapter visual", shots: 4,
            seed: 1, classNames: ["a", "b"], epochs: 9, batchesPerEpoch: 2, batchSize: 4, trainCount: 8,
            validationCount: 4, testCount: 10, learningRate: 0.1, folder: database.directory.run(run.id))
    }

    /// Two batches and the epoch they make.
    func epoch(_ number: Int, loss: Double = 0.5) {
        for step in [number * 2 - 1, number * 2] {
            hub.push(.batch(batch(step)))
        }
        hub.push(
            .epoch(
                EpochRecord(
                    epoch: number, step: number * 2, trainLoss: 1 / Double(number),
                    validation: Evaluation(loss: loss, top1: 0.5 + Double(number) / 100, top5: 1, count: 4),
                    learningRate: 0.1, seconds: 0.25)))
    }

    func batch(_ step: Int, loss: Double = 1.5) -> BatchRecord {
        BatchRecord(
            step: step, epoch: (step + 1) / 2, batch: (step - 1) % 2 + 1, loss: loss, learningRate: 0.1,
            samplesPerSecond: 32)
    }

    func course() throws -> RunLog { try RunHistory(database).course(of: run.id) }

    func events() throws -> [TrainingEvent] { try RunHistory(database).events(of: run.id) }

    /// What another process does to the database.
    func execute(_ sql: String) throws {
        try DatabaseQueue(path: database.directory.database.path).write { try $0.execute(sql: sql) }
    }
}

@Suite struct RunRecorderTests {
    private func steered(_ change: Intervention.Change, after step: Int, at time: Double = 0) -> TrainingEvent {
        .intervention(
            Intervention(
                change: change, afterStep: step, afterEpoch: step / 2, time: Date(timeIntervalSince1970: time)))
    }

    @Test func tellsACourseAsItWasTold() throws {
        let recording = try Recording()
        let hub = recording.hub
        hub.push(.zeroShot(validation: Evaluation(loss: 2, top1: 0.25, top5: 0.75, count: 4)))
        recording.epoch(1)
        hub.push(steered(.set(name: "lr", from: 0.1, to: 0.2), after: 2))
        hub.push(.batch(recording.batch(3)))
        hub.push(.log(LogEntry("in the middle of an epoch")))
        hub.push(.state(.paused))
        recording.recorder.flush()
        hub.push(.state(.running))
        hub.push(.batch(recording.batch(4, loss: .nan)))
        recording.recorder.finish(RunResult(state: .stopped(saved: true), trainSeconds: 2))
        let told = recording.viewer.drain()

        // NaN is equal to nothing: the texts are compared.
        let stored = try recording.events().map { "\($0)" }
        #expect(stored.contains { $0.contains("loss: nan") })
        #expect(stored.filter { $0.hasPrefix("batch") }.count == 4)
        let kept = stored.dropFirst().filter { !$0.hasPrefix("phase") }.dropLast(2)
        #expect(Array(kept) == told.map { "\($0)" })
        #expect(stored.last == "\(TrainingEvent.finished(RunResult(state: .stopped(saved: true), trainSeconds: 2)))")
        let record = try #require(try RunTable(recording.database).records().first)
        #expect(record.state == "stopped" && record.endedAt != nil)
        #expect(record.steps == 4 && record.epochs == 1 && record.bestEpoch == 1 && record.finalTop1 == 0.51)
        #expect(record.zeroShotTop1 == 0.25 && record.method == "clip-adapter" && record.modelChecksum == "abc")
        #expect(try RunHistory(recording.database).configuration(of: recording.run.id)?.name == "recorded")
    }

    @Test func keepsManyBatchesInFewRows() throws {
        let recording = try Recording()
        for step in 1...5000 {
            recording.hub.push(.batch(recording.batch(step, loss: 1 / Double(step))))
            if step % 700 == 0 { recording.recorder.flush() }
        }
        recording.recorder.flush()
        let course = try recording.course()
        #expect(course.batches.map(\.record.step) == Array(1...5000))
        #expect(course.batches.allSatisfy { $0.record.loss == 1 / Double($0.record.step) })
        let times = course.batches.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
        let rows = try RunCourseTable(recording.database, run: recording.run.number).read().chunks
        #expect(rows.count == 5)
        #expect(rows.reduce(0) { $0 + $1.values.count } < 5000 * 24)
    }

    @Test func forgetsWhatLiesBeyondTheStepItIsResumedAt() throws {
        let recording = try Recording()
        recording.hub.push(.zeroShot(validation: Evaluation(loss: 2, top1: 0.25, top5: 0.75, count: 4)))
        for epoch in 1...3 { recording.epoch(epoch, loss: 1 / Double(epoch)) }
        recording.hub.push(steered(.set(name: "lr", from: 0.1, to: 0.2), after: 6, at: 100))
        recording.hub.push(
            .checkpoint(
                CheckpointRecord(
                    step: 6, epoch: 3, reason: .interval, file: nil, time: Date(timeIntervalSince1970: 150))))
        recording.hub.push(steered(.set(name: "lr", from: 0.2, to: 0.4), after: 6, at: 200))
        recording.hub.push(.batch(recording.batch(7)))
        recording.epoch(4, loss: 0.01)
        recording.recorder.finish(RunResult(state: .stopped(saved: true)))

        recording.restart()
        // A session may tell its viewers what was before; the store has it already.
        for epoch in 1...3 { recording.epoch(epoch, loss: 1 / Double(epoch)) }
        recording.recorder.flush()
        recording.hub.push(steered(.resumed, after: 6, at: 300))
        recording.hub.push(.batch(recording.batch(7, loss: 0.125)))
        recording.recorder.flush()

        let course = try recording.course()
        #expect(course.batches.map(\.record.step) == Array(1...7))
        #expect(course.batches.last?.record.loss == 0.125)
        #expect(course.epochs.map(\.record.epoch) == [1, 2, 3])
        #expect(course.interventions.map(\.change) == [.set(name: "lr", from: 0.1, to: 0.2), .resumed])
        #expect(course.result == nil)
        #expect(!course.happenings.contains { if case .state(let state) = $0.event { state.isEnded } else { false } })
        let record = try #require(try RunTable(recording.database).records().first)
        #expect(record.state == "running" && record.endedAt == nil)
        #expect(record.steps == 7 && record.bestEpoch == 3)
    }

    @Test func goesOnWhereTheStoreFailsAndWritesAllOfItLater() throws {
        let recording = try Recording()
        recording.epoch(1)
        recording.recorder.flush()
        try recording.execute("ALTER TABLE runChunk RENAME TO elsewhere")
        for epoch in 2...4 {
            recording.epoch(epoch)
            recording.recorder.flush()
        }
        let warnings = recording.viewer.drain().compactMap { event -> String? in
            if case .log(let entry) = event, entry.level == .warning { entry.text } else { nil }
        }
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("cannot be stored") == true)
        try recording.execute("ALTER TABLE elsewhere RENAME TO runChunk")
        recording.recorder.finish(RunResult(state: .done))
        let course = try recording.course()
        #expect(course.batches.map(\.record.step) == Array(1...8))
        #expect(course.epochs.map(\.record.epoch) == [1, 2, 3, 4])
        #expect(course.result?.state == .done)
    }

    @Test func writesByItselfWithoutBeingAsked() async throws {
        let recording = try Recording()
        recording.epoch(1)
        let deadline = ContinuousClock.now + .seconds(60)
        while try recording.course().epochs.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try recording.course().epochs.count == 1)
    }

    @Test func keepsTheAnswersOfTheLatestAndTheBestEpoch() throws {
        let recording = try Recording()
        @Sendable func answers(_ epoch: Int) -> SplitPredictions {
            SplitPredictions(
                split: .validation, epoch: epoch,
                answers: [
                    PictureAnswer(
                        picture: 7, label: 1, zeroShot: .init(label: 0, confidence: 0.5, trueProbability: 0.25),
                        adapted: .init(label: 1, confidence: .nan, trueProbability: Float(epoch)))
                ])
        }
        for epoch in 1...3 {
            recording.epoch(epoch)
            recording.recorder.note(step: epoch * 2, isBest: epoch == 2) { answers(epoch) }
            recording.recorder.flush()
        }
        let history = RunHistory(recording.database)
        let latest = try #require(try history.answers(of: recording.run.id, .latest))
        #expect(latest.epoch == 3 && latest.answers[0].adapted.trueProbability == 3)
        #expect(latest.answers[0].adapted.confidence.isNaN)
        #expect(try history.answers(of: recording.run.id, .best)?.epoch == 2)
    }

    @Test func aSessionLeavesItsWholeCourse() throws {
        let harness = try SessionHarness()
        try harness.follow()
        let database = try StateDatabase(StateDirectory(harness.folder.appending(path: "state")))
        let history = RunHistory(database)
        let summary = try history.summary("latest")
        let course = try history.course(of: summary.id)
        #expect(!harness.batches.isEmpty)
        #expect(course.epochs.map(\.record) == harness.epochs)
        #expect(course.batches.map(\.record.loss) == harness.batches.map(\.loss))
        #expect(course.log.map(\.text) == harness.log.map(\.text))
        #expect(course.result?.state == .done && summary.state == "done")
        #expect(summary.record.testTop1 == course.result?.finalTest?.top1)
        #expect(summary.record.dataChecksum?.count == 64 && summary.record.modelChecksum?.isEmpty == false)
        let latest = try #require(try history.answers(of: summary.id, .latest))
        let wrong = latest.answers.count(where: \.isWrong)
        #expect(latest.answers.count == course.description?.validationCount)
        #expect(1 - Double(wrong) / Double(latest.answers.count) == summary.record.finalTop1)
        #expect(try history.answers(of: summary.id, .best)?.epoch == summary.record.bestEpoch)
        let settings = try history.details(of: summary.id).settings
        #expect(settings.contains(RunSetting(option: "ratio", value: "0.4")))
        #expect(settings.contains(RunSetting(option: "shots", value: "2")))
        #expect(!settings.contains { $0.option.contains("linearProbe") })
    }
}

@Suite struct PackedRecordsTests {
    private func chunk() -> RunChunk {
        let validation = Evaluation(loss: 0.3, top1: 0.1, top5: 1, count: 64)
        let epochs = (1...20).map { (number: Int) -> Timed<EpochRecord> in
            let record = EpochRecord(
                epoch: number, step: number * 3, trainLoss: number == 4 ? .infinity : 0.1,
                validation: number % 2 == 0 ? nil : validation, learningRate: 1e-3 * Double(number / 10), seconds: 0.01)
            return Timed(record, time: 1e9 - Double(number))
        }
        return PackedRecords.chunks(epochs)[0]
    }

    @Test func givesBackWhatWasPacked() throws {
        let records: [Timed<EpochRecord>] = try PackedRecords.records(chunk())
        #expect(records.count == 20)
        #expect(records[3].record.trainLoss == .infinity && records[3].record.validation == nil)
        let fifth = EpochRecord(
            epoch: 5, step: 15, trainLoss: 0.1, validation: Evaluation(loss: 0.3, top1: 0.1, top5: 1, count: 64),
            learningRate: 0, seconds: 0.01)
        #expect(records[4].record == fifth)
        #expect(records[19].time == 1e9 - 20)
    }

    @Test func aFormOfFewerFieldsLeavesTheOthersBlank() throws {
        // What a version without the last field would have written.
        struct Short: StoredRecord {
            var long: BatchRecord
            static var kind: RunChunk.Kind { .batches }
            static var blank: Short { Short(long: .blank) }
            static var fields: [RecordField<Short>] {
                [RecordField(count: \.long.step, set: { $0.long.step = $1 })]
            }
            var step: Int { long.step }
            var place: Int { long.step }
            init(long: BatchRecord) { self.long = long }
            init(earlier step: Int, after previous: Self?, from reader: inout PackedReader) throws(PackedReader.Damaged)
            {
                throw PackedReader.Damaged()
            }
        }
        var record = BatchRecord.blank
        record.step = 7
        let records: [Timed<BatchRecord>] = try PackedRecords.records(
            PackedRecords.data([Timed(Short(long: record), time: 2)]))
        #expect(records == [Timed(record, time: 2)])
        #expect(throws: PackedReader.Damaged.self) {
            let _: [Timed<Short>] = try PackedRecords.records(PackedRecords.data([record]))
        }
    }

    @Test func aGradientNormIsKeptWhereThereIsOne() throws {
        var (with, without) = (BatchRecord.blank, BatchRecord.blank)
        (with.step, with.gradientNorm, without.step) = (1, 0.25, 2)
        let records: [Timed<BatchRecord>] = try PackedRecords.records(PackedRecords.data([with, without]))
        #expect(records.map(\.record) == [with, without])
        // The norm that a step had is in the store after the run.
        let harness = try SessionHarness()
        try harness.follow()
        let stored = try RunHistory(StateDatabase(harness.state)).course(
            of: #require(harness.session.report).description.runID)
        let norms = stored.batches.compactMap(\.record.gradientNorm)
        #expect(norms.count == 10 && norms.allSatisfy { $0 > 0 } && norms == harness.batches.compactMap(\.gradientNorm))
    }

    @Test func damagedBytesAreAnErrorAndNeverATrap() {
        var generator = SplitMix(7)
        var refused = 0
        for _ in 0..<3000 {
            var damaged = chunk()
            let count = Int.random(in: 0...damaged.values.count, using: &generator)
            damaged.values = damaged.values.prefix(count)
            for _ in 0..<3 where count > 0 {
                damaged.values[Int.random(in: 0..<count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            do {
                let _: [Timed<EpochRecord>] = try PackedRecords.records(damaged)
            } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
