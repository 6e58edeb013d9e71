/// Turns the bytes that a terminal sends into keys, mouse events and pasted text.
///
/// Besides keys a terminal sends control sequences (ECMA-48): CSI (`ESC [`), SS3 (`ESC O`), and the strings OSC, DCS, APC, PM
/// and SOS, as answers to questions or for keys that have no meaning here. Each is taken whole, so that no part of an unknown
/// one is a key. Over a slow line a sequence comes in pieces: after `ESC` the decoder waits a moment for the rest.
struct InputDecoder {
    /// How long the pieces of a sequence may be apart.
    struct Patience {
        /// After a lone `ESC`, which may be the key.
        var escape = Duration.milliseconds(300)
        /// Within a sequence that has certainly begun.
        var sequence = Duration.milliseconds(1000)
        /// Within a paste.
        var paste = Duration.seconds(5)

        /// Over a network pieces may be further apart.
        init(environment: [String: String]) {
            if environment["SSH_CONNECTION"]?.isEmpty == false || environment["SSH_TTY"]?.isEmpty == false {
                escape = .milliseconds(600)
            }
        }
    }

    private enum State {
        case ground
        /// After `ESC`; `count` of them, as Alt with a key that sends a sequence gives two.
        case escape(count: Int)
        /// Within `ESC [` or `ESC O`: parameters and intermediate bytes so far.
        case control(isSS3: Bool, [UInt8])
        /// So many further bytes belong to a sequence: the position of an old mouse report, the letter of a console's F-key.
        case rest(Int, [UInt8])
        /// Within OSC, DCS, APC, PM or SOS.
        case string(sawEscape: Bool)
        /// Within a paste, after so many bytes of its end mark.
        case paste(matched: Int)
        /// Within a character of several bytes.
        case character([UInt8], length: Int)
    }

    /// Pasted bytes that are kept; nobody pastes a longer line.
    private static let pasteLimit = 1 << 16
    private static let pasteEnd = Array("\u{1B}[201~".utf8)
    /// A key that is pressed after Escape comes later than the rest of a sequence that was sent in one piece.
    private static let typingGap = Duration.milliseconds(50)

    private let patience: Patience
    private var state = State.ground
    private var decoded: [Input] = []
    private var pasted: [UInt8] = []
    /// Whether the sequence that has begun is of a key with Alt.
    private var isAlt = false
    private var lastByte = ContinuousClock.now

    init(_ patience: Patience) { self.patience = patience }

    /// When what has begun will not be waited for any longer; nil where nothing has begun.
    var deadline: ContinuousClock.Instant? {
        switch state {
        case .ground: nil
        case .escape: lastByte + patience.escape
        case .control, .rest, .string, .character: lastByte + patience.sequence
        case .paste: lastByte + patience.paste
        }
    }

    /// Takes bytes that have come together at `now`.
    mutating func take(_ bytes: some Sequence<UInt8>, at now: ContinuousClock.Instant) {
        expire(at: now)
        let gap = now - lastByte
        lastByte = now
        if case .escape(let count) = state, gap >= Self.typingGap, let first = bytes.first(where: { _ in true }),
            !Self.isIntroducer(first)
        {
            state = .ground
            decoded += Array(repeating: .key(.escape), count: count)
        }
        for byte in bytes { take(byte) }
    }

    /// The next key, mouse event or paste; nil where nothing whole has come.
    mutating func next(at now: ContinuousClock.Instant) -> Input? {
        if decoded.isEmpty { expire(at: now) }
        return decoded.isEmpty ? nil : decoded.removeFirst()
    }

    /// Gives up waiting: a lone `ESC` is the key, an unfinished sequence is nothing, a paste without an end is as it is.
    private mutating func expire(at now: ContinuousClock.Instant) {
        guard let deadline, now >= deadline else { return }
        switch state {
        case .escape(let count): decoded += Array(repeating: .key(.escape), count: count)
        case .paste: finishPaste()
        default: break
        }
        state = .ground
    }

    private mutating func take(_ byte: UInt8) {
        switch state {
        case .ground: takePlain(byte)
        case .escape(let count): takeAfterEscape(byte, count)
        case .control(let isSS3, let parameters): takeControl(byte, isSS3: isSS3, parameters)
        case .rest(let count, let bytes):
            if count > 1 {
                state = .rest(count - 1, bytes + [byte])
            } else {
                state = .ground
                finishOldMouse(bytes + [byte])
            }
        case .string(let sawEscape): takeString(byte, sawEscape: sawEscape)
        case .paste(let matched): takePasted(byte, matched)
        case .character(let bytes, let length): takeContinuation(byte, bytes, length)
        }
    }

    // MARK: characters

    private mutating func takePlain(_ byte: UInt8) {
        switch byte {
        case 0x1B: state = .escape(count: 1)
        case 0..<0x80: emit(Unicode.Scalar(byte))
        case 0xC2...0xDF: state = .character([byte], length: 2)
        case 0xE0...0xEF: state = .character([byte], length: 3)
        case 0xF0...0xF4: state = .character([byte], length: 4)
        default: break
        }
    }

    private mutating func takeContinuation(_ byte: UInt8, _ bytes: [UInt8], _ length: Int) {
        state = .ground
        guard byte & 0xC0 == 0x80 else { return takePlain(byte) }
        let all = bytes + [byte]
        if all.count < length {
            state = .character(all, length: length)
        } else if let scalar = String(validating: all, as: UTF8.self)?.unicodeScalars.first {
            emit(scalar)
        }
    }

    private mutating func emit(_ scalar: Unicode.Scalar) {
        if let key = Key(scalar: scalar) { decoded.append(.key(key)) }
    }

    // MARK: sequences

