import Dispatch
import FewShot
import Foundation
import Store
import TestSupport
import Testing
import Training

/// What `classify`, `predict`, `evaluate` and `ratio` say of a run's picture is what the run's viewers are shown of it.
@Suite struct AnswersAgreeTests {
    /// Class probabilities of the picture, `[classes]`, without and with the run.
    private struct Answer {
        var zeroShot, adapted: [Double]
    }

    /// Fixed folders; the test part is one picture, so that a figure over the test pictures is a figure of that picture.
    private static func makeData(in home: URL) throws -> (data: URL, picture: URL) {
        let data = home.appending(path: "stamps")
        var test = data
        for name in ["bird", "coin", "tool"] {
            let source = Fixtures.samples.appending(path: "Images").appending(path: name)
            var files = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()[...]
            for (part, count) in [("train", 4), ("val", 3), ("test", name == "coin" ? 1 : 0)] where count > 0 {
                let target = data.appending(path: part).appending(path: name)
                try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
                for file in files.prefix(count) {
                    let picture = target.appending(path: file)
                    if part == "test" { test = picture }
                    try FileManager.default.createSymbolicLink(
                        at: picture, withDestinationURL: source.appending(path: file))
                }
                files = files.dropFirst(count)
            }
        }
        return (data, test)
    }

    /// What viewers are shown of the picture once the run has ended, and of it as one of the test split.
    private func shown(_ configuration: TrainingConfiguration, home: URL) throws -> (Answer, PictureAnswer) {
        let session = TrainingSession(configuration, state: StateDirectory(home))
        let arrived = DispatchSemaphore(value: 0)
        session.onEvents { arrived.signal() }
        session.start()
        var place: Int?
        var prediction: PicturePrediction?
        var split: SplitPredictions?
        while prediction == nil || split == nil {
            try #require(arrived.wait(timeout: .now() + 60) == .success, "the session fell silent")
            for event in session.drainEvents() {
                switch event {
                case .finished:
                    session.send(.inspect(picture: try #require(place)))
                    session.send(.watchMistakes(true))
                case .prepared(_, let pictures):
                    place = pictures.firstIndex { $0.split == .test }
                case .prediction(let found) where found.picture == place: prediction = found
                case .answers(let found) where found.split == .test: split = found
                default: break
                }
            }
        }
        let found = try #require(prediction)
        let answer = Answer(zeroShot: found.zeroShot.map(Double.init), adapted: found.adapted.map(Double.init))
        return (answer, try #require(split?.answers.first))
    }

    private func number(_ row: [String: Any], _ key: String) throws -> Double {
        try #require(row[key] as? Double)
    }

    private func object(_ text: String) throws -> Any { try JSONSerialization.jsonObject(with: Data(text.utf8)) }

    @Test(arguments: [MethodName.clipAdapter, .tipAdapterF, .linearProbe])
    func everyCommandShowsTheSameDigits(method: MethodName) throws {
        try withHome { home in
            let (data, picture) = try Self.makeData(in: home)
            var configuration = TrainingConfiguration(model: Fixtures.samples.appending(path: "Model"), data: data)
            configuration.use(method)
            configuration.epochs = 5
            configuration.name = "mine"
            let (shown, ofSplit) = try shown(configuration, home: home)
            func digits(_ value: Double) -> String { NumberFormat.percent(value) }
            let truth = ofSplit.label
            #expect(digits(Double(ofSplit.zeroShot.trueProbability)) == digits(shown.zeroShot[truth]))
            #expect(digits(Double(ofSplit.adapted.trueProbability)) == digits(shown.adapted[truth]))

            let names = ["bird", "coin", "tool"]
            let classify = try Program.run(["classify", picture.path, "--run", "mine", "--json"], home: home)
            #expect(classify.status == 0, "\(classify.errors)")
            let entry = try #require((try object(classify.output) as? [[String: Any]])?.first)
            for row in try #require(entry["classes"] as? [[String: Any]]) {
                let label = try #require(names.firstIndex(of: row["label"] as? String ?? ""))
                #expect(digits(try number(row, "zero_shot")) == digits(shown.zeroShot[label]))
                #expect(digits(try number(row, "adapted")) == digits(shown.adapted[label]))
            }

            let file = home.appending(path: "predictions.json")
            let predict = try Program.run(
                ["predict", "--data", data.path, "--run", "mine", "--output", file.path], home: home)
            #expect(predict.status == 0, "\(predict.errors)")
            let predicted = try #require(try object(String(contentsOf: file, encoding: .utf8)) as? [String: Any])
            let pictures = try #require(predicted["pictures"] as? [[String: Any]])
            #expect(pictures.count == 1)
            for row in try #require(pictures.first?["predictions"] as? [[String: Any]]) {
                let label = try #require(row["index"] as? Int)
                #expect(digits(try number(row, "probability")) == digits(shown.adapted[label]))
            }

            let evaluation = home.appending(path: "evaluation.json")
            let evaluate = try Program.run(["evaluate", "--run", "mine", "--json", evaluation.path], home: home)
            #expect(evaluate.status == 0, "\(evaluate.errors)")
            let figures = try #require(
                try object(String(contentsOf: evaluation, encoding: .utf8)) as? [String: Any])
            // The mean cross-entropy of one picture is −log of the probability of its class.
            for (key, probabilities) in [("zero_shot", shown.zeroShot), ("final", shown.adapted)] {
                let loss = try #require((figures[key] as? [String: Any])?["loss"] as? Double)
                #expect(digits(exp(-loss)) == digits(probabilities[truth]), "\(key)")
            }

            guard method == .clipAdapter else { return }
            let ratio = try Program.run(["ratio", "mine", "--on-test", "--step", "0.2", "--json"], home: home)
            #expect(ratio.status == 0, "\(ratio.errors)")
            let curve = try #require(try object(ratio.output) as? [String: Any])
            let points = try #require(curve["points"] as? [[String: Any]])
            let own = try #require(curve["trained_ratio"] as? Double)
            for (place, probabilities) in [(0, shown.zeroShot), (own, shown.adapted)] {
                let point = try #require(points.first { abs(($0["ratio"] as? Double ?? -1) - place) < 1e-9 })
                let loss = try #require(point["loss"] as? Double)
                #expect(digits(exp(-loss)) == digits(probabilities[truth]), "ratio \(place)")
            }
        }
    }
}
