import Foundation
import TestSupport
import Testing

@testable import Training
@testable import cliptop

/// A comparison in parts, by hand: as a user with several machines does it.
@Suite struct ShardProgramTests {
    private func data(_ home: URL) throws -> [String] {
        ["--data", try smallSample(in: home).path, "--model", Fixtures.samples.appending(path: "Model").path]
    }
    private let grid = [
        "--methods", "zero-shot,clip-adapter,tip-adapter", "--shots", "1,2", "--seeds", "1,2", "--epochs", "2",
        "--batch-size", "8",
    ]

    @Test func thePartsComeTogetherToTheWhole() throws {
        try withHome { home in
            let folder = home.appending(path: "parts")
            let data = try data(home)
            let csv = (whole: home.appending(path: "whole.csv"), merged: home.appending(path: "merged.csv"))
            let whole = try Program.run(["compare"] + data + grid + ["--csv", csv.whole.path], home: home)
            #expect(whole.status == 0, "\(whole.errors)")
            for task in 0..<3 {
                let part = try Program.run(
                    ["compare"] + data + grid + ["--shard", "\(task)/3", "--shard-folder", folder.path], home: home)
                #expect(part.status == 0, "\(part.errors)")
                #expect(part.output.contains("part \(task == 0 ? 3 : task)/3: 4 runs in"), "\(part.output)")
            }
            let files = (1...3).map { folder.appending(path: "cliptop-compare-\($0)-of-3.sqlite").path }
            let elsewhere = home.appending(path: "elsewhere")
            let merged = try Program.run(
                ["compare", "merge"] + files + ["--csv", csv.merged.path], home: home,
                environment: ["CLIPTOP_HOME": elsewhere.path])
            #expect(merged.status == 0, "\(merged.errors)")
            #expect(try Self.rows(csv.merged) == Self.rows(csv.whole))
            #expect(Self.table(merged.output) == Self.table(whole.output))
            // The merge is kept: nothing is left to be trained where it was made.
            let again = try Program.run(
                ["compare"] + data + grid, home: home, environment: ["CLIPTOP_HOME": elsewhere.path])
            #expect(again.output.contains("0 runs in") && again.output.contains("12 found from before"))

            let less = try Program.run(["compare", "merge", files[0], files[2]], home: home)
            #expect(less.status == 1)
            #expect(less.errors.contains("4 of 12 runs are missing; no file of part 2/3 was given"), "\(less.errors)")
            #expect(less.errors.contains("  clip-adapter, 2 shots, seed 1"), "\(less.errors)")
            #expect(less.output.contains("(1/2)"))
        }
    }

    /// The row of every run but for the time it took.
    static func rows(_ csv: URL) throws -> [[Substring]] {
        let rows = try String(contentsOf: csv, encoding: .utf8).split(separator: "\n").map {
            $0.split(separator: ",", maxSplits: 9, omittingEmptySubsequences: false)
        }
        return rows.map { row in row.enumerated().filter { $0.offset != 8 }.map(\.element) }
    }

    /// Everything printed but for the line of figures at the end.
    private static func table(_ output: String) -> [Substring] { output.split(separator: "\n").dropLast() }

    @Test func featuresOfEncodedPartsAreTakenFromTheFolder() throws {
        try withHome { home in
            let folder = home.appending(path: "parts").path
            let data = try data(home)
            for part in ["0/2", "1/2"] {
                let encoded = try Program.run(
                    ["encode"] + data + ["--shard", part, "--shard-folder", folder], home: home)
                #expect(
                    encoded.status == 0 && encoded.output.contains("18 pictures: 18 encoded"), "\(encoded.errors)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["cliptop-encode-1-of-2.sqlite", "cliptop-encode-2-of-2.sqlite"])
            let part = try Program.run(
                ["compare"] + data + ["--methods", "zero-shot", "--shots", "1", "--seeds", "1"]
                    + ["--shard", "1/1", "--shard-folder", folder], home: home)
            #expect(part.status == 0, "\(part.errors)")
            let shown = try Program.run(["cache", "show", "--json"], home: home)
            #expect(shown.output.contains("\"pictures\" : 36"), "\(shown.output)")
            let merged = try Program.run(
                ["cache", "merge"] + names.map { "\(folder)/\($0)" }, home: home,
                environment: ["CLIPTOP_HOME": home.appending(path: "elsewhere").path])
            #expect(merged.status == 0 && merged.output.contains("18 features added"), "\(merged.errors)")
        }
    }

    @Test(arguments: [
        (["compare", "merge"], "wants the files of shards", Int32(2)),
        (["compare", "merge", "--lr", "1"], "--lr", 2),
        (["compare", "merge", "--shots", "1", "a.sqlite"], "--shots", 2),
        (["compare", "merge", "none.sqlite"], "none.sqlite", 1),
    ])
    func wrongUseIsOneLine(arguments: [String], says: String, status: Int32) throws {
        try withHome { home in
            let run = try Program.run(arguments, home: home)
            #expect(run.status == status, "\(run.errors)")
            #expect(run.errors.contains(says) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }

    @Test func missingPartsAreToldByTheNamesOfTheOthers() {
        func name(_ number: Int, _ count: Int) -> String { "cliptop-compare-\(number)-of-\(count).sqlite" }
        #expect(CompareMerge.missingParts([name(1, 4), name(3, 4)]) == ["2/4", "4/4"])
        #expect(CompareMerge.missingParts([name(1, 2), name(2, 2)]) == [])
        #expect(CompareMerge.missingParts([name(1, 4), "renamed.sqlite"]) == [])
        #expect(CompareMerge.missingParts([name(1, 4), name(1, 2)]) == [])
    }
}
