/// What the mouse does. Whatever it can do a key can do as well, and both through the same commands.
extension DashboardState {
    /// Does what a click or a turn of the wheel means on the screen as it was drawn; answers what is to be done outside.
    mutating func point(_ event: MouseEvent, on canvas: Canvas) -> [Effect] {
        let here = canvas.hotSpots.last { spot in
            spot.place.contains(x: event.x, y: event.y)
                && (event.action == .press ? spot.click != nil : spot.wheel != nil)
        }
        guard let here else { return [] }
        notice = nil
        switch event.action {
        case .wheelUp: return here.wheel.map { perform($0.up) } ?? []
        case .wheelDown: return here.wheel.map { perform($0.down) } ?? []
        case .press: break
        }
        switch here.click {
        case .command(let id): return perform(id)
        // Behind a line that is being typed the screen is only looked at.
        case _ where overlay != nil: return []
        case .chart(let chart): charts.toggleFullScreen(of: chart)
        case .steps(let first, let last):
            let share = (Double(event.x - here.place.x) + 0.5) / Double(max(1, here.place.width))
            let step = Double(first) + share * Double(last - first)
            charts.placeCrosshair(at: Int(step.rounded()), run: run)
        case .mistakeClass(let label): mistakes.choose(label: label)
        case .mistake(let position):
            if mistakes.position == position { return perform(.openMistake) }
            mistakes.choose(position: position)
        case .matrixCell(let truth, let answer):
            if mistakes.cursor == (truth, answer) { return perform(.openMistake) }
            mistakes.choose(truth: truth, answer: answer)
        case nil: break
        }
        return []
    }
}
