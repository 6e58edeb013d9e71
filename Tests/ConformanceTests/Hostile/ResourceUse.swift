import Foundation

/// What a piece of work costs.
struct ResourceUse {
    let seconds: Double
    /// How far the resident memory of the process rose.
    let megabytes: Double

    /// Measures `body`.
    ///
    /// Other tests may take memory and time meanwhile, so where it looks like much, it is repeated, and the best counts.
    static func measure(_ body: () -> Void) -> ResourceUse {
        var best = ResourceUse(seconds: .infinity, megabytes: .infinity)
        for _ in 0..<3 where best.megabytes > 100 || best.seconds > 1 {
            // Writing 5 sets the peak back to the present.
            try? Data("5".utf8).write(to: URL(filePath: "/proc/self/clear_refs"))
            let before = status("VmRSS")
            let time = ContinuousClock().measure(body)
            let use = ResourceUse(seconds: time / .seconds(1), megabytes: (status("VmHWM") - before) / 1024)
            best = ResourceUse(
                seconds: min(best.seconds, use.seconds), megabytes: min(best.megabytes, use.megabytes))
        }
        return best
    }

    /// A line of `/proc/self/status`, in kB.
    private static func status(_ name: String) -> Double {
        let text = (try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
    }
}
