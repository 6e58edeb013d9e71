import Dashboard
import FewShot
import Foundation
import Pictures
import Training

/// A comparison for people: the table, what there is to know about it, and the curves.
struct ComparisonReport {
    let comparison: Comparison

    init(_ comparison: Comparison) { self.comparison = comparison }

    private var grid: ComparisonGrid { comparison.grid }
    private var description: ComparisonDescription { comparison.description }
    private var hasIntervals: Bool { grid.seeds.count > 1 }

    /// Top-1 of every method at every number of shots.
    var table: String {
        let title = "top-1 on test, %\(hasIntervals ? ", mean of \(grid.seeds.count) seeds" : "")"
        var table = TextTable(
            [("", .left)]
                + grid.shots.map { shots in
                    let mark = description.cappedClasses[shots] == nil ? "" : "*"
                    return ("\(shots) \(shots == 1 ? "shot" : "shots")\(mark)", .right)
                })
        // As a row of its own only where it is not one of the methods.
        if !grid.methods.contains(MethodRegistry.baseline),
            let zeroShot = comparison.zeroShotTop1
        {
            table.add(["zero-shot"] + grid.shots.map { _ in figure(zeroShot) })
        }
        for (method, name) in grid.methods.enumerated() {
            table.add([name.rawValue] + grid.shots.map { cell(method, shots: $0) })
        }
        return ([title, table.text] + notes).joined(separator: "\n")
    }

    private func figure(_ statistics: SeedStatistics) -> String {
        let mean = NumberFormat.percent(statistics.mean)
        return statistics.interval.map { "\(mean) ± \(NumberFormat.percent($0))" } ?? mean
    }

    /// A cell with what is missing in it: `!` for runs that failed, the number of seeds where some are still open.
    private func cell(_ method: Int, shots: Int) -> String {
        let summary = comparison.summary(method: method, shots: shots)
        let failed = summary.failed > 0 ? "!" : ""
        let open = summary.isComplete ? "" : " (\(summary.finished)/\(summary.seeds))"
        guard let statistics = summary.top1 else { return (failed.isEmpty ? "-" : failed) + open }
        return figure(statistics) + failed + open
    }

    private var notes: [String] {
        var notes: [String] = []
        if hasIntervals {
            let hasGaps = grid.methods.indices.contains { method in
                grid.shots.contains { comparison.top1(method: method, shots: $0)?.count ?? 0 < grid.seeds.count }
            }
            notes.append(
                "± is the 95 % Student t interval over \(grid.seeds.count) seeds"
                    + (hasGaps ? ", fewer where runs failed or are open" : ""))
        }
        let counts = description.zeroShot.values.map(\.count)
        if let fewest = counts.min(), let most = counts.max() {
            let range = fewest == most ? "\(fewest)" : "\(fewest) to \(most)"
            notes.append("on \(range) test pictures\(hasIntervals ? " a seed" : ""), the same for all shots of a seed")
            let checksums = grid.seeds.compactMap { seed in description.testChecksums[seed].map { "seed \(seed) \($0)" }
            }
            notes.append("checksum of the test pictures: \(checksums.joined(separator: ", "))")
        }
        notes.append(
            "'cliptop train --nested \(grid.shots.last ?? 1) --method M --shots S --seed N' with the other options given "
                + "here repeats one run")
        notes += validationNotes
        for shots in grid.shots {
            guard let capped = description.cappedClasses[shots] else { continue }
            notes.append(
                "* \(capped.count) of \(description.classNames.count) classes cannot give \(shots) and give what they have: "
                    + names(capped))
        }
        if !description.classesShortOfTest.isEmpty {
            notes.append(
                "fewer than \(NestedSplits.leastTestPictures) test pictures: \(names(description.classesShortOfTest))")
        }
        for failure in comparison.failures {
            notes.append(
                "! \(failure.method), \(failure.shots) \(failure.shots == 1 ? "shot" : "shots"), seed \(failure.seed): \(printable(failure.failure ?? ""))"
            )
        }
        return notes
    }

    /// On how many pictures methods could choose, and where there were too few.
    private var validationNotes: [String] {
        var notes: [String] = []
        let counts = comparison.results.values.map(\.validationImages)
        if let fewest = counts.min(), let most = counts.max(), most > 0 {
            notes.append(
                "choices are made on \(fewest == most ? "\(fewest)" : "\(fewest) to \(most)") validation pictures"
                    + (hasIntervals ? " a seed" : ""))
        }
        let without = description.shotsWithoutValidation
        if !without.isEmpty {
            let place =
                without == grid.shots ? "" : " at \(without.map(String.init).joined(separator: ", ")) shots a class"
            notes.append("no validation pictures\(place): nothing could be chosen on them")
        } else if !description.classesShortOfValidation.isEmpty {
            let short = description.classesShortOfValidation.sorted { $0.key < $1.key }
            let shown = short.prefix(6).map { "\(printable(description.classNames[$0.key])) \($0.value)" }
            notes.append(
                "fewer validation pictures than asked for: " + shown.joined(separator: ", ")
                    + (short.count > 6 ? " and \(short.count - 6) more classes" : ""))
        }
        return notes
    }

    /// The first few names.
    private func names(_ labels: [Int]) -> String {
        let shown = labels.prefix(6).map { printable(description.classNames[$0]) }.joined(separator: ", ")
        return labels.count > 6 ? "\(shown) and \(labels.count - 6) more" : shown
    }

    /// Top-1 against shots; nil for a single number of shots, of which there is no curve.
    func chart(width: Int, height: Int, glyphs: Glyphs, colors: ColorDepth) -> String? {
        guard grid.shots.count > 1 else { return nil }
        let last = Double(grid.shots.count - 1)
        let lines = grid.methods.indices.compactMap { method -> PointChart.Line? in
            let name = grid.methods[method]
            guard name != MethodRegistry.baseline else { return nil }
            let points = grid.shots.enumerated().map { index, shots in
                PointChart.Point(
                    place: Double(index) / last, value: comparison.top1(method: method, shots: shots)?.mean ?? .nan)
            }
            return PointChart.Line(name: name.rawValue, points: points)
        }
        var chart = PointChart(
            title: "top-1 on test against shots a class", lines: lines,
            ticks: grid.shots.enumerated().map { .init(place: Double($0) / last, text: "\($1)") }, axisName: "shots")
        if let zeroShot = comparison.zeroShotTop1 {
            chart.baseline = (zeroShot.mean, "zero-shot \(NumberFormat.percent(zeroShot.mean)) %")
        }
        return chart.text(width: width, height: height, glyphs: glyphs, colors: colors)
    }
}
