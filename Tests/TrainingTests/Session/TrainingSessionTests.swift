import FewShot
import Foundation
import Store
import Synchronization
import TestSupport
import Testing

@testable import Training

@Suite struct TrainingSessionTests {
    @Test func trainsSavesAndReports() throws {
        let harness = try SessionHarness()
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        #expect(harness.epochs.count == 5)
        #expect(harness.batches.count == 10)  // 6 pictures in batches of 4 and 2
        let adapter = try AdapterFile(contentsOf: try #require(result.adapterFile))
        #expect(adapter.classNames == ["bird", "coin", "tool"])
        #expect(try adapter.tensor("visual_adapter.fc.0.weight").shape == [80, 320])
        let report = try #require(harness.session.report)
        #expect(report.finalTest?.count == 12)
        #expect(report.zeroShotTest?.count == 12)
        #expect(report.best?.record.validation?.count == 6)
        let runs = try RunTable(StateDatabase(StateDirectory(harness.folder.appending(path: "state"))))
        #expect(try runs.find("latest").state == "done")
    }

    @Test func aSecondRunFindsItsFeaturesInTheCache() throws {
        let harness = try SessionHarness()
        try harness.follow()
        #expect(harness.log.contains { $0.text.contains("0 from the cache") })
        let configuration = try #require(harness.session.report?.configuration)
        let again = TrainingSession(
            configuration, state: StateDirectory(harness.folder.appending(path: "state")))
        let arrived = DispatchSemaphore(value: 0)
        again.onEvents { arrived.signal() }
        again.start()
        while again.report == nil {
            try #require(arrived.wait(timeout: .now() + 60) == .success)
            _ = again.drainEvents()
        }
        let report = try #require(again.report)
        #expect(report.encoding.fromCache == 24)
        #expect(report.parameters == harness.session.report?.parameters)
    }

    /// Watching, pausing, stepping and inspecting change no bit.
    @Test func theWeightsDoNotDependOnWhoWatches() throws {
        let quiet = try SessionHarness()
        try quiet.follow()
        let busy = try SessionHarness()
        var steps = 0
        // Before the start: a small run may be over before anybody has seen that it is prepared.
        busy.session.send(.pause)
        try busy.follow(react: { event, session in
            switch event {
            case .prepared:
                session.send(.inspect(picture: 3))
                session.send(.step)
            case .batch:
                steps += 1
                session.send(steps < 4 ? .step : .resume)
            default: break
            }
        })
        #expect(busy.states.contains(.paused))
        #expect(
            busy.events.contains { if case .prediction(let prediction) = $0 { prediction.step > 0 } else { false } })
        #expect(busy.session.report?.parameters == quiet.session.report?.parameters)
        #expect(quiet.session.report?.parameters.isEmpty == false)
    }

    @Test func augmentedRunsAreReproducible() throws {
        func run() throws -> RunReport {
            let harness = try SessionHarness(change: { $0.augment = true })
            try harness.follow()
            return try #require(harness.session.report)
        }
        let (first, second) = (try run(), try run())
        #expect(first.parameters == second.parameters)
        let plain = try SessionHarness()
        try plain.follow()
        #expect(plain.session.report?.parameters != first.parameters)
    }

    @Test func theLearningRateChangesBetweenBatches() throws {
        let harness = try SessionHarness(change: { $0.pace = 20 })
        try harness.follow(react: { event, session in
            guard case .batch(let record) = event else { return }
            if record.step == 2 { session.send(.set("lr", 1e-3)) }
            if record.step == 4 { session.send(.scale("lr", by: 2)) }
            if record.step == 6 { session.send(.undo) }
            if record.step == 7 { session.send(.set("lr", .nan)) }
        })
        #expect(harness.batches.map(\.learningRate) == [3e-3, 3e-3, 1e-3, 1e-3, 2e-3, 2e-3, 1e-3, 1e-3, 1e-3, 1e-3])
        let report = try #require(harness.session.report)
        #expect(report.interventions.map(\.afterStep) == [2, 4, 6])
        #expect(report.interventions[0].change == .set(name: "lr", from: 3e-3, to: 1e-3))
        #expect(harness.log.contains { $0.level == .warning && $0.text.contains("must be above 0") })
    }

