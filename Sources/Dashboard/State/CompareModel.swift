import Foundation
import Training

/// What the Compare screen shows: the stored comparisons, and which of them the user looks at.
struct CompareModel: Sendable, Equatable {
    /// What the library has answered.
    enum Contents: Sendable, Equatable {
        /// Nothing yet.
        case reading
        case failed(String)
        /// The one begun last first.
        case comparisons([StoredComparison])
    }

    private(set) var contents = Contents.reading
    /// The comparison looked at; nil for the first of the list.
    private(set) var chosen: String?

    /// Takes a new answer in. A comparison that has grown stays the one looked at.
    mutating func take(_ new: Contents) {
        // An error of the second reading takes nothing away that is on the screen.
        if case .failed = new, case .comparisons(let shown) = contents, !shown.isEmpty { return }
        contents = new
    }

    /// All comparisons, those of a data set before the others.
    func list(dataset: String?) -> [StoredComparison] {
        guard case .comparisons(let all) = contents else { return [] }
        let own = all.filter { $0.comparison.description.dataset == dataset }
        return own + all.filter { $0.comparison.description.dataset != dataset }
    }

    /// The comparison looked at and its place in the list.
    func current(dataset: String?) -> (index: Int, stored: StoredComparison)? {
        let list = list(dataset: dataset)
        let index = list.firstIndex { $0.id == chosen } ?? 0
        return list.indices.contains(index) ? (index, list[index]) : nil
    }

    /// Goes to another comparison; stops at the list's ends.
    mutating func move(by offset: Int, dataset: String?) {
        let list = list(dataset: dataset)
        guard let now = current(dataset: dataset) else { return }
        chosen = list[min(list.count - 1, max(0, now.index + offset))].id
    }
}

extension DashboardState {
    /// The comparison that the Compare screen shows.
    var currentComparison: (index: Int, stored: StoredComparison)? {
        compare.current(dataset: run.description?.dataset)
    }
}
