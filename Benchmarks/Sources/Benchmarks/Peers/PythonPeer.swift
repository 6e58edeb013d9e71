import Foundation

/// The Python programs that come with the benchmark.
enum PeerScript {
    case clip, clipAdapter, linearProbe

    var text: String {
        let bytes =
            switch self {
            case .clip: PackageResources.clip_peer_py
            case .clipAdapter: PackageResources.clip_adapter_peer_py
            case .linearProbe: PackageResources.linear_probe_peer_py
            }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A Python process that does the same work when asked: one line in, one line out.
final class PythonPeer {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var buffer = Data()

    struct Failure: Error, LocalizedError {
        var errorDescription: String?
    }

    init(python: String, script: PeerScript, arguments: [String]) throws {
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script.text] + arguments
        // A kernel set that is forced on one side would have to be forced on both.
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "OPENBLAS_CORETYPE" }
        process.standardInput = input
        process.standardOutput = output
        do { try process.run() } catch {
            throw Failure(errorDescription: "cannot run PEERS_PYTHON \(python): \(error.localizedDescription)")
        }
        guard try line() == "ready" else {
            throw Failure(errorDescription: "the peer in \(python) did not get ready; does it have torch?")
        }
    }

    /// The answer to a command.
    /// - Throws: ``Failure`` with the peer's own words if it could not do it.
    func ask(_ command: String) throws -> String {
        try input.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
        let answer = try line()
        guard !answer.hasPrefix("error: ") else { throw Failure(errorDescription: "the peer's \(answer)") }
        return answer
    }

    /// The answer to a command as a number.
    func measure(_ command: String) throws -> Double {
        let answer = try ask(command)
        guard let value = Double(answer) else { throw Failure(errorDescription: "the peer said '\(answer)'") }
        return value
    }

    /// The answer to a command as numbers, `[count]`.
    func floats(_ command: String) throws -> [Float] {
        guard let data = Data(base64Encoded: try ask(command)), data.count % 4 == 0 else {
            throw Failure(errorDescription: "the peer's answer to '\(command)' is not in base64")
        }
        var values = [Float](repeating: 0, count: data.count / 4)
        _ = values.withUnsafeMutableBytes { data.copyBytes(to: $0) }
        return values
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
