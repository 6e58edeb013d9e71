import Testing

@testable import CLIP

@Suite("Text cleaning")
struct TextCleaningTests {
    @Test(
        "Texts become what open_clip makes of them",
        arguments: [
            ("  A\tB \u{2003} c ", "a b c"),
            ("ﬃ Ĳ ŉ", "ffi ij 'n"),
            ("ｶﾞ Ａ　！", "ガ a !"),
            ("it‘s “so”", "it's \"so\""),
            ("a\r\nb\rc\u{2028}d", "a b c d"),
            ("x\u{7}\u{FEFF}y\u{1B}[1;31mred", "xyred"),
            ("e\u{301}", "é"),
            ("caf&eacute; &NTILDE; &AMP; &copy &notit;", "café ñ & © ¬it;"),
            ("<b> &eacute; &amp;eacute;", "<b> é é"),
            ("&#x41;&#66;&#0;&#x80;&#xD800;&#1114112;", "ab\u{FFFD}€\u{FFFD}\u{FFFD}"),
            ("&#; &; & &x &unknown; &#xg;", "&#; &; & &x &unknown; &#xg;"),
            ("&amp;amp;lt;", "<"),
            ("a\u{85}b \u{92}", "a…b '"),
            ("ΟΔΟΣ ΣΑ Σ Α\u{301}Σ. ΣΣ", "οδος σα σ άς. σς"),
            ("İ", "i\u{307}"),
        ])
    func clean(text: String, expected: String) {
        let cleaned = TextCleaning.clean(text)
        #expect(Array(cleaned.unicodeScalars) == Array(expected.unicodeScalars), "\(cleaned)")
    }

    @Test("HTML5's names are all there")
    func entities() {
        #expect(HTMLEntities.named.count == 2125)
        #expect(HTMLEntities.named.count { !$0.value.needsSemicolon } == 106)
        #expect(HTMLEntities.named["NotEqualTilde"]?.text.unicodeScalars.map(\.value) == [0x2242, 0x338])
        #expect(HTMLEntities.unescape("&notin; &notinx &timesbar &CounterClockwiseContourIntegral;") == "∉ ¬inx ×bar ∳")
    }

    @Test("Text in a wrong encoding is noticed")
    func misread() {
        #expect(TextCleaning.looksMisread("cafÃ©"))
        #expect(TextCleaning.looksMisread("itâ€™s"))
        #expect(!TextCleaning.looksMisread("café, Zürich, çâé"))
    }
}
