import Foundation
import TestSupport
import Testing

@testable import Training

/// Records what a steered run says, for the tests of who listens: `CLIPTOP_RECORD=1 swift test --filter RecordedRunTests`.
@Suite struct RecordedRunTests {
    /// A run of six epochs with most of what a user can do to one, NaN and the way out of it among them.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CLIPTOP_RECORD"] != nil))
    func aSteeredRunIsRecorded() throws {
        let harness = try SessionHarness { $0.epochs = 6 }
        harness.session.send(.attended(true))
        let commands: [Int: [RunControl]] = [
            3: [.scale("lr", by: 2), .set("ratio", 0.55)],
            5: [.set("dropout", 0.2), .undo, .checkpoint], 7: [.set("lr", 1e30)],
        ]
        harness.session.send(.pin([2, 10]))
        harness.session.send(.watchRatios(true))
        harness.session.send(.inspect(picture: 2))
        harness.session.send(.pause)
        harness.session.send(.step)
        try harness.follow(react: { event, session in
            switch event {
            case .batch(let record):
                (commands[record.step] ?? []).forEach(session.send)
                session.send(.step)
            case .state(.halted):
                session.send(.restoreCheckpoint(learningRate: 3e-3))
                session.send(.step)
            default: break
            }
        })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let lines = try harness.events.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        // Neither where nor when it was recorded belongs into it.
        let text = lines.joined(separator: "\n").replacing(harness.folder.path, with: "/recorded")
            .replacing(harness.folder.lastPathComponent, with: "recorded")
            .replacing(Fixtures.repository.path, with: "/repository")
            .replacing(/"time":[0-9.]+/, with: "\"time\":0")
        let folder = Fixtures.repository.appending(path: "Tests/Fixtures/events")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try (text + "\n").write(to: folder.appending(path: "steered.jsonl"), atomically: true, encoding: .utf8)
    }
}
