import Dashboard
import Training

/// The curves of runs over their steps, printed.
struct RunCharts {
    let runs: [(name: String, curves: RunCurves)]
    let style: TextStyle

    /// Top-1 and loss on the validation pictures; empty where there is nothing to draw.
    var text: String {
        let last = runs.compactMap { $0.curves.epochs.last?.step }.max() ?? 0
        guard last > 0, runs.contains(where: { $0.curves.epochs.contains { $0.validation != nil } }) else { return "" }
        return [
            chart("top-1 on the validation pictures", last, .fraction, \.top1),
            chart("loss on the validation pictures", last, .loss, \.loss),
        ].joined(separator: "\n\n")
    }

    private func chart(
        _ title: String, _ last: Int, _ unit: PointChart.Unit, _ value: (Evaluation) -> Double
    ) -> String {
        let lines = runs.map { run -> PointChart.Line in
            var line = PointChart.Line(
                name: run.name,
                points: run.curves.epochs.compactMap { epoch in
                    epoch.validation.map { .init(place: Double(epoch.step) / Double(last), value: value($0)) }
                }, hasMarkers: runs.count > 1 || run.curves.epochs.count < 12)
            // Curves of several runs have to be told apart where there are no colours, too.
            line.markerSpacing = max(1, line.points.count / 10)
            return line
        }
        var chart = PointChart(
            title: title, lines: lines,
            ticks: [0, 0.25, 0.5, 0.75, 1].map { .init(place: $0, text: "\(Int((Double(last) * $0).rounded()))") },
            axisName: "steps")
        chart.unit = unit
        // Runs on other pictures have other lines to beat: with several there is none.
        if runs.count == 1, let zeroShot = runs[0].curves.zeroShot {
            let text =
                unit == .fraction ? "\(NumberFormat.percent(zeroShot.top1)) %" : NumberFormat.fixed(zeroShot.loss, 3)
            chart.baseline = (value(zeroShot), "zero-shot \(text)")
        }
        return chart.text(width: style.width, height: 10, glyphs: style.glyphs, colors: style.colors)
    }
}

extension Intervention {
    /// What was done and when, for people.
    var sentence: String { "after step \(afterStep): \(change.words())" + (sender.map { ", by \($0.name)" } ?? "") }
}
