import Foundation
import TestSupport
import Testing

@testable import cliptop

@Suite struct WrongUseTests {
    @Test(arguments: [
        (["trian"], "'cliptop' has no command 'trian'; did you mean 'train'?"),
        (["frobnicate", "--x"], "'cliptop' has no command 'frobnicate'; there are train, attach, "),
        (["cache", "shwo"], "'cliptop cache' has no command 'shwo'; did you mean 'show'?"),
        (["train", "x"], "text ('cliptop train --help' shows what there is)"),
        (["cache", "show", "x"], "text ('cliptop cache show --help' shows what there is)"),
        (["--x", "train"], "text ('cliptop --help' shows what there is)"),
        ([], "text ('cliptop --help' shows what there is)"),
    ])
    func saysWhereToLook(arguments: [String], line: String) {
        let said = WrongUse.line("text", arguments)
        #expect(said.hasPrefix(line), "\(said)")
    }

    @Test func aListBecomesALine() {
        #expect(WrongUse.oneLine("one of:\n  - a\n  - b\nthe end") == "one of: a, b the end")
        #expect(WrongUse.oneLine("plain") == "plain")
    }

    @Test(arguments: [("", "abc", 3), ("train", "trian", 2), ("show", "shw", 1), ("same", "same", 0)])
    func distances(a: String, b: String, count: Int) { #expect(WrongUse.distance(a, b) == count) }

    /// Whatever is wrong, it is one line that names it.
    @Test(arguments: [
        (["train", "--method", "foo"], "one of the following: zero-shot, linear-probe"),
        (["train", "--pace", "-1"], "--pace -1"), (["train", "--name", ""], "--name ''"),
        (["train", "--name", "latest"], "--name 'latest'"), (["trian"], "did you mean 'train'?"),
        (["cache", "prune", "--older-than", "-3d"], "'-3d'"), (["compare", "--branch", "up"], "'up'"),
        (["train", "--tensorboard", "/dev/null/none"], "Not a directory"),
    ])
    func mistakesAreOneLine(arguments: [String], says: String) throws {
        try withHome { home in
            let run = try Program.run(arguments, home: home)
            #expect(run.status == 2 && run.errors.contains(says), "\(run.status) \(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
    }
}
