import Dispatch
import FewShot
import Files
import Foundation
import Pictures
import Store
import Synchronization

/// Writes the course of a run into the store while it is trained.
///
/// The training thread only hands events over; a queue of the recorder's own writes what has come together, a few times a
/// second, one transaction each. A store that cannot be written to never stops a run: it is said once, and what is waiting
/// is kept and written as soon as that is possible again.
final class RunRecorder: Sendable {
    private struct Answers: Sendable {
        var step: Int
        var make: @Sendable () -> SplitPredictions
    }

    private let hub: EventHub
    private let incoming = RecordingQueue()
    private let queue = DispatchQueue(label: "cliptop.recorder", qos: .utility)
    /// Answers that were not written yet; making them is left to the recorder's queue.
    private let answers = Mutex<[RunAnswersRow.Moment: Answers]>([:])

    // Only the queue touches these.
    nonisolated(unsafe) private var writer: RunLogWriter?
    nonisolated(unsafe) private var answersWrittenAt: ContinuousClock.Instant?
    nonisolated(unsafe) private var isFailing = false
    nonisolated(unsafe) private var isFinished = false

    /// Between two transactions.
    static let interval = DispatchTimeInterval.milliseconds(250)
    /// The same while the store cannot be written to.
    static let retryInterval = DispatchTimeInterval.seconds(1)
    /// Between two writings of answers, of which there may be a thousand sets a second.
    static let answersInterval = Duration.seconds(2)

    /// A recorder that listens from now on, and begins to write with ``begin(_:configuration:database:)``.
    init(_ hub: EventHub) {
        self.hub = hub
        incoming.onContent { [weak self] in self?.schedule(after: Self.interval) }
        hub.add(incoming)
    }

    private func schedule(after interval: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + interval) { [weak self] in self?.turn() }
    }

    /// The run is known: what it is made from is written down, and its course from now on.
    func begin(_ prepared: RunPlan, configuration: TrainingConfiguration, database: StateDatabase) {
        let run = PreparedDescription(
            description: prepared.description, pictures: prepared.pictures,
            modelChecksum: prepared.model.weightsChecksum)
        begin(run, configuration: configuration, database: database)
    }

    /// What the recorder needs of a ``RunPlan``.
    struct PreparedDescription: Sendable {
        var description: RunDescription
        var pictures: [PictureReference]
        var modelChecksum: String
    }

    /// The same for a run of which only this is known.
    func begin(_ run: PreparedDescription, configuration: TrainingConfiguration, database: StateDatabase) {
        queue.sync {
            _ = attempt {
                let description = run.description
                let number = try RunTable(database).find(id: description.runID).number
                let table = RunCourseTable(database, run: number)
                let writer = try RunLogWriter(table)
                try table.open(
                    RunOpening(
                        description: try WireFormat.text(description),
                        configuration: try WireFormat.text(configuration), model: description.model,
                        modelChecksum: run.modelChecksum, dataset: description.dataset,
                        method: configuration.method.name.rawValue, methodTitle: description.method,
                        shots: description.shots, seed: description.seed, plannedEpochs: description.epochs,
                        learningRate: description.learningRate, pictures: try WireFormat.encode(run.pictures)))
                self.writer = writer
            }
        }
        // Files that changed a moment ago are read again for it: that can wait until the run is on its way.
        queue.async { [self] in
            attempt {
                guard let number = try? RunTable(database).find(id: run.description.runID).number else { return }
                try RunCourseTable(database, run: number).setDataChecksum(
                    try DataIdentity.checksum(run.pictures, files: PictureFileTable(database)))
            }
        }
    }

    /// Answers for the validation pictures that may be worth keeping; they are only made if they are kept.
    func note(step: Int, isBest: Bool, answers make: @escaping @Sendable () -> SplitPredictions) {
        answers.withLock { waiting in
            waiting[.latest] = Answers(step: step, make: make)
            if isBest { waiting[.best] = Answers(step: step, make: make) }
        }
    }

    /// Everything that was said before is in the store, safe from a loss of power, when this returns; or the store cannot
    /// be written to, and the log says so.
    func flush() { queue.sync { write(isFinal: true) } }

    /// Writes the rest and the end of the run. What is said afterwards is not recorded.
    func finish(_ result: RunResult) {
        incoming.push(.state(result.state))
        incoming.push(.finished(result))
        hub.remove(incoming)
        queue.sync {
            attempt {
                writer?.close(
                    RunClosing(
                        state: result.state.word, endedAt: Date().timeIntervalSince1970,
                        result: try WireFormat.text(result), zeroShotTestTop1: result.zeroShotTest?.top1,
                        testTop1: result.finalTest?.top1), result)
            }
            write(isFinal: true)
            isFinished = true
        }
    }

    private func turn() {
        guard !isFinished, writer != nil else { return }
        write(isFinal: false)
        if isFailing { schedule(after: Self.retryInterval) }
    }

    private func write(isFinal: Bool) {
        guard let writer else { return }
        let succeeded = attempt {
            try writer.take(incoming.take())
            takeAnswers(isFinal: isFinal).forEach(writer.keep)
            try writer.write(durably: isFinal)
        }
        guard succeeded, isFailing else { return }
        isFailing = false
        let holes = writer.lost > 0 ? "; \(writer.lost) steps could not be kept meanwhile" : ""
        hub.push(.log(LogEntry("the run store can be written to again\(holes)")))
    }

    private func takeAnswers(isFinal: Bool) -> [RunAnswersRow] {
        let now = ContinuousClock.now
        if !isFinal, let last = answersWrittenAt, now - last < Self.answersInterval { return [] }
        let waiting = answers.withLock { waiting in
            defer { waiting = [:] }
            return waiting
        }
        guard !waiting.isEmpty else { return [] }
        answersWrittenAt = now
        return waiting.map { moment, answers in
            RunAnswersRow(moment: moment, step: answers.step, values: answers.make().packed)
        }
    }

    /// Does something with the database; says once what went wrong.
    @discardableResult
    private func attempt(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            guard !isFailing else { return false }
            isFailing = true
            hub.push(
                .log(
                    LogEntry(
                        "the course of the run cannot be stored: \(error.localizedDescription); training goes on, and "
                            + "it is tried again", level: .warning)))
            return false
        }
    }
}

/// What makes two runs' pictures the same: content, class and part, whatever the files are called.
enum DataIdentity {
    /// - Throws: ``StoreError``.
    static func checksum(_ pictures: [PictureReference], files: PictureFileTable) throws -> String {
        var lines: [String] = []
        for start in stride(from: 0, to: pictures.count, by: 500) {
            let part = pictures[start..<min(start + 500, pictures.count)]
            let states = Dictionary(
                part.compactMap { picture in
                    FileState(path: picture.url.path).map { (ExactText(picture.url.path), $0) }
                }, uniquingKeysWith: { $1 })
            let known = try files.pictures(of: states)
            for picture in part {
                let content =
                    known[ExactText(picture.url.path)]
                    ?? (try? readPictureFile(picture.url)).map(FeatureCache.checksum) ?? Data()
                let digits = content.map { String(format: "%02x", $0) }.joined()
                lines.append("\(digits) \(picture.label) \(picture.split.rawValue)")
            }
        }
        let sum = FeatureCache.checksum(Array(lines.sorted().joined(separator: "\n").utf8))
        return sum.map { String(format: "%02x", $0) }.joined()
    }
}
