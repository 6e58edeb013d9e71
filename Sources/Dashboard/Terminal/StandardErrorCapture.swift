import CKernels
import Foundation

/// Keeps standard error off the screen while the dashboard owns it: descriptor 2 points at a nameless file, and what it
/// collected is read back at the end. A crash shows the file's end by itself (see terminal.c).
final class StandardErrorCapture {
    private let file: Int32
    private var isCapturing: Bool

    /// Begins to capture; where no file can be made, standard error stays where it is.
    init() {
        var template = Array((FileManager.default.temporaryDirectory.path + "/cliptop-XXXXXX").utf8CString)
        file = mkstemp(&template)
        if file >= 0 { unlink(template) }
        isCapturing = file >= 0 && terminal_capture_stderr(file) == 0
    }

    deinit {
        _ = finish()
        if file >= 0 { close(file) }
    }

    /// Ends the capture; the last `most` lines that were written.
    func finish(most: Int = 20) -> [String] {
        guard isCapturing else { return [] }
        isCapturing = false
        terminal_release_stderr()
        let size = lseek(file, 0, SEEK_END)
        let start = max(0, size - 65_536)
        var bytes = [UInt8](repeating: 0, count: Int(size - start))
        let count = pread(file, &bytes, bytes.count, start)
        guard count > 0 else { return [] }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        return lines.suffix(most).map(String.init)
    }
}
