import FewShot
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store
@testable import Training

/// The built program, ended in every way there is while it trains: what it had kept is whole, and going on from there ends
/// with the weights of a run that nobody disturbed.
@Suite(.serialized) struct SurvivalTests {
    private static let settings = [
        "train", "--plain", "--config", Fixtures.samples.appending(path: "demo.toml").path, "--no-augment", "--epochs",
        "1500", "--dropout", "0.2", "--checkpoint-every", "0.05s",
    ]

    private func weights(_ home: URL) throws -> [String: [UInt32]] {
        let run = try RunTable(StateDatabase(StateDirectory(home))).find("latest")
        let url = StateDirectory(home).run(run.id).appending(path: "adapter.safetensors")
        return try AdapterFile(contentsOf: url).parameters.mapValues { $0.values.map(\.bitPattern) }
    }

    private func checkpoints(_ home: URL) throws -> CheckpointFolder {
        let run = try RunTable(StateDatabase(StateDirectory(home))).find("latest")
        return CheckpointFolder(of: StateDirectory(home).run(run.id))
    }

    /// Kills the program at random moments (`CLIPTOP_KILLS` times, else a few), looks at what is left, and goes on.
    @Test func killedAtRandomMomentsItEndsWithTheSameWeights() throws {
        let kills = ProcessInfo.processInfo.environment["CLIPTOP_KILLS"].flatMap(Int.init) ?? 4
        let (undisturbed, home) = (try Fixtures.temporaryFolder(), try Fixtures.temporaryFolder())
        defer { [undisturbed, home].forEach { try? FileManager.default.removeItem(at: $0) } }
        let whole = try Program.run(Self.settings, home: undisturbed)
        #expect(whole.status == 0, "\(whole.errors)")
        let expected = try weights(undisturbed)
        var random = SplitMix(UInt64(kills))
        var killed = 0
        var resumed = 0
        while killed < kills {
            let isNew = (try? checkpoints(home).steps.isEmpty) ?? true
            let arguments = isNew ? Self.settings : ["resume", "latest", "--plain"]
            let program = try LiveProgram(arguments, home: home)
            // From the very start, when nothing is there yet, to well into the training.
            if killed.isMultiple(of: 2) { try? program.wait(for: "epoch ") }
            let status = try program.kill(after: Double(random.next() % 1000) / 1000 * 1.5)
            guard status == -SIGKILL else {
                // It had come to its end before, or the one that was killed last had, all but its exit.
                #expect(status == 0 || program.output.contains("is done"), "\(program.output)")
                #expect(try weights(home) == expected)
                try FileManager.default.removeItem(at: home)
                try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
                continue
            }
            killed += 1
            if !isNew { resumed += 1 }
            guard FileManager.default.fileExists(atPath: StateDirectory(home).database.path) else { continue }
            let database = try StateDatabase(StateDirectory(home))
            #expect(try database.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
            guard try !RunTable(database).all().isEmpty else { continue }
            let folder = try checkpoints(home)
            let (newest, problems) = folder.newest()
            #expect(problems.isEmpty, "\(problems)")
            #expect(newest?.course.step == folder.steps.first)
        }
        #expect(kills < 4 || resumed > 0)
        if (try? checkpoints(home).steps.isEmpty) ?? true {
            #expect(try Program.run(Self.settings, home: home).status == 0)
        } else {
            let last = try Program.run(["resume", "latest"], home: home)
            #expect(last.status == 0 || last.errors.contains("is done"), "\(last.errors)")
        }
        #expect(try weights(home) == expected)
        let replay = try Program.run(["replay", "latest"], home: home)
        #expect(replay.status == 0 && replay.output.contains("identical"), "\(replay.errors)")
    }

