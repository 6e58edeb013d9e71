import Foundation
import TestSupport
import Testing

@testable import Training

/// A session and viewers that talk to it through its socket, in one process.
@Suite struct RemoteSessionTests {
    /// A viewer and everything it has been told.
    private final class Follower {
        let remote: RemoteSession
        private(set) var events: [TrainingEvent] = []
        private let arrived = DispatchSemaphore(value: 0)

        init(_ folder: URL, isReadOnly: Bool = false) throws {
            remote = try RemoteSession(folder: folder, isReadOnly: isReadOnly, terminal: "test")
            remote.onEvents { [arrived] in arrived.signal() }
        }

        /// Waits until what was told is enough, or the connection is lost.
        func wait(until isEnough: ([TrainingEvent]) -> Bool) throws {
            while true {
                events += remote.drainEvents()
                if isEnough(events) || remote.loss != nil { return }
                try #require(arrived.wait(timeout: .now() + 60) == .success, "the run fell silent")
            }
        }

        func waitForEnd() throws {
            try wait { $0.contains { if case .finished = $0 { true } else { false } } }
        }

        var batches: [BatchRecord] { events.compactMap { if case .batch(let record) = $0 { record } else { nil } } }
        var epochs: [EpochRecord] { events.compactMap { if case .epoch(let record) = $0 { record } else { nil } } }
        var states: [RunState] { events.compactMap { if case .state(let state) = $0 { state } else { nil } } }
        var log: [LogEntry] { events.compactMap { if case .log(let entry) = $0 { entry } else { nil } } }
        var predictions: [PicturePrediction] {
            events.compactMap { if case .prediction(let record) = $0 { record } else { nil } }
        }
    }

