import Foundation
import TestSupport
import Testing

@testable import Training

/// What travels between a run and its viewers, without any socket.
@Suite struct RemoteFormatTests {
    private func batch(_ step: Int, loss: Double = 0.5) -> BatchRecord {
        BatchRecord(step: step, epoch: 1 + step / 2, batch: 1, loss: loss, learningRate: 1e-3, samplesPerSecond: 9.5)
    }

    private func epoch(_ epoch: Int, validation: Evaluation?) -> EpochRecord {
        EpochRecord(epoch: epoch, step: epoch * 2, trainLoss: 1, validation: validation, learningRate: 1e-3, seconds: 2)
    }

    private let pictures = [
        PictureReference(name: "a/ö.png", url: URL(filePath: "/d/a/ö.png"), label: 0, split: .train),
        PictureReference(name: "b/2.png", url: URL(filePath: "/d/b/2.png"), label: 1, split: .test),
    ]

    private var description: RunDescription {
        RunDescription(
            runID: "0123abcd", dataset: "d", model: "m", method: "clip-adapter", shots: 1, seed: 1,
            classNames: ["a", "b"], epochs: 3, batchesPerEpoch: 2, batchSize: 1, trainCount: 2, validationCount: 0,
            testCount: 1, learningRate: 1e-3, folder: URL(filePath: "/r/0123abcd"))
    }

    private var events: [TrainingEvent] {
        let evaluation = Evaluation(loss: .infinity, top1: 0.25, top5: 1, count: 4)
        return [
            .prepared(description, pictures: pictures), .phase(.zeroShot), .zeroShot(validation: evaluation),
            .phase(.training),
            .batch(batch(1)), .epoch(epoch(1, validation: evaluation)), .state(.paused), .batch(batch(2)),
            .epoch(epoch(2, validation: nil)),
            .intervention(.init(change: .attached, afterStep: 2, afterEpoch: 1, time: Date(timeIntervalSince1970: 7))),
            .state(.halted(step: 3, learningRate: 1, lastFiniteLoss: .nan)),
        ]
    }