    @Test func epochsCanBeAddedAndCut() throws {
        let longer = try SessionHarness(change: { $0.pace = 50 })
        try longer.follow(react: { event, session in
            if case .epoch(let record) = event, record.epoch == 2 { session.send(.addEpochs(3)) }
        })
        #expect(longer.epochs.count == 8)
        #expect(longer.session.report?.plannedEpochs == 8)
        let shorter = try SessionHarness(change: { $0.pace = 50 })
        try shorter.follow(react: { event, session in
            if case .epoch(let record) = event, record.epoch == 2 { session.send(.addEpochs(-100)) }
        })
        #expect(shorter.epochs.count == 3)
        #expect(shorter.states.last == .done)
    }

    @Test func stoppingAfterTheEpochSaves() throws {
        let harness = try SessionHarness(change: { $0.pace = 20 })
        let result = try #require(
            try harness.follow(react: { event, session in
                if case .batch(let record) = event, record.step == 3 { session.send(.stop(.afterEpoch, save: true)) }
            }))
        #expect(result.state == .stopped(saved: true))
        #expect(harness.epochs.count == 2)
        #expect(result.adapterFile != nil)
    }

    @Test func stoppingAPausedRunWorks() throws {
        let harness = try SessionHarness(change: { $0.pace = 20 })
        let result = try #require(
            try harness.follow(react: { event, session in
                if case .batch(let record) = event, record.step == 3 { session.send(.pause) }
                if case .state(.paused) = event { session.send(.stop(.now, save: false)) }
            }))
        #expect(result.state == .stopped(saved: false))
        #expect(result.adapterFile == nil)
    }

    @Test func stoppingWhileItLoadsEndsAtOnce() throws {
        let harness = try SessionHarness()
        harness.session.send(.stop(.now, save: true))
        let result = try #require(try harness.follow())
        #expect(result.state == .stopped(saved: false))
        #expect(harness.batches.isEmpty)
    }

    @Test func aLossThatExplodesKeepsTheLastGoodWeights() throws {
        let harness = try SessionHarness(change: { $0.learningRate = 1e30 })
        let result = try #require(try harness.follow())
        guard case .diverged(let step, let rate, _, _) = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        #expect(step > 0 && rate == 1e30)
        let adapter = try AdapterFile(contentsOf: try #require(result.adapterFile))
        #expect(adapter.parameters.count == 2)
        #expect(adapter.parameters.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
        #expect(harness.log.contains { $0.level == .error && $0.text.contains("lower rate") })
    }

    /// The dashboard stays open after the end, and its pictures still get answers, test pictures above all.
    @Test func picturesAreAnsweredAfterTheEnd() throws {
        let harness = try SessionHarness()
        try harness.follow()
        harness.session.send(.inspect(picture: 5))
        try harness.follow(
            start: false,
            until: { event in
                if case .prediction(let prediction) = event {
                    prediction.picture == 5 && prediction.step == 10
                } else {
                    false
                }
            })
    }

    @Test func unreadablePicturesAreListedAndLeftOut() throws {
        let harness = try SessionHarness(prepare: { data in
            try Data("not a picture".utf8).write(to: data.appending(path: "bird/text.png"))
            try Data([0x89, 0x50, 0x4e, 0x47]).write(to: data.appending(path: "coin/cut.png"))
            try Data().write(to: data.appending(path: "tool/空 empty.png"))
        })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        let report = try #require(harness.session.report)
        #expect(report.unreadable.map(\.path) == ["bird/text.png", "coin/cut.png", "tool/空 empty.png"])
        let description = report.description
        #expect(description.trainCount + description.validationCount + description.testCount == 24)
    }

    @Test(arguments: [
        ("data", "there is no data folder"), ("model", "there is no such folder"), ("template", "{}"),
    ])
    func whatIsMissingIsOneLine(what: String, says: String) throws {
        let harness = try SessionHarness(change: { configuration in
            switch what {
            case "data": configuration.data = URL(filePath: "/proc/nonexistent/pictures")
            case "model": configuration.model = URL(filePath: "/proc/nonexistent/model")
            default: configuration.templates = ["a photo"]
            }
        })
        let result = try #require(try harness.follow())
        guard case .failed(let reason) = result.state else {
            Issue.record("ended as \(result.state)")
            return
        }
        #expect(reason.contains(says) && !reason.contains("\n"), "\(reason)")
    }

    /// A method without training ends at once, with its results and without an adapter.
    @Test func zeroShotIsAMethod() throws {
        let harness = try SessionHarness(change: { $0.method.name = .zeroShot })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        #expect(harness.batches.isEmpty && harness.epochs.isEmpty)
        #expect(result.adapterFile == nil && result.finalTest == result.zeroShotTest)
        let report = try #require(harness.session.report)
        #expect(report.description.epochs == 0 && report.description.batchesPerEpoch == 0)
        #expect(report.finalValidation?.count == 6)
        #expect(report.isKept && !report.isSaved)
    }

    @Test func classesWithFewPicturesAreUsedAsTheyAre() throws {
        let harness = try SessionHarness(pictures: 1)
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        #expect(result.finalTest == nil)
        #expect(harness.log.contains { $0.level == .warning && $0.text.contains("1 of 2 training pictures") })
    }
}