    /// A session with a server, paused after its first step, and the folder of its run.
    private func pausedRun(epochs: Int = 200) throws -> (SessionHarness, RunServer, URL) {
        let harness = try SessionHarness(change: { $0.epochs = epochs })
        let server = RunServer(harness.session)
        harness.session.send(.step)
        var folder: URL?
        try harness.follow(until: {
            if case .prepared(let description, _) = $0 { folder = description.folder }
            if case .batch = $0 { return true }
            return false
        })
        server.waitUntilOpen()
        return (harness, server, try #require(folder))
    }

    /// Pictures that may be looked at while the run is live: all but those of the test split.
    private func openPictures(_ harness: SessionHarness) -> [Int] {
        let pictures =
            harness.events.lazy.compactMap { event -> [PictureReference]? in
                if case .prepared(_, let pictures) = event { pictures } else { nil }
            }.first ?? []
        return pictures.indices.filter { pictures[$0].split != .test }
    }

    @Test func aLateViewerHasTheWholeCourseAndNothingTwice() throws {
        let (harness, server, folder) = try pausedRun()
        let early = try Follower(folder)
        try early.wait { $0.contains { if case .batch = $0 { true } else { false } } }
        early.remote.send(.resume)
        try early.wait { $0.count { if case .batch = $0 { true } else { false } } > 20 }
        // In the middle of the flood.
        let late = try Follower(folder)
        try late.waitForEnd()
        try early.waitForEnd()
        try harness.follow(start: false)
        #expect(harness.batches.count == 400 && harness.batches.map(\.step) == Array(1...400))
        for follower in [early, late] {
            #expect(follower.batches == harness.batches)
            #expect(follower.epochs == harness.epochs)
            #expect(follower.states.last == .done)
        }
        #expect(harness.events.contains { if case .intervention(let i) = $0 { i.change == .attached } else { false } })
        #expect(harness.log.contains { $0.text.contains("viewer on test attached") })
        server.close()
        #expect(late.remote.loss == nil, "the end of the process after that of the run is no loss")
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: LocalSocket.name).path))
    }

    @Test func viewersSteerLookAndChangeNoBit() throws {
        let quiet = try SessionHarness(change: { $0.epochs = 30 })
        try quiet.follow()
        let (harness, server, folder) = try pausedRun(epochs: 30)
        defer { server.close() }
        let (one, two) = (try Follower(folder), try Follower(folder))
        let pictures = openPictures(harness)
        let (first, second) = (try #require(pictures.first), try #require(pictures.last))
        one.remote.send(.inspect(picture: first))
        two.remote.send(.inspect(picture: second))
        two.remote.send(.watchMistakes(true))
        try one.wait { _ in one.predictions.contains { $0.picture == first } }
        try two.wait { _ in two.predictions.contains { $0.picture == second } }
        one.remote.send(.resume)
        try one.waitForEnd()
        try two.waitForEnd()
        #expect(
            first != second && one.predictions.allSatisfy { $0.picture == first }
                && two.predictions.allSatisfy { $0.picture == second })
        #expect(one.predictions.last?.step == 60 && two.predictions.last?.step == 60)
        #expect(two.events.contains { if case .answers = $0 { true } else { false } })
        try harness.follow(start: false)
        #expect(!harness.events.contains { if case .prediction = $0 { true } else { false } }, "nobody asked here")
        #expect(harness.session.report?.parameters == quiet.session.report?.parameters)
        #expect(quiet.session.report?.parameters.isEmpty == false)
    }

    @Test func viewersAreAnsweredAfterTheEnd() throws {
        let (harness, server, folder) = try pausedRun(epochs: 2)
        defer { withExtendedLifetime(harness) { server.close() } }
        let viewer = try Follower(folder)
        viewer.remote.send(.resume)
        try viewer.waitForEnd()
        let crow = Fixtures.samples.appending(path: "Images/bird/crow.png")
        viewer.remote.send(.classify(ClassifyRequest(number: 1, picture: crow)))
        try viewer.wait {
            $0.contains { if case .classified(let answer) = $0 { answer.adapted.count == 3 } else { false } }
        }
        #expect(viewer.remote.loss == nil && viewer.remote.refusal(of: .subscription(.inspect(picture: 0))) == nil)
        server.close()
        try viewer.wait { _ in viewer.remote.refusal(of: .subscription(.inspect(picture: 0))) != nil }
        #expect(viewer.remote.loss == nil, "the run had ended")
    }

    @Test func anyViewerMayStopTheRun() throws {
        let (harness, server, folder) = try pausedRun()
        defer { withExtendedLifetime(harness) { server.close() } }
        let (one, two) = (try Follower(folder), try Follower(folder))
        one.remote.send(.stop(.now, save: true))
        try two.waitForEnd()
        #expect(two.states.last == .stopped(saved: true))
    }

    @Test func whoOnlyLooksIsRefusedByTheRunItself() throws {
        let (harness, server, folder) = try pausedRun()
        defer { server.close() }
        let (looking, controls) = (try Follower(folder, isReadOnly: true), try Follower(folder))
        #expect(
            looking.remote.refusal(of: .control(.resume)) != nil
                && looking.remote.refusal(of: .subscription(.inspect(picture: 0))) == nil)
        #expect(controls.remote.refusal(of: .control(.resume)) == nil)
        // As a program would that does not ask for the refusal first.
        looking.remote.send(.stop(.now, save: false))
        looking.remote.send(.inspect(picture: try #require(openPictures(harness).first)))
        try looking.wait { _ in !looking.predictions.isEmpty }
        #expect(looking.log.contains { $0.text.contains("refused") && $0.text.contains("--read-only") })
        controls.remote.send(.stop(.now, save: true))
        let result = try #require(try harness.follow(start: false))
        #expect(result.state == .stopped(saved: true))
        try controls.waitForEnd()
        #expect(!controls.log.contains { $0.text.contains("refused") }, "that is nobody else's affair")
    }

    @Test func nonsenseEndsAConversationAndNothingElse() throws {
        let (harness, server, folder) = try pausedRun()
        defer { server.close() }
        let viewer = try Follower(folder)
        var fuzzer = Fuzzer(seed: 3)
        for round in 0..<40 {
            let descriptor = try #require(try LocalSocket.connect(in: folder))
            var bytes: [UInt8]
            switch round {
            case 0: bytes = Array("GET / HTTP/1.1\r\n\r\n".utf8)
            case 1: bytes = [0xFF, 0xFF, 0xFF, 0xFF, 1]
            case 2: bytes = [UInt8](Frame(ViewerMessage.command(.control(.stop(.now, save: false))))?.bytes ?? Data())
            case 3: bytes = [UInt8](Frame(kind: .batches, content: Data(count: 48)).bytes)
            case 4: bytes = []
            default:
                bytes = [UInt8](Frame(ViewerMessage.hello(.init(isReadOnly: true)))?.bytes ?? Data())
                bytes += [UInt8](
                    Frame(ViewerMessage.command(.query(.classify(.init(number: -1, picture: folder)))))?.bytes ?? Data()
                )
                fuzzer.change(&bytes)
            }
            _ = send(descriptor, bytes, bytes.count, LocalSocket.sendFlags)
            if round % 2 == 0 { shutdown(descriptor, Int32(SHUT_WR)) } else { close(descriptor) }
            if round % 2 == 0 {
                // The other side closes too, whatever it made of it.
                var buffer = [UInt8](repeating: 0, count: 4096)
                while recv(descriptor, &buffer, buffer.count, 0) > 0 {}
                close(descriptor)
            }
        }
        viewer.remote.send(.resume)
        try viewer.waitForEnd()
        try harness.follow(start: false)
        #expect(viewer.states.last == .done && viewer.batches.count == 400)
    }

    @Test func anotherVersionIsToldSo() throws {
        let (harness, server, folder) = try pausedRun()
        defer { withExtendedLifetime(harness) { server.close() } }
        let descriptor = try #require(try LocalSocket.connect(in: folder))
        defer { close(descriptor) }
        let bytes = [UInt8](try #require(Frame(ViewerMessage.hello(.init(version: 99, isReadOnly: true)))).bytes)
        #expect(send(descriptor, bytes, bytes.count, LocalSocket.sendFlags) == bytes.count)
        var reader = FrameReader(limit: 1 << 20)
        var heard: [RunMessage] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            buffer.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            while let frame = try reader.next() { heard.append(try frame.message(RunMessage.self)) }
        }
        #expect(heard.last == .goodbye(.refused, "it speaks version 99, not \(RunMessage.version)"))
    }

    /// A process that is not ours, as far as can be told from what it says.
    @Test func aViewerSaysWhatIsWrongWithTheOtherSide() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let listener = try LocalSocket.listen(in: folder)
        defer { close(listener) }
        func answer(_ bytes: Data?) throws -> RemoteError? {
            let thread = Thread {
                var polled = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
                poll(&polled, 1, 60_000)
                let descriptor = accept(listener, nil, nil)
                if let bytes { _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) } }
                close(descriptor)
            }
            thread.start()
            do throws(RemoteError) { _ = try RemoteSession(folder: folder) } catch { return error }
            return nil
        }
        let run = folder.lastPathComponent
        let hello = Frame(RunMessage.hello(.init(version: 99, run: run, process: 1)))
        #expect(try answer(hello?.bytes) == .otherVersion(run: run, theirs: 99, ours: RunMessage.version))
        guard case .lost = try answer(Data([5, 0, 0, 0, 1, 0x7B])) else { return #expect(Bool(false), "half a word") }
        guard case .lost = try answer(Data("hello".utf8)) else { return #expect(Bool(false), "nonsense") }
        guard case .lost(_, let reason) = try answer(nil) else { return #expect(Bool(false), "silence") }
        #expect(reason == "the process that trained it has gone")
    }

    @Test func aProcessThatGoesLeavesAFileAndNoRun() throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(!RemoteSession.isLive(folder: folder))
        close(try LocalSocket.listen(in: folder))
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: LocalSocket.name).path))
        #expect(!RemoteSession.isLive(folder: folder))
        #expect(throws: RemoteError.notLive(run: folder.lastPathComponent)) { try RemoteSession(folder: folder) }
        let again = try LocalSocket.listen(in: folder)
        #expect(RemoteSession.isLive(folder: folder))
        close(again)
    }

    @Test func aSocketIsItsOwnersWhateverTheFolderIsCalled() throws {
        let parent = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: parent) }
        let folder = parent.appending(path: String(repeating: "long", count: 40))
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        let listener = try LocalSocket.listen(in: folder)
        defer { close(listener) }
        var status = stat()
        #expect(stat(folder.appending(path: LocalSocket.name).path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        #expect(stat(folder.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
        let descriptor = try #require(try LocalSocket.connect(in: folder))
        defer { close(descriptor) }
        #expect(LocalSocket.peer(of: descriptor) == getuid())
        #expect(LocalSocket.admits(getuid()))
        #expect(!LocalSocket.admits(getuid() + 1) && !LocalSocket.admits(nil))
    }

    @Test func whoDoesNotReadIsLetGoAndTold() throws {
        var ends: [Int32] = [-1, -1]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { close(ends[1]) }
        #expect(LocalSocket.setNonBlocking(ends[0]))
        let viewer = ViewerConnection(ends[0], number: 1)
        let piece = Frame(kind: .batches, content: Data(count: 48 * 4096)).bytes
        var sent = 0
        while sent < 64 << 20 {
            viewer.enqueue(piece)
            viewer.flush()
            sent += piece.count
        }
        #expect(!viewer.isDone && viewer.hasUnsent)
        // Now it reads after all: whole frames, and the reason as the last of them.
        var reader = FrameReader(limit: RunMessage.frameLimit)
        var last: Frame?
        var heard = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !viewer.isDone {
            viewer.flush()
            let count = recv(ends[1], &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard count > 0 else { continue }
            heard += count
            buffer.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            while let frame = try reader.next() { last = frame }
        }
        while case let count = recv(ends[1], &buffer, buffer.count, 0), count > 0 {
            buffer.withUnsafeBytes { reader.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            while let frame = try reader.next() { last = frame }
        }
        #expect(heard < 4 << 20, "what waited for it was forgotten")
        guard case .goodbye(.tooSlow, let reason) = try #require(last).message(RunMessage.self) else {
            return #expect(Bool(false), "it was not told")
        }
        #expect(reason.contains("MB"))
    }

    /// Connections that say nothing take nobody's place, and are let go.
    @Test func silentConnectionsDoNotKeepTheOwnerOut() throws {
        let (harness, server, folder) = try pausedRun()
        var silent: [Int32] = []
        for _ in 0..<40 { if let descriptor = try LocalSocket.connect(in: folder) { silent.append(descriptor) } }
        defer { silent.forEach { close($0) } }
        #expect(silent.count == 40)
        let follower = try Follower(folder)
        try follower.wait { $0.contains { if case .batch = $0 { true } else { false } } }
        #expect(follower.remote.loss == nil)
        // The newest of them is told to go once its time is up.
        var (text, buffer) = (Data(), [UInt8](repeating: 0, count: 4096))
        let newest = try #require(silent.last)
        while true {
            let count = recv(newest, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            text += buffer.prefix(count)
        }
        #expect(String(decoding: text, as: UTF8.self).contains("has not introduced itself"))
        harness.session.send(.stop(.now, save: false))
        try follower.waitForEnd()
        server.close()
    }
}
