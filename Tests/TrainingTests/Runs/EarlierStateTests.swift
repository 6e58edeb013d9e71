import FewShot
import Foundation
import StateFixtures
import Store
import Tensors
import TestSupport
import Testing

@testable import Training

/// What the first version of the stored forms left behind still opens, goes on and gives the same weights.
@Suite struct EarlierStateTests {
    /// The runs of the fixture: their states and epochs.
    static let runs: [String: (state: String, epochs: Int)] = [
        "zero-shot": ("done", 0), "linear-probe": ("done", 13), "clip-adapter": ("done", 6),
        "clip-adapter-text": ("done", 4), "clip-adapter-both": ("done", 4), "clip-adapter-sweep": ("done", 4),
        "tip-adapter": ("done", 0), "tip-adapter-f": ("done", 4), "lp++": ("done", 20), "channel-head": ("done", 4),
        "diverged": ("diverged", 0), "branched": ("done", 3), "stopped": ("stopped", 6),
        "interventions": ("done", 16), "killed": ("stale", 20),
    ]

    @Test func everyRunIsListed() throws {
        let earlier = try EarlierState()
        let summaries = try RunHistory(StateDatabase(earlier.state)).summaries()
        #expect(summaries.count == Self.runs.count)
        for summary in summaries {
            let wanted = try #require(Self.runs[summary.record.name ?? ""])
            #expect(summary.state == wanted.state && summary.record.epochs == wanted.epochs, "\(summary.record)")
        }
    }

    @Test func everyCourseIsReadAndExported() throws {
        let earlier = try EarlierState()
        let history = RunHistory(try StateDatabase(earlier.state))
        for (name, wanted) in Self.runs {
            let summary = try history.summary(name)
            let course = try history.course(of: summary.id)
            #expect(course.epochs.count == wanted.epochs, "\(name)")
            #expect(course.batches.count == summary.record.steps, "\(name)")
            #expect(course.pictures.count == 36 && course.description?.name == name && course.zeroShot != nil)
            #expect(try !history.details(of: summary.id).settings.isEmpty)
            let file = earlier.folder.appending(path: "export.csv")
            let exported = try ExportedRun(name, in: history)
            try RunExport(.csv).write([exported], to: OutputFile(file.path))
            // The header, zero-shot, every step, and what a run without steps has at its end.
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").count
            #expect(lines >= 2 + summary.record.steps, "\(name)")
        }
        let interventions = try history.details(of: history.summary("interventions").id).interventions
        #expect(interventions.map(\.afterStep) == [8, 10, 12, 14, 16, 18, 23, 27, 28, 28])
    }

    @Test(arguments: [("stopped", nil as Int?), ("killed", 22)])
    func aRunThatHadNotEndedGoesOn(_ name: String, _ epochs: Int?) throws {
        let earlier = try EarlierState()
        let run = try ResumableRun(name, state: earlier.state, epochs: epochs)
        let session = TrainingSession(resuming: run, state: earlier.state)
        #expect(try finish(session).state == .done)
        #expect(session.report?.epochs.count == epochs ?? 12)
    }

    @Test(arguments: runs.keys.sorted()) func replayingARunGivesItsWeights(_ name: String) throws {
        let earlier = try EarlierState()
        let outcome = try #require(try Replay(name, state: earlier.state).repeatRun { _ in })
        let record = try RunHistory(StateDatabase(earlier.state)).summary(name).record
        #expect(outcome.steps == record.steps && outcome.epochs == record.epochs)
        #expect(outcome.compared.isEmpty == (name == "zero-shot"))
        // Other kernels add in another order: there the last bits may differ, and the outcome says where.
        if OpenBLAS.coreName == EarlierState.openblasCore { #expect(outcome.difference == nil, "\(name)") }
    }

    private func finish(_ session: TrainingSession) throws -> RunResult {
        let arrived = DispatchSemaphore(value: 0)
        session.onEvents { arrived.signal() }
        session.start()
        while true {
            try #require(arrived.wait(timeout: .now() + 60) == .success, "the session fell silent")
            for case .finished(let result) in session.drainEvents() { return result }
        }
    }
}
