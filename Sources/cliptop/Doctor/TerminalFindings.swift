import Dashboard
import Foundation

/// Terminal and locale: whether the dashboard can show what it has.
struct TerminalFindings {
    var report: TerminalReport
    var environment: [String: String]

    static func current() -> TerminalFindings {
        let environment = ProcessInfo.processInfo.environment
        return TerminalFindings(report: TerminalReport(environment: environment), environment: environment)
    }

    /// Columns of the terminal, if there is one.
    var columns: Int? { report.columns }

    var group: FindingGroup {
        FindingGroup(title: "Terminal", findings: [type, colors, pictures, glyphs, locale, size])
    }

    private var type: Finding {
        let name = report.type.isEmpty ? "TERM is not set" : "TERM=\(report.type)"
        if report.type == "dumb" {
            return Finding(
                name: "type", value: name + ", which cannot place its cursor", status: .problem,
                advice:
                    "the dashboard needs a real terminal type, e.g. TERM=xterm-256color; train prints plain lines here")
        }
        guard report.colors == nil else { return Finding(name: "type", value: name) }
        return Finding(
            name: "type", value: name + ", unknown to terminfo", status: .problem,
            advice: "set TERM to what your terminal is, e.g. xterm-256color, or install ncurses-term")
    }

    private var colors: Finding {
        if let wish = environment["NO_COLOR"], !wish.isEmpty {
            return Finding(name: "colours", value: "none, as NO_COLOR asks", status: .note)
        }
        switch report.depth {
        case .direct: return Finding(name: "colours", value: "direct colour")
        case .indexed256: return Finding(name: "colours", value: "256")
        case .ansi8, .ansi16:
            return Finding(
                name: "colours", value: "\(report.colors ?? 8)", status: .note,
                advice: "pictures look better with 256 colours: if your terminal has them, set TERM to its "
                    + "256-colour entry, e.g. \(suggestedType)")
        case .none:
            return Finding(
                name: "colours", value: "none", status: .note,
                advice: "if your terminal has colours, set TERM to its entry, e.g. \(suggestedType)")
        }
    }

    private var pictures: Finding {
        switch report.pictures {
        case .kitty: Finding(name: "pictures", value: "in pixels, by Kitty's protocol")
        case .sixel:
            Finding(name: "pictures", value: "in pixels, by Sixel, if the terminal tells how large its cells are")
        case .blocks, .none:
            Finding(name: "pictures", value: "in half blocks (--pictures kitty or sixel where the terminal has them)")
        }
    }

    private var suggestedType: String {
        for family in ["screen", "tmux", "xterm", "rxvt"] where report.type.hasPrefix(family) {
            return "\(family)-256color"
        }
        return "xterm-256color"
    }

    private var glyphs: Finding {
        if report.glyphs.isASCII {
            return Finding(
                name: "glyphs", value: "ASCII only", status: .note,
                advice: "curves and pictures need a UTF-8 locale: export LANG=C.UTF-8")
        }
        return Finding(
            name: "glyphs",
            value: report.type == "linux"
                ? "blocks, as the console's font has no Braille" : "Braille ⡠⠔⠒ and blocks ▁▄▇█▌ (are these visible?)")
    }

    private var locale: Finding {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"]
        let setting = names.first { !(environment[$0] ?? "").isEmpty }.map { "\($0)=\(environment[$0] ?? "")" }
        let value = "\(report.codeset) (\(setting ?? "no locale set"))"
        let isUTF8 = report.codeset.uppercased().replacing("-", with: "") == "UTF8"
        guard !isUTF8 else { return Finding(name: "locale", value: value) }
        return Finding(
            name: "locale", value: value, status: .problem,
            advice: setting == nil
                ? "export LANG=C.UTF-8" : "this locale is not installed or not UTF-8; export LC_ALL=C.UTF-8")
    }

    private var size: Finding {
        guard let columns = report.columns, let rows = report.rows else {
            return Finding(
                name: "size", value: "standard output is no terminal", status: .note,
                advice: "train prints plain lines here; run it in a terminal for the dashboard")
        }
        let value = "\(columns)x\(rows)"
        guard columns < 80 || rows < 24 else { return Finding(name: "size", value: value) }
        return Finding(
            name: "size", value: value, status: .note, advice: "80x24 shows every pane; smaller screens show fewer")
    }
}
