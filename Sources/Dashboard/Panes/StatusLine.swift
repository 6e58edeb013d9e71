import FewShot
import Training

/// What the run is doing, in a word, a glyph and a colour: none of the three is needed alone.
struct StateWord: Equatable {
    var glyph: Unicode.Scalar
    var word: String
    var role: Role

    init(_ state: DashboardState, _ glyphs: Glyphs) {
        let run = state.run
        switch run.state {
        case .failed: (glyph, word, role) = (glyphs.trouble, "FAILED", .bad)
        case .halted: (glyph, word, role) = (glyphs.trouble, "NaN: WAITING", .bad)
        case .diverged: (glyph, word, role) = (glyphs.trouble, "NaN", .bad)
        case .done: (glyph, word, role) = (glyphs.done, "DONE", .accent)
        case .stopped(let saved):
            (glyph, word, role) = (glyphs.done, saved ? "STOPPED" : "DISCARDED", saved ? .accent : .warning)
        case .paused: (glyph, word, role) = (glyphs.paused, "PAUSED", .warning)
        case .running:
            switch run.phase {
            case _ where state.pendingStop != .none: (glyph, word, role) = (glyphs.paused, "STOPPING", .warning)
            case .loadingModel: (glyph, word, role) = (glyphs.waiting, "LOADING", .accent)
            case .readingData: (glyph, word, role) = (glyphs.waiting, "READING", .accent)
            case .encoding: (glyph, word, role) = (glyphs.running, "ENCODING", .accent)
            case .zeroShot: (glyph, word, role) = (glyphs.running, "ZERO-SHOT", .accent)
            case .training: (glyph, word, role) = (glyphs.running, "RUNNING", .good)
            case .finished: (glyph, word, role) = (glyphs.done, "DONE", .accent)
            }
        }
    }

    var caption: Canvas.Caption { .init("\(glyph) \(word)", .role(role, .bold)) }
}

