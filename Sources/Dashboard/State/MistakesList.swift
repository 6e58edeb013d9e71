import Foundation
import Training

/// A split's answers as a table for other programs.
struct MistakesList {
    let answers: SplitPredictions
    let run: RunDescription
    let pictures: [PictureReference]

    init(_ answers: SplitPredictions, _ run: RunDescription, _ pictures: [PictureReference]) {
        self.answers = answers
        self.run = run
        self.pictures = pictures
    }

    /// Every picture that zero-shot or the adapter gets wrong, as RFC 4180 wants it; probabilities are 0...1.
    var csv: String {
        var lines = [
            "path,label,zero_shot,zero_shot_confidence,zero_shot_true,adapted,adapted_confidence,adapted_true,change"
        ]
        for answer in answers.answers where answer.isWrong || answer.isFixed {
            guard pictures.indices.contains(answer.picture) else { continue }
            let change = answer.isFixed ? "fixed" : answer.isBroken ? "broken" : "wrong"
            let fields =
                [pictures[answer.picture].name, name(answer.label)]
                + columns(answer.zeroShot) + columns(answer.adapted) + [change]
            lines.append(fields.map(Self.quoted).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Writes the answers that the Mistakes screen shows into the run's folder; answers what the screen says of it.
    static func write(_ state: DashboardState) -> DashboardState.Notice? {
        guard let run = state.run.description, let answers = state.mistakes.current else { return nil }
        let file = run.folder.appending(path: "mistakes-\(answers.split.rawValue)-epoch\(answers.epoch).csv")
        do {
            try FileManager.default.createDirectory(at: run.folder, withIntermediateDirectories: true)
            try MistakesList(answers, run, state.run.pictures).csv.write(to: file, atomically: true, encoding: .utf8)
            return .init(text: "written: \(file.path)", level: .info)
        } catch {
            return .init(text: "cannot write \(file.path): \(error.localizedDescription)", level: .error)
        }
    }

    private func name(_ label: Int) -> String { PredictionPane.className(label, run) }

    private func columns(_ answer: PictureAnswer.Answer) -> [String] {
        [
            name(answer.label), NumberFormat.fixed(Double(answer.confidence), 6),
            NumberFormat.fixed(Double(answer.trueProbability), 6),
        ]
    }

    private static func quoted(_ field: String) -> String {
        guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
