import Foundation
import Training

/// What the Classify screen shows: a picture of the user's own, the labels it is asked about, and the answer.
struct ClassifyModel: Sendable, Equatable {
    /// The lines that can be edited.
    enum Field: Sendable, Equatable { case picture, labels, template }

    /// The line being edited, with the text as it was before; nothing has been typed in it yet while it is fresh.
    private(set) var isFresh = false
    /// The line being edited, with the text as it was before.
    private(set) var editing: (field: Field, before: String)?
    private(set) var picture = ""
    private(set) var labels = ""
    private(set) var template = ""
    /// What Tab found where more than one file would do.
    private(set) var completions: [String] = []
    /// Why a line was not taken.
    private(set) var complaint: String?
    /// The newest answer.
    private(set) var answer: ClassifyAnswer?
    /// The number of the newest question.
    private(set) var asked = 0
    /// The question that has no answer yet.
    private(set) var request: ClassifyRequest?

    static let templates = [
        "", "a photo of a {}.", "{}", "a picture of a {}.", "a drawing of a {}.", "a close-up photo of a {}.",
        "a blurry photo of a {}.",
    ]

    static func == (left: ClassifyModel, right: ClassifyModel) -> Bool {
        left.editing?.field == right.editing?.field && left.picture == right.picture && left.labels == right.labels
            && left.template == right.template && left.completions == right.completions
            && left.complaint == right.complaint && left.answer == right.answer && left.asked == right.asked
            && left.request == right.request
    }

    /// The labels typed, without blanks and empty ones; none means the run's classes.
    var labelList: [String] {
        labels.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The file of the picture; `~` is the home directory.
    var url: URL? {
        let path = TypedPath(picture)
        return path.text.isEmpty ? nil : path.url
    }

    // MARK: editing

    mutating func edit(_ field: Field) {
        editing = (field, self[field])
        isFresh = true
        (completions, complaint) = ([], nil)
    }

    private subscript(_ field: Field) -> String {
        get {
            switch field {
            case .picture: picture
            case .labels: labels
            case .template: template
            }
        }
        set {
            switch field {
            case .picture: picture = newValue
            case .labels: labels = newValue
            case .template: template = newValue
            }
        }
    }

    /// Adds a character; the first one takes the place of what stood there.
    mutating func insert(_ character: Character) {
        let replaces = isFresh
        change { text in
            if replaces { text = "" }
            if text.count < 4096 { text.append(character) }
        }
    }

    /// Leaves what stands in the line: what is typed is added to it.
    mutating func keepText() { isFresh = false }

    mutating func deleteBackward() { change { if !$0.isEmpty { $0.removeLast() } } }
    mutating func clear() { change { $0 = "" } }

    private mutating func change(_ body: (inout String) -> Void) {
        guard let field = editing?.field else { return }
        (completions, complaint, isFresh) = ([], nil, false)
        body(&self[field])
    }

    /// Tab: as much of a file's name as is certain, and the files that would do.
    mutating func complete() {
        guard editing?.field == .picture else { return }
        let found = FilePathCompletion(TypedPath(picture).text)
        isFresh = false
        picture = found.path
        completions = found.candidates
    }

    /// Takes the line back.
    mutating func cancel() {
        guard let (field, before) = editing else { return }
        self[field] = before
        editing = nil
        (completions, complaint) = ([], nil)
    }

    /// Ends editing; answers whether the lines make a question.
    mutating func accept() -> Bool {
        guard let field = editing?.field else { return false }
        if field == .picture {
            picture = TypedPath(picture).text
            if let url, url.isFolder {
                guard let first = FilePathCompletion.pictures(in: url).first else {
                    return refuse("there are no pictures in this folder")
                }
                picture = (picture as NSString).appendingPathComponent(first)
            }
        }
        if field == .labels {
            let list = labelList
            if list.count == 1 { return refuse("one label leaves no choice; write two or more, with commas") }
            if let twice = list.first(where: { label in list.count { $0 == label } > 1 }) {
                return refuse("'\(twice)' is there twice")
            }
        }
        if field == .template, !template.isEmpty, template.components(separatedBy: "{}").count != 2 {
            return refuse("a template needs exactly one {}")
        }
        editing = nil
        (completions, complaint) = ([], nil)
        return true
    }

    private mutating func refuse(_ complaint: String) -> Bool {
        self.complaint = complaint
        return false
    }

    // MARK: asking

    /// The next template of the list.
    mutating func moveTemplate(by offset: Int) {
        let all = Self.templates
        let place = all.firstIndex(of: template) ?? 0
        template = all[((place + offset) % all.count + all.count) % all.count]
    }

    /// The next picture of the same folder, around the ends.
    mutating func movePicture(by offset: Int) {
        guard let url else { return }
        let folder = url.deletingLastPathComponent()
        let names = FilePathCompletion.pictures(in: folder)
        guard !names.isEmpty else { return }
        let place = names.firstIndex(of: url.lastPathComponent) ?? (offset > 0 ? -1 : 0)
        let name = names[((place + offset) % names.count + names.count) % names.count]
        let typed = (TypedPath(picture).text as NSString).deletingLastPathComponent
        picture = typed.isEmpty ? name : (typed as NSString).appendingPathComponent(name)
    }

    /// Sets the picture's path, as when another screen's picture is taken over.
    mutating func take(picture path: String) { picture = path }

    /// The question that the lines make; nil without a picture.
    mutating func ask() -> ClassifyRequest? {
        guard let url else { return nil }
        asked += 1
        let request = ClassifyRequest(
            number: asked, picture: url, labels: labelList, template: template.isEmpty ? nil : template)
        self.request = request
        return request
    }

    /// The file asked about last.
    var pictureInSight: URL? { (request ?? answer?.request)?.picture }

    /// The newest answer, if it is about the picture in sight.
    var answerInSight: ClassifyAnswer? { answer.flatMap { $0.request.picture.path == pictureInSight?.path ? $0 : nil } }

    /// Takes in that the question that waits will not be answered.
    mutating func refuse(_ reason: String) {
        if let request { take(ClassifyAnswer(request, problem: reason)) }
    }

    /// Takes an answer in; one to an older question is out of date.
    mutating func take(_ answer: ClassifyAnswer) {
        guard answer.request.number == asked else { return }
        self.answer = answer
        request = nil
    }
}
