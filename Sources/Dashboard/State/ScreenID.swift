/// The screens, by the digit that shows them.
enum ScreenID: Int, Sendable, CaseIterable {
    case train = 1
    case classify = 2
    case mistakes = 3
    case runs = 4
    case compare = 5

    var title: String {
        switch self {
        case .train: "train"
        case .classify: "classify"
        case .mistakes: "mistakes"
        case .runs: "runs"
        case .compare: "compare"
        }
    }

    /// The key that shows it.
    var key: Key { .character(Character("\(rawValue)")) }
}
