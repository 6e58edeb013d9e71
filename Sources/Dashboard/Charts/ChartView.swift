/// How the charts are looked at. It is the same for all of them, so that a place in one is the same place in the others.
struct ChartView: Sendable, Equatable {
    /// The chart that full screen is about.
    private(set) var chosen = Chart.batchLoss
    /// Whether the chosen chart has the screen to itself.
    private(set) var isFullScreen = false
    /// How much the curves are smoothed; the raw ones stay, faint.
    private(set) var smoothing = Smoothing.none
    /// Whether losses and times are drawn on a logarithmic axis.
    private(set) var isLogarithmic = false
    /// How often the horizontal axis was halved.
    private(set) var zoom = 0
    /// The last step in sight; nil to follow the newest.
    private(set) var lastStep: Int?
    /// The step that values are read at; nil without a cross-hair.
    private(set) var crosshair: Int?

    /// Whether anything is other than at the start, so that Escape has something to set back.
    var isChanged: Bool { isFullScreen || crosshair != nil || zoom > 0 }

    mutating func toggleFullScreen() { isFullScreen.toggle() }
    /// Gives the screen to one chart, or back to all if that one has it.
    mutating func toggleFullScreen(of chart: Chart) {
        isFullScreen = !(isFullScreen && chosen == chart)
        chosen = chart
    }
    mutating func closeFullScreen() { isFullScreen = false }
    mutating func nextSmoothing() { smoothing = smoothing.next }
    mutating func toggleLogarithmic() { isLogarithmic.toggle() }

    /// Chooses the next or previous of the charts shown, around the ends.
    mutating func choose(by offset: Int, of shown: [Chart]) {
        guard !shown.isEmpty else { return }
        let place = shown.firstIndex(of: chosen) ?? (offset > 0 ? -1 : 0)
        chosen = shown[((place + offset) % shown.count + shown.count) % shown.count]
    }

    /// Sets back one thing: the cross-hair, else the zoom, else full screen.
    mutating func stepBack() {
        if crosshair != nil {
            crosshair = nil
        } else if zoom > 0 {
            (zoom, lastStep) = (0, nil)
        } else {
            isFullScreen = false
        }
    }

    /// Halves (or doubles) what is in sight. The cross-hair stays in sight; without one the newest step does.
    mutating func zoom(by levels: Int, run: RunModel) {
        let whole = ChartDomain.end(step: run.step, planned: run.plannedSteps)
        let deepest = (0...20).last { whole >> $0 >= ChartDomain.fewestSteps } ?? 0
        let wanted = min(deepest, max(0, zoom + levels))
        guard wanted != zoom else { return }
        zoom = wanted
        guard zoom > 0 else {
            lastStep = nil
            return
        }
        if let crosshair { center(on: crosshair, run) }
    }

    /// Moves what is in sight by a quarter of its width; at the newest step it begins to follow again.
    mutating func pan(by quarters: Int, run: RunModel) {
        guard zoom > 0 else { return }
        let domain = ChartDomain(run, self)
        let last = domain.end + quarters * max(1, domain.width / 4)
        lastStep = last >= run.step ? nil : max(domain.width, last)
    }

    /// Shows the cross-hair at the newest step, or takes it away.
    mutating func toggleCrosshair(run: RunModel) {
        crosshair = crosshair == nil ? max(1, run.step) : nil
    }

    /// Shows the cross-hair at a step, as near as there is one.
    mutating func placeCrosshair(at step: Int, run: RunModel) {
        guard run.step > 0 else { return }
        crosshair = min(max(1, step), run.step)
    }

    /// Moves the cross-hair by `offset` fiftieths of what is in sight.
    mutating func moveCrosshair(by offset: Int, run: RunModel) {
        guard let crosshair else { return }
        let stride = max(1, ChartDomain(run, self).width / 50)
        let moved = min(max(1, crosshair + offset * stride), max(1, run.step))
        self.crosshair = moved
        guard zoom > 0 else { return }
        let domain = ChartDomain(run, self)
        if moved <= domain.start || moved > domain.end { center(on: moved, run) }
    }

    /// Puts the cross-hair at the first or the newest step.
    mutating func moveCrosshair(toEnd: Bool, run: RunModel) {
        crosshair = toEnd ? max(1, run.step) : 1
        guard zoom > 0 else { return }
        if toEnd { lastStep = nil } else { center(on: 1, run) }
    }

    private mutating func center(on step: Int, _ run: RunModel) {
        let width = ChartDomain(run, self).width
        let last = max(width, step + width / 2)
        lastStep = last >= run.step ? nil : last
    }
}

/// The steps that the charts of a run show, from `start` (exclusive) to `end`: the same for all of them.
struct ChartDomain: Sendable, Equatable {
    /// No zoom shows fewer.
    static let fewestSteps = 16

    /// The step at the left end; 0 is before the first one.
    var start: Int
    /// The step at the right end.
    var end: Int
    /// How many there are.
    var width: Int { end - start }

    /// The steps from `start` (exclusive) to `end`.
    init(start: Int, end: Int) { (self.start, self.end) = (start, end) }

    /// What is in sight of a run.
    init(_ run: RunModel, _ view: ChartView = ChartView()) {
        let whole = Self.end(step: run.step, planned: run.plannedSteps)
        guard view.zoom > 0 else {
            (start, end) = (0, whole)
            return
        }
        let width = max(Self.fewestSteps, whole >> view.zoom)
        // Following moves on by an eighth at a time: a curve that crept by a column at every step would be sent anew
        // at every step.
        let eighth = max(1, width / 8)
        end = view.lastStep ?? max(width, (run.step + eighth - 1) / eighth * eighth)
        start = end - width
    }

    /// The last step that has room. It is the planned end halved as often as the curve still fits, so that a young
    /// curve is not a speck, and an axis is stretched only a few times in a run.
    static func end(step: Int, planned: Int) -> Int {
        let atLeast = max(step, fewestSteps)
        guard planned > atLeast else { return max(step, planned, 1) }
        var end = planned
        while (end + 1) / 2 >= atLeast { end = (end + 1) / 2 }
        return end
    }
}
