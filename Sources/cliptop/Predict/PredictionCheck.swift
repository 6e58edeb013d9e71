import ArgumentParser
import FewShot
import Foundation
import Pictures
import Store
import Training

/// `cliptop predict --check`: reads a result file again.
struct PredictionCheck {
    let file: String
    let source: PredictionSource
    let labels: LabelOptions
    let trainedRun: String?

    /// The most problems that are listed one by one.
    private static let shown = 10

    func run() throws {
        let text = try readText()
        let pictures = try source.path == nil ? nil : source.read(ProgressLine())
        let classNames =
            try labels.classNames() ?? trainedRun.map { try TrainedRun($0).file.classNames } ?? pictures?.classNames
        let known = pictures.map { pictures in
            let labels = pictures.labels(in: classNames ?? [])
            return Dictionary(
                zip(pictures.items, labels).map { item, label in
                    (Prediction(path: item.path, label: nil, problem: "").baseName, label)
                }, uniquingKeysWith: { first, _ in first })
        }
        let check = ResultCheck(
            text, classes: classNames?.count, labels: known,
            families: pictures?.families(of: classNames ?? []) ?? [])
        report(check, pictures: known?.count, classes: classNames?.count)
        if !check.problems.isEmpty { throw ExitCode(1) }
    }

    private func readText() throws -> String {
        let content: Data
        do { content = try Data(contentsOf: URL(filePath: file)) } catch {
            throw UsageError("cannot read --check \(printable(file)): \(error.plainReason)")
        }
        let bytes =
            StoredZip.isArchive(content)
            ? try StoredZip.content(of: "result.txt", in: content, path: file) : content
        return String(decoding: bytes, as: UTF8.self)
    }

    private func report(_ check: ResultCheck, pictures: Int?, classes: Int?) {
        let known = [pictures.map { "\($0) pictures" }, classes.map { "\($0) classes" }].compactMap { $0 }
        Output.line(
            "\(printable(file)): \(check.lines) lines"
                + (known.isEmpty
                    ? "; give --data or --images to check names and classes too"
                    : " for \(known.joined(separator: ", "))"))
        for problem in check.problems.prefix(Self.shown) {
            Output.line((problem.line.map { "line \($0): " } ?? "") + printable(problem.text))
        }
        if check.problems.count > Self.shown { Output.line("and \(check.problems.count - Self.shown) more") }
        Output.line(check.problems.isEmpty ? "nothing is wrong" : "\(check.problems.count) problems")
        guard let overall = check.overall else { return }
        var table = TextTable([("", .left), ("top-1", .right), ("top-5", .right), ("pictures", .right)])
        for (name, score) in [("all", overall)] + check.families.map({ ($0.name, $0.score) }) {
            table.add([
                printable(name), NumberFormat.percent(score.top1) + " %", NumberFormat.percent(score.top5) + " %",
                "\(score.count)",
            ])
        }
        Output.line(table.text)
    }
}
