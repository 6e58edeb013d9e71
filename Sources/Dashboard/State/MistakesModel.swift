import Training

/// What the Mistakes screen shows: a split's answers, by class, and where in them the user is.
struct MistakesModel: Sendable, Equatable {
    /// Which pictures are listed.
    enum Filter: String, Sendable, CaseIterable {
        case wrong, fixed, broken

        func takes(_ answer: PictureAnswer) -> Bool {
            switch self {
            case .wrong: answer.isWrong
            case .fixed: answer.isFixed
            case .broken: answer.isBroken
            }
        }

        /// What the list calls its pictures.
        var title: String {
            switch self {
            case .wrong: "wrong"
            case .fixed: "fixed by the adapter"
            case .broken: "broken by the adapter"
            }
        }
    }

    /// The order of the classes.
    enum Order: Sendable, CaseIterable {
        case share, count, name

        var title: String {
            switch self {
            case .share: "by share"
            case .count: "by count"
            case .name: "by name"
            }
        }
    }

    /// How the answers are looked at.
    enum Mode: Sendable, Equatable { case classes, matrix, picture }

    /// A class with pictures that the filter takes.
    struct ClassRow: Sendable, Equatable {
        var label: Int
        /// Pictures that the filter takes, and all of the class.
        var count: Int
        var total: Int
        /// What they were most often taken for, and how often.
        var mostAnswered: (label: Int, count: Int)

        static func == (left: ClassRow, right: ClassRow) -> Bool {
            left.label == right.label && left.count == right.count && left.total == right.total
                && left.mostAnswered == right.mostAnswered
        }
    }

    /// The newest answers of each split.
    private(set) var answers: [Split: SplitPredictions] = [:]
    /// The epoch whose newest answers were not numbers, so that older ones are shown, or none.
    private(set) var brokenEpoch: Int?
    /// The split shown: validation, or test once it is open.
    private(set) var split = Split.validation
    private(set) var filter = Filter.wrong
    private(set) var order = Order.share
    var mode = Mode.classes
    /// The class the pictures are of; nil for the first of the list.
    private(set) var chosenLabel: Int?
    /// Only pictures taken for this class; nil for all.
    private(set) var answeredLabel: Int?
    /// The place among the pictures shown.
    private(set) var position = 0
    /// The matrix's cell under the cursor.
    private(set) var cursor = (truth: 0, answer: 0)

    static func == (left: MistakesModel, right: MistakesModel) -> Bool {
        left.answers == right.answers && left.brokenEpoch == right.brokenEpoch && left.split == right.split
            && left.filter == right.filter
            && left.order == right.order && left.mode == right.mode && left.chosenLabel == right.chosenLabel
            && left.answeredLabel == right.answeredLabel && left.position == right.position
            && left.cursor == right.cursor
    }

    /// The answers shown; nil until there are any.
    var current: SplitPredictions? { answers[split] }
    /// Whether the test split's answers are there.
    var isTestOpen: Bool { answers[.test] != nil }

    /// Takes new answers in, if they are numbers. The place among them stays where it can.
    mutating func take(_ new: SplitPredictions) {
        let isNumber = new.answers.allSatisfy(\.adapted.confidence.isFinite)
        brokenEpoch = isNumber ? nil : new.epoch
        if isNumber { answers[new.split] = new }
    }

    // MARK: what is shown

    /// Pictures of a kind in the split.
    func count(_ filter: Filter) -> Int { current?.answers.count { filter.takes($0) } ?? 0 }

    /// Pictures that zero-shot gets wrong.
    var zeroShotWrong: Int { current?.answers.count { $0.zeroShot.label != $0.label } ?? 0 }

    /// The classes with pictures that the filter takes, in the chosen order.
    func rows(names: [String]) -> [ClassRow] {
        guard let current else { return [] }
        var totals: [Int: Int] = [:]
        var taken: [Int: [Int: Int]] = [:]
        for answer in current.answers {
            totals[answer.label, default: 0] += 1
            // A picture that was fixed is told apart by what zero-shot took it for.
            let said = filter == .fixed ? answer.zeroShot.label : answer.adapted.label
            if filter.takes(answer) { taken[answer.label, default: [:]][said, default: 0] += 1 }
        }
        let rows = taken.map { label, answers in
            let most = answers.max { ($0.value, $1.key) < ($1.value, $0.key) }
            return ClassRow(
                label: label, count: answers.values.reduce(0, +), total: totals[label] ?? 0,
                mostAnswered: (most?.key ?? label, most?.value ?? 0))
        }
        func share(_ row: ClassRow) -> Double { Double(row.count) / Double(max(1, row.total)) }
        return rows.sorted { left, right in
            switch order {
            case .share where share(left) != share(right): share(left) > share(right)
            case .share, .count: (left.count, right.label) > (right.count, left.label)
            case .name:
                names.indices.contains(left.label) && names.indices.contains(right.label)
                    ? names[left.label] < names[right.label] : left.label < right.label
            }
        }
    }

