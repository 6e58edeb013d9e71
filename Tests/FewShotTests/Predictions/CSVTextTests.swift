import FewShot
import Testing

@Suite struct CSVTextTests {
    @Test func quotesWhatNeedsIt() {
        #expect(CSVText.line(["a", "b,c", "d\"e", "f\ng", "", "ü"]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",,ü\n")
    }

    @Test func numbersHaveSixDigitsAndNothingIsNotANumber() {
        #expect([0.123456789, 1, 1e-9, 65.25].map { CSVText.number($0) } == ["0.123457", "1", "1e-09", "65.25"])
        #expect(CSVText.number(nil).isEmpty && CSVText.number(.nan).isEmpty && CSVText.number(.infinity).isEmpty)
    }
}
