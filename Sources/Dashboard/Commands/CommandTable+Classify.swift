import Training

extension CommandTable {
    private static let hasPicture: @Sendable (DashboardState) -> Bool = { $0.classify.url != nil }
    private static let isReady: @Sendable (DashboardState) -> Bool = { $0.run.description != nil }

    /// The keys of the Classify screen.
    static let classifying: [DashboardCommand] = [
        DashboardCommand(
            .typePicture, in: .classify, keys: [.enter], section: .classify,
            detail: "type a picture's path; Tab completes it", footer: .init(rank: 2, keys: "enter") { _ in "picture" },
            when: isReady
        ) { $0.edit(.picture) },
        DashboardCommand(
            .typeLabels, in: .classify, keys: [.character("n")], section: .classify,
            detail: "type labels, with commas; none: the classes", footer: .init(rank: 3, keys: nil) { _ in "labels" },
            when: isReady
        ) { $0.edit(.labels) },
        DashboardCommand(
            .typeTemplate, in: .classify, keys: [.character("m")], section: .classify,
            detail: "type a template with one {}", footer: .init(rank: 7, keys: nil) { _ in "type template" },
            when: isReady
        ) { $0.edit(.template) },
        DashboardCommand(
            .previousFile, in: .classify, keys: [.left], section: .classify, detail: "previous picture of the folder",
            when: hasPicture
        ) { state in
            state.classify.movePicture(by: -1)
            return state.ask()
        },
        DashboardCommand(
            .nextFile, in: .classify, keys: [.right], section: .classify, detail: "next picture of the folder",
            footer: .init(rank: 4, keys: "←→") { _ in "next file" }, when: hasPicture
        ) { state in
            state.classify.movePicture(by: 1)
            return state.ask()
        },
        DashboardCommand(
            .previousTemplate, in: .classify, keys: [.up], section: .classify, detail: "previous template",
            when: isReady
        ) { state in
            state.classify.moveTemplate(by: -1)
            return state.ask()
        },
        DashboardCommand(
            .nextTemplate, in: .classify, keys: [.down], section: .classify, detail: "next template",
            footer: .init(rank: 6, keys: "↑↓") { _ in "template" }, when: isReady
        ) { state in
            state.classify.moveTemplate(by: 1)
            return state.ask()
        },
        DashboardCommand(
            .askAgain, in: .classify, keys: [.character("a")], section: .classify,
            detail: "ask again, with the weights as they are now",
            footer: .init(rank: 5, keys: nil) { _ in "ask again" },
            when: hasPicture
        ) { $0.ask() },
    ]

    /// The keys while one of its lines is being typed.
    static let classifyInput: [DashboardCommand] = [
        DashboardCommand(
            .acceptLine, in: .classifyInput, keys: [.enter], detail: "apply the line",
            footer: .init(rank: 1, keys: nil) { _ in "apply" }
        ) { state in
            state.classify.accept() ? state.ask() : []
        },
        DashboardCommand(
            .completeLine, in: .classifyInput, keys: [.tab], detail: "complete the path",
            footer: .init(rank: 2, keys: nil, isShown: { $0.classify.editing?.field == .picture }) { _ in "complete" }
        ) { state in
            state.classify.complete()
            return []
        },
        DashboardCommand(
            .deleteInLine, in: .classifyInput, keys: [.backspace, .delete], detail: "delete a character"
        ) { state in
            state.classify.deleteBackward()
            return []
        },
        DashboardCommand(
            .keepLine, in: .classifyInput, keys: [.left, .right, .home, .end],
            detail: "keep the text: what is typed is added to it"
        ) { state in
            state.classify.keepText()
            return []
        },
        DashboardCommand(.clearLine, in: .classifyInput, keys: [.control("u")], detail: "delete all") { state in
            state.classify.clear()
            return []
        },
        DashboardCommand(
            .cancelLine, in: .classifyInput, keys: [.escape], detail: "cancel: leave the line as it was",
            footer: .init(rank: 0, keys: nil) { _ in "cancel" }
        ) { state in
            state.classify.cancel()
            return []
        },
    ]
}

extension DashboardState {
    fileprivate mutating func edit(_ field: ClassifyModel.Field) -> [Effect] {
        classify.edit(field)
        return []
    }

    /// Asks the session about the picture as the lines are now.
    fileprivate mutating func ask() -> [Effect] {
        guard run.description != nil, let request = classify.ask() else { return [] }
        return [.send(.classify(request))]
    }
}

extension DashboardCommand.Context {
    static let classify = Self(name: "classify")
    /// A line of the Classify screen is being typed; keys that are no command are text.
    static let classifyInput = Self(name: "classifyInput")
}

extension DashboardCommand.Section {
    static let classify = Self(title: "Classify")
}

extension DashboardCommand.ID {
    static let typePicture = Self("typePicture")
    static let typeLabels = Self("typeLabels")
    static let typeTemplate = Self("typeTemplate")
    static let previousFile = Self("previousFile")
    static let nextFile = Self("nextFile")
    static let previousTemplate = Self("previousTemplate")
    static let nextTemplate = Self("nextTemplate")
    static let askAgain = Self("askAgain")
    static let acceptLine = Self("acceptLine")
    static let completeLine = Self("completeLine")
    static let deleteInLine = Self("deleteInLine")
    static let clearLine = Self("clearLine")
    static let keepLine = Self("keepLine")
    static let cancelLine = Self("cancelLine")
}
