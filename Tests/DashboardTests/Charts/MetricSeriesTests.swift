import Testing

@testable import Dashboard

@Suite struct MetricSeriesTests {
    @Test func memoryIsBoundedAndNoSpikeIsLost() {
        var series = MetricSeries(capacity: 64)
        for step in 1...100_000 { series.append(step == 77_777 ? 50 : step == 31_313 ? -9 : 1, at: step) }
        #expect(series.bins.count <= 64)
        #expect(series.count == 100_000)
        #expect(series.maximum == .init(step: 77_777, value: 50))
        #expect(series.minimum == .init(step: 31_313, value: -9))
        #expect(series.bins.filter { $0.maximum == 50 }.count == 1)
        #expect(series.bins.filter { $0.minimum == -9 }.count == 1)
        #expect(series.binWidth.nonzeroBitCount == 1)
        #expect(series.bins.reduce(0) { $0 + $1.finiteCount } == 100_000)
    }

    @Test func binsStandAtMultiplesOfTheirWidthWheneverTheyWereMade() {
        var series = MetricSeries(capacity: 8)
        for step in 0..<100 { series.append(Double(step), at: step) }
        var late = MetricSeries(capacity: 8)
        for step in 0..<101 { late.append(Double(step), at: step) }
        for bin in series.bins.dropLast() {
            #expect(bin.firstStep % series.binWidth == 0)
            #expect(bin.lastStep == bin.firstStep + series.binWidth - 1)
            #expect((bin.first, bin.last) == (Double(bin.firstStep), Double(bin.lastStep)))
            #expect(late.bins.contains(bin))
        }
    }

    @Test func valuesThatAreNoNumbersAreGapsAndMoveNoAxis() {
        var series = MetricSeries()
        series.append(1, at: 1)
        series.append(.nan, at: 2)
        series.append(.infinity, at: 3)
        series.append(2, at: 4)
        #expect(series.minimum?.value == 1 && series.maximum?.value == 2)
        #expect(series.bins.map(\.finiteCount) == [1, 0, 0, 1])
        #expect(series.bins.map(\.gapCount) == [0, 1, 1, 0])
        #expect(series.latest?.value == 2)
    }

    @Test func aGapSurvivesBeingMerged() {
        var series = MetricSeries(capacity: 2)
        for step in 0..<8 { series.append(step == 3 ? .nan : Double(step), at: step) }
        #expect(series.bins.map(\.gapCount) == [1, 0])
        #expect(series.bins[0].gapStep == 3)
        #expect((series.bins[0].first, series.bins[0].last) == (0, 2))
    }

    @Test func stepsThatGoBackAreIgnored() {
        var series = MetricSeries()
        series.append(1, at: 5)
        series.append(9, at: 4)
        #expect(series.count == 1 && series.maximum?.value == 1)
    }
}

@Suite struct ChartAxisTests {
    @Test(arguments: [
        (0.38, 2.08, ChartScale.loss), (0.703, 0.859, .percent), (0, 0, .loss), (1, 1, .percent), (0.66, 0.7, .seconds),
        (1e-9, 1e9, .loss), (1e17, 1e17 + 16, .loss),
    ])
    func roundEndsEncloseTheValues(_ minimum: Double, _ maximum: Double, _ scale: ChartScale) {
        let axis = ChartAxis(minimum: minimum, maximum: maximum, scale: scale)
        #expect(axis.position(minimum) >= -1e-9 && axis.position(maximum) <= 1 + 1e-9)
        #expect(axis.high > axis.low && axis.low >= 0)
        if scale == .percent { #expect(axis.high <= 1 + 1e-9) }
        for rows in 2...30 {
            let labels = axis.labels(rows: rows)
            #expect(labels.first?.row == 0 && labels.last?.row == rows - 1)
            #expect(zip(labels, labels.dropFirst()).allSatisfy { $1.row - $0.row >= 2 } || labels.count == 2)
        }
    }

    @Test func extremeValuesHaveAPlaceToo() {
        let extremes = [-1e308, -1, 0, 1e-300, 1, 1e308]
        for scale in [ChartScale.loss, .percent, .rate, .seconds] {
            for minimum in extremes {
                for maximum in extremes where maximum >= minimum {
                    let axis = ChartAxis(minimum: minimum, maximum: maximum, scale: scale)
                    for value in extremes { #expect(axis.position(value).isFinite) }
                    #expect(axis.labels(rows: 9).count >= 2)
                }
            }
        }
    }

    @Test func ratesHaveALogarithmicAxisWithRoundEnds() {
        let axis = ChartAxis(minimum: 0.003, maximum: 0.006, scale: .rate)
        #expect(axis.labels(rows: 5).map(\.text) == ["1.0e-2", "2.0e-3"])
        #expect(axis.position(0.003) > 0 && axis.position(0.006) < 1)
    }

    @Test func theHorizontalAxisIsThePlannedEndHalvedWhileTheCurveFits() {
        #expect(ChartDomain.end(step: 1, planned: 80) == 20)
        #expect(ChartDomain.end(step: 20, planned: 80) == 20)
        #expect(ChartDomain.end(step: 21, planned: 80) == 40)
        #expect(ChartDomain.end(step: 80, planned: 80) == 80)
        #expect(ChartDomain.end(step: 90, planned: 80) == 90)
        #expect(ChartDomain.end(step: 0, planned: 0) == 1)
        for step in 1...5000 {
            let end = ChartDomain.end(step: step, planned: 5000)
            #expect(end >= step)
        }
    }
}