/// The two lines at the top: which run, how far, how fast, how long, at what rate.
enum StatusLine {
    /// Draws the lines into a region two rows high.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let missing = drawProgress(state, glyphs, y: 1, into: &canvas)
        drawIdentity(state, settings: missing, glyphs, into: &canvas)
    }

    /// Draws the first of them: which run, and what it is doing.
    /// - Parameter settings: What has no room in the line below.
    static func drawIdentity(
        _ state: DashboardState, settings: [Setting] = [], _ glyphs: Glyphs, into canvas: inout Canvas
    ) {
        let width = canvas.bounds.width
        let word = StateWord(state, glyphs).caption
        canvas.text(word.text, endingAt: width, y: 0, word.style)
        let room = width - DisplayWidth.of(word.text) - 2
        if room >= 7 {
            canvas.text("cliptop", x: 0, y: 0, .role(.accent, .bold))
            canvas.text(glyphs.fit(identity(of: state, settings, room - 9, glyphs), max(0, room - 9)), x: 9, y: 0)
        }
    }

    /// Data set, method, shots and seed; the least important go first where room is short.
    private static func identity(
        of state: DashboardState, _ settings: [Setting], _ room: Int, _ glyphs: Glyphs
    ) -> String {
        guard let run = state.run.description else {
            return "getting ready"
        }
        var parts: [(text: String, rank: Int)] = []
        if let name = run.name { parts.append((name, 3)) }
        parts.append((run.dataset, 1))
        parts.append((run.method, 0))
        parts.append((run.shots == 1 ? "1 shot" : "\(run.shots) shots", 2))
        parts.append(("seed \(run.seed)", 5))
        // What the user has turned is worth more here than what the run began with.
        parts += settings.map { ($0.text, $0.isTurned ? 1 : $0.rank) }
        parts.append((run.model, 7))
        parts.append(("run \(run.runID)", 6))
        var shown = parts
        func text() -> String { shown.map(\.text).joined(separator: glyphs.separator) }
        while shown.count > 1, DisplayWidth.of(text()) > room {
            guard let last = shown.indices.max(by: { shown[$0].rank < shown[$1].rank }) else { break }
            shown.remove(at: last)
        }
        return text()
    }

    /// Counter, bar, time left, settings, speed. Every field keeps its width while its figure changes.
    /// - Returns: The settings that have no room.
    @discardableResult
    static func drawProgress(
        _ state: DashboardState, _ glyphs: Glyphs, y: Int, into canvas: inout Canvas
    ) -> [Setting] {
        let run = state.run
        let width = canvas.bounds.width
        let counter = counterText(run)
        var fields = facts(state, glyphs, isWide: width >= 100)
        let barRoom = width >= 60 ? 18 : 8
        let gap = width >= 100 ? 3 : 2
        func factsWidth() -> Int { fields.reduce(0) { $0 + DisplayWidth.of($1.caption.text) + gap } }
        var missing: [Setting] = []
        while fields.count > 1, DisplayWidth.of(counter) + barRoom + factsWidth() > width,
            let last = fields.indices.max(by: { fields[$0].rank < fields[$1].rank })
        {
            let field = fields.remove(at: last)
            if let setting = field.setting { missing.insert(setting, at: 0) }
        }

        var right = width
        for field in fields.reversed() {
            right = canvas.text(field.caption.text, endingAt: right, y: y, field.caption.style) - gap
        }
        canvas.text(counter, x: 0, y: y)
        let left = DisplayWidth.of(counter) + 1
        guard let progress = run.progress else { return missing }
        let percent = glyphs.padLeft("\(Int((progress * 100).rounded(.down)))", 3) + " %"
        let available = (fields.isEmpty ? width : right) - left
        guard available >= 12 else { return missing }
        let barWidth = min(120, available - 8)
        canvas.put(glyphs.barLeft, x: left, y: y, .role(.border))
        for column in 0..<barWidth {
            canvas.put(glyphs.barEmpty, x: left + 1 + column, y: y, .role(.border))
        }
        canvas.gradientBar(progress, x: left + 1, y: y, width: barWidth, glyphs)
        canvas.put(glyphs.barRight, x: left + 1 + barWidth, y: y, .role(.border))
        canvas.text(percent, x: left + 2 + barWidth + 1, y: y)
        return missing
    }

    static func counterText(_ run: RunModel) -> String {
        switch run.phase {
        case .loadingModel: return "loading the model"
        case .readingData: return "reading the data"
        case .encoding:
            guard let encoding = run.encoding else { return "encoding" }
            let total = Format.count(encoding.total)
            return "encoding " + Glyphs.ascii.padLeft(Format.count(encoding.done), total.count) + "/\(total)"
        case .zeroShot: return "measuring zero-shot"
        case .training, .finished:
            guard run.plannedEpochs > 0 else { return "nothing to train" }
            let total = Format.count(run.plannedEpochs)
            return "epoch " + Glyphs.ascii.padLeft(Format.count(run.epoch), total.count) + "/\(total)"
        }
    }

    /// A piece of the line. Of those that have no room together, the one with the highest rank goes.
    private struct Fact {
        var caption: Canvas.Caption
        var rank: Int
        var setting: Setting?
    }

    /// Time left, settings, speed, pace.
    private static func facts(_ state: DashboardState, _ glyphs: Glyphs, isWide: Bool) -> [Fact] {
        let run = state.run
        var facts: [Fact] = []
        if let result = run.result {
            facts.append(
                Fact(caption: .init("trained in \(NumberFormat.duration(result.trainSeconds))", .text), rank: 0))
        } else if run.phase == .encoding || run.phase == .training {
            let left = state.shownSecondsLeft.map(NumberFormat.duration) ?? "-:--"
            facts.append(Fact(caption: .init(glyphs.padLeft(left, 4) + " left", .text), rank: 0))
        }
        if run.phase == .training || run.phase == .finished {
            if let rate = run.currentLearningRate {
                facts.append(Fact(caption: .init("lr \(NumberFormat.rate(rate))", .role(.accent)), rank: 1))
            }
            facts += settings(run).map { Fact(caption: .init($0.text, .role(.accent)), rank: $0.rank, setting: $0) }
        }
        if !run.isEnded, let speed = speed(state) {
            facts.append(Fact(caption: .init(glyphs.padLeft(Format.speed(speed), 3) + " pictures/s", .text), rank: 2))
        }
        if run.phase == .training, let pace = run.description?.pace {
            let limit = NumberFormat.fixed(pace, pace == pace.rounded() ? 0 : 1)
            let text = isWide ? "limited to \(limit) batches/s" : "at most \(limit)/s"
            facts.append(Fact(caption: .init(text, .dim), rank: 3))
        }
        return facts
    }

    /// A setting of the next batch, and how soon it goes where room is short.
    struct Setting {
        var text: String
        var rank: Int
        /// Whether it is another one than at the start.
        var isTurned: Bool
    }

    /// The settings besides the rate: shares, the first of them before the others, and what users have changed.
    static func settings(_ run: RunModel) -> [Setting] {
        let shown = run.liveSettings.filter { $0 != .learningRate }
        return shown.compactMap { setting in
            guard let value = run.settings[setting.name] else { return nil }
            let isTurned = value != run.description?.settings[setting.name]
            guard isTurned || setting.format == .share else { return nil }
            return Setting(
                text: "\(setting.name) \(setting.text(value))", rank: isTurned || setting == shown.first ? 4 : 8,
                isTurned: isTurned)
        }
    }

    private static func speed(_ state: DashboardState) -> Double? {
        switch state.run.phase {
        case .encoding: state.run.encoding?.picturesPerSecond
        case .training: state.shownSpeed
        default: nil
        }
    }
}
