import Foundation
import Pictures
import Training

/// Follows an array job until every part of the grid is there: says how far it has come, and submits tasks that died
/// again, and only those.
final class SlurmWatch {
    /// What is known of one task of the array.
    private struct Task {
        /// The job it was last submitted in; nil before.
        var job: SlurmJob?
        var isDone = false
        /// Runs it had finished when it was last submitted.
        var finishedBefore = 0
        /// How often it has died in a row without having finished a single run more.
        var fruitless = 0
        /// When its part had last been begun before it was submitted.
        var begunBefore: Date?
    }

    private let slurm: Slurm
    private let script: SlurmScript
    private let grid: ComparisonGrid
    private let interrupt: CommandInterrupt.Request
    private let progress = ProgressLine()
    private var tasks: [Task]
    private var found: [StoredComparison?]
    private let start = ContinuousClock.now
    private var finishedAtStart = 0

    /// A task that has died so often in a row for nothing is not tried again.
    private static let patience = 2

    init(_ slurm: Slurm, script: SlurmScript, grid: ComparisonGrid, interrupt: CommandInterrupt.Request) {
        self.slurm = slurm
        self.script = script
        self.grid = grid
        self.interrupt = interrupt
        tasks = Array(repeating: Task(), count: script.tasks)
        found = Array(repeating: nil, count: script.tasks)
    }

    /// The part that a task of the array, which counts from 0, has.
    private func shard(_ task: Int) -> Shard? { Shard("\(task)/\(script.tasks)") }

    /// The file that a task leaves its results in.
    func file(_ task: Int) -> URL {
        script.folder.appending(path: shard(task)?.fileName("compare") ?? "")
    }

    /// Watches until all tasks are done or given up, or somebody wants the end.
    /// - Returns: the tasks that were given up.
    /// - Throws: ``Slurm/Failure``.
    func run() throws -> [Int] {
        look()
        finishedAtStart = finished
        if !findsRunningJob() { try submit(Array(tasks.indices)) }
        progress.begin("waiting for Slurm")
        defer { progress.end() }
        var pause = 0.5
        while !interrupt.isMade {
            look()
            let states = queues()
            let died = settle(states)
            let hopeless = died.filter { tasks[$0].fruitless >= Self.patience }
            let again = died.filter { !hopeless.contains($0) }
            if !again.isEmpty { try submit(again) }
            let isOver = tasks.indices.allSatisfy { tasks[$0].isDone || hopeless.contains($0) }
            if isOver { return hopeless }
            progress.update(line(states))
            sleep(pause)
            // The controller of a large cluster has more to do than to answer.
            pause = min(pause * 1.2, 15)
        }
        let jobs = self.jobs
        let cancel = jobs.map { "'\($0.cancelCommand)'" }.joined(separator: " and ")
        progress.interrupt {
            printError(
                "job \(Self.list(jobs)) goes on without this command; the same command follows it again, \(cancel) ends "
                    + "it")
        }
        return []
    }

    // MARK: what there is

    /// Reads what the tasks have left so far; a file that cannot be read now is read next time.
    private func look() {
        for task in tasks.indices where FileManager.default.fileExists(atPath: file(task).path) {
            guard let newest = try? ComparisonMerge([file(task)]).comparisons.first, newest.comparison.grid == grid
            else { continue }
            found[task] = newest
        }
    }

    private func finished(_ task: Int) -> Int {
        guard let comparison = found[task]?.comparison else { return 0 }
        return grid.cells(of: shard(task)).count { comparison.results[$0] != nil }
    }

    private var finished: Int { tasks.indices.reduce(0) { $0 + finished($1) } }

    private func isComplete(_ task: Int) -> Bool {
        guard let found = found[task], found.startedAt != tasks[task].begunBefore else { return false }
        return finished(task) == grid.cells(of: shard(task)).count
    }

    /// The jobs that the tasks were last submitted in.
    private var jobs: [SlurmJob] { Set(tasks.compactMap(\.job)).sorted { $0.text < $1.text } }

    private static func list(_ jobs: [SlurmJob]) -> String { jobs.map(\.description).joined(separator: ", ") }