    /// The class whose pictures are shown.
    func label(names: [String]) -> Int? {
        if mode != .classes, let chosenLabel { return chosenLabel }
        let rows = rows(names: names)
        return rows.first { $0.label == chosenLabel }?.label ?? rows.first?.label
    }

    /// The pictures shown, those held for surest first.
    func pictures(names: [String]) -> [PictureAnswer] {
        guard let current, let label = label(names: names) else { return [] }
        return current.answers
            .filter { answer in
                answer.label == label && (answeredLabel.map { answer.adapted.label == $0 } ?? filter.takes(answer))
            }
            .sorted { ($0.adapted.confidence, $1.picture) > ($1.adapted.confidence, $0.picture) }
    }

    /// The picture under the cursor.
    func picture(names: [String]) -> PictureAnswer? {
        let shown = pictures(names: names)
        return shown.isEmpty ? nil : shown[min(position, shown.count - 1)]
    }

    /// How often each class was taken for each, `[classes][classes]`, rows are the truth.
    func confusion(classes: Int) -> [[Int]] {
        var counts = Array(repeating: Array(repeating: 0, count: classes), count: classes)
        for answer in current?.answers ?? [] where answer.label < classes && answer.adapted.label < classes {
            counts[answer.label][answer.adapted.label] += 1
        }
        return counts
    }

    // MARK: moving about

    mutating func nextFilter() {
        let all = Filter.allCases
        filter = all[((all.firstIndex(of: filter) ?? 0) + 1) % all.count]
        (answeredLabel, position) = (nil, 0)
    }

    mutating func nextOrder() {
        let all = Order.allCases
        order = all[((all.firstIndex(of: order) ?? 0) + 1) % all.count]
    }

    /// Goes over to the other split, if its answers are there.
    mutating func nextSplit() {
        let other: Split = split == .validation ? .test : .validation
        guard answers[other] != nil else { return }
        split = other
        (answeredLabel, position) = (nil, 0)
    }

    /// Goes to another class of the list; stops at its ends.
    mutating func moveClass(by offset: Int, names: [String]) {
        let rows = rows(names: names)
        guard !rows.isEmpty else { return }
        let now = rows.firstIndex { $0.label == label(names: names) } ?? 0
        chosenLabel = rows[min(rows.count - 1, max(0, now + offset))].label
        (answeredLabel, position) = (nil, 0)
    }

    /// Goes to another picture of the class, around the ends.
    mutating func movePicture(by offset: Int, names: [String]) {
        let count = pictures(names: names).count
        guard count > 0 else { return }
        position = ((min(position, count - 1) + offset) % count + count) % count
    }

    /// Shows or leaves the matrix, its cursor at the most frequent confusion at first.
    mutating func toggleMatrix(classes: Int) {
        guard mode != .matrix else {
            mode = .classes
            return
        }
        mode = .matrix
        let counts = confusion(classes: classes)
        var worst = 0
        for truth in 0..<classes {
            for answer in 0..<classes where truth != answer && counts[truth][answer] > worst {
                worst = counts[truth][answer]
                cursor = (truth, answer)
            }
        }
    }

    /// Moves the matrix's cursor; stops at the edges.
    mutating func moveCursor(truth: Int, answer: Int, classes: Int) {
        guard classes > 0 else { return }
        cursor.truth = min(classes - 1, max(0, cursor.truth + truth))
        cursor.answer = min(classes - 1, max(0, cursor.answer + answer))
    }

    /// Goes to a class of the list.
    mutating func choose(label: Int) {
        chosenLabel = label
        (answeredLabel, position) = (nil, 0)
    }

    /// Goes to one of the class's pictures.
    mutating func choose(position: Int) { self.position = max(0, position) }

    /// Puts the matrix's cursor on a cell.
    mutating func choose(truth: Int, answer: Int) { cursor = (truth, answer) }

    /// Shows the pictures of the cell under the cursor; does nothing for an empty one.
    mutating func openCell(classes: Int) {
        guard cursor.truth < classes, cursor.answer < classes,
            confusion(classes: classes)[cursor.truth][cursor.answer] > 0
        else { return }
        (chosenLabel, answeredLabel, position) = (cursor.truth, cursor.answer, 0)
        mode = .picture
    }
}
