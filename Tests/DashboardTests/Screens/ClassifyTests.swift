import Foundation
import TestSupport
import Testing
import Training

@testable import Dashboard

/// The Classify screen: lines that are typed, questions that are asked, answers that are shown.
@Suite struct ClassifyTests {
    private var classifying: DashboardState {
        var state = DashboardState(smallRun(), through: 4)
        _ = state.press(.character("2"))
        return state
    }

    private func type(_ text: String, into state: inout DashboardState) -> [Effect] {
        for character in text { _ = state.press(.character(character)) }
        return state.press(.enter)
    }

    @Test func aTypedPathIsAsked() throws {
        var state = classifying
        _ = state.press(.enter)
        let effects = type("/pictures/q?1 heron.png", into: &state)
        guard case .command(.query(.classify(let request))) = try #require(effects.first) else {
            Issue.record("nothing was asked")
            return
        }
        #expect(request.picture.path == "/pictures/q?1 heron.png" && request.labels.isEmpty && request.template == nil)
        #expect(state.classify.editing == nil)
    }

    @Test func labelsAndTemplatesAreCheckedBeforeTheyAreAsked() {
        var state = classifying
        _ = state.press(.enter)
        _ = type("/a.png", into: &state)
        _ = state.press(.character("n"))
        #expect(type("cat", into: &state).isEmpty && state.classify.complaint?.contains("two") == true)
        #expect(type(", cat", into: &state).isEmpty && state.classify.complaint?.contains("twice") == true)
        _ = state.press(.control("u"))
        #expect(type("cat, dog , a photo of a sunset,", into: &state).count == 1)
        #expect(state.classify.labelList == ["cat", "dog", "a photo of a sunset"])
        _ = state.press(.character("m"))
        #expect(type("no place", into: &state).isEmpty && state.classify.complaint?.contains("{}") == true)
        _ = state.press(.escape)
        #expect(state.classify.template.isEmpty, "Escape takes the line back")
    }

    @Test func onlyTheAnswerToTheNewestQuestionCounts() {
        var state = classifying
        _ = state.press(.enter)
        _ = type("/a.png", into: &state)
        let old = state.classify.request
        _ = state.press(.character("a"))
        if let old { _ = state.apply(.classified(ClassifyAnswer(old, problem: "old"))) }
        #expect(state.classify.answer == nil)
        if let new = state.classify.request { _ = state.apply(.classified(ClassifyAnswer(new, problem: "new"))) }
        #expect(state.classify.answer?.problem == "new" && state.classify.request == nil)
    }

    @Test func nothingOfThePictureBeforeStandsUnderTheNextOnesName() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["heron.png", "stork.png"] { try Data().write(to: folder.appending(path: name)) }
        var state = classifying
        _ = state.press(.enter)
        _ = type(folder.path + "/heron.png", into: &state)
        var answer = ClassifyAnswer(try #require(state.classify.request))
        (answer.labels, answer.zeroShot, answer.adapted) = (["bird", "coin"], [0.412, 0.588], [0.9, 0.1])
        answer.size = [1600, 1200]
        _ = state.apply(.classified(answer))
        #expect(state.pictureInSight?.lastPathComponent == "heron.png")
        _ = state.press(.right)
        #expect(state.pictureInSight?.lastPathComponent == "stork.png", "the picture follows its name")
        let text = DashboardView.draw(
            state, columns: 120, rows: 30, TerminalCapabilities(colors: .indexed256, glyphs: .full)
        ).plain
        #expect(text.contains("╭ stork.png") && text.contains("classifying…"))
        for old in ["41.2", "1600", "heron.png"] { #expect(!text.contains(old), "\(old)") }
    }

    @Test func aQuestionThatNobodyAnswersSaysSo() {
        var state = classifying
        _ = state.press(.enter)
        _ = type("/a.png", into: &state)
        state.classify.refuse("the process has gone")
        #expect(state.classify.request == nil && state.classify.answerInSight?.problem == "the process has gone")
    }

    @Test func pathsAreCompletedAsFarAsTheyAreCertain() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["heron 1.png", "heron 2.jpg", "stork.png", "notes.txt", ".hidden.png"] {
            try Data().write(to: folder.appending(path: name))
        }
        try FileManager.default.createDirectory(at: folder.appending(path: "stamps"), withIntermediateDirectories: true)
        let both = FilePathCompletion(folder.path + "/he")
        #expect(both.path == folder.path + "/heron " && both.candidates == ["heron 1.png", "heron 2.jpg"])
        #expect(FilePathCompletion(folder.path + "/sto").path == folder.path + "/stork.png")
        #expect(FilePathCompletion(folder.path + "/sta").path == folder.path + "/stamps/")
        #expect(FilePathCompletion(folder.path + "/notes").path == folder.path + "/notes", "no picture")
        #expect(FilePathCompletion("/proc/nonexistent/x").path == "/proc/nonexistent/x", "nothing there to complete")
        var model = ClassifyModel()
        model.take(picture: folder.path + "/heron 1.png")
        model.movePicture(by: 1)
        #expect(model.picture == folder.path + "/heron 2.jpg")
        model.movePicture(by: 2)
        #expect(model.picture == folder.path + "/heron 1.png", "around the end; no hidden files")
    }

    @Test func theAnswerShowsBothProbabilitiesAndTheDifference() {
        var state = classifying
        _ = state.press(.enter)
        _ = type("/a.png", into: &state)
        var answer = ClassifyAnswer(ClassifyRequest(number: 1, picture: URL(filePath: "/a.png")))
        answer.labels = ["heron", "stork"]
        answer.zeroShot = [0.4, 0.6]
        answer.adapted = [0.9, 0.1]
        answer.size = [1600, 1200]
        answer.nearest = [.init(picture: 0, cosine: 0.91)]
        answer.milliseconds = 31
        _ = state.apply(.classified(answer))
        let text = DashboardView.draw(
            state, columns: 120, rows: 30, TerminalCapabilities(colors: .indexed256, glyphs: .full)
        ).plain
        for piece in ["heron", "40.0", "90.0", "+50.0", "-50.0", "1600×1200", "31 ms", "nearest shots", "0.91"] {
            #expect(text.contains(piece), "\(piece)")
        }
        #expect(ClassifyPane.ranking(answer) == [0, 1])
    }

    @Test(arguments: [(40, 10), (40, 24), (80, 24), (200, 60), (300, 100), (20, 5), (1, 1)])
    func everySizeShowsSomethingAndNoSizeCrashes(columns: Int, rows: Int) {
        var state = classifying
        _ = state.press(.enter)
        _ = state.press(.character("x"))
        for capabilities in [
            TerminalCapabilities(colors: .indexed256, glyphs: .full),
            TerminalCapabilities(colors: .none, glyphs: .ascii),
        ] {
            let canvas = DashboardView.draw(state, columns: columns, rows: rows, capabilities)
            if columns >= 40 { #expect(canvas.plain.contains("picture")) }
        }
    }
}
