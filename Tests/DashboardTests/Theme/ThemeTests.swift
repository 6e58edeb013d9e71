import Foundation
import Pictures
import TestSupport
import Testing

@testable import Dashboard

@Suite struct ThemeTests {
    static let folder = Fixtures.repository.appending(path: "Themes")
    static let names = Theme.names(in: folder)

    private func parse(_ text: String) throws -> Theme { try Theme.parse(text, name: "x", file: "Themes/x.toml") }

    @Test func colorsAreReadInAllTheirForms() throws {
        let theme = try parse(
            """
            summary = "a test"
            light = true
            text = "#abc"
            accent = "bright cyan"
            loss = { rgb = "#102030", ansi = "blue" }
            gradient = ["#000000", "red", { rgb = "#ffffff" }]
            """)
        #expect(theme.summary == "a test" && theme.isLight)
        #expect(theme[.text].rgb == RGB(red: 0xAA, green: 0xBB, blue: 0xCC))
        #expect(theme[.accent] == ThemeColor(rgb: nil, ansi: .brightCyan))
        #expect(theme[.loss] == ThemeColor(rgb: RGB(red: 16, green: 32, blue: 48), ansi: .blue))
        #expect(theme.gradient[1] == ThemeColor(rgb: nil, ansi: .red))
    }

    @Test func missingRolesDeriveFromTextDimAndAccent() throws {
        let theme = try parse("background = \"#000000\"\ntext = \"#ffffff\"\naccent = \"#0000ff\"")
        #expect(theme[.dim].rgb == RGB(red: 128, green: 128, blue: 128))
        #expect(theme[.border].rgb == theme[.dim].rgb)
        #expect(theme[.title].rgb == theme[.text].rgb)
        #expect(theme[.loss].rgb == theme[.accent].rgb)
        // The colour on small palettes is the role's own, not the one it derives from.
        #expect(theme[.good].ansi == .green && theme[.bad].ansi == .red)
        #expect(try parse("")[.text] == ThemeColor(rgb: nil, ansi: .default))
    }

