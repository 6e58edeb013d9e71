import Foundation

/// What the process that trains a run says to a viewer in another process.
enum RunMessage: Sendable, Equatable, Codable {
    /// The first message.
    case hello(Hello)
    /// The run and its pictures.
    case prepared(RunDescription, PackedPictures)
    /// Events other than batches, epochs and the one above.
    case events([TrainingEvent])
    /// The course so far is complete; what follows is happening now.
    case live
    /// The viewer is let go; the text says why.
    case goodbye(Goodbye, String)

    /// Who speaks. Later versions may say more, but these as they are here.
    struct Hello: Sendable, Equatable, Codable {
        /// Both sides have to speak the same.
        var version = RunMessage.version
        /// The run.
        var run: String
        /// The process that trains it.
        var process: Int32
    }

    /// Why a viewer is let go.
    enum Goodbye: String, Sendable, Codable {
        /// The process ends as it should.
        case ended
        /// The viewer is not wanted.
        case refused
        /// The viewer did not read what it was sent.
        case tooSlow
    }

    /// The version of the conversation; it grows with every change of a message, an event or a command.
    static let version = 2

    /// The longest frame that a viewer takes: a million pictures have room.
    static let frameLimit = 1 << 28
}

/// What a viewer says.
enum ViewerMessage: Sendable, Equatable, Codable {
    /// The first message.
    case hello(Hello)
    /// Tells the session something, or asks it.
    case command(TrainingCommand)

    /// Who speaks.
    struct Hello: Sendable, Equatable, Codable {
        /// Both sides have to speak the same.
        var version = RunMessage.version
        /// Whether the viewer only looks.
        var isReadOnly: Bool
        /// The terminal that it shows the run on, for the log.
        var terminal: String?
    }

    /// The longest frame that a run takes.
    static let frameLimit = 1 << 20
}

/// The pictures of a run, in columns: they are many, and most of what they say is the same for all.
struct PackedPictures: Sendable, Equatable, Codable {
    var names: [String]
    var paths: [String]
    var labels: [Int]
    var splits: [Int]

    init(_ pictures: [PictureReference]) {
        names = pictures.map(\.name)
        paths = pictures.map(\.url.path)
        labels = pictures.map(\.label)
        splits = pictures.map { Split.allCases.firstIndex(of: $0.split) ?? 0 }
    }

    func pictures() throws(FrameError) -> [PictureReference] {
        let count = names.count
        guard paths.count == count, labels.count == count, splits.count == count,
            splits.allSatisfy(Split.allCases.indices.contains)
        else { throw .malformed }
        return (0..<count).map {
            PictureReference(
                name: names[$0], url: URL(filePath: paths[$0], directoryHint: .notDirectory), label: labels[$0],
                split: Split.allCases[splits[$0]])
        }
    }
}

extension Frame {
    /// A message as a frame; nil for one that cannot be written, which no message is.
    init?(_ message: some Encodable) {
        guard let content = try? WireFormat.encode(message) else { return nil }
        self.init(kind: .message, content: content)
    }

    /// The message it holds.
    func message<Message: Decodable>(_ type: Message.Type) throws(FrameError) -> Message {
        guard kind == .message, let message = try? WireFormat.decode(type, from: content) else { throw .malformed }
        return message
    }
}
