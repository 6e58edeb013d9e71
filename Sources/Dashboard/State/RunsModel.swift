import Foundation
import Training

/// What a viewer may change about stored runs.
enum RunsEdit: Sendable, Equatable {
    /// Write a note; nil takes it away.
    case note(run: String, String?)
    /// Give a run exactly these tags.
    case tags(run: String, [String])
    /// Remove runs for good.
    case remove([String])
}

/// What reading the store has brought.
struct RunsNews: Sendable {
    /// All runs; nil if they could not be read.
    var runs: [RunSummary]?
    /// Details that are new or have changed.
    var details: [String: RunDetails] = [:]
    /// What could not be done, in one line.
    var failure: String?
}

/// What the Runs screen shows: all runs, and which of them are compared.
struct RunsModel: Sendable, Equatable {
    /// What the curves are of.
    enum Metric: Sendable, Equatable { case top1, loss }

    /// A line that is being typed.
    struct Editing: Sendable, Equatable {
        enum Kind: Sendable, Equatable { case filter, tags, note }
        var kind: Kind
        var text: String
        /// The run it is about.
        var run: String?
    }

    /// More curves could not be told apart.
    static let mostMarked = 8

    /// All runs, newest first; nil until they have been read.
    private(set) var all: [RunSummary]?
    private(set) var details: [String: RunDetails] = [:]
    /// What could not be read or done.
    private(set) var failure: String?
    private(set) var filterText = ""
    private(set) var filter: RunFilter?
    /// Why the filter that is being typed means nothing.
    private(set) var complaint: String?
    private(set) var editing: Editing?
    /// The runs that are to be removed if the user says yes.
    private(set) var removing: [String] = []
    /// The run under the cursor; nil for the first.
    private(set) var chosen: String?
    /// The marked runs, each with the marker and colour it keeps.
    private(set) var marked: [(id: String, slot: Int)] = []
    private(set) var metric = Metric.top1
    /// Whether one run is looked at alone.
    var isOpen = false

    static func == (left: Self, right: Self) -> Bool {
        left.all == right.all && left.details == right.details && left.failure == right.failure
            && left.filterText == right.filterText && left.complaint == right.complaint
            && left.editing == right.editing && left.removing == right.removing && left.chosen == right.chosen
            && left.marked.map(\.id) == right.marked.map(\.id) && left.marked.map(\.slot) == right.marked.map(\.slot)
            && left.metric == right.metric && left.isOpen == right.isOpen
    }

    /// The runs that the filter takes.
    var shown: [RunSummary] { (all ?? []).filter { filter?.takes($0) ?? true } }

    /// The run under the cursor.
    var current: RunSummary? {
        let shown = shown
        return shown.first { $0.id == chosen } ?? shown.first
    }

    /// The runs whose curves are drawn: the marked ones, else the one under the cursor.
    var compared: [(run: RunSummary, slot: Int)] {
        let runs = marked.compactMap { mark in (all ?? []).first { $0.id == mark.id }.map { (run: $0, slot: mark.slot) }
        }
        if runs.isEmpty || isOpen { return current.map { [(run: $0, slot: slot(of: $0.id) ?? 0)] } ?? [] }
        return runs
    }

    /// The marker of a run; nil if it is not marked.
    func slot(of id: String) -> Int? { marked.first { $0.id == id }?.slot }

    /// The runs whose details are to be read.
    var wanted: [String] { Array(Set(marked.map(\.id) + (current.map { [$0.id] } ?? []))).sorted() }

    /// The settings in which the compared runs differ.
    var differences: [RunDifference] {
        let settings = compared.compactMap { details[$0.run.id]?.settings }
        return settings.count > 1 && settings.count == compared.count ? RunDifference.between(settings) : []
    }

    /// Takes in what has been read.
    mutating func take(_ news: RunsNews) {
        failure = news.failure
        details.merge(news.details) { $1 }
        guard let runs = news.runs else { return }
        all = runs
        let there = Set(runs.map(\.id))
        marked.removeAll { !there.contains($0.id) }
        details = details.filter { there.contains($0.key) }
        if current == nil { isOpen = false }
    }

    // MARK: moving about

    /// Goes to another run of the list; stops at its ends.
    mutating func move(by offset: Int) {
        let shown = shown
        guard !shown.isEmpty else { return }
        let now = shown.firstIndex { $0.id == current?.id } ?? 0
        chosen = shown[min(shown.count - 1, max(0, now + offset))].id
    }

    /// Marks the run under the cursor, or takes the mark away, and goes on to the next.
    mutating func toggleMark() {
        guard let current else { return }
        if slot(of: current.id) != nil {
            marked.removeAll { $0.id == current.id }
        } else if let free = (0..<Self.mostMarked).first(where: { slot in !marked.contains { $0.slot == slot } }) {
            marked.append((current.id, free))
        }
        chosen = current.id
        if !isOpen { move(by: 1) }
    }

    mutating func unmarkAll() { marked = [] }

    mutating func nextMetric() { metric = metric == .top1 ? .loss : .top1 }

    // MARK: typing

    /// Begins to type a line.
    mutating func edit(_ kind: Editing.Kind) {
        let record = current?.record
        let text =
            switch kind {
            case .filter: filterText
            case .tags: record?.tags.joined(separator: " ") ?? ""
            case .note: record?.note ?? ""
            }
        editing = Editing(kind: kind, text: text, run: record?.id)
        complaint = nil
    }

    mutating func insert(_ character: Character) {
        guard let text = editing?.text, text.count < 200 else { return }
        retype(text + String(character))
    }

    mutating func deleteBackward() { if let text = editing?.text { retype(String(text.dropLast())) } }

    mutating func clearLine() { if editing != nil { retype("") } }

    private mutating func retype(_ text: String) {
        editing?.text = text
        complaint = nil
        guard editing?.kind == .filter else { return }
        do throws(RunFilter.Mistake) {
            let new = try RunFilter(text)
            (filter, filterText) = (new.isEmpty ? nil : new, text)
        } catch { complaint = error.localizedDescription }
    }

    /// Leaves the line; a filter stays as it last made sense.
    mutating func cancelLine() { (editing, complaint) = (nil, nil) }

    /// Takes the line; answers what is to be changed. A filter that means nothing is not taken.
    mutating func acceptLine() -> RunsEdit? {
        guard let line = editing, complaint == nil else { return nil }
        editing = nil
        guard let run = line.run else { return nil }
        let text = line.text.trimmingCharacters(in: .whitespaces)
        switch line.kind {
        case .filter: return nil
        case .note: return .note(run: run, text.isEmpty ? nil : text)
        case .tags: return .tags(run: run, text.split { $0 == " " || $0 == "," }.map(String.init))
        }
    }

    // MARK: removing

    /// Asks whether the marked runs, or the one under the cursor, shall go.
    mutating func askToRemove() {
        let candidates = marked.isEmpty ? current.map { [$0] } ?? [] : compared.map(\.run)
        guard !candidates.contains(where: \.isLive) else {
            failure = "a run that is being trained cannot be removed"
            return
        }
        removing = candidates.map(\.id)
    }

    /// The answer to the question; answers what is to be done.
    mutating func answerRemoval(_ isYes: Bool) -> RunsEdit? {
        defer { removing = [] }
        return isYes && !removing.isEmpty ? .remove(removing) : nil
    }
}
