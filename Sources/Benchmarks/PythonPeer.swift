import Foundation

/// A Python process that measures the same work when asked: one line in, one figure out.
final class PythonPeer {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer = Data()

    struct Failure: Error, LocalizedError {
        var errorDescription: String?
    }

    init(python: String, script: String) throws {
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script]
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch {
            throw Failure(errorDescription: "cannot run PEERS_PYTHON \(python): \(error.localizedDescription)")
        }
        guard try line() == "ready" else {
            throw Failure(errorDescription: "the peer in \(python) did not get ready; does it have torch?")
        }
    }

    /// One measurement, in the script's unit.
    func measure() throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        let text = try line()
        guard let value = Double(text) else { throw Failure(errorDescription: "the peer said '\(text)'") }
        return value
    }

    func stop() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func line() throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0a) {
                defer { buffer = Data(buffer[(end + 1)...]) }
                return String(decoding: buffer[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(errorDescription: "the peer ended early") }
            buffer += more
        }
    }
}
