import Foundation
import Training

/// A made-up run that behaves like a real one: the events a session would send, as a function of the step alone.
struct ScriptedRun {
    let classNames: [String]
    let pictures: [PictureReference]
    var epochs = 40
    var pace: Double? = 3
    var validationCount: Int { pictures.count { $0.split == .validation } }
    static let batchesPerEpoch = 2

    /// Four training and four validation pictures a class, the rest for the test, as the sample has them.
    init(classes: [(name: String, files: [URL])]) {
        classNames = classes.map(\.name)
        pictures = classes.enumerated().flatMap { label, entry in
            entry.files.enumerated().map { index, url in
                PictureReference(
                    name: "\(entry.name)/\(url.lastPathComponent)", url: url, label: label,
                    split: index < 4 ? .train : index < 8 ? .validation : .test)
            }
        }
    }

    /// A run over the pictures of a folder of class folders.
    init(folder: URL) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        self.init(
            classes: try names.map { name in
                let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)
                return (name, files.sorted().map { folder.appending(path: name).appending(path: $0) })
            })
    }

    var description: RunDescription {
        RunDescription(
            runID: "7f3a91c2", dataset: "sample", model: "demo-clip", method: "clip-adapter visual", shots: 4, seed: 1,
            classNames: classNames, epochs: epochs, batchesPerEpoch: Self.batchesPerEpoch, batchSize: 32,
            trainCount: pictures.count { $0.split == .train }, validationCount: validationCount,
            testCount: pictures.count { $0.split == .test }, learningRate: 0.003,
            settings: ["lr": 0.003, "ratio": 0.4, "dropout": 0.1], augment: true,
            pace: pace, folder: URL(filePath: "/runs/7f3a91c2"))
    }

    var zeroShot: Evaluation { Evaluation(loss: 0.98, top1: 0.703125, top5: 0.953125, count: 64) }

    func batch(_ step: Int, rate: Double = 0.003, speed: Double = 96) -> BatchRecord {
        let progress = Double(step) / 14
        let loss = 0.31 + 1.75 * exp(-progress) + 0.16 * (noise(step) - 0.5)
        return BatchRecord(
            step: step, epoch: (step + 1) / 2, batch: (step + 1) % 2 + 1, loss: loss, learningRate: rate,
            samplesPerSecond: speed + noise(step + 7))
    }

    func epoch(_ epoch: Int, rate: Double = 0.003) -> EpochRecord {
        let t = Double(epoch)
        let top1 = (0.6875 + 0.16 * (1 - exp(-t / 5)) + 0.03 * (noise(epoch * 31) - 0.5)) * 64
        let validation = Evaluation(
            loss: 0.58 + 0.75 * exp(-t / 6) + 0.04 * (noise(epoch * 17) - 0.5), top1: top1.rounded() / 64,
            top5: min(1, 0.953 + 0.04 * (1 - exp(-t / 8))), count: 64)
        return EpochRecord(
            epoch: epoch, step: epoch * 2, trainLoss: 0.31 + 1.75 * exp(-t / 7), validation: validation,
            learningRate: rate, seconds: 0.66 + 0.05 * noise(epoch))
    }

    func prediction(_ index: Int, step: Int) -> PicturePrediction {
        let label = pictures[index].label
        let isHard = index % 10 == 3
        let logits = classNames.indices.map { 2.2 * noise(index * 131 + $0) + ($0 == label ? 1.3 + noise(index) : 0) }
        let gain = isHard ? -0.3 : 2.6
        let adapted = logits.enumerated().map { $1 + ($0 == label ? gain * (1 - exp(-Double(step) / 25)) : 0) }
        return PicturePrediction(
            picture: index, zeroShot: softmax(logits.map { $0 * 1.5 }), adapted: softmax(adapted.map { $0 * 1.5 }),
            step: step)
    }

    /// The answers for all pictures of a split after an epoch.
    func answers(_ split: Split, epoch: Int) -> SplitPredictions {
        let answers = pictures.indices.filter { pictures[$0].split == split }.map { index in
            let (prediction, label) = (prediction(index, step: epoch * Self.batchesPerEpoch), pictures[index].label)
            func answer(_ values: [Float]) -> PictureAnswer.Answer {
                let winner = values.indices.max { (values[$0], $1) < (values[$1], $0) } ?? 0
                return .init(label: winner, confidence: values[winner], trueProbability: values[label])
            }
            return PictureAnswer(
                picture: index, label: label, zeroShot: answer(prediction.zeroShot), adapted: answer(prediction.adapted)
            )
        }
        return SplitPredictions(split: split, epoch: epoch, answers: answers)
    }

    /// The adapter at every ratio in twentieths, after an epoch.
    func ratios(epoch: Int, ratio: Double = 0.4) -> RatioCurve {
        struct Written: Encodable {
            struct Point: Encodable {
                var ratio: Double
                var evaluation: Evaluation
            }
            var points: [Point]
            var trained: Evaluation
            var trainedRatio: Double
            var isRatioLearned = false
        }
        let gain = 1 - exp(-Double(epoch) / 6)
        func evaluation(_ ratio: Double) -> Evaluation {
            let shape = 1 - pow((ratio - 0.62) / 0.62, 2)
            return Evaluation(
                loss: 0.98 - 0.42 * gain * shape, top1: ((0.703125 + 0.15 * gain * shape) * 64).rounded() / 64,
                top5: 0.97, count: 64)
        }
        let written = Written(
            points: (0...20).map { .init(ratio: Double($0) / 20, evaluation: evaluation(Double($0) / 20)) },
            trained: evaluation(ratio), trainedRatio: ratio)
        guard let data = try? JSONEncoder().encode(written),
            let curve = try? JSONDecoder().decode(RatioCurve.self, from: data)
        else { preconditionFailure("a ratio curve is no longer made of points, trained and trainedRatio") }
        return curve
    }

    /// The true classes' probabilities of some pictures.
    func probes(_ pictures: [Int], step: Int) -> ProbeRecord {
        ProbeRecord(
            step: step, epoch: step / Self.batchesPerEpoch,
            probes: pictures.map { index in
                let (prediction, label) = (prediction(index, step: step), self.pictures[index].label)
                return .init(picture: index, zeroShot: prediction.zeroShot[label], adapted: prediction.adapted[label])
            })
    }

    var result: RunResult {
        RunResult(
            state: .done, zeroShotTest: Evaluation(loss: 0.93, top1: 0.704, top5: 0.949, count: 216),
            finalTest: Evaluation(loss: 0.61, top1: 0.8287, top5: 0.981, count: 216), bestEpoch: 31,
            bestTest: Evaluation(loss: 0.6, top1: 0.8241, top5: 0.977, count: 216),
            adapterFile: URL(filePath: "/runs/7f3a91c2/adapter.safetensors"), trainSeconds: 27.4)
    }

    /// Everything a session says up to and including `step`.
    func events(through step: Int, start: Date = Date(timeIntervalSince1970: 0)) -> [TrainingEvent] {
        var events: [TrainingEvent] = [
            .phase(.readingData), .phase(.encoding),
            .encoding(EncodingProgress(done: 344, total: 344, picturesPerSecond: 164, secondsLeft: 0)),
            .prepared(description, pictures: pictures), .phase(.zeroShot), .zeroShot(validation: zeroShot),
            .log(LogEntry("encoded 344 pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable", time: start)),
            .phase(.training),
        ]
        guard step > 0 else { return events }
        for step in 1...step {
            events.append(.batch(batch(step)))
            if step % Self.batchesPerEpoch == 0 { events.append(.epoch(epoch(step / Self.batchesPerEpoch))) }
        }
        return events
    }

    private func noise(_ seed: Int) -> Double {
        var value = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15
        value ^= value >> 31
        value = value &* 0xBF58_476D_1CE4_E5B9
        value ^= value >> 29
        return Double(value >> 11) / Double(1 << 53)
    }

    private func softmax(_ logits: [Double]) -> [Float] {
        let largest = logits.max() ?? 0
        let weights = logits.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        return weights.map { Float($0 / total) }
    }
}