/// Questions that are asked of a session beside its training.
@Suite struct SessionAnswersTests {
    @Test func mistakesAreToldWhileSomebodyLooksAndTheTestSplitAtTheEnd() throws {
        let harness = try SessionHarness()
        harness.session.send(.watchMistakes(true))
        try harness.follow()
        let answers = harness.events.compactMap { if case .answers(let answers) = $0 { answers } else { nil } }
        let validation = answers.filter { $0.split == .validation }
        #expect(validation.map(\.epoch).prefix(6) == [0, 1, 2, 3, 4, 5])
        #expect(answers.last?.split == .test && answers.last?.answers.count == 12)
        let report = try #require(harness.session.report)
        let wrong = try #require(answers.last).answers.count { $0.isWrong }
        #expect(abs(try #require(report.finalTest).top1 - Double(12 - wrong) / 12) < 1e-9)
        #expect(!answers.prefix(6).contains { $0.split == .test }, "the test split is closed while the run is live")
    }

    /// Whatever a viewer asks for, no test picture is answered for before the end unless the run has recorded it.
    @Test func noTestPictureIsAnsweredForWithoutARecord() throws {
        let harness = try SessionHarness()
        var picture = 0
        harness.session.send(.pause)
        try harness.follow(react: { event, session in
            switch event {
            case .prepared(_, let pictures):
                picture = pictures.firstIndex { $0.split == .test } ?? 0
                session.send(.inspect(picture: picture))
                session.send(.pin([picture]))
                session.send(.step)
            case .batch(let record) where record.step == 3:
                session.send(.openTest)
                session.send(.resume)
            case .batch: session.send(.step)
            default: break
            }
        })
        let opened = try #require(
            harness.events.firstIndex {
                if case .intervention(let made) = $0 { made.change == .testOpened } else { false }
            })
        func isAnswer(_ event: TrainingEvent) -> Bool {
            switch event {
            case .prediction(let prediction): prediction.picture == picture
            case .probes(let record): !record.probes.isEmpty
            default: false
            }
        }
        #expect(!harness.events[..<opened].contains(where: isAnswer))
        #expect(harness.events[opened...].contains(where: isAnswer))
        let quiet = try SessionHarness()
        quiet.session.send(.inspect(picture: picture))
        try quiet.follow()
        let answers = quiet.events.indices.filter { isAnswer(quiet.events[$0]) }
        let last = try #require(quiet.events.lastIndex { if case .batch = $0 { true } else { false } })
        #expect(!answers.isEmpty && answers.allSatisfy { $0 > last }, "after the end it is open")
    }

    @Test func anOpenedTestSplitIsRecorded() throws {
        let harness = try SessionHarness()
        harness.session.send(.openTest)
        try harness.follow()
        #expect(harness.session.report?.interventions.map(\.change) == [.testOpened])
        #expect(
            harness.events.contains { if case .answers(let answers) = $0 { answers.split == .test } else { false } })
    }

    @Test func anyPictureIsClassifiedWithAnyLabels() throws {
        let harness = try SessionHarness(change: { $0.epochs = 2 })
        let crow = Fixtures.samples.appending(path: "Images/bird/crow.png")
        var asked = 0
        var answers: [ClassifyAnswer] = []
        // Before the start: so small a run would be over before the first question.
        harness.session.send(.pause)
        try harness.follow(
            react: { event, session in
                if case .prepared = event {
                    asked = 1
                    session.send(.classify(ClassifyRequest(number: 1, picture: crow)))
                }
                guard case .classified(let answer) = event else { return }
                answers.append(answer)
                asked += 1
                switch asked {
                case 2:
                    session.send(
                        .classify(
                            ClassifyRequest(number: 2, picture: crow, labels: ["bird", "teapot"], template: "{}")))
                case 3:
                    session.send(.classify(ClassifyRequest(number: 3, picture: harness.folder)))
                default: session.send(.stop(.now, save: false))
                }
            })
        #expect(answers.count >= 3)
        #expect(answers[0].labels == ["bird", "coin", "tool"] && answers[0].adapted.count == 3)
        #expect(answers[0].nearest.count == 3 && answers[0].nearest[0].cosine > answers[0].nearest[2].cosine)
        #expect(answers[1].labels == ["bird", "teapot"] && answers[1].zeroShot[0] > 0.5)
        #expect(answers[1].adapted.count == 2)
        #expect(answers[2].problem != nil && answers[2].zeroShot.isEmpty)
    }

    /// Nobody waits at the inbox any more: an answer must come all the same, and without a further question.
    @Test(arguments: [false, true]) func picturesAreClassifiedAfterTheEnd(augment: Bool) throws {
        let harness = try SessionHarness(change: { ($0.epochs, $0.augment) = (1, augment) })
        try harness.follow()
        for (number, name) in ["crow", "drake"].enumerated() {
            let picture = Fixtures.samples.appending(path: "Images/bird/\(name).png")
            let answer = try harness.classify(ClassifyRequest(number: number, picture: picture))
            #expect(answer.request.picture == picture && answer.problem == nil && answer.adapted.count == 3)
        }
    }

    /// Typed labels are put into the run's own templates, whatever they were given as.
    @Test(arguments: [[], ["a drawing of a {}."], ["imagenet-7"]])
    func typedLabelsGetTheRunsTemplates(_ templates: [String]) throws {
        let harness = try SessionHarness(change: { ($0.epochs, $0.templates) = (1, templates) })
        try harness.follow()
        var request = ClassifyRequest(
            number: 1, picture: Fixtures.samples.appending(path: "Images/bird/crow.png"),
            labels: ["bird", "teapot", "sunset"])
        let own = try harness.classify(request)
        #expect(own.zeroShot.max() ?? 0 > 0.4 && own.adapted.max() ?? 0 > 0.4, "no label stands out")
        guard templates.allSatisfy({ $0.contains("{}") }) else { return }
        (request.number, request.template) = (2, templates.first ?? "a photo of a {}.")
        let written = try harness.classify(request)
        #expect(written.zeroShot == own.zeroShot && written.adapted == own.adapted)
    }
}
