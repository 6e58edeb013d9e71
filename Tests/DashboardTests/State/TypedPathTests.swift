import Foundation
import TestSupport
import Testing

@testable import Dashboard

/// Paths as they come from people, other windows and the mouse.
@Suite struct TypedPathTests {
    private static let home = FileManager.default.homeDirectoryForCurrentUser.path

    @Test(arguments: [
        ("/a/b.png", "/a/b.png"), ("  /a/b.png \n", "/a/b.png"), ("'/a/b c.png'", "/a/b c.png"),
        ("\"/a/b c.png\"", "/a/b c.png"),
        ("'/a/it'\\''s.png'", "/a/it's.png"), ("/a/b\\ c\\(1\\).png", "/a/b c(1).png"),
        ("file:///a/b%20c.png", "/a/b c.png"),
        ("file://localhost/a/%C3%A9.png", "/a/é.png"), ("FILE:///a", "/a"), ("'file:///a/b.png'", "/a/b.png"),
        ("~/x.png", home + "/x.png"),
        ("\"~/x y.png\"", home + "/x y.png"), ("'", "'"), ("", ""), ("a\\", "a\\"),
    ])
    func pathsAreUnderstood(_ typed: String, _ path: String) {
        #expect((TypedPath(typed).text as NSString).expandingTildeInPath == path)
    }

    /// A name that has quotes in it is taken as it is.
    @Test func whatIsThereIsTakenAsItIs() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "'a\\ b'")
        try Data().write(to: file)
        #expect(TypedPath(file.path).url.path == file.path)
    }

    @Test func aFolderOpensAtItsFirstPictureAndTheFirstKeyReplacesALine() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["b.png", "a.txt", "a.jpg"] { try Data().write(to: folder.appending(path: name)) }
        var model = ClassifyModel()
        model.edit(.picture)
        for character in "'\(folder.path)'" { model.insert(character) }
        var isTaken = model.accept()
        #expect(isTaken && model.picture == folder.path + "/a.jpg")
        model.edit(.picture)
        model.insert("x")
        #expect(model.picture == "x")
        model.cancel()
        model.edit(.picture)
        model.keepText()
        model.insert("x")
        #expect(model.picture == folder.path + "/a.jpgx")
        model.deleteBackward()
        isTaken = model.accept()
        #expect(isTaken)
        try FileManager.default.removeItem(at: folder.appending(path: "a.jpg"))
        try FileManager.default.removeItem(at: folder.appending(path: "b.png"))
        model.edit(.picture)
        for character in folder.path { model.insert(character) }
        isTaken = model.accept()
        #expect(!isTaken && model.complaint?.contains("no pictures") == true)
    }
}
