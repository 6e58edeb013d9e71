import Foundation
import TestSupport
import Testing

@testable import Training
@testable import cliptop

/// What is asked of Slurm, with commands of the tests' own in its place.
@Suite struct SlurmTests {
    private func compare(_ home: URL) throws -> [String] {
        [
            "compare", "--data", try smallSample(in: home).path, "--model",
            Fixtures.samples.appending(path: "Model").path, "--methods", "zero-shot,clip-adapter", "--shots", "1,2",
            "--seeds", "1,2", "--epochs", "2", "--batch-size", "8",
        ]
    }

    /// Runs a comparison with commands of the tests' own on the PATH.
    private func withSlurm(
        dies: String, squeue: String = "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1",
        _ body: (_ home: URL, _ environment: [String: String]) throws -> Void
    ) throws {
        try withHome { home in
            let bin = home.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            let sbatch = """
                number=$(($(cat "$FAKE/number" 2>/dev/null || echo 100) + 1)); echo $number >"$FAKE/number"
                array=
                for word; do case $word in --array=*) array=${word#--array=} ;; -*) ;; *) script=$word ;; esac; done
                if [ -z "$array" ]; then
                    last=$(sed -n 's/^#SBATCH --array=0-//p' "$script"); array=$(seq -s, 0 "$last")
                fi
                echo "$number: $array" >>"$FAKE/submissions"
                for task in $(echo "$array" | tr , ' '); do
                    log=$(dirname "$script")/task-$task.log
                    case $number:$task in \(dies)) echo 'slurmstepd: error: killed' >>"$log"; continue ;; esac
                    SLURM_ARRAY_TASK_ID=$task bash "$script" >>"$log" 2>&1
                done
                echo "$number;cluster"
                """
            for (name, text) in [("sbatch", sbatch), ("squeue", squeue), ("sacct", "echo FAILED; echo OTHER")] {
                try Self.write("#!/bin/bash\n\(text)\n", to: bin.appending(path: name))
            }
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            try body(home, ["PATH": "\(bin.path):\(path)", "FAKE": home.path])
        }
    }

    /// Makes a program, through another process: one that this process has open for writing could not be run by another
    /// test's child.
    private static func write(_ text: String, to file: URL) throws {
        let status = try runCommand(
            ["bash", "-c", "printf %s \"$1\" >\"$2\" && chmod +x \"$2\"", "write", text, file.path],
            output: file.appendingPathExtension("log"))
        #expect(status == 0)
    }

    @Test func aTaskThatDiedIsSubmittedAgainAndTheOthersAreNot() throws {
        let queue = """
            if [ ! -e "$FAKE/asked" ]; then touch "$FAKE/asked"; echo '0 RUNNING'; echo '1 PENDING'; exit 0; fi
            echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1
            """
        try withSlurm(dies: "101:1|101:3", squeue: queue) { home, environment in
            let (csv, whole) = (home.appending(path: "merged.csv"), home.appending(path: "whole.csv"))
            let folder = home.appending(path: "it's a folder")
            let compare = try compare(home)
            let run = try Program.run(
                compare + ["--slurm", "--shard-folder", folder.path, "--csv", csv.path], home: home,
                environment: environment)
            #expect(run.status == 0, "\(run.errors)")
            let submissions = try String(contentsOf: home.appending(path: "submissions"), encoding: .utf8)
            // At first Slurm says that two are still in the queue; of those nothing is known until they have left it.
            #expect(submissions == "101: 0,1,2,3\n102: 3\n103: 1\n")
            #expect(run.errors.contains("task 1 of job 101 ended (FAILED) with 0 of its 2 runs; it is submitted again"))
            #expect(run.output.contains("job 102: task 3") && run.output.contains("8 runs from 4 files"))
            let alone = try Program.run(compare + ["--csv", whole.path], home: home)
            #expect(alone.status == 0)
            #expect(try ShardProgramTests.rows(csv) == ShardProgramTests.rows(whole))
            // The same command again: every task finds what it has finished.
            let again = try Program.run(
                compare + ["--slurm", "--shard-folder", folder.path], home: home, environment: environment)
            #expect(again.status == 0 && again.output.contains("job 104: tasks 0, 1, 2, 3"), "\(again.errors)")
            let log = try String(contentsOf: folder.appending(path: "task-0.log"), encoding: .utf8)
            #expect(log.contains("part 4/4: 2 runs in") && log.contains("part 4/4: 0 runs in"), "\(log)")
        }
    }

