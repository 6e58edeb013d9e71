import StateFixtures
import Testing
import Training

/// Results of comparisons of the first version are wrong: nothing uses them.
@Suite struct EarlierComparisonTests {
    @Test func mergingThemIsRefusedInOneLine() throws {
        let earlier = try EarlierState()
        #expect(try StoredComparisons(earlier.state).comparisons().isEmpty)
        let merge = try Program.run(
            ["compare", "merge", earlier.state.database.path], home: earlier.folder, files: earlier.folder)
        #expect(merge.status == 1)
        #expect(merge.errors.contains("made by an older cliptop, whose results are wrong"), "\(merge.errors)")
        #expect(merge.errors.split(separator: "\n").count == 1 && merge.output.isEmpty, "\(merge.errors)")
    }
}
