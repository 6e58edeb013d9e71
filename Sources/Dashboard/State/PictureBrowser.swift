import Training

/// Which picture the prediction pane shows.
struct PictureBrowser: Sendable, Equatable {
    /// The split it walks through.
    private(set) var split = Split.validation
    /// Indices into the run's pictures.
    private(set) var indices: [Int] = []
    /// The place in `indices`.
    private(set) var position = 0

    /// The index of the picture shown; nil when there is none.
    var current: Int? { indices.indices.contains(position) ? indices[position] : nil }

    /// Begins with the first validation picture, or the first training picture where there is none.
    mutating func begin(with pictures: [PictureReference]) {
        for split in [Split.validation, .train] where show(split, of: pictures) { return }
    }

    /// Goes over to the next split that has pictures: validation, train and, once it is open, test.
    mutating func nextSplit(of pictures: [PictureReference], isTestOpen: Bool) {
        let order: [Split] = isTestOpen ? [.validation, .train, .test] : [.validation, .train]
        let start = order.firstIndex(of: split) ?? 0
        for offset in 1...order.count where show(order[(start + offset) % order.count], of: pictures) { return }
    }

    /// Goes `offset` pictures on, around the ends.
    mutating func move(by offset: Int) {
        guard !indices.isEmpty else { return }
        position = ((position + offset) % indices.count + indices.count) % indices.count
    }

    /// Goes to one picture, whatever its split.
    mutating func show(picture: Int, of pictures: [PictureReference]) {
        guard pictures.indices.contains(picture), show(pictures[picture].split, of: pictures) else { return }
        position = indices.firstIndex(of: picture) ?? 0
    }

    private mutating func show(_ split: Split, of pictures: [PictureReference]) -> Bool {
        let found = pictures.indices.filter { pictures[$0].split == split }
        guard !found.isEmpty else { return false }
        self.split = split
        indices = found
        position = 0
        return true
    }
}
