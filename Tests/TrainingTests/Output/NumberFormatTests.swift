import FewShot
import Pictures
import Testing

@testable import Training

@Suite struct NumberFormatTests {
    @Test(arguments: [
        (3e-3, "3.0e-3"), (1, "1.0e0"), (9.97e-4, "1.0e-3"), (0.00012345, "1.2e-4"), (0, "0"), (Double.nan, "NaN"),
    ])
    func rates(value: Double, text: String) { #expect(NumberFormat.rate(value) == text) }

    /// What is no number must not look like one: `-nan` and `inf` are what C prints.
    @Test(arguments: [(Double.nan, "NaN"), (-.nan, "NaN"), (.infinity, "infinite"), (-.infinity, "infinite")])
    func whatIsNoNumberIsAWord(value: Double, text: String) {
        #expect(NumberFormat.fixed(value, 2) == text && NumberFormat.percent(value) == text)
        #expect(NumberFormat.rate(value) == text)
    }

    @Test(arguments: [
        (9.4, "0:09"), (59.6, "1:00"), (3723, "1:02:03"), (-1, "-:--"), (Double.infinity, "-:--"),
    ])
    func durations(seconds: Double, text: String) { #expect(NumberFormat.duration(seconds) == text) }
}

@Suite struct ConfigurationTests {
    @Test func refusesWhatMakesNoSense() {
        var configuration = TrainingConfiguration(model: .init(filePath: "m"), data: .init(filePath: "d"))
        #expect(throws: Never.self) { try configuration.validate() }
        configuration.shots = 0
        #expect(throws: ConfigurationError(option: "shots", value: "0", wants: "a whole number from 1")) {
            try configuration.validate()
        }
        configuration.shots = 1
        for rate in [Double.nan, .infinity, 0, -1] {
            configuration.learningRate = rate
            #expect(throws: ConfigurationError.self) { try configuration.validate() }
        }
    }
}
