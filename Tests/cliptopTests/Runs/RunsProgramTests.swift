import Foundation
import TestSupport
import Testing

/// The built program looks after its runs.
@Suite struct RunsProgramTests {
    private func list(_ terms: [String], home: URL) throws -> [[String: Any]] {
        let program = try Program.run(["runs", "list", "--json"] + terms, home: home)
        #expect(program.status == 0, "\(program.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(program.output.utf8)) as? [[String: Any]])
    }

    @Test func listsShowsComparesAndRemovesWhatWasTrained() throws {
        try withHome { home in
            let data = Fixtures.samples.appending(path: "Images").path
            #expect(try Program.run(["runs"], home: home).output.contains("there are no runs yet"))
            for (name, rate) in [("slow", "0.001"), ("fast", "0.01")] {
                let run = try Program.run(
                    ["train", "--data", data, "--epochs", "4", "--lr", rate, "--name", name], home: home)
                #expect(run.status == 0, "\(run.errors)")
            }
            #expect(try list([], home: home).map { $0["name"] as? String } == ["fast", "slow"])
            #expect(try list(["lr>0.005", "state:done"], home: home).map { $0["name"] as? String } == ["fast"])
            #expect(try Program.run(["runs", "tag", "slow", "good", "old"], home: home).status == 0)
            #expect(try Program.run(["runs", "tag", "slow", "--", "-old"], home: home).status == 0)
            #expect(try list(["tag:good"], home: home).first?["tags"] as? [String] == ["good"])

            let show = try Program.run(["runs", "show", "slow"], home: home)
            #expect(show.output.contains("4 epochs") && show.output.contains("top-1 on the validation pictures"))
            let compared = try Program.run(["runs", "compare", "slow", "fast", "--json"], home: home)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(compared.output.utf8)) as? [String: Any])
            let differences = try #require(object["differences"] as? [[String: Any]])
            #expect(differences.map { $0["option"] as? String } == ["lr"])

            let wrong = try Program.run(["runs", "list", "colour:red"], home: home)
            #expect(wrong.status == 2 && wrong.errors.contains("'colour:red': there is no 'colour'"))
            let unasked = try Program.run(["runs", "remove", "slow"], home: home)
            #expect(unasked.status == 2 && unasked.errors.contains("--yes"))
            #expect(try Program.run(["runs", "remove", "slow", "--yes"], home: home).status == 0)
            #expect(try list([], home: home).map { $0["name"] as? String } == ["fast"])
            let folders = try FileManager.default.contentsOfDirectory(atPath: home.appending(path: "runs").path)
            #expect(folders.count == 1)
        }
    }
}
