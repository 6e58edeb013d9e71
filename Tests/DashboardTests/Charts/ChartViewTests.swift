import Foundation
import Testing
import Training

@testable import Dashboard

/// Zoom, cross-hair, smoothing: what is in sight of a run and what is done to its curves.
@Suite struct ChartViewTests {
    /// A run of `steps` batches whose losses are `loss(step)`.
    private func run(steps: Int, loss: (Int) -> Double = { 1 / Double($0) }) -> RunModel {
        var run = RunModel()
        for step in 1...steps {
            run.apply(
                .batch(
                    BatchRecord(
                        step: step, epoch: 1, batch: step, loss: loss(step), learningRate: 1e-3, samplesPerSecond: 100)
                ))
        }
        return run
    }

    @Test func aConstantStaysTheConstantHoweverSmooth() throws {
        let run = run(steps: 50) { _ in 2.5 }
        for smoothing in Smoothing.allCases where smoothing != .none {
            let series = try #require(run.smoothed(.batchLoss, smoothing))
            #expect(abs(try #require(series.minimum).value - 2.5) < 1e-12)
            #expect(abs(try #require(series.maximum).value - 2.5) < 1e-12)
        }
    }

    @Test func smoothingIsTheDebiasedMeanOfEveryValue() throws {
        let losses = (1...300).map { 1 + sin(Double($0)) }
        let run = run(steps: 300) { losses[$0 - 1] }
        var (mean, weight) = (0.0, 0.0)
        for loss in losses {
            mean = 0.9 * mean + 0.1 * loss
            weight = 0.9 * weight + 0.1
        }
        let series = try #require(run.smoothed(.batchLoss, .medium))
        #expect(abs(try #require(series.latest).value - mean / weight) < 1e-12)
    }

    @Test func aValueThatIsNoNumberIsAGapInTheMeanAndNoMore() throws {
        let run = run(steps: 20) { $0 == 10 ? .nan : 3 }
        let series = try #require(run.smoothed(.batchLoss, .strong))
        #expect(abs(try #require(series.latest).value - 3) < 1e-12)
        #expect(series.bins.filter { $0.gapCount > 0 }.map(\.gapStep) == [10])
    }

    @Test func zoomingKeepsTheNewestStepInSight() {
        let run = run(steps: 1000)
        var view = ChartView()
        #expect(ChartDomain(run, view) == ChartDomain(run))
        var width = ChartDomain(run, view).width
        for _ in 0..<10 {
            view.zoom(by: 1, run: run)
            let domain = ChartDomain(run, view)
            #expect(domain.start < 1000 && domain.end >= 1000)
            #expect(domain.width <= width && domain.width >= ChartDomain.fewestSteps)
            width = domain.width
        }
        #expect(width < 32)
        view.zoom(by: -20, run: run)
        #expect(ChartDomain(run, view) == ChartDomain(run))
    }

    @Test func panningStopsAtTheStartAndFollowsAgainAtTheEnd() {
        let run = run(steps: 1000)
        var view = ChartView()
        view.pan(by: -1, run: run)
        #expect(view.lastStep == nil, "the whole run is in sight")
        view.zoom(by: 3, run: run)
        for _ in 0..<100 { view.pan(by: -1, run: run) }
        #expect(ChartDomain(run, view).start == 0)
        for _ in 0..<100 { view.pan(by: 1, run: run) }
        #expect(view.lastStep == nil && ChartDomain(run, view).end >= 1000)
    }

    @Test func theCrosshairStaysInSightAndReadsItsStep() throws {
        let run = run(steps: 1000)
        var view = ChartView()
        view.toggleCrosshair(run: run)
        #expect(view.crosshair == 1000)
        view.moveCrosshair(toEnd: false, run: run)
        view.zoom(by: 4, run: run)
        for _ in 0..<1000 {
            view.moveCrosshair(by: 1, run: run)
            let (step, domain) = (try #require(view.crosshair), ChartDomain(run, view))
            #expect((domain.start...domain.end).contains(step))
        }
        #expect(view.crosshair == 1000)
        view.moveCrosshair(by: -1_000_000, run: run)
        #expect(view.crosshair == 1)
        let chart = CurveChart(.batchLoss, of: run, view: view, .full)
        #expect(chart.value.map(\.text).joined().contains("1.00"))
        #expect(chart.position.text == "at step 1")
    }

    @Test func escapeSetsBackOneThingAtATime() {
        let run = run(steps: 1000)
        var view = ChartView()
        view.toggleFullScreen()
        view.zoom(by: 2, run: run)
        view.toggleCrosshair(run: run)
        view.stepBack()
        #expect(view.crosshair == nil && view.zoom == 2)
        view.stepBack()
        #expect(view.zoom == 0 && view.isFullScreen)
        view.stepBack()
        #expect(!view.isFullScreen && !view.isChanged)
    }

    @Test func whatIsNotAboveZeroIsAGapInALogarithmicChart() {
        let run = run(steps: 40) { $0 % 2 == 0 ? 0 : 0.5 }
        var view = ChartView()
        view.toggleLogarithmic()
        let chart = CurveChart(.batchLoss, of: run, view: view, .full)
        #expect(chart.scale == .logarithmic && chart.title.contains("log"))
        var canvas = Canvas(width: 60, height: 12)
        LearningCurvePane.draw(chart, .full, into: &canvas)
        let nothing = self.run(steps: 4) { _ in 0 }
        #expect(CurveChart(.batchLoss, of: nothing, view: view, .full).scale == .loss, "no logarithm of nothing")
    }

    @Test func binsAreFoundByStep() {
        var series = MetricSeries(capacity: 8)
        #expect(series.bin(at: 3) == nil)
        for step in 1...100 { series.append(Double(step), at: step) }
        for step in 1...100 {
            let bin = series.bin(at: step)
            #expect(bin.map { $0.firstStep <= step && step <= $0.lastStep } == true)
        }
        #expect(series.bin(at: 0) == nil)
        #expect(series.bin(at: 1000) == series.bins.last)
        let extremes = series.extremes(from: 90, through: 100, onlyPositive: true)
        #expect(extremes?.maximum == 100 && extremes?.minimum ?? 0 > 64)
    }

    @Test(arguments: [(30, 8), (80, 24), (200, 60)]) func oneChartFillsTheScreen(columns: Int, rows: Int) {
        let layout = TrainLayout(columns: columns, rows: rows, fullScreen: .top1)
        #expect(layout.charts.map(\.chart) == [.top1])
        #expect(layout.charts.first?.place.width == columns && layout.charts.first?.place.height == rows - 3)
        #expect(layout.prediction == nil && layout.footer != nil)
    }
}
