/// What each viewer of a session has asked for, so that none takes from another what it looks at, and each gets its own
/// answers and nobody else's.
struct Subscriptions {
    /// Tells viewers apart; the session's own is 0.
    typealias Viewer = Int

    /// The viewer that the session itself is.
    static let own: Viewer = 0

    private var inspected: [Viewer: Int] = [:]
    private var pinned: [Viewer: [Int]] = [:]
    private var mistakes: Set<Viewer> = []
    private var ratios: Set<Viewer> = []
    private var attending: Set<Viewer> = []
    private var count = 1

    /// A viewer that has not asked for anything.
    mutating func newViewer() -> Viewer {
        defer { count += 1 }
        return count
    }

    /// The pictures that somebody inspects.
    var pictures: [Int] { Set(inspected.values).sorted() }

    /// A viewer's query as the session answers it: every viewer counts its questions from 1.
    func number(_ query: ViewerQuery, of viewer: Viewer) -> ViewerQuery {
        switch query {
        case .classify(var request):
            request.number = viewer << Self.numberBits | request.number & Self.numberMask
            return .classify(request)
        }
    }

    /// Takes a viewer's subscription; answers what the session is to follow for all.
    mutating func take(_ subscription: ViewerSubscription, from viewer: Viewer) -> [ViewerSubscription] {
        switch subscription {
        case .inspect(let picture): inspected[viewer] = picture
        case .pin(let pictures):
            pinned[viewer] = pictures
            return [.pin(allPinned)]
        case .watchMistakes(let watches):
            return Self.note(watches, viewer, in: &mistakes).map { [.watchMistakes($0)] } ?? []
        case .watchRatios(let watches): return Self.note(watches, viewer, in: &ratios).map { [.watchRatios($0)] } ?? []
        case .attended(let attends): return Self.note(attends, viewer, in: &attending).map { [.attended($0)] } ?? []
        }
        return [subscription]
    }

    /// Forgets a viewer that has gone; answers what the session is to be told.
    mutating func leave(_ viewer: Viewer) -> [ViewerSubscription] {
        inspected[viewer] = nil
        var ended: [ViewerSubscription] = []
        if pinned[viewer] != nil {
            pinned[viewer] = nil
            ended.append(.pin(allPinned))
        }
        if mistakes.remove(viewer) != nil, mistakes.isEmpty { ended.append(.watchMistakes(false)) }
        if ratios.remove(viewer) != nil, ratios.isEmpty { ended.append(.watchRatios(false)) }
        if attending.remove(viewer) != nil, attending.isEmpty { ended.append(.attended(false)) }
        return ended
    }

    /// An event as a viewer is to have it; nil for the answer to somebody else's question.
    func view(_ event: TrainingEvent, of viewer: Viewer) -> TrainingEvent? {
        switch event {
        case .prediction(let prediction): return inspected[viewer] == prediction.picture ? event : nil
        case .classified(var answer):
            guard answer.request.number >> Self.numberBits == viewer else { return nil }
            answer.request.number &= Self.numberMask
            return .classified(answer)
        case .probes(var record):
            guard let wanted = pinned[viewer] else { return nil }
            record.probes = wanted.compactMap { picture in record.probes.first { $0.picture == picture } }
            return .probes(record)
        default: return event
        }
    }

    static let numberBits = 32
    private static let numberMask = (1 << 32) - 1

    /// The pictures that anybody has pinned, each once.
    private var allPinned: [Int] {
        var seen: Set<Int> = []
        return pinned.keys.sorted().flatMap { pinned[$0] ?? [] }.filter { seen.insert($0).inserted }
    }

    /// Yes goes on to the session every time, for it answers at once; no only where nobody is left who says yes.
    private static func note(_ wish: Bool, _ viewer: Viewer, in viewers: inout Set<Viewer>) -> Bool? {
        if wish {
            viewers.insert(viewer)
            return true
        }
        viewers.remove(viewer)
        return viewers.isEmpty ? false : nil
    }
}

extension ClassifyRequest {
    /// Who asked; viewers' questions do not replace each other's.
    var asker: Int { number >> Subscriptions.numberBits }
}