    @Test func aTaskThatAlwaysDiesIsGivenUpAndTheRestIsShown() throws {
        try withSlurm(dies: "*:2") { home, environment in
            let folder = home.appending(path: "parts")
            let run = try Program.run(
                try compare(home) + ["--slurm", "--slurm-tasks", "3", "--shard-folder", folder.path], home: home,
                environment: environment)
            #expect(run.status == 1 && run.output.contains("job 101"), "\(run.errors)")
            let submissions = try String(contentsOf: home.appending(path: "submissions"), encoding: .utf8)
            #expect(submissions == "101: 0,1,2\n102: 2\n")
            #expect(run.errors.contains("it is given up; ") && run.errors.contains("slurmstepd: error: killed"))
            #expect(run.errors.contains("3 of 8 runs are missing; no file of part 2/3"), "\(run.errors)")
            #expect(run.output.contains("top-1 on test"))
        }
    }

    @Test func whatSbatchRefusesIsToldInItsWords() throws {
        try withSlurm(dies: "none") { home, environment in
            let sbatch = home.appending(path: "bin/sbatch")
            try Self.write(
                "#!/bin/sh\necho 'sbatch: error: invalid partition specified: nine' >&2\nexit 1\n", to: sbatch)
            let run = try Program.run(
                try compare(home) + ["--slurm", "--shard-folder", home.appending(path: "parts").path], home: home,
                environment: environment)
            #expect(run.status == 1 && run.errors.contains("invalid partition specified: nine"), "\(run.errors)")
        }
    }

    /// What sites print around the job's number, and where they have several clusters.
    @Test(
        arguments: [
            ("4711\n", "4711"), ("4711;east\n", "4711;east"),
            ("Welcome to node 7!\n\n  4711;east-2 \r\n", "4711;east-2"),
            ("sbatch: lua: Submitted job 12\n4711\n", "4711"), ("4711\nHave a nice day 24\n", "4711"),
            ("Submitted batch job 4711\n", "4711"), ("Submitted batch job 4711 on cluster west\n", "4711;west"),
            ("\u{1B}[32m*** maintenance on 2026-12-01 ***\u{1B}[0m\n4711\n", "4711"), ("", nil), ("Welcome!\n", nil),
            ("4711;\n", nil),
            ("4711;--help\n", nil), ("12 34\n", nil),
        ] as [(String, String?)])
    func theJobIsFoundInWhatSbatchPrints(_ answer: String, _ job: String?) {
        #expect(SlurmJob(answer: answer)?.text == job)
    }

    @Test func aJobOnAnotherClusterIsFollowedThere() throws {
        let squeue = """
            case " $* " in *" --clusters=north "*) ;; *) echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1 ;; esac
            echo "CLUSTER: north"; echo asked >>"$FAKE/asked"
            [ "$(wc -l <"$FAKE/asked")" -lt 3 ] && echo '0 RUNNING'
            exit 0
            """
        try withSlurm(dies: "none", squeue: squeue) { home, environment in
            let sbatch = home.appending(path: "bin/sbatch")
            try Self.write(
                """
                #!/bin/bash
                for script; do :; done; echo x >>"$FAKE/submissions"
                (sleep 1; SLURM_ARRAY_TASK_ID=0 bash "$script" >"$FAKE/log" 2>&1) &
                wait; echo 'Welcome to 2 clusters'; echo '77;north'
                """, to: sbatch)
            let folder = home.appending(path: "parts")
            let run = try Program.run(
                try compare(home) + ["--slurm", "--slurm-tasks", "1", "--shard-folder", folder.path], home: home,
                environment: environment)
            #expect(run.status == 0 && run.output.contains("job 77 on cluster north"), "\(run.errors)")
            #expect(try String(contentsOf: home.appending(path: "asked"), encoding: .utf8).contains("asked"))
            #expect(try String(contentsOf: home.appending(path: "submissions"), encoding: .utf8) == "x\n")
        }
    }

