import Training

extension CommandTable {
    /// Pinned pictures: a few to be followed through the run.
    static let pinning: [DashboardCommand] = [
        DashboardCommand(
            .pin, keys: [.character("p")], section: .look, detail: "pin the picture in sight, or take the pin out",
            footer: .init(rank: 13, keys: nil) { state in
                state.pictureToPin.map(state.pinned.pictures.contains) == true ? "unpin" : "pin"
            }, when: { $0.pictureToPin != nil }
        ) { $0.pin() },
        DashboardCommand(
            .showPinned, in: .train, keys: [.character("P")], section: .look,
            detail: "the pinned pictures, over the epochs; back",
            footer: .init(rank: 6, keys: nil) { $0.pinned.isShown ? "picture" : "pinned" },
            when: { !$0.pinned.pictures.isEmpty }
        ) { $0.showPinned() },
    ]
}

extension DashboardState {
    /// The picture of the run that the user looks at; nil where there is none, or only one of the user's own.
    var pictureToPin: Int? { screen.picture(self) }

    fileprivate mutating func pin() -> [Effect] {
        guard let picture = pictureToPin, run.pictures.indices.contains(picture) else { return [] }
        let name = run.pictures[picture].name
        switch pinned.toggle(picture) {
        case .full:
            notice = Notice(
                text:
                    "\(PinnedPictures.capacity) pictures are pinned, and no more have room; p on one of them unpins it",
                level: .warning)
            return []
        case .unpinned: notice = Notice(text: "unpinned \(name)", level: .info)
        case .pinned:
            let count = "\(pinned.pictures.count) of \(PinnedPictures.capacity)"
            notice = Notice(text: "pinned \(name), \(count); P on the train screen shows their course", level: .info)
        }
        return [.send(.pin(pinned.pictures))]
    }

    fileprivate mutating func showPinned() -> [Effect] {
        pinned.isShown.toggle()
        guard pinned.isShown else { return [] }
        charts.closeFullScreen()
        // The arrows begin at a picture of the list.
        guard let first = pinned.pictures.first, browser.current.map(pinned.pictures.contains) != true else {
            return []
        }
        browser.show(picture: first, of: run.pictures)
        return inspectCurrent()
    }

    /// Left and right: through the split, or through the pinned pictures while they are shown.
    mutating func movePicture(by offset: Int) -> [Effect] {
        let pictures = pinned.pictures
        guard pinned.isShown, !pictures.isEmpty else {
            browser.move(by: offset)
            return inspectCurrent()
        }
        let place = browser.current.flatMap(pictures.firstIndex) ?? (offset > 0 ? -1 : 0)
        let next = pictures[((place + offset) % pictures.count + pictures.count) % pictures.count]
        browser.show(picture: next, of: run.pictures)
        return inspectCurrent()
    }
}

extension DashboardCommand.ID {
    static let pin = Self("pin")
    static let showPinned = Self("showPinned")
}
