import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// A comparison for people: the table, what there is to know about it, and the curves.
struct ComparisonReport {
    let comparison: Comparison

    init(_ comparison: Comparison) { self.comparison = comparison }

    private var plan: ComparisonPlan { comparison.plan }
    private var hasIntervals: Bool { plan.seeds.count > 1 }

    /// Top-1 of every method at every number of shots.
    var table: String {
        let title = "top-1 on test, %\(hasIntervals ? ", mean of \(plan.seeds.count) seeds ± 95 % interval" : "")"
        var table = TextTable(
            [("", .left)]
                + plan.shots.map { shots in
                    let mark = comparison.cappedClasses[shots] == nil ? "" : "*"
                    return ("\(shots) \(shots == 1 ? "shot" : "shots")\(mark)", .right)
                })
        // As a row of its own only where it is not one of the methods.
        if !plan.configurations.contains(where: { $0.method.name == .zeroShot }),
            let zeroShot = comparison.zeroShotTop1
        {
            table.add(["zero-shot"] + plan.shots.map { _ in figure(zeroShot) })
        }
        for (method, configuration) in plan.configurations.enumerated() {
            table.add([configuration.method.name.rawValue] + plan.shots.map { cell(method, shots: $0) })
        }
        return ([title, table.text] + notes).joined(separator: "\n")
    }

    private func figure(_ statistics: SeedStatistics) -> String {
        let mean = NumberFormat.percent(statistics.mean)
        return statistics.count > 1 ? "\(mean) ± \(NumberFormat.percent(statistics.interval))" : mean
    }

    /// A cell with what is missing in it: `!` for runs that failed, the number of seeds where some are still open.
    private func cell(_ method: Int, shots: Int) -> String {
        let cells = comparison.cells(method: method, shots: shots)
        let failed = cells.contains { $0.failure != nil } ? "!" : ""
        let open = cells.count < plan.seeds.count ? " (\(cells.count)/\(plan.seeds.count))" : ""
        guard let statistics = comparison.top1(method: method, shots: shots) else {
            return (failed.isEmpty ? "-" : failed) + open
        }
        return figure(statistics) + failed + open
    }

    private var notes: [String] {
        var notes: [String] = []
        let counts = comparison.zeroShot.values.map(\.count)
        if let fewest = counts.min(), let most = counts.max() {
            let range = fewest == most ? "\(fewest)" : "\(fewest) to \(most)"
            notes.append("on \(range) test pictures\(hasIntervals ? " a seed" : ""), the same for all shots of a seed")
        }
        for shots in plan.shots {
            guard let capped = comparison.cappedClasses[shots] else { continue }
            notes.append(
                "* \(capped.count) of \(comparison.classNames.count) classes cannot give \(shots) and give what they have: "
                    + names(capped))
        }
        if !comparison.classesShortOfTest.isEmpty {
            notes.append(
                "fewer than \(NestedSplits.leastTestPictures) test pictures: \(names(comparison.classesShortOfTest))")
        }
        for failure in comparison.failures {
            notes.append(
                "! \(failure.method), \(failure.shots) shots, seed \(failure.seed): \(printable(failure.failure ?? ""))"
            )
        }
        return notes
    }

    /// The first few names.
    private func names(_ labels: [Int]) -> String {
        let shown = labels.prefix(6).map { printable(comparison.classNames[$0]) }.joined(separator: ", ")
        return labels.count > 6 ? "\(shown) and \(labels.count - 6) more" : shown
    }

    /// Top-1 against shots; nil for a single number of shots, of which there is no curve.
    func chart(width: Int, height: Int, glyphs: Glyphs, colors: ColorDepth) -> String? {
        guard plan.shots.count > 1 else { return nil }
        let last = Double(plan.shots.count - 1)
        let lines = plan.configurations.indices.compactMap { method -> PointChart.Line? in
            let name = plan.configurations[method].method.name
            guard name != .zeroShot else { return nil }
            let points = plan.shots.enumerated().map { index, shots in
                PointChart.Point(
                    place: Double(index) / last, value: comparison.top1(method: method, shots: shots)?.mean ?? .nan)
            }
            return PointChart.Line(name: name.rawValue, points: points)
        }
        var chart = PointChart(
            title: "top-1 on test against shots a class", lines: lines,
            ticks: plan.shots.enumerated().map { .init(place: Double($0) / last, text: "\($1)") }, axisName: "shots")
        if let zeroShot = comparison.zeroShotTop1 {
            chart.baseline = (zeroShot.mean, "zero-shot \(NumberFormat.percent(zeroShot.mean)) %")
        }
        return chart.text(width: width, height: height, glyphs: glyphs, colors: colors)
    }
}