    @Test(arguments: [
        ("sbatch: error: Batch job submission failed: Invalid job array specification", "MaxArraySize"),
        ("Welcome!\nsbatch: error: QOSMaxSubmitJobPerUserLimit", "--slurm-tasks"),
        ("sbatch: error: Batch job submission failed: Requested time limit is invalid", "--slurm-option=--time"),
    ])
    func aRefusalSaysWhatHelps(_ words: String, _ help: String) throws {
        try withSlurm(dies: "none") { home, environment in
            try Self.write(
                "#!/bin/sh\nprintf '\(words.replacing("\n", with: "\\n"))\\n' >&2\nexit 1\n",
                to: home.appending(path: "bin/sbatch"))
            let run = try Program.run(
                try compare(home) + ["--slurm", "--shard-folder", home.appending(path: "parts").path], home: home,
                environment: environment)
            #expect(
                run.status == 1 && run.errors.contains("sbatch: error") && run.errors.contains(help), "\(run.errors)")
        }
    }

    @Test func anAnswerWithoutAJobIsNotCalledARefusal() throws {
        try withSlurm(dies: "none") { home, environment in
            try Self.write("#!/bin/sh\necho 'Thank you.'\n", to: home.appending(path: "bin/sbatch"))
            let run = try Program.run(
                try compare(home) + ["--slurm", "--shard-folder", home.appending(path: "parts").path], home: home,
                environment: environment)
            #expect(
                run.status == 1 && !run.errors.contains("refused") && run.errors.contains("Thank you"), "\(run.errors)")
        }
    }

    @Test func withoutSlurmThatIsSaidInOneLine() throws {
        try withHome { home in
            let folder = home.appending(path: "parts")
            let run = try Program.run(
                try compare(home) + ["--slurm", "--shard-folder", folder.path], home: home,
                environment: ["PATH": home.appending(path: "no such folder").path])
            #expect(run.status == 1 && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
            #expect(run.errors.contains("there is no sbatch on the PATH") && run.errors.contains("--slurm-script-only"))
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }
    }

    @Test func theScriptIsWrittenForEditing() throws {
        try withHome { home in
            let folder = home.appending(path: "parts")
            let run = try Program.run(
                try compare(home) + [
                    "--slurm-script-only", "--slurm-tasks", "2", "--slurm-option=--partition=cpu",
                    "--slurm-option=--time=1:00:00", "--shard-folder", folder.path,
                ], home: home, environment: ["PATH": home.appending(path: "no such folder").path])
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output.contains("submit it with: sbatch ") && run.output.contains("cliptop compare merge"))
            let script = try String(contentsOf: folder.appending(path: "compare.sbatch"), encoding: .utf8)
            for line in [
                "#SBATCH --array=0-1", "#SBATCH --partition=cpu", "#SBATCH --time=1:00:00",
                "#SBATCH --output=\"\(folder.path)/task-%a.log\"", "export CLIPTOP_HOME=\(home.path)",
            ] {
                #expect(script.contains(line + "\n"), "\(script)")
            }
            #expect(script.contains("--shard \"$SLURM_ARRAY_TASK_ID/2\" --shard-folder \(folder.path)"))
            #expect(script.contains("--workers \"${SLURM_CPUS_PER_TASK:-1}\""))
        }
    }

    @Test(arguments: ["plain-1.2/x", "", "two words", "it's", "$HOME", "a\"b", "ünï", "*"])
    func wordsReachTheTasksAsTheyAre(word: String) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "out")
        let status = try runCommand(
            ["bash", "-c", "printf '%s|' \(SlurmScript.quoted(word)) end"], output: output)
        #expect(status == 0)
        #expect(try String(contentsOf: output, encoding: .utf8) == "\(word)|end|")
    }
}

