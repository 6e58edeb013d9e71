/// One thing the program runs on: what it is, whether it is as it should be, and what to do if not.
struct Finding: Equatable {
    enum Status: String {
        case good = "ok"
        case note = "note"
        case problem = "problem"
    }

    var name: String
    var value: String
    var status: Status = .good
    /// What to do; only where something is not as it should be.
    var advice: String?
}

/// A group of findings under a heading.
struct FindingGroup {
    var title: String
    var findings: [Finding]
}

/// Renders findings for a screen of `width` columns.
struct FindingsText {
    let width: Int

    func render(_ groups: [FindingGroup]) -> String {
        let nameWidth = groups.flatMap(\.findings).map(\.name.count).max() ?? 0
        var lines: [String] = []
        for group in groups {
            lines.append(group.title)
            for finding in group.findings {
                let mark =
                    switch finding.status {
                    case .good: "  "
                    case .note: "- "
                    case .problem: "! "
                    }
                let name = finding.name + String(repeating: " ", count: nameWidth - finding.name.count)
                let indent = String(repeating: " ", count: nameWidth + 4)
                lines += wrapped(finding.value, first: mark + name + "  ", rest: indent)
                if let advice = finding.advice { lines += wrapped("→ " + advice, first: indent, rest: indent + "  ") }
            }
        }
        let problems = groups.flatMap(\.findings).filter { $0.status == .problem }.count
        lines.append(
            problems == 0
                ? "Nothing stands in the way." : "\(problems) thing\(problems == 1 ? "" : "s") to look at (marked !).")
        return lines.joined(separator: "\n")
    }

    private func wrapped(_ text: String, first: String, rest: String) -> [String] {
        var lines = [first]
        var isStart = true
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if !isStart, last.count + 1 + word.count > width {
                lines.append(rest + word)
            } else {
                lines[lines.count - 1] = isStart ? last + word : last + " " + word
            }
            isStart = false
        }
        return lines
    }
}