    @Test(arguments: [SIGTERM, SIGINT]) func signalsKeepACheckpoint(signal: Int32) throws {
        try withHome { home in
            let program = try LiveProgram(
                Self.settings + ["--epochs", "100000", "--checkpoint-every", "never"], home: home)
            try program.wait(for: "epoch")
            let ended = try program.end(with: signal)
            #expect(ended == 128 + signal, "\(program.output)")
            let checkpoint = try #require(try checkpoints(home).newest().checkpoint)
            #expect(checkpoint.course.step > 0 && checkpoint.course.ending == .stopped(saved: true))
            let again = try Program.run(
                ["resume", "latest", "--epochs", "\(checkpoint.epochs.count + 2)"], home: home)
            #expect(again.status == 0, "\(again.errors)")
            #expect(again.output.contains("resumed after step \(checkpoint.course.step)"), "\(again.output)")
        }
    }

    @Test func twoProcessesNeverTrainTheSameRun() throws {
        try withHome { home in
            let program = try LiveProgram(Self.settings + ["--epochs", "100000"], home: home)
            try program.wait(for: "epoch")
            let second = try Program.run(["resume", "latest"], home: home)
            #expect(second.status == 1 && second.errors.contains("is being trained by process"), "\(second.errors)")
            #expect(try program.end(with: SIGTERM) == 143)
        }
    }

    /// A disk that is full costs checkpoints, but neither the run nor what had been kept.
    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func aFullDiskLosesNothing() throws {
        let disk = try SmallDisk(megabytes: 24)
        let program = try LiveProgram(Self.settings + ["--epochs", "100000"], home: disk.folder, output: disk.outside)
        // The first checkpoint is written beside the training, however long that takes.
        try program.wait { _ in (try? checkpoints(disk.folder).newest().checkpoint) != nil }
        try disk.fill()
        try program.wait(for: "the run goes on")
        let lines = program.output.split(separator: "\n").count { $0.hasPrefix("epoch") }
        try program.wait { $0.split(separator: "\n").count { $0.hasPrefix("epoch") } > lines + 10 }
        let ended = try program.end(with: SIGTERM)
        #expect(ended == 1 && program.output.contains("No space left on device"), "\(program.output.suffix(2000))")
        try disk.empty()
        let checkpoint = try #require(try checkpoints(disk.folder).newest().checkpoint)
        let again = try Program.run(
            ["resume", "latest", "--epochs", "\(checkpoint.epochs.count + 2)"], home: disk.folder)
        #expect(again.status == 0 && again.output.contains("saved in"), "\(again.errors)")
        #expect(try Program.run(["replay", "latest"], home: disk.folder).status == 0)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func aReadOnlyStateDirectoryIsOneLineAndLosesNothing() throws {
        let disk = try SmallDisk(megabytes: 24)
        let first = try Program.run(Self.settings + ["--epochs", "3"], home: disk.folder, files: disk.outside)
        #expect(first.status == 0, "\(first.errors)")
        try disk.remount("ro")
        for arguments in [["resume", "latest", "--epochs", "5"], Self.settings] {
            let run = try Program.run(arguments, home: disk.folder, files: disk.outside)
            let lines = run.errors.split(separator: "\n").filter { !$0.hasSuffix(" ...") }
            #expect(run.status == 1 && lines.count == 1, "\(run.errors)")
            #expect(run.errors.contains(disk.folder.path), "\(run.errors)")
        }
        try disk.remount("rw")
        let again = try Program.run(
            ["resume", "latest", "--epochs", "5"], home: disk.folder, files: disk.outside)
        #expect(again.status == 0, "\(again.errors)")
    }

    @Test func wrongUseIsOneLine() throws {
        try withHome { home in
            for (arguments, says, status) in [
                (["resume", "nobody"], "no run 'nobody'", 1), (["replay", "nobody"], "no run 'nobody'", 1),
                (["resume", "x", "--lr", "0"], "--lr", 2), (["train", "--checkpoint-every", "soon"], "soon", 2),
                (["resume"], "<run>", 2),
            ] as [([String], String, Int32)] {
                let run = try Program.run(arguments, home: home)
                #expect(run.status == status && run.errors.contains(says), "\(run.errors)")
                #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
            }
        }
    }
}
