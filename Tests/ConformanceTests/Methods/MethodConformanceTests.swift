import TestSupport
import Testing

/// The checks there are, by the method a case names. A new check is one file beside this one and one line here.
enum MethodChecks {
    /// Compares a case with what we compute: one line per difference, none if it agrees; nil for a variant of the method
    /// that is not built yet.
    typealias Check = @Sendable (MethodCase) throws -> [String]?

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

    /// Methods that come later, and why: they need gradients through the towers, or views of the test pictures, or are
    /// tools around the methods.
    static let later: Set<String> = [
        "coop", "clip-lora", "mta", "ood", "t-sne", "channel re-weighting head, joint with prompts (DePT)",
    ]
}

/// The few-shot methods against trajectories of the reference implementations.
@Suite struct MethodConformanceTests {
    @Test func trajectoriesAgree() throws {
        let cases = try MethodCase.all()
        #expect(!cases.isEmpty, "no cases under \(Fixtures.reference.path)/methods")
        var checked = 0
        for test in cases {
            let (name, method) = (test.description.case, test.description.method)
            guard let check = MethodChecks.table[method] else {
                if MethodChecks.later.contains(method) {
                    print("conformance: skipped \(name): \(method) comes later")
                } else {
                    Issue.record("\(name): there is no check for the method \(method)")
                }
                continue
            }
            guard let problems = try check(test) else {
                print("conformance: skipped \(name): this variant of \(method) is not built yet")
                continue
            }
            checked += 1
            for problem in problems { Issue.record("\(name): \(problem)") }
        }
        #expect(checked > 0, "no case could be checked")
        print("conformance: \(checked) of \(cases.count) method cases checked")
    }
}
