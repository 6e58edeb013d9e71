import FewShot
import TestSupport
import Testing

/// The checks there are, by the method a case names. A new check is one file beside this one and one line here.
enum MethodChecks {
    /// Compares a case with what the program computes: one line per difference, none if it agrees.
    typealias Check = @Sendable (MethodCase) throws -> [String]

    static let table: [String: Check] = [
        "channel re-weighting head": ChannelHeadCheck.run,
        "clip-adapter": ClipAdapterCheck.run,
        "cross-modal-probe": CrossModalProbeCheck.run,
        "linear-probe": LinearProbeCheck.run,
        "lp++": LPPlusPlusCheck.run,
        "metrics": MetricsCheck.run,
        "optimisers": OptimiserCheck.run,
        "sampling": SamplingCheck.run,
        "schedules": ScheduleCheck.run,
        "taskres": TaskResCheck.run,
        "tip-adapter": TipAdapterCheck.run,
        "tip-adapter-f": TipAdapterCheck.run,
        "zero-shot": PromptEnsembleCheck.run,
    ]
}

/// The few-shot methods against trajectories of the reference implementations.
@Suite struct MethodConformanceTests {
    static let checked = Result { try MethodCase.all().filter { MethodChecks.table[$0.description.method] != nil } }
    static let unchecked = Result { try MethodCase.all().filter { MethodChecks.table[$0.description.method] == nil } }

    @Test("There are cases")
    func presence() throws {
        #expect(!(try Self.checked.get().isEmpty), "no case under \(Fixtures.reference.path)/methods can be checked")
    }

    @Test("The trajectory is the reference's", arguments: try checked.get())
    func trajectory(_ test: MethodCase) throws {
        let check = try #require(MethodChecks.table[test.description.method])
        for problem in try check(test) { Issue.record("\(problem)") }
    }

    @Test("A case without a check is of a method that this program does not have", arguments: try unchecked.get())
    func withoutCheck(_ test: MethodCase) {
        let method = test.description.method
        #expect(MethodName(rawValue: method) == nil)
        reportSkipped("methods/\(test.description.case)", because: "the program has no \(method)")
    }
}
