import Foundation
import TestSupport
import Testing

@testable import Training

/// Tables and metrics logs of runs.
@Suite struct CourseFileTests {
    private func written(_ export: RunExport, _ runs: [ExportedRun]) throws -> String {
        var text = ""
        try withFileTree([:]) { folder in
            let file = folder.appending(path: "file")
            try export.write(runs, to: OutputFile(file.path))
            text = try String(contentsOf: file, encoding: .utf8)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        }
        return text
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test func aTableHasARowForEveryStep() throws {
        let text = try written(RunExport(.csv), [ExportSamples.course()])
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines[0]
                == "run,name,dataset,method,shots,seed,time,step,epoch,train_loss,train_lr,train_pictures_per_second,"
                + "train_gradient_norm,train_epoch_loss,train_residual_ratio,train_dropout,train_weight_decay,val_loss,val_top1,val_top5,"
                + "test_loss,test_top1,test_top5,test_epoch,best_epoch,best_test_loss,best_test_top1,best_test_top5,zero_shot_val_loss,"
                + "zero_shot_val_top1,zero_shot_val_top5,zero_shot_test_loss,zero_shot_test_top1,zero_shot_test_top5,"
                + "intervention")
        let start = "7f3a91c2,\"mine, \"\"twice\"\"\",Samples,clip-adapter visual,4,1,"
        #expect(
            Array(lines.dropFirst()) == [
                start + "1700000001.000000,0,0" + String(repeating: ",", count: 20) + "1.5,0.25,1.0,,,,",
                start + "1700000002.000000,1,1,2.5,0.001,100.0" + String(repeating: ",", count: 23),
                start + "1700000003.000000,2,1,nan,0.001,100.0,,inf,,,,1.25,0.5,1.0"
                    + String(repeating: ",", count: 15) + "learning rate 0.001 -> 0.002",
                start + "1700000007.000000,3,2,0.5,0.001,100.0" + String(repeating: ",", count: 23),
                start
                    + "1700000008.000000,4,2,0.125,0.001,100.0,,0.3,,,,,,,0.75,0.75,1.0,,1.0,1.0,0.5,1.0,,,,1.5,0.5,1.0,",
                "",
            ])
    }

    @Test func aLongTableHasARowForEveryFigure() throws {
        let other = ExportSamples.course(description: ExportSamples.description(name: nil, id: "2"))
        let lines = try written(RunExport(.csv, isLong: true), [ExportSamples.course(), other]).split(separator: "\n")
        #expect(lines[0] == "run,name,dataset,method,shots,seed,time,step,epoch,figure,value")
        #expect(lines.contains("2,,Samples,clip-adapter visual,4,1,1700000003.000000,2,1,train_loss,nan"))
        #expect(lines.contains("2,,Samples,clip-adapter visual,4,1,1700000010.000000,4,2,test_top1,0.75"))
        // 3 zero-shot, 4 batches of 3, 2 epochs of 4 and 1, 10 at the end.
        #expect(lines.count == 1 + 2 * (3 + 12 + 5 + 10))
    }

    @Test func aMetricsLogIsJSONLineByLine() throws {
        let text = try written(RunExport(.jsonl), [ExportSamples.course()])
        let found = try objects(text)
        #expect(text.hasSuffix("\n") && !text.contains("\u{1b}") && !text.contains("\u{2028}"))
        #expect(
            found.map { $0["kind"] as? String } == [
                "run", "eval", "step", "step", "epoch", "note", "note", "step", "step", "epoch", "eval", "eval", "eval",
                "end",
            ])
        let run = found[0]
        #expect(run["run"] as? String == "7f3a91c2" && run["method"] as? String == "clip-adapter")
        #expect(run["shots"] as? Int == 4 && run["seed"] as? Int == 1 && run["time"] as? Double == 1_700_000_000)
        #expect((run["hyper"] as? [String: Any])?["residual_ratio"] as? Double == 0.2)
        // Steps and epochs count from 0 in this format; the last batch of an epoch is smaller.
        #expect(found[2]["step"] as? Int == 0 && found[2]["epoch"] as? Int == 0 && found[2]["batch"] as? Int == 5)
        #expect(found[3]["loss"] is NSNull && found[3]["batch"] as? Int == 3 && found[3]["lr"] as? Double == 0.001)
        #expect(found[4]["train_loss"] is NSNull && found[4]["val_top1"] as? Double == 0.5)
        #expect(found[5]["setting"] as? String == "lr" && found[5]["to"] as? Double == 0.002)
        #expect(found[5]["time"] as? Double == 1_700_000_004.5)
        #expect(found[6]["text"] as? String == "line\u{1b}[2J \"quoted\" \\ ü\u{2028}")
        #expect(found[9]["val_top1"] == nil)
        #expect(found[11]["weights"] as? String == "final" && found[11]["top1"] as? Double == 0.75)
        #expect(found[13]["status"] as? String == "ok" && found[13]["seconds"] as? Double == 1)
    }

    @Test(arguments: [
        (RunState.stopped(saved: true), "stopped"), (.failed("no \"disk\""), "failed"),
        (.diverged(step: 3, learningRate: 1, lastFiniteLoss: nil), "failed"),
    ])
    func endsAreTold(state: RunState, status: String) throws {
        let events = ExportSamples.events.dropLast() + [.finished(RunResult(state: state))]
        let end = try #require(try objects(written(RunExport(.jsonl), [ExportSamples.course(Array(events))])).last)
        #expect(end["kind"] as? String == "end" && end["status"] as? String == status)
        if case .failed(let reason) = state { #expect(end["text"] as? String == reason) }
    }

    @Test(arguments: [RunExport(.csv), RunExport(.csv, isLong: true), RunExport(.jsonl)])
    func aRunWithoutStepsIsNoProblem(export: RunExport) throws {
        let text = try written(export, [ExportSamples.course([])])
        #expect(text.split(separator: "\n").count == (export.format == .csv ? 1 : 0))
    }

    @Test func whatCannotBeReadLeavesNoFile() throws {
        struct Broken: Error {}
        try withFileTree(["file": "old"]) { (folder: URL) throws in
            let course = ExportedRun(
                description: ExportSamples.description(), configuration: ExportSamples.configuration,
                startedAt: ExportSamples.start
            ) { body in
                for step in 1...10_000 {
                    try body(
                        TimedEvent(ExportSamples.batch(step, epoch: 1, batch: 1, loss: 1), at: ExportSamples.start))
                }
                throw Broken()
            }
            let file = folder.appending(path: "file")
            #expect(throws: Broken.self) { try RunExport(.csv).write([course], to: OutputFile(file.path)) }
            #expect(try String(contentsOf: file, encoding: .utf8) == "old")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        }
    }
}