    @Test(arguments: [
        (
            "text = \"red\"\n\n# accent = \"fine\"\naccent = \"#12G\"",
            "Themes/x.toml:4: accent: '#12G' is not a colour; write \"#RRGGBB\" or a colour name"
        ),
        (
            "accent = \"reddish\"",
            "Themes/x.toml:1: accent: 'reddish' is not a colour; write \"#RRGGBB\" or a colour name"
        ),
        (
            "accent = { rgb = \"#1234\" }",
            "Themes/x.toml:1: accent: '#1234' is not a colour; write \"#RRGGBB\" or a colour name"
        ),
        ("gradient = [\"#000000\"]", "Themes/x.toml:1: gradient: 1 colours; write three, for start, middle and end"),
        ("\nlight = 1", "Themes/x.toml:2: light: write true or false"),
    ])
    func errorsNameFileLineRoleAndValue(_ text: String, _ message: String) {
        #expect {
            try parse(text)
        } throws: {
            "\($0)" == message
        }
    }

    @Test func otherErrors() throws {
        #expect(throws: ThemeError.unknownKey(file: "Themes/x.toml", line: 2, key: "acent")) {
            try parse("text = \"red\"\nacent = \"red\"")
        }
        #expect(throws: ThemeError.notAPaletteColor(file: "Themes/x.toml", line: 1, role: "bad", value: "pink")) {
            try parse("bad = { ansi = \"pink\" }")
        }
        #expect {
            try parse("text = \"#ffffff\"\naccent = \"#ff")
        } throws: { error in
            guard case .syntax(_, let line, _)? = error as? ThemeError else { return false }
            return line == 2 && !"\(error)".contains("\n")
        }
        #expect {
            try Theme.load(named: "nope", from: Self.folder)
        } throws: {
            "\($0)".contains("there is no theme 'nope'") && "\($0)".contains("night, paper")
        }
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data([0xFF, 0xFE, 0x00]).write(to: folder.appending(path: "binary.toml"))
        #expect(throws: ThemeError.self) { try Theme.load(named: "binary", from: folder) }
    }

    @Test func thereAreEnoughThemesAndOneIsLight() throws {
        #expect(Self.names.count >= 4)
        #expect(Self.names.contains(Theme.suggestedName(environment: [:])))
        let light = Theme.suggestedName(environment: ["COLORFGBG": "0;default;15"])
        #expect(try Theme.load(named: light, from: Self.folder).isLight)
    }

    @Test(arguments: names)
    func bundledThemesAreReadable(_ name: String) throws {
        let theme = try Theme.load(named: name, from: Self.folder)
        #expect(!theme.summary.isEmpty && theme.gradient.count == 3)
        guard let background = theme[.background].rgb else { return }
        for role in Role.allCases where ![.background, .border, .selection].contains(role) {
            let color = try #require(theme[role].rgb)
            #expect(contrast(color, background) >= (role == .dim ? 3.5 : 4.5), "\(name): \(role)")
        }
        let selection = try #require(theme[.selection].rgb)
        let title = try #require(theme[.title].rgb)
        #expect(contrast(title, selection) >= 4.5, "\(name): title on selection")
    }

    /// Pairs that are told apart by colour alone at some place of the screen.
    static let pairs: [(Role, Role)] = [
        (.accuracy, .zeroShot), (.loss, .validation), (.good, .bad), (.good, .warning),
    ]

    @Test(arguments: ["blue-orange", "cividis"])
    func colorBlindSafeThemesStaySeparate(_ name: String) throws {
        let theme = try Theme.load(named: name, from: Self.folder)
        for (first, second) in Self.pairs {
            let a = try #require(theme[first].rgb)
            let b = try #require(theme[second].rgb)
            for (kind, matrix) in Self.simulations {
                #expect(
                    distance(simulate(a, matrix), simulate(b, matrix)) >= 25, "\(name), \(kind): \(first), \(second)")
            }
        }
    }

    @Test func theColorBlindnessTestCanFail() {
        // Red and green of the usual kind are what it is there to find.
        let deuteranopia = Self.simulations[0].1
        let red = simulate(RGB(red: 0xB0, green: 0x6A, blue: 0x20), deuteranopia)
        let green = simulate(RGB(red: 0x70, green: 0x86, blue: 0x2C), deuteranopia)
        #expect(distance(red, green) < 25)
    }

    // MARK: colour arithmetic

    /// Machado, Oliveira and Fernandes 2009, severity 1, on linear light.
    static let simulations: [(String, [[Double]])] = [
        (
            "deuteranopia",
            [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
        ),
        (
            "protanopia",
            [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
        ),
    ]

    private func linear(_ color: RGB) -> [Double] {
        [color.red, color.green, color.blue].map { channel in
            let value = Double(channel) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    private func simulate(_ color: RGB, _ matrix: [[Double]]) -> [Double] {
        let light = linear(color)
        return matrix.map { row in min(1, max(0, zip(row, light).reduce(0) { $0 + $1.0 * $1.1 })) }
    }

    /// CIE76 distance of two colours in linear light.
    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        zip(lab(a), lab(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    private func lab(_ c: [Double]) -> [Double] {
        let x = (0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.9505
        let y = 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
        let z = (0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.089
        let f = [x, y, z].map { $0 > 0.008856 ? cbrt($0) : 7.787 * $0 + 16.0 / 116 }
        return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }

    private func contrast(_ a: RGB, _ b: RGB) -> Double {
        func luminance(_ color: RGB) -> Double {
            let light = linear(color)
            return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]
        }
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }
}

@Suite struct ThemeResolutionTests {
    private let theme: Theme

    init() throws { theme = try Theme.load(named: "night", from: ThemeTests.folder) }

    @Test func smallPalettesAreChosenByRole() {
        let accent = Style.role(.accent)
        #expect(theme.resolve(accent, .ansi16).foreground == Int32(ANSIColor.brightBlue.rawValue))
        #expect(theme.resolve(accent, .ansi8).foreground == Int32(ANSIColor.blue.rawValue))
        #expect(theme.resolve(accent, .indexed256).foreground == 75)
        #expect(theme.resolve(accent, .direct).foreground == 0x58A6FF)
        #expect(theme.resolve(accent, .none) == TerminalStyle(foreground: -1, background: -1, attributes: .bold))
    }

    @Test func faintIsAnAttributeWhereThereIsNoGrey() {
        let style = theme.resolve(.dim, .ansi8)
        #expect(style.foreground == -1 && style.attributes.contains(.dim))
        #expect(theme.resolve(.dim, .ansi16).foreground == 8)
        #expect(theme.resolve(Style(.role(.title), on: .role(.selection)), .none).attributes.contains(.reverse))
    }

    @Test(arguments: ColorDepth.allCases)
    func everyPaintHasAColorOfTheDepth(_ depth: ColorDepth) {
        let limit: Int32 =
            switch depth {
            case .none: 0
            case .ansi8: 8
            case .ansi16: 16
            case .indexed256: 256
            case .direct: 1 << 24
            }
        let paints = Role.allCases.map { Paint.role($0) } + (0...255).map { .gradient(UInt8($0)) }
        for paint in paints {
            let style = theme.resolve(Style(paint, on: paint), depth)
            #expect((-1..<max(0, limit)).contains(style.foreground) && (-1..<max(0, limit)).contains(style.background))
        }
    }

    @Test func directBlackIsNotMistakenForThePalette() {
        let black = Style(.rgb(RGB(red: 0, green: 0, blue: 3)))
        #expect(theme.resolve(black, .direct).foreground >= 8)
    }

    @Test(arguments: ThemeTests.names)
    func theGradientIsSmoothIn256Colors(_ name: String) throws {
        let theme = try Theme.load(named: name, from: ThemeTests.folder)
        guard theme.gradient.allSatisfy({ $0.rgb != nil }) else { return }
        let colors = Set((0...255).map { theme.resolve(Style(.gradient(UInt8($0))), .indexed256).foreground })
        #expect(colors.count >= 4, "\(name) has \(colors.count) steps")
    }
}

@Suite struct TerminalCapabilityTests {
    @Test func glyphsFollowLocaleAndTerminal() {
        #expect(TerminalCapabilities.glyphs(codeset: "UTF-8", type: "xterm") == .full)
        #expect(TerminalCapabilities.glyphs(codeset: "utf8", type: "linux") == .console)
        #expect(TerminalCapabilities.glyphs(codeset: "ANSI_X3.4-1968", type: "xterm") == .ascii)
        #expect(TerminalCapabilities.glyphs(codeset: "ISO-8859-1", type: "xterm") == .ascii)
    }

    @Test func depthFollowsTheTerminalAndNoColor() {
        let depths = [0, 8, 16, 88, 256, 1 << 24].map { TerminalCapabilities.depth(colors: $0, environment: [:]) }
        #expect(depths == [.none, .ansi8, .ansi16, .ansi16, .indexed256, .direct])
        #expect(TerminalCapabilities.depth(colors: 256, environment: ["NO_COLOR": "1"]) == .none)
        #expect(TerminalCapabilities.depth(colors: 256, environment: ["NO_COLOR": ""]) == .indexed256)
    }

    @Test func aPromiseOf24BitsOfColourIsTried() {
        func types(_ environment: [String: String], _ colors: ColorDepth? = nil) -> [String] {
            TerminalCapabilities.types(environment: environment, colors: colors)
        }
        let promise = ["TERM": "xterm-256color", "COLORTERM": "truecolor"]
        #expect(types(promise) == ["xterm-direct", "xterm-256color", "xterm-256color", "xterm", "ansi"])
        #expect(types(promise, .indexed256).first == "xterm-256color")
        #expect(types(["TERM": "alacritty", "COLORTERM": "24bit"]).first == "alacritty-direct")
        #expect(types(["TERM": "xterm-direct", "COLORTERM": "24bit"]).first == "xterm-direct")
        #expect(types(["TERM": "xterm-256color", "COLORTERM": "yes"]).first == "xterm-256color")
        #expect(types(["COLORTERM": "truecolor"]).first == "xterm-256color")
    }

    @Test func keysOfCharacters() {
        #expect(Key(scalar: "a") == .character("a"))
        #expect(Key(scalar: "\u{0C}") == .control("l"))
        #expect(Key(scalar: "\r") == .enter && Key(scalar: "\u{7F}") == .backspace && Key(scalar: "\u{1B}") == .escape)
        #expect(Key(scalar: "\0") == nil)
    }

    @Test func theReportKnowsTerminalTypes() {
        let known = TerminalReport(environment: ["TERM": "xterm-256color"])
        #expect(known.colors == 256 && known.depth == .indexed256)
        let unknown = TerminalReport(environment: ["TERM": "no-such-terminal"])
        #expect(unknown.colors == nil && unknown.depth == .none)
    }
}
