import Foundation
import Training

/// Everything a frame is drawn from: the run as its events tell it, and what the user has opened, typed and chosen.
struct DashboardState: Sendable {
    /// Something laid over the screen.
    enum Overlay: Sendable, Equatable {
        /// The key list, from this line on.
        case help(firstLine: Int)
        /// A question that waits for its answer.
        case question(Question)
        /// A value is being typed.
        case input(InputLine)
        /// The results table.
        case result
    }

    /// The picture of the prediction pane on its way from file to cells.
    enum LoadedPicture: Sendable, Equatable {
        case loading
        case failed(String)
        case ready(PictureCells)
    }

    /// A line that waits for the next key.
    struct Notice: Sendable, Equatable {
        var text: String
        var level: LogEntry.Level
    }

    /// What has been asked of the session besides training on.
    enum PendingStop: Sendable, Equatable {
        case none
        /// Stop, then leave.
        case leaving(saving: Bool, afterEpoch: Bool)
    }

    /// The run.
    var run = RunModel()
    /// What lies over the screen.
    var overlay: Overlay?
    /// The screen that is shown.
    var screen = Screen.train
    /// What the Mistakes screen shows.
    var mistakes = MistakesModel()
    /// What the Classify screen shows.
    var classify = ClassifyModel()
    /// What the Runs screen shows.
    var runs = RunsModel()
    /// What the Compare screen shows.
    var compare = CompareModel()
    /// The small pictures in sight, by their index in the run.
    var thumbnails: [Int: LoadedPicture] = [:]
    /// The pinned pictures.
    var pinned = PinnedPictures()
    /// The residual-ratio slider; nil while it is closed.
    var ratios: RatioSlider?
    /// Values that the session was asked to set and has not told of yet.
    var asked: [String: Double] = [:]
    /// Whether leaving can mean that the run goes on by itself.
    var canDetach = false
    /// Whether the run is another process's, which goes on in any case.
    var isAttached = false
    /// Whether the run cannot be steered from here.
    var isReadOnly = false
    /// How the charts are looked at.
    var charts = ChartView()
    /// Which picture is shown.
    var browser = PictureBrowser()
    /// How far that picture has come.
    var picture: LoadedPicture?
    /// What waits for the next key.
    var notice: Notice?
    /// Whether the session has been told to stop.
    var pendingStop = PendingStop.none
    /// Whether the mouse is listened to, for help.
    var hasMouse = false
    /// The theme's name, for help.
    var themeName = ""
    /// Figures that the screen holds for a second.
    var held = HeldFigures()
    /// What showing all this costs; nil until it has been measured.
    var cost: ScreenCost?

    /// The state before the first event.
    init() {}

    /// Takes one event in; answers what is to be done because of it.
    mutating func apply(_ event: TrainingEvent) -> [Effect] {
        run.apply(event)
        switch event {
        case .prepared(_, let pictures):
            browser.begin(with: pictures)
            return inspectCurrent()
        case .batch(let batch):
            held.note(batch)
            asked = [:]
        case .answers(let answers): mistakes.take(answers)
        case .classified(let answer): classify.take(answer)
        case .probes(let record): pinned.take(record)
        case .intervention: asked = [:]
        case .state(.halted): if !isTyping { overlay = .question(.notANumber) }
        case .state(.running), .state(.paused): closeQuestionOfNaN()
        case .log(let entry) where entry.level == .error:
            notice = Notice(text: entry.text(readBy: run.readerID), level: .error)
        case .state(.failed(let reason)):
            notice = Notice(text: reason, level: .error)
        case .state(let state):
            guard case .diverged(_, let rate, let lastFinite, _) = state, let loss = state.divergedLoss else { break }
            let last = lastFinite.map { ", last finite loss " + Format.loss($0) } ?? ""
            notice = Notice(
                text:
                    "\(loss) is NaN (learning rate \(NumberFormat.rate(rate))\(last)); the last good weights are kept",
                level: .error)
        case .finished:
            if pendingStop != .none { return [.leave] }
            if overlay == nil || isAsking { overlay = .result }
        default: break
        }
        return []
    }

    /// A question about a run that has meanwhile ended is no question any more.
    private var isAsking: Bool {
        switch overlay {
        case .question, .input: true
        default: false
        }
    }

    /// A line that is being typed stays open.
    private var isTyping: Bool { if case .input = overlay { true } else { false } }

    /// Somebody has answered elsewhere, or a command did.
    private mutating func closeQuestionOfNaN() {
        if case .question(let question) = overlay, question.topic == .notANumber { overlay = nil }
    }

    /// What stands in the place of errors: what waits for the next key, else what waits for an answer.
    var shownNotice: Notice? {
        notice ?? run.haltText.map { Notice(text: $0 + "; press space to recover", level: .error) }
    }

    /// The effects of another picture being looked at.
    mutating func inspectCurrent() -> [Effect] {
        picture = nil
        guard let current = browser.current else { return [] }
        return [.send(.inspect(picture: current))]
    }

    /// The answers for the picture shown; nil until the session has given them.
    var currentPrediction: PicturePrediction? {
        guard let prediction = run.prediction, prediction.picture == browser.current else { return nil }
        return prediction
    }

    /// The file of the large picture on the screen.
    var pictureInSight: URL? { screen.file(self) }

    /// The picture shown.
    var currentPicture: PictureReference? {
        guard let index = browser.current, run.pictures.indices.contains(index) else { return nil }
        return run.pictures[index]
    }
}
