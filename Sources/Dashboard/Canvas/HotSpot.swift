/// A part of the screen that answers the mouse. Panes record them beside the cells they draw, in coordinates of the whole
/// grid; what lies over another one is recorded later and comes first.
struct HotSpot: Sendable, Equatable {
    /// What a click means.
    enum Target: Sendable, Equatable {
        /// What the command's key does.
        case command(DashboardCommand.ID)
        /// A chart alone, and back.
        case chart(Chart)
        /// The cross-hair, at the step under the pointer: the field shows `first` at its left end and `last` at its right.
        case steps(first: Int, last: Int)
        /// A class of the Mistakes screen.
        case mistakeClass(label: Int)
        /// A picture of that class; the one that is chosen already is opened.
        case mistake(position: Int)
        /// A cell of the confusion matrix; the one under the cursor is opened.
        case matrixCell(truth: Int, answer: Int)
    }

    /// The commands of the wheel's two directions.
    struct Wheel: Sendable, Equatable {
        var up: DashboardCommand.ID
        var down: DashboardCommand.ID
    }

    /// The cells.
    var place: Rect
    /// What a click on them means; nil to leave it to what lies below.
    var click: Target?
    /// What the wheel means over them; nil to leave it to what lies below.
    var wheel: Wheel?
}

extension Canvas {
    /// Records that a part of the region answers a click.
    mutating func hotSpot(_ part: Rect, _ click: HotSpot.Target) { hotSpot(part, click: click, wheel: nil) }

    /// Records that a part of the region answers a click with a command.
    mutating func hotSpot(_ part: Rect, _ command: DashboardCommand.ID) { hotSpot(part, .command(command)) }

    /// Records that the whole region answers the wheel.
    mutating func wheel(up: DashboardCommand.ID, down: DashboardCommand.ID) {
        hotSpot(bounds, click: nil, wheel: .init(up: up, down: down))
    }

    /// What a click on a cell means.
    func target(x: Int, y: Int) -> HotSpot.Target? {
        hotSpots.last { $0.click != nil && $0.place.contains(x: x, y: y) }?.click
    }
}
