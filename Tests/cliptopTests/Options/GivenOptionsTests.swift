import FewShot
import Foundation
import TestSupport
import Testing

@testable import cliptop

/// A configuration file and a command line together.
@Suite struct GivenOptionsTests {
    private func given(_ arguments: [String], file: String) throws -> GivenOptions {
        var given: GivenOptions?
        try withFileTree(["run.toml": file]) { folder throws in
            given = try GivenOptions(arguments, file: ConfigurationFile(folder.appending(path: "run.toml").path))
        }
        return try #require(given)
    }

    private func options(_ arguments: [String], file: String) throws -> TrainOptions {
        try TrainOptions.parse(try given(arguments, file: file).arguments)
    }

    @Test func theCommandLineWins() throws {
        let file = "shots = 2\nseed = 7\nmouse = false\nratio = 0.3\nstrict = true\n"
        let options = try options(["--shots", "8", "--mouse", "--ratio=0.6"], file: file)
        #expect(options.shots == 8 && options.seed == 7 && options.screen.mouse == true)
        #expect(options.methodSettings.given == ["ratio": "0.6"] && options.strict)
    }

    @Test func listsOfTheCommandLineReplaceThoseOfTheFile() throws {
        let file = "template = [\"a {}\", \"b {}\"]\n"
        #expect(try options([], file: file).templates == ["a {}", "b {}"])
        #expect(try options(["--template", "c {}"], file: file).templates == ["c {}"])
    }

    /// What describes other data says nothing about these.
    @Test func otherDataHaveNoneOfTheFilesDescription() throws {
        let file = "data = \"d\"\nclasses = \"c.txt\"\nraw-names = true\n"
        let own = try options([], file: file).dataSource
        #expect(own.data?.hasSuffix("/d") == true && own.classes?.hasSuffix("/c.txt") == true)
        let other = try options(["--data", "/e"], file: file).dataSource
        #expect(other.data == "/e" && other.classes == nil && other.rawNames)
    }

    @Test(arguments: [
        ("lp++", "ratio", "0.5", "lp++ has no such setting; it is for clip-adapter"),
        ("lp++", "lr", "0.5", "lp++ chooses its steps itself"),
        ("linear-probe", "batch-size", "5", "linear-probe takes all training pictures in every step"),
        ("zero-shot", "epochs", "5", "zero-shot is not trained"),
        ("tip-adapter", "lr", "1", "tip-adapter is not trained"),
        ("clip-adapter", "fusion", "0.1", "clip-adapter has no such setting; it is for channel-head"),
    ])
    func whatChangesNothingIsRefused(method: String, option: String, value: String, reason: String) throws {
        let descriptor = try #require(MethodName(rawValue: method)).descriptor
        let typed = try given(["--\(option)", value], file: "")
        #expect(throws: UsageError.self) { try typed.arguments(for: [descriptor]) }
        #expect(descriptor.reason(against: option) == reason)
        // A file may be meant for another method, and one method of several is enough.
        let written = try given([], file: "\(option) = \(value)\nshots = 2\n").arguments(for: [descriptor])
        #expect(written.ignored == [option] && written.arguments == ["--shots=2"])
        let all = MethodRegistry.descriptors
        #expect(try typed.arguments(for: all).arguments == ["--\(option)", value])
    }
}
