/// What the mouse did, and over which cell.
struct MouseEvent: Sendable, Equatable {
    /// Buttons, and the wheel's two directions.
    enum Action: Sendable, Equatable { case press, wheelUp, wheelDown }

    /// What was done.
    var action: Action
    /// The column, from 0.
    var x: Int
    /// The row, from 0.
    var y: Int
}

/// What comes from the terminal: keys, pasted text, and the mouse where it is listened to.
enum Input: Sendable, Equatable {
    case key(Key)
    case mouse(MouseEvent)
    /// Text that was pasted, with whatever is in it.
    case paste(String)
}