    /// `[ O ] P _ ^ X` begin a sequence after `ESC`.
    private static func isIntroducer(_ byte: UInt8) -> Bool { "[O]P_^X".utf8.contains(byte) }

    private mutating func takeAfterEscape(_ byte: UInt8, _ count: Int) {
        isAlt = count > 1
        switch byte {
        case UInt8(ascii: "["): state = .control(isSS3: false, [])
        case UInt8(ascii: "O"): state = .control(isSS3: true, [])
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"), UInt8(ascii: "X"):
            state = .string(sawEscape: false)
        case 0x1B: state = .escape(count: count + 1)
        // Ctrl-C counts whatever stands before it.
        case 0x03:
            state = .ground
            takePlain(byte)
        default:
            // Alt and a key: no key here. The bytes of a character are taken together.
            state = .ground
            let before = decoded.count
            takePlain(byte)
            if case .character(_, let length) = state { state = .rest(length - 1, []) }
            decoded.removeSubrange(before...)
        }
    }

    private mutating func takeControl(_ byte: UInt8, isSS3: Bool, _ parameters: [UInt8]) {
        switch byte {
        case 0x1B: state = .escape(count: 1)
        case 0x03, 0x18, 0x1A, 0x80...:
            state = .ground
            if byte == 0x03 { takePlain(byte) }
        case 0x00..<0x20, 0x7F: break
        // The Linux console sends its first F-keys as `ESC [ [ A`.
        case UInt8(ascii: "[") where !isSS3 && parameters.isEmpty: state = .rest(1, [])
        case UInt8(ascii: "M") where !isSS3 && parameters.isEmpty: state = .rest(3, [UInt8(ascii: "M")])
        // rxvt ends a key with Shift with a dollar sign.
        case UInt8(ascii: "$") where !parameters.isEmpty && parameters.allSatisfy { (0x30...0x39).contains($0) }:
            state = .ground
        case 0x20..<0x40:
            // What is too long for a key is still taken to its end.
            if parameters.count < 64 { state = .control(isSS3: isSS3, parameters + [byte]) }
        default:
            state = .ground
            finish(byte, isSS3: isSS3, String(decoding: parameters, as: UTF8.self))
        }
    }

    private mutating func finish(_ final: UInt8, isSS3: Bool, _ parameters: String) {
        if isAlt {
            return
        } else if !isSS3, parameters == "200", final == UInt8(ascii: "~") {
            state = .paste(matched: 0)
        } else if !isSS3, parameters.hasPrefix("<"), final == UInt8(ascii: "M") {
            finishMouse(parameters.dropFirst().split(separator: ";").compactMap { Int($0) })
        } else if let key = Self.key(final, isSS3: isSS3, parameters) {
            decoded.append(.key(key))
        }
    }

    /// The key of a sequence; nil for those that mean nothing here, such as keys with Ctrl or Shift.
    private static func key(_ final: UInt8, isSS3: Bool, _ parameters: String) -> Key? {
        if final == UInt8(ascii: "~"), !isSS3 {
            // VT220's numbers; PuTTY and the Linux console send 1 and 4, rxvt 7 and 8.
            return switch parameters {
            case "1", "7": .home
            case "4", "8": .end
            case "3": .delete
            case "5": .pageUp
            case "6": .pageDown
            default: nil
            }
        }
        guard parameters.isEmpty || parameters == "1" else { return nil }
        return switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "Z") where !isSS3: .backTab
        case UInt8(ascii: "M") where isSS3: .enter
        default: nil
        }
    }

    private mutating func takeString(_ byte: UInt8, sawEscape: Bool) {
        switch (byte, sawEscape) {
        case (UInt8(ascii: "\\"), true), (0x07, _), (0x18, _), (0x1A, _): state = .ground
        case (0x03, _):
            state = .ground
            takePlain(byte)
        case (0x1B, _): state = .string(sawEscape: true)
        // What follows another `ESC` is a sequence of its own.
        case (_, true): takeAfterEscape(byte, 1)
        default: break
        }
    }

    // MARK: mouse and paste

    /// Button and position of an SGR report, positions from 1.
    private mutating func finishMouse(_ numbers: [Int]) {
        guard numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return }
        let action: MouseEvent.Action? =
            switch numbers[0] {
            case 0: .press
            case 64: .wheelUp
            case 65: .wheelDown
            default: nil
            }
        if let action { decoded.append(.mouse(MouseEvent(action: action, x: numbers[1] - 1, y: numbers[2] - 1))) }
    }

    /// The report of terminals without SGR: button and position plus 32, a byte each.
    private mutating func finishOldMouse(_ bytes: [UInt8]) {
        guard bytes.count == 4, bytes[0] == UInt8(ascii: "M") else { return }
        finishMouse(bytes[1...].enumerated().map { Int($1) - 32 })
    }

    private mutating func takePasted(_ byte: UInt8, _ matched: Int) {
        if byte == Self.pasteEnd[matched] {
            guard matched + 1 < Self.pasteEnd.count else {
                state = .ground
                return finishPaste()
            }
            state = .paste(matched: matched + 1)
        } else {
            keepPasted(Self.pasteEnd.prefix(matched))
            // The mark begins with its only `ESC`.
            let isStart = byte == Self.pasteEnd[0]
            if !isStart { keepPasted([byte]) }
            state = .paste(matched: isStart ? 1 : 0)
        }
    }

    private mutating func keepPasted(_ bytes: some Collection<UInt8>) {
        if pasted.count + bytes.count <= Self.pasteLimit { pasted += bytes }
    }

    private mutating func finishPaste() {
        decoded.append(.paste(String(decoding: pasted, as: UTF8.self)))
        pasted = []
    }
}