    private func queues() -> [SlurmJob: [Int: String]?] {
        let jobs = Set(tasks.filter { !$0.isDone }.compactMap(\.job))
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0, slurm.queue($0)) })
    }

    // MARK: what is done about it

    /// Marks what is done.
    /// - Returns: the tasks that have left the queue without having finished their part.
    private func settle(_ queues: [SlurmJob: [Int: String]?]) -> [Int] {
        var died: [Int] = []
        for index in tasks.indices where !tasks[index].isDone {
            // Nothing is known of a task while Slurm does not answer.
            guard let job = tasks[index].job, let queue = queues[job] ?? nil, queue[index] == nil else { continue }
            // It may have written its last result since the files were read.
            look()
            if isComplete(index) {
                tasks[index].isDone = true
                continue
            }
            let now = finished(index)
            if tasks[index].fruitless < Self.patience {
                tasks[index].fruitless = now > tasks[index].finishedBefore ? 0 : tasks[index].fruitless + 1
                tell(index, job: job, finished: now)
            }
            died.append(index)
        }
        return died
    }

    private func tell(_ index: Int, job: SlurmJob, finished: Int) {
        let ending = slurm.ending(job, task: index).map { " (\($0))" } ?? ""
        let whole = grid.cells(of: shard(index)).count
        let next =
            tasks[index].fruitless >= Self.patience
            ? "it is given up; \(script.log(index).path) ends with: \(lastLine(of: script.log(index)))"
            : "it is submitted again"
        progress.interrupt {
            printError("task \(index) of job \(job) ended\(ending) with \(finished) of its \(whole) runs; \(next)")
        }
    }

    private func lastLine(of log: URL) -> String {
        let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isNewline).last.map { printable(String($0)) } ?? "nothing"
    }

    private func submit(_ indices: [Int]) throws {
        let job = try slurm.submit(script.file, tasks: indices.count == tasks.count ? nil : indices)
        for index in indices {
            tasks[index].job = job
            tasks[index].finishedBefore = finished(index)
            tasks[index].begunBefore = found[index]?.startedAt
        }
        let jobs = tasks.compactMap(\.job)
        // Only a convenience: without the file the same command submits the tasks anew, and they find what is finished.
        try? Data(jobs.map(\.text).joined(separator: "\n").utf8).write(to: jobsFile)
        progress.interrupt {
            let list = indices.map(String.init).joined(separator: ", ")
            Output.line(
                "job \(job): \(indices.count == 1 ? "task" : "tasks") \(list); in \(printable(script.folder.path))")
        }
    }

    /// The job that each task was last submitted in, a line each.
    private var jobsFile: URL { script.folder.appending(path: "jobs") }

    /// Takes up a job that an earlier call of the same command has submitted, if it is still in the queue.
    private func findsRunningJob() -> Bool {
        let jobs = ((try? String(contentsOf: jobsFile, encoding: .utf8)) ?? "").split(separator: "\n")
            .compactMap { SlurmJob($0) }
        guard jobs.count == tasks.count, Set(jobs).contains(where: { !(slurm.queue($0) ?? [:]).isEmpty }) else {
            return false
        }
        for (index, job) in jobs.enumerated() { tasks[index].job = job }
        let list = Self.list(self.jobs)
        progress.interrupt { Output.line("job \(list) goes on; in \(printable(script.folder.path))") }
        return true
    }

    // MARK: what is said

    /// `12/90 runs, 0:18 left; tasks: 2 running, 1 waiting, 1 done`.
    private func line(_ queues: [SlurmJob: [Int: String]?]) -> String {
        let (done, total) = (finished, grid.cells.count)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let new = done - finishedAtStart
        let runs = ComparisonProgress(
            done: done, total: total, failed: found.reduce(0) { $0 + ($1?.comparison.failures.count ?? 0) },
            secondsLeft: new > 0 ? seconds / Double(new) * Double(total - done) : nil)
        var counts = (running: 0, waiting: 0, done: 0)
        for (index, task) in tasks.enumerated() {
            guard !task.isDone, let job = task.job else {
                counts.done += 1
                continue
            }
            switch (queues[job] ?? nil)?[index] {
            case "PENDING", "CONFIGURING", "REQUEUED", "SUSPENDED": counts.waiting += 1
            case .some: counts.running += 1
            case nil: continue
            }
        }
        let answers = queues.values.allSatisfy { $0 != nil } ? "" : "; squeue does not answer"
        return
            "\(runs.line); tasks: \(counts.running) running, \(counts.waiting) waiting, \(counts.done) done\(answers)"
    }

    /// Waits, but not for somebody who wants the end.
    private func sleep(_ seconds: Double) {
        let end = Date(timeIntervalSinceNow: seconds)
        while !interrupt.isMade, Date() < end { Thread.sleep(forTimeInterval: 0.1) }
    }
}
