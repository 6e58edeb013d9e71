import Foundation

/// One thing that `make benchmark` measures. To add one: a type in a file of its own, and its place in `allMeasurements`.
protocol Measurement: Sendable {
    /// What `--only` calls it.
    var name: String { get }
    /// One line that says what is measured.
    var purpose: String { get }
    /// Measures and stores what was found; what cannot be measured here is left out, with a line that says why.
    func measure(on bench: Workbench, into figures: inout Figures) throws
}

/// In the order in which they run.
let allMeasurements: [any Measurement] = [
    MatrixProductSpeed(), ImageEncoding.visionTransformer, ImageEncoding.residualNetwork, PictureFiles(),
    TowerProfile(),
    TextEncoding(), ModelLoading(), ClipAdapterEpoch(), LinearProbeFit(), DashboardCost(), RunStoreCost(),
]

/// What measurements work with.
struct Workbench {
    /// A Python with the libraries to compare with.
    let python: String?
    /// Where the models are, or are made.
    let models: URL
    /// Whether a rough figure will do.
    let isQuick: Bool

    /// How often contestants take turns.
    var rounds: Int { isQuick ? 3 : 11 }

    /// A peer, or nil with a line that says why there is none.
    func peer(_ script: PeerScript, _ arguments: [String]) throws -> PythonPeer? {
        try python.map { try PythonPeer(python: $0, script: script, arguments: arguments) }
    }
}

/// Those who do the same work, in turns.
struct Contest {
    /// Wall times in milliseconds by name, one a round.
    private(set) var times: [String: [Double]] = [:]

    /// Lets each contestant run once unmeasured, and then in turns.
    /// - Parameter contestants: each returns the milliseconds of one run.
    init(rounds: Int, _ contestants: [(name: String, run: () throws -> Double)]) throws {
        for contestant in contestants { _ = try contestant.run() }
        for _ in 0..<rounds {
            for contestant in contestants {
                // Worker threads of the one before may still be spinning.
                Thread.sleep(forTimeInterval: 0.05)
                times[contestant.name, default: []].append(try contestant.run())
            }
        }
    }

    /// The median time of one contestant.
    func milliseconds(_ name: String) -> Double { median(times[name] ?? []) }

    /// How many times as fast as `other` the contestant was, the median over the rounds.
    func ratio(of name: String, to other: String) -> Double {
        median(zip(times[other] ?? [], times[name] ?? []).map(/))
    }
}
