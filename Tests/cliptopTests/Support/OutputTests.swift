import Foundation
import TestSupport
import Testing

@testable import cliptop

/// What is printed and cannot be, and signals that nobody answers.
@Suite struct OutputTests {
    /// Runs the program with its standard output at a file of the test's choice.
    private func run(_ words: [String], home: URL, redirection: String) throws -> (status: Int32, errors: String) {
        let errors = home.appending(path: "shell-errors.txt")
        let status = try runCommand(
            ["bash", "-c", "\"$@\" \(redirection)", "bash", TMux.program.path] + words,
            environment: Program.environment(home: home), output: home.appending(path: "shell-output.txt"),
            errors: errors)
        return (status, try String(contentsOf: errors, encoding: .utf8))
    }

    private static let model = Fixtures.samples.appending(path: "Model").path
    private static let picture = Fixtures.samples.appending(path: "Images/bird").path

    /// A disk that is full is an error of every command that prints.
    @Test(arguments: [
        ["--version"], ["--help"], ["help", "runs"], ["doctor"], ["runs", "list"], ["runs", "list", "--json"],
        ["cache", "show"],
        ["inspect", model], ["train", "--plain", "--epochs", "1"], ["--generate-completion-script", "bash"],
    ])
    func whatCannotBePrintedIsAnError(_ words: [String]) throws {
        try withHome { home in
            let full = try run(words, home: home, redirection: ">/dev/full")
            #expect(full.status == 1 && full.errors.contains("standard output: No space left on device"), "\(full)")
            let closed = try run(words, home: home, redirection: ">&-")
            #expect(closed.status == 1 && closed.errors.contains("standard output: Bad file descriptor"), "\(closed)")
        }
    }

    /// A reader that has seen enough has not lost anything.
    @Test func aReaderThatGoesIsNoError() throws {
        try withHome { home in
            let gone = try run(["--help"], home: home, redirection: "| head -n 1; exit ${PIPESTATUS[0]}")
            #expect(gone.status == 0 && gone.errors.isEmpty, "\(gone)")
        }
    }

    @Test(arguments: [
        ("a\nb – é", "a\nb – é"), ("\u{1B}[1;32mgreen\u{1B}[0m", "\u{1B}[1;32mgreen\u{1B}[0m"),
        ("\u{1B}[2Jx\u{7}", "\\u{1b}[2Jx\\u{7}"), ("a\u{9B}31mb\r", "a\\u{9b}31mb\\u{d}"), ("\u{1B}[", "\\u{1b}["),
        ("a\tb", "a\\u{9}b"),
    ])
    func onlyLineFeedsAndColoursReachTheTerminal(_ text: String, _ printed: String) {
        #expect(Output.harmless(text) == printed)
    }

    /// Control characters of arguments do not reach the terminal.
    @Test(arguments: [
        ["runs", "show", "x\u{1B}]0;y\u{7}"], ["train", "--data", "/none/\u{1B}[2J"], ["\u{1B}[31mtrain"],
        ["train", "--\u{1B}c"],
        ["train", "--method", "\u{9B}2J"], ["classify", "/none/a\nb\u{8}.png", "--labels", "a,b"],
        ["train", "--config", "/none/\u{7F}"],
        ["train", "--theme", "\u{1B}c"], ["cache", "prune", "--model", "\u{1B}c"], ["inspect", "/none/\u{1B}c"],
    ])
    func controlCharactersAreSpelledOut(_ words: [String]) throws {
        try withHome { home in
            let run = try Program.run(words, home: home)
            #expect(run.status != 0)
            let raw = (run.output + run.errors).unicodeScalars.filter {
                $0.properties.generalCategory == .control && $0 != "\n"
            }
            #expect(raw.isEmpty, "\((run.output + run.errors).debugDescription)")
        }
    }

    /// What batch systems send before the time is up keeps a checkpoint, and the run goes on; so does a second one.
    @Test(arguments: [SIGUSR1, SIGUSR2]) func theWarningOfABatchSystemKeepsACheckpoint(_ signal: Int32) throws {
        try withHome { home in
            let program = try LiveProgram(
                ["train", "--plain", "--epochs", "100000", "--pace", "20", "--checkpoint-every", "never"], home: home)
            try program.wait(for: "epoch")
            func checkpoints() -> Int {
                let paths = (try? FileManager.default.subpathsOfDirectory(atPath: home.path)) ?? []
                return paths.count { $0.contains("/step-") && $0.hasSuffix(".safetensors") }
            }
            let end = ContinuousClock.now + .seconds(60)
            program.signal(signal)
            while checkpoints() == 0, .now < end, program.isRunning { Thread.sleep(forTimeInterval: 0.05) }
            #expect(program.isRunning && checkpoints() > 0, "\(program.output.suffix(1000))")
            #expect(try program.end(with: SIGTERM) == 143)
        }
    }

    /// Where OpenBLAS would wait for memory for ever, the program says so and ends.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["CLIPTOP_SANITIZED"] == nil))
    func tooLittleMemoryIsSaidAndNotWaitedFor() throws {
        try withHome { home in
            // From the least that the libraries can be loaded in, to what is nearly enough.
            for megabytes in [230, 300, 420, 520] {
                let errors = home.appending(path: "errors.txt")
                let status = try runCommand(
                    [
                        "bash", "-c", "ulimit -v \(megabytes * 1024); exec timeout -s KILL 100 \"$@\"", "bash",
                        TMux.program.path,
                        "classify", Self.picture + "/adelaide-rosella.png", "--labels", "a,b", "--model", Self.model,
                    ],
                    environment: Program.environment(home: home), output: home.appending(path: "out.txt"),
                    errors: errors)
                let text = try String(contentsOf: errors, encoding: .utf8)
                #expect(status != 137 && status != -9, "it hangs with \(megabytes) MB: \(text)")
            }
        }
    }
}
