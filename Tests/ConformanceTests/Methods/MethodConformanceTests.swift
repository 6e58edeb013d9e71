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
        "linear-probe": LinearProbeCheck.run,
        "lp++": LPPlusPlusCheck.run,
        "metrics": MetricsCheck.run,
        "optimisers": OptimiserCheck.run,
        "sampling": SamplingCheck.run,
        "schedules": ScheduleCheck.run,
        "tip-adapter": TipAdapterCheck.run,
        "tip-adapter-f": TipAdapterCheck.run,
        "zero-shot": PromptEnsembleCheck.run,
    ]
}

/// The few-shot methods against trajectories of the reference implementations.
@Suite struct MethodConformanceTests {
    @Test("There are cases, and checks for some of them")
    func presence() throws {
        #expect(
            try MethodCase.all().contains { MethodChecks.table[$0.description.method] != nil },
            "no case under \(Fixtures.reference.path)/methods can be checked")
    }

    @Test("The trajectory is the reference's", arguments: try MethodCase.all())
    func trajectory(_ test: MethodCase) throws {
        let method = test.description.method
        guard let check = MethodChecks.table[method] else {
            #expect(MethodName(rawValue: method) == nil, "\(method) is a method of this program without a check")
            try skip("\(method) is not part of this program")
        }
        for problem in try check(test) { Issue.record("\(problem)") }
    }
}
