import Foundation
import Store
import TestSupport
import Testing

@testable import Training

/// A stored run that is played again.
@Suite struct RecordedSessionTests {
    private func course() throws -> (RunLog, SessionHarness) {
        let harness = try SessionHarness()
        try harness.follow()
        let id = try #require(harness.session.report?.description.runID)
        let state = StateDirectory(harness.folder.appending(path: "state"))
        return (try RunHistory(StateDatabase(state)).course(of: id), harness)
    }

    private func play(
        _ session: RecordedSession, react: (TrainingEvent) -> Void = { _ in }
    ) throws -> [TrainingEvent] {
        let arrived = DispatchSemaphore(value: 0)
        session.onEvents { arrived.signal() }
        session.start()
        var events: [TrainingEvent] = []
        while true {
            try #require(arrived.wait(timeout: .now() + 60) == .success, "the recording fell silent")
            for event in session.drainEvents() {
                events.append(event)
                react(event)
                if case .finished = event { return events }
            }
        }
    }

    @Test func theCurvesAreThoseOfTheRun() throws {
        let (course, harness) = try course()
        let events = try play(try RecordedSession(course, run: "x", speed: 1000))
        let batches = events.compactMap { if case .batch(let record) = $0 { record } else { nil } }
        let epochs = events.compactMap { if case .epoch(let record) = $0 { record } else { nil } }
        #expect(batches.map(\.step) == Array(1...10) && batches.map(\.loss) == harness.batches.map(\.loss))
        #expect(epochs.map(\.validation) == harness.epochs.map(\.validation))
        guard case .prepared = events.first else { return #expect(Bool(false), "it begins with what the run is") }
    }

    @Test func itPausesStepsAndIsNotSteered() throws {
        let (course, _) = try course()
        let session = try RecordedSession(course, run: "x", speed: 1000)
        session.send(.pause)
        session.send(.step)
        var seen = 0
        let events = try play(session) { event in
            guard case .batch = event else { return }
            seen += 1
            if seen == 1 { session.send(.step) }
            if seen == 2 { session.send(.resume) }
        }
        #expect(seen == 10 && events.contains(.state(.paused)))
        #expect(session.refusal(of: .control(.scale("lr", by: 2))) == "a recording cannot be controlled")
        #expect(session.refusal(of: .subscription(.watchMistakes(true))) == "a recording answers no questions")
        #expect(
            session.refusal(of: .control(.pause)) == nil
                && session.refusal(of: .subscription(.inspect(picture: 0))) == nil)
    }

    /// Twice as fast is half the time; a night between two batches is no night.
    @Test func timeIsScaledAndBreaksAreShort() throws {
        var (course, _) = try course()
        course.happenings = []
        course.epochs = []
        for index in course.batches.indices { course.batches[index].time = 1000 + Double(index) }
        course.batches[5].time += 40_000
        // Somebody set the clock back.
        course.batches[7].time -= 500
        let waits = try RecordedSession(course, run: "x", speed: 2).moments.map(\.wait)
        #expect(waits.prefix(5) == [0, 0.5, 0.5, 0.5, 0.5] && waits[5] == 2)
        #expect(waits[6...].allSatisfy { (0...2).contains($0) })
        #expect(waits.count == 10)
    }

    @Test func nothingRecordedIsSaid() throws {
        var (course, _) = try course()
        course.batches = []
        #expect { try RecordedSession(course, run: "0123abcd", speed: 1) } throws: {
            $0.localizedDescription.contains("no curves of run 0123abcd are recorded")
        }
    }
}
