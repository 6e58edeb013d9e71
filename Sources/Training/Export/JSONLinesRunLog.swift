import FewShot
import Foundation

/// The course of a run as a metrics log: one JSON object a line (docs/programs.md#tensorboard-and-json-lines). Steps
/// and epochs count from 0 there.
struct JSONLinesRunLog: CourseFormat {
    private let configuration: TrainingConfiguration
    private var description: RunDescription?

    init(_ configuration: TrainingConfiguration) { self.configuration = configuration }

    mutating func append(_ entry: TimedEvent, to bytes: inout [UInt8]) {
        var line = JSONLine()
        func begin(_ kind: String, at time: Date? = nil) {
            line.add("kind", kind)
            line.add("time", time ?? entry.time)
        }
        switch entry.event {
        case .prepared(let description, _):
            self.description = description
            begin("run")
            add(description, to: &line)
        case .zeroShot(let validation?):
            begin("eval")
            Self.add(validation, split: "val", weights: "zero-shot", to: &line)
        case .batch(let record):
            begin("step")
            line.add("step", record.step - 1)
            line.add("epoch", record.epoch - 1)
            Self.add(record, to: &line)
            if let description { line.add("batch", description.size(ofBatch: record.batch)) }
        case .epoch(let record):
            begin("epoch")
            line.add("epoch", record.epoch - 1)
            line.add("step", record.step - 1)
            Self.add(record, to: &line)
        case .intervention(let intervention):
            begin("note", at: intervention.time)
            line.add("text", intervention.change.words(.exact, arrow: "->"))
            let setting = intervention.setting
            line.add("setting", setting.name)
            line.add("from", setting.from)
            line.add("to", setting.to)
            if let sender = intervention.sender { line.add("by", sender.name) }
            line.add("steps_done", intervention.afterStep)
            line.add("epochs_done", intervention.afterEpoch)
        case .checkpoint(let record):
            begin("note", at: record.time)
            line.add("text", "checkpoint (\(record.reason.rawValue))")
            line.add("steps_done", record.step)
            line.add("epochs_done", record.epoch)
        case .log(let log):
            begin("note", at: log.time)
            line.add("level", log.level.rawValue)
            line.add("text", log.text)
        case .finished(let result): return append(result, at: entry.time, to: &bytes)
        default: return
        }
        bytes += line.bytes
    }

    private func add(_ description: RunDescription, to line: inout JSONLine) {
        line.add("run", description.runID)
        if let name = description.name { line.add("name", name) }
        line.add("method", configuration.method.name.rawValue)
        line.add("model", description.model)
        line.add("dataset", description.dataset)
        line.add("shots", description.shots)
        line.add("seed", description.seed)
        line.add("classes", description.classNames.count)
        line.add("train_images", description.trainCount)
        line.add("val_images", description.validationCount)
        line.add("test_images", description.testCount)
        line.add("hyper", json: hyper(description))
        line.add("version", ProgramVersion.text)
    }

    private func hyper(_ description: RunDescription) -> String {
        var hyper = configuration.method.hyperParameters
        hyper["epochs"] = .number(Double(description.epochs))
        hyper["batch_size"] = .number(Double(description.batchSize))
        hyper["lr"] = .number(description.learningRate)
        hyper["schedule"] = .text(configuration.schedule.title)
        hyper["optimiser"] = .text(configuration.method.optimiser.title)
        hyper["augment"] = .flag(description.augment)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(hyper)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// The fields of a record that the log has keys for.
    private static func add<Record: FieldRecord>(_ record: Record, to line: inout JSONLine) {
        for field in Record.fields {
            if let key = field.key, let value = field.value(record) { line.add(key, value) }
        }
    }

    private static func add(_ evaluation: Evaluation, split: String, weights: String, to line: inout JSONLine) {
        line.add("split", split)
        line.add("weights", weights)
        line.add("loss", evaluation.loss)
        line.add("top1", evaluation.top1)
        line.add("top5", evaluation.top5)
        line.add("n", evaluation.count)
    }

    private func append(_ result: RunResult, at time: Date, to bytes: inout [UInt8]) {
        let parts = [
            ("zero-shot", result.zeroShotTest, nil), ("final", result.finalTest, result.weights),
            ("best", result.bestTest, result.bestWeights),
        ]
        for case (let weights, let evaluation?, let measured) in parts {
            var line = JSONLine()
            line.add("kind", "eval")
            line.add("time", time)
            Self.add(evaluation, split: "test", weights: weights, to: &line)
            // An earlier version knew the epoch of the best weights only.
            if let epoch = measured?.epoch ?? (weights == "best" ? result.bestEpoch : nil), epoch > 0 {
                line.add("epoch", epoch - 1)
            }
            if let measured { line.add("text", measured.words) }
            bytes += line.bytes
        }
        var line = JSONLine()
        line.add("kind", "end")
        line.add("time", time)
        switch result.state {
        case .done: line.add("status", "ok")
        case .stopped: line.add("status", "stopped")
        case .failed(let reason):
            line.add("status", "failed")
            line.add("text", reason)
        case .diverged(let step, _, _, _):
            line.add("status", "failed")
            line.add("text", "the loss was not a number")
            line.add("step", step - 1)
        case .running, .paused, .halted: line.add("status", "stopped")
        }
        line.add("seconds", result.trainSeconds)
        bytes += line.bytes
    }
}

extension RunDescription {
    /// The pictures of a batch, counted from 1 within its epoch: the last one has what is left.
    fileprivate func size(ofBatch batch: Int) -> Int {
        max(0, min(batchSize, trainCount - (batch - 1) * batchSize))
    }
}
