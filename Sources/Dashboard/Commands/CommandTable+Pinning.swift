import Training

extension CommandTable {
    /// The probe set: a few pictures to be followed through the run.
    static let pinning: [DashboardCommand] = [
        DashboardCommand(
            .pin, keys: [.character("p")], section: .look, detail: "pin the picture in sight, or take the pin out",
            footer: .init(rank: 13, keys: nil) { state in
                state.pictureToPin.map(state.probes.pictures.contains) == true ? "unpin" : "pin"
            }, when: { $0.pictureToPin != nil }
        ) { $0.pin() },
        DashboardCommand(
            .showPinned, in: .train, keys: [.character("P")], section: .look,
            detail: "the pinned pictures, over the epochs; back",
            footer: .init(rank: 6, keys: nil) { $0.probes.isShown ? "picture" : "pinned" },
            when: { !$0.probes.pictures.isEmpty }
        ) { $0.showPinned() },
    ]
}

extension DashboardState {
    /// The picture of the run that the user looks at; nil where there is none, or only one of the user's own.
    var pictureToPin: Int? {
        switch screen {
        case .train: browser.current
        case .mistakes:
            mistakes.mode == .matrix ? nil : mistakes.picture(names: run.description?.classNames ?? [])?.picture
        case .classify:
            classify.answer.flatMap { answer in
                run.pictures.firstIndex { $0.url.standardizedFileURL == answer.request.picture.standardizedFileURL }
            }
        case .runs, .compare: nil
        }
    }

    fileprivate mutating func pin() -> [Effect] {
        guard let picture = pictureToPin, run.pictures.indices.contains(picture) else { return [] }
        let name = run.pictures[picture].name
        switch probes.toggle(picture) {
        case .full:
            notice = Notice(
                text:
                    "\(PinnedPictures.capacity) pictures are pinned, and no more have room; p on one of them unpins it",
                level: .warning)
            return []
        case .unpinned: notice = Notice(text: "unpinned \(name)", level: .info)
        case .pinned:
            let count = "\(probes.pictures.count) of \(PinnedPictures.capacity)"
            notice = Notice(text: "pinned \(name), \(count); P on the train screen shows their course", level: .info)
        }
        return [.send(.pin(probes.pictures))]
    }

    fileprivate mutating func showPinned() -> [Effect] {
        probes.isShown.toggle()
        guard probes.isShown else { return [] }
        charts.closeFullScreen()
        // The arrows begin at a picture of the list.
        guard let first = probes.pictures.first, browser.current.map(probes.pictures.contains) != true else {
            return []
        }
        browser.show(picture: first, of: run.pictures)
        return inspectCurrent()
    }

    /// Left and right: through the split, or through the pinned pictures while they are shown.
    mutating func movePicture(by offset: Int) -> [Effect] {
        let pinned = probes.pictures
        guard probes.isShown, !pinned.isEmpty else {
            browser.move(by: offset)
            return inspectCurrent()
        }
        let place = browser.current.flatMap(pinned.firstIndex) ?? (offset > 0 ? -1 : 0)
        let next = pinned[((place + offset) % pinned.count + pinned.count) % pinned.count]
        browser.show(picture: next, of: run.pictures)
        return inspectCurrent()
    }
}