    private func read(_ bytes: Data, limit: Int = RunMessage.frameLimit, piece: Int = .max) throws -> [TrainingEvent] {
        var reader = FrameReader(limit: limit)
        var events: [TrainingEvent] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            rest.prefix(piece).withUnsafeBytes { reader.append($0) }
            rest = rest.dropFirst(piece)
            while let frame = try reader.next() { events += try EventFrames.events(frame) }
        }
        if reader.isInsideFrame { throw FrameError.truncated }
        return events
    }

    @Test(arguments: [1, 7, Int.max]) func eventsArriveAsTheyWereSent(piece: Int) throws {
        let bytes = EventFrames.frames(events).reduce(into: Data()) { $0 += $1.bytes }
        let arrived = try read(bytes, piece: piece)
        // NaN differs from itself: what is printed does not.
        #expect("\(arrived)" == "\(events)")
    }

    @Test func batchesThatAreNoNumbersSurvive() throws {
        let sent = [batch(1, loss: .nan), batch(2, loss: -.infinity), batch(.max, loss: 0.1)]
        let arrived = try read(EventFrames.frames(sent.map { .batch($0) }).reduce(into: Data()) { $0 += $1.bytes })
        #expect("\(arrived)" == "\(sent.map { TrainingEvent.batch($0) })")
        #expect(throws: FrameError.malformed) {
            try EventFrames.events(Frame(kind: .batches, content: Data([0, 6, 0, 0, 200])))
        }
    }

    @Test func columnsOfUnequalLengthAreRefused() throws {
        var packed = PackedPictures(pictures)
        #expect(try packed.pictures() == pictures)
        packed.labels.removeLast()
        #expect(throws: FrameError.malformed) { try packed.pictures() }
        packed = PackedPictures(pictures)
        packed.splits[0] = 17
        #expect(throws: FrameError.malformed) { try packed.pictures() }
    }

    @Test func hostileFramesAreTypedErrors() throws {
        func frame(_ length: UInt32, _ rest: [UInt8]) -> Data {
            withUnsafeBytes(of: length.littleEndian) { Data($0) } + Data(rest)
        }
        #expect(throws: FrameError.tooLong(0xFFFF_FFFF, limit: 100)) { try read(frame(.max, []), limit: 100) }
        #expect(throws: FrameError.unknownKind(nil)) { try read(frame(0, [])) }
        #expect(throws: FrameError.unknownKind(9)) { try read(frame(1, [9])) }
        #expect(throws: FrameError.malformed) { try read(frame(3, [1, 0x7B, 0x7D])) }
        #expect(throws: FrameError.truncated) { try read(frame(8, [1, 2])) }
    }

    /// Damaged bytes give events or an error of this kind, and never end the process.
    @Test func damagedBytesNeverCrash() throws {
        let bytes = [UInt8](EventFrames.frames(events).reduce(into: Data()) { $0 += $1.bytes })
        var fuzzer = Fuzzer(seed: 7)
        var refused = 0
        for _ in 0..<2000 {
            var damaged = bytes
            fuzzer.change(&damaged)
            do { _ = try read(Data(damaged), limit: 1 << 20) } catch is FrameError { refused += 1 }
        }
        #expect(refused > 500)
    }

    // MARK: the course so far

    @Test func aShortCourseIsComplete() {
        var course = RunLogSoFar()
        for event in events { course.apply(event) }
        let told = course.events
        for event in events {
            // Of states and phases only the last counts.
            switch event {
            case .phase, .state: continue
            default: #expect(told.contains { "\($0)" == "\(event)" }, "\(event) is missing")
            }
        }
        #expect("\(told.last.map { "\($0)" } ?? "")".contains("halted"))
    }

    @Test func aLongCourseKeepsItsHighsLowsAndGaps() throws {
        var kept = ThinnedRecords<BatchRecord>(capacity: 1 << 10)
        let steps = 300_000
        for step in 1...steps {
            var loss = 1 + Double(step * 7919 % 1000) / 1000
            if step == 123_457 { loss = 99 }
            if step == 7 { loss = 0.01 }
            if step == 200_001 { loss = .nan }
            kept.append(batch(step, loss: loss))
            #expect(kept.records.count < 1 << 10)
        }
        let records = kept.records
        #expect(records.map(\.step) == records.map(\.step).sorted())
        for step in [1, 7, 123_457, 200_001, steps] { #expect(records.contains { $0.step == step }, "step \(step)") }
        // No hole: nowhere are two neighbours further apart than the whole course is thin.
        let widest = zip(records, records.dropFirst()).map { $1.step - $0.step }.max() ?? 0
        #expect(widest <= steps / 50, "\(widest) steps between two records")
    }

    @Test func theMemoryOfManyBatchesIsBounded() {
        var kept = ThinnedRecords<BatchRecord>()
        for step in 1...200_000 { kept.append(batch(step)) }
        #expect(kept.records.count <= 1 << 16)
    }

    // MARK: viewers' subscriptions

    @Test func viewersDoNotTakeFromEachOther() {
        var subscriptions = Subscriptions()
        let (one, two) = (subscriptions.newViewer(), subscriptions.newViewer())
        #expect(one != two && one != Subscriptions.own)
        #expect(subscriptions.take(.watchMistakes(true), from: one) == [.watchMistakes(true)])
        #expect(subscriptions.take(.watchMistakes(true), from: two) == [.watchMistakes(true)])
        #expect(subscriptions.take(.watchMistakes(false), from: one) == [])
        #expect(subscriptions.leave(two) == [.watchMistakes(false)])
        #expect(subscriptions.take(.pin([4, 2]), from: one) == [.pin([4, 2])])
        #expect(subscriptions.take(.pin([2, 9]), from: two) == [.pin([4, 2, 9])])
        let probes = [4, 2, 9].map { ProbeRecord.Probe(picture: $0, zeroShot: 0, adapted: 1) }
        let record = TrainingEvent.probes(ProbeRecord(step: 1, epoch: 0, probes: probes))
        let seen = TrainingEvent.probes(ProbeRecord(step: 1, epoch: 0, probes: [probes[1], probes[2]]))
        #expect(subscriptions.view(record, of: two) == seen)
        #expect(subscriptions.view(record, of: Subscriptions.own) == nil)
        _ = subscriptions.take(.inspect(picture: 4), from: one)
        _ = subscriptions.take(.inspect(picture: 5), from: two)
        #expect(subscriptions.pictures == [4, 5])
        let prediction = TrainingEvent.prediction(.init(picture: 5, zeroShot: [], adapted: [], step: 1))
        #expect(subscriptions.view(prediction, of: one) == nil && subscriptions.view(prediction, of: two) == prediction)
        #expect(subscriptions.take(.attended(true), from: two) == [.attended(true)])
        #expect(subscriptions.leave(two) == [.pin([4, 2]), .attended(false)])
        #expect(subscriptions.pictures == [4])
        #expect(subscriptions.leave(two) == [])
    }

    @Test func answersGoToWhoAsked() throws {
        var subscriptions = Subscriptions()
        let viewer = subscriptions.newViewer()
        let request = ClassifyRequest(number: 3, picture: URL(filePath: "/x.png"))
        guard case .classify(let passed) = subscriptions.number(.classify(request), of: viewer) else { return }
        #expect(passed.asker == viewer && request.asker == Subscriptions.own)
        let answer = TrainingEvent.classified(ClassifyAnswer(passed))
        #expect(subscriptions.view(answer, of: viewer) == .classified(ClassifyAnswer(request)))
        #expect(subscriptions.view(answer, of: Subscriptions.own) == nil)
    }
}