/// The same on a real cluster, where there is one.
@Suite struct RealSlurmTests {
    /// Whether a controller answers.
    static let isThere: Bool = {
        guard let folder = try? Fixtures.temporaryFolder() else { return false }
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "out")
        let status = try? runCommand(["timeout", "10", "sinfo", "--noheader"], output: output)
        return status == 0 && ((try? Data(contentsOf: output).isEmpty) == false)
    }()

    /// An array of four, of which one task is killed in the middle of its work.
    @Test(.enabled(if: isThere, "there is no Slurm that answers"), .timeLimit(.minutes(10)))
    func anArrayOfFourWithAKilledTaskIsTheWhole() throws {
        try withHome { home in
            let (csv, whole) = (home.appending(path: "merged.csv"), home.appending(path: "whole.csv"))
            let folder = home.appending(path: "parts")
            let compare = [
                "compare", "--data", try smallSample(in: home).path, "--model",
                Fixtures.samples.appending(path: "Model").path, "--methods", "clip-adapter,tip-adapter-f", "--shots",
                "1,2,3", "--seeds", "1,2,3,4", "--epochs", "1500",
            ]
            // Its features are there for the tasks, its runs are not: a shard looks for those in its own file only.
            let alone = try Program.run(compare + ["--csv", whole.path], home: home)
            #expect(alone.status == 0, "\(alone.errors)")
            let killer = Killer(folder: folder, task: 2)
            killer.start()
            let run = try Program.run(
                compare + ["--slurm", "--shard-folder", folder.path, "--csv", csv.path], home: home)
            #expect(run.status == 0, "\(run.errors)")
            let job = try #require(killer.killed, "the task was done before it could be killed: \(run.output)")
            #expect(run.errors.contains("task 2 of job \(job) ended"), "\(run.errors)")
            #expect(run.output.contains(": task 2; in"), "only the killed one is submitted again: \(run.output)")
            let log = try String(contentsOf: folder.appending(path: "task-2.log"), encoding: .utf8)
            #expect(log.contains(#/, [1-9]\d* found from before/#), "what it had finished is not done again: \(log)")
            #expect(try ShardProgramTests.rows(csv) == ShardProgramTests.rows(whole))
        }
    }

    /// Kills a task of an array once it has finished its first run.
    private final class Killer: @unchecked Sendable {
        private let folder: URL
        private let task: Int
        private let lock = NSLock()
        private var job: String?

        init(folder: URL, task: Int) {
            self.folder = folder
            self.task = task
        }

        /// The job whose task was killed.
        var killed: String? { lock.withLock { job } }

        func start() {
            Thread.detachNewThread { [self] in
                let deadline = Date(timeIntervalSinceNow: 300)
                while Date() < deadline {
                    Thread.sleep(forTimeInterval: 0.05)
                    let shard = folder.appending(path: Shard("\(task)/4")?.fileName("compare") ?? "")
                    guard let jobs = try? String(contentsOf: folder.appending(path: "jobs"), encoding: .utf8),
                        let job = jobs.split(separator: "\n").first.map(String.init),
                        let found = try? ComparisonMerge([shard]).comparisons.first, !found.comparison.results.isEmpty
                    else { continue }
                    let status = try? runCommand(
                        ["scancel", "--batch", "--signal=KILL", "\(job)_\(task)"],
                        output: folder.appending(path: "scancel.txt"))
                    if status == 0 { lock.withLock { self.job = job } }
                    return
                }
            }
        }
    }
}
