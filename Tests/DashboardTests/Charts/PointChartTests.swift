import Testing

@testable import Dashboard

@Suite struct PointChartTests {
    private var chart: PointChart {
        let places = [0, 0.5, 1]
        func line(_ name: String, _ values: [Double]) -> PointChart.Line {
            PointChart.Line(name: name, points: zip(places, values).map { .init(place: $0, value: $1) })
        }
        var chart = PointChart(
            title: "top-1 against shots", lines: [line("probe", [0.5, 0.7, 0.9]), line("adapter", [0.7, 0.8, 0.85])],
            ticks: zip(places, ["1", "2", "4"]).map { .init(place: $0, text: $1) }, axisName: "shots")
        chart.baseline = (0.65, "zero-shot 65.0 %")
        return chart
    }

    @Test func curvesInBraille() {
        #expect(chart.text(width: 40, height: 7, glyphs: .full, colors: .none) == Self.braille)
    }

    @Test func curvesInASCII() {
        #expect(chart.text(width: 40, height: 7, glyphs: .ascii, colors: .none) == Self.ascii)
    }

    @Test func coloursAreEscapeSequencesThatEndWithTheirLine() {
        let text = chart.text(width: 40, height: 7, glyphs: .full, colors: .ansi16)
        #expect(text.contains("\u{1b}[0;32m●") && text.contains("\u{1b}[0;36m■"))
        for line in text.split(separator: "\n") {
            let last = line.matches(of: #/\u{1b}\[[0-9;]*m/#).last.map { String($0.output) }
            #expect(last == nil || last == "\u{1b}[0m", "\(line) leaves its colour to the next line")
        }
        let bare = text.replacing(#/\u{1b}\[[0-9;]*m/#, with: "")
        #expect(bare == Self.braille)
    }

    @Test func aMissingPointIsAGap() {
        var chart = chart
        chart.lines[0].points[1].value = .nan
        chart.lines.removeLast()
        let text = chart.text(width: 40, height: 7, glyphs: .ascii, colors: .none)
        let field = text.split(separator: "\n").filter { $0.contains("|") }.joined()
        #expect(field.count { $0 == "o" } == 2)
        #expect(!field.contains("."))
    }

    @Test func nothingToDrawIsSaid() {
        let chart = PointChart(title: "top-1", lines: [], ticks: [], axisName: "shots")
        #expect(chart.text(width: 40, height: 7, glyphs: .full, colors: .none) == "top-1: nothing to draw")
    }

    @Test(arguments: [0, 1, 20, 300], [0, 1, 5, 100]) func noSizeIsTooSmall(width: Int, height: Int) {
        #expect(!chart.text(width: width, height: height, glyphs: .full, colors: .none).isEmpty)
    }

    private static let braille = """
        top-1 against shots
          95 │                             ⢀●
             │                  ⢀⣀⣀⣀⣀⠤⠤⠤⠤⠤⠒⠒■
             │       ⢀⣀⣀⠤⠤⠔⠒⠒⠉■⠉⠁⢀⡠⠤⠒⠉⠁
          70 │ ■⠔⠒⠒⠉⠉⠁      ⣀⡠●⠒⠉⠁
             │╌╌╌╌╌╌╌╌⣀⡠⠤⠒⠊⠉╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
             │  ⣀⡠⠤⠒⠊⠉
          45 │ ●
           % ╰────────────────────────────────
               1              2             4
              ● probe   ■ adapter
              ╌ zero-shot 65.0 %
        """
    private static let ascii = """
        top-1 against shots
          95 |
             |                       .......x
             |         .......x..........
          70 | x.......    ...o...
             |-----........-------------------
             | o...
          45 |
           % +--------------------------------
               1              2             4
              o probe   x adapter
              - zero-shot 65.0 %
        """
}
