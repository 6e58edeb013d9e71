import Pictures

/// What of a canvas's pixel pictures has to be sent to the terminal, which ncurses knows nothing of: each only once, and
/// what is gone is removed.
struct PixelPainter {
    /// A picture and its place.
    private struct Shown: Equatable {
        var serial: Int
        var place: Rect
    }

    /// Kitty's pictures that the terminal has, by number.
    private var sent: [Int: (serial: Int, removal: [UInt8])] = [:]
    /// Sixel's pictures on the screen.
    private var shown: [Shown] = []

    /// What has to be sent before the text: pictures that the terminal does not have yet.
    mutating func before(_ canvas: Canvas) -> [UInt8] {
        var bytes: [UInt8] = []
        for picture in canvas.pixels.map(\.picture) {
            guard case .kitty(let insideTmux) = picture.language, sent[picture.number]?.serial != picture.serial
            else { continue }
            bytes += picture.sequence
            sent[picture.number] = (
                picture.serial, KittyImage.removal(number: picture.number, insideTmux: insideTmux)
            )
        }
        return bytes
    }

    /// The rows of text that have to be written again, because a picture that was over them is gone.
    func rowsToRestore(_ canvas: Canvas) -> Set<Int> {
        let now = sixels(canvas).map(\.shown)
        return Set(shown.filter { !now.contains($0) }.flatMap { Array($0.place.y..<$0.place.bottom) })
    }

    /// What has to be drawn over the text, once it stands.
    mutating func after(_ canvas: Canvas) -> [UInt8] {
        let (now, restored) = (sixels(canvas), rowsToRestore(canvas))
        var bytes: [UInt8] = []
        for (shown, picture) in now {
            let isTouched = restored.contains { shown.place.y <= $0 && $0 < shown.place.bottom }
            guard isTouched || !self.shown.contains(shown) else { continue }
            // The cursor is where ncurses left it afterwards.
            bytes += Array("\u{1B}7\u{1B}[\(shown.place.y + 1);\(shown.place.x + 1)H".utf8)
            bytes += picture.sequence + Array("\u{1B}8".utf8)
        }
        shown = now.map(\.shown)
        return bytes
    }

    /// The screen is going to be written anew as a whole.
    mutating func forget() { (sent, shown) = ([:], []) }

    /// What makes the terminal forget all pictures.
    mutating func removal() -> [UInt8] {
        defer { forget() }
        return sent.values.flatMap(\.removal)
    }

    private func sixels(_ canvas: Canvas) -> [(shown: Shown, picture: PixelPicture)] {
        canvas.pixels.filter { $0.picture.language == .sixel }.map {
            (Shown(serial: $0.picture.serial, place: $0.place), $0.picture)
        }
    }
}
