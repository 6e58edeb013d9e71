import FewShot
import Foundation
import Tensors
import TestSupport

/// What the dashboard costs a run that trains as fast as it can, measured from outside on the program itself: in a
/// terminal whose every byte is counted, by the system's account of its main thread, and by the clock.
struct DashboardCost: Measurement {
    let name = "dashboard-cost"
    let purpose = "the dashboard at 80x24 over a run of 374 classes, 1,496 training pictures"
    private let shots = 4

    private struct Failure: Error, LocalizedError {
        var errorDescription: String?
    }

    func measure(on bench: Workbench, into figures: inout Figures) throws {
        guard FileManager.default.isExecutableFile(atPath: ProgramRun.program) else {
            print("  no \(ProgramRun.program): run make build first")
            return
        }
        let data = try pictures(in: bench.models.appending(path: "pictures-374-classes"))
        let home = FileManager.default.temporaryDirectory.appending(path: "cliptop-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: home) }
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let run = ProgramRun(data: data, home: home, shots: shots)

        // The first run encodes; the others find its features in the cache.
        let epochs = max(20, Int(4 / (try run.train(epochs: 5, inDashboard: false) / 5)))
        let contest = try Contest(
            rounds: bench.rounds,
            [
                ("lines", { try run.train(epochs: epochs, inDashboard: false) * 1000 }),
                ("dashboard", { try run.train(epochs: epochs, inDashboard: true) * 1000 }),
            ])
        figures["dashboard_run_epoch_ms"] = .number(contest.milliseconds("dashboard") / Double(epochs))
        figures["dashboard_training_time_vs_plain"] = .number(contest.ratio(of: "lines", to: "dashboard"))
        try watch(run, seconds: bench.isQuick ? 10 : 30, keys: bench.isQuick ? 10 : 50, into: &figures)
    }

    /// A steady screen first, and keys after that.
    private func watch(_ run: ProgramRun, seconds: Double, keys: Int, into figures: inout Figures) throws {
        let terminal = try run.start(epochs: 1_000_000, more: [], inDashboard: true)
        guard terminal.read(until: "RUNNING", seconds: 120) else { throw Failure(errorDescription: "it never ran") }
        terminal.read(seconds: 3)
        let (bytes, work, start) = (terminal.received.count, mainThreadSeconds(terminal), ContinuousClock.now)
        terminal.read(seconds: seconds)
        let time = (ContinuousClock.now - start) / .seconds(1)
        figures["dashboard_bytes_per_second_80x24"] = .number(Double(terminal.received.count - bytes) / time)
        figures["dashboard_ui_thread_share_of_core"] = .number((mainThreadSeconds(terminal) - work) / time)

        var answers: [Double] = []
        for _ in 0..<keys {
            // Help comes and goes: a word of it, and a chart's title in its own colours again.
            answers.append(try answer(to: "?", "Steer", terminal))
            answers.append(try answer(to: "q", "quit?", terminal))
            _ = try answer(to: "c", "loss", terminal)
            terminal.read(seconds: 0.15 + Double(answers.count % 7) * 0.01)
        }
        figures["dashboard_key_ms"] = .number(median(answers))
        figures["dashboard_key_ms_slowest"] = .number(answers.max() ?? .nan)
        terminal.send("qd")
        _ = terminal.waitForEnd()
    }

    /// Milliseconds from a key to its answer.
    private func answer(to key: String, _ text: String, _ terminal: PseudoTerminal) throws -> Double {
        let start = terminal.received.count
        return try milliseconds {
            terminal.send(key)
            guard terminal.read(until: text, from: start, seconds: 5) else {
                throw Failure(errorDescription: "the key \(key) was not answered")
            }
        }
    }

    /// Processor time of the thread that draws.
    private func mainThreadSeconds(_ terminal: PseudoTerminal) -> Double {
        // The process that was started only waits; a child of it draws.
        let waiting = "/proc/\(terminal.process)/task/\(terminal.process)/children"
        let children = (try? String(contentsOfFile: waiting, encoding: .utf8)) ?? ""
        let drawing = children.split(separator: " ").first.map(String.init) ?? "\(terminal.process)"
        let path = "/proc/\(drawing)/task/\(drawing)/schedstat"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return (text.split(separator: " ").first.flatMap { Double($0) } ?? .nan) / 1e9
    }

    /// Small pictures of one colour each with some grain, five to a class.
    private func pictures(in folder: URL) throws -> URL {
        var generator = SeededGenerator(seed: 1, purpose: "dashboard")
        for name in sampleClassNames {
            let place = folder.appending(path: name)
            if FileManager.default.fileExists(atPath: place.appending(path: "\(shots).jpg").path) { continue }
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            let color = (0..<3).map { _ in generator.uniform() * 200 }
            for index in 0...shots {
                var pixels = [UInt8](repeating: 0, count: 64 * 64 * 3)
                for at in pixels.indices { pixels[at] = UInt8(color[at % 3] + generator.uniform() * 55) }
                try SampleJPEG.data(pixels, width: 64, height: 64)
                    .write(to: place.appending(path: "\(index).jpg"), options: .atomic)
            }
        }
        return folder
    }
}

/// The program on the pictures of a folder.
private struct ProgramRun {
    /// Where `make build` puts it, seen from the top of the repository.
    static let program = ".build/release/cliptop"

    let data: URL
    let home: URL
    let shots: Int

    private struct Failure: Error, LocalizedError {
        var errorDescription: String?
    }

    func start(epochs: Int, more: [String], inDashboard: Bool) throws -> PseudoTerminal {
        let environment = ProcessInfo.processInfo.environment.merging([
            "CLIPTOP_HOME": home.path, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "", "NO_COLOR": "",
        ]) { $1 }
        return try PseudoTerminal(
            [
                Self.program, "train", "--model", "Samples/Model", "--data", data.path, "--shots", "\(shots)",
                "--validation", "1", "--no-augment", "--epochs", "\(epochs)",
            ] + (inDashboard ? [] : ["--plain"]) + more, environment: environment)
    }

    /// The seconds that its epochs took by its own account.
    func train(epochs: Int, inDashboard: Bool) throws -> Double {
        let file = home.appending(path: "results.json")
        try? FileManager.default.removeItem(at: file)
        let terminal = try start(epochs: epochs, more: ["--json", file.path], inDashboard: inDashboard)
        if inDashboard {
            guard terminal.read(until: "DONE", seconds: 300) else { throw Failure(errorDescription: "it never ended") }
            terminal.send("\u{1B}")
            terminal.read(seconds: 0.2)
            terminal.send("q")
        }
        guard terminal.waitForEnd(seconds: 300) == 0 else {
            throw Failure(errorDescription: String(decoding: terminal.received.suffix(500), as: UTF8.self))
        }
        let results = try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) as? [String: Any]
        let times = (results?["epochs"] as? [[String: Any]])?.compactMap { $0["seconds"] as? Double } ?? []
        guard times.count == epochs else { throw Failure(errorDescription: "the results have \(times.count) epochs") }
        return times.reduce(0, +)
    }
}
