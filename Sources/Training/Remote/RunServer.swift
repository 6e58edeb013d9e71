import Foundation
import Synchronization

/// Lets viewers of other processes take part in a session: they get the course so far and then every event, and their
/// commands go to the session's inbox.
///
/// Everything happens on a thread of its own. The session pushes events into a queue and never waits; a viewer that sends
/// nonsense or does not read is let go, and neither the session nor the other viewers notice.
public final class RunServer: Sendable {
    /// What the thread works on; nobody else touches it.
    private struct Desk {
        var course = RunLogSoFar()
        /// -1 where the system gave none.
        var listener: Int32?
        var viewers: [ViewerConnection] = []
    }

    private let session: TrainingSession
    private let events: EventQueue
    private let wakeUp = Wake()
    /// When the thread has to be done, once it has been told to end; and the signal that it is.
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let isOpen = DispatchSemaphore(value: 0)

    /// Viewers at a time.
    static let viewerLimit = 32
    /// Events are collected for so long before they are sent, and kept for so long where nobody looks.
    private static let (watchedInterval, unwatchedInterval) = (Duration.milliseconds(30), Duration.milliseconds(200))

    /// Serves a session that has not begun; viewers can come as soon as it has a folder.
    public init(_ session: TrainingSession) {
        self.session = session
        events = session.hub.subscribe()
        events.onEvents { [wakeUp] in wakeUp.signal() }
        let thread = Thread { [self] in serve() }
        thread.name = "cliptop.server"
        thread.start()
    }

    /// Waits until viewers can come, or it is known that they cannot: soon after the run has a folder.
    public func waitUntilOpen() {
        wakeUp.signal()
        _ = isOpen.wait(timeout: .now() + 5)
        isOpen.signal()
    }

    /// Tells everybody what there is left to tell and lets them go; waits no longer than `patience` for those who do not
    /// read.
    public func close(patience: Duration = .seconds(2)) {
        let isFirst = deadline.withLock { deadline in
            defer { deadline = deadline ?? .now + patience }
            return deadline == nil
        }
        guard isFirst else { return }
        wakeUp.signal()
        hasEnded.wait()
    }

    // MARK: the thread

    private func serve() {
        var desk = Desk()
        var due: ContinuousClock.Instant?
        while true {
            let end = deadline.withLock { $0 }
            if end != nil {
                distribute(&desk)
                for viewer in desk.viewers { viewer.sayGoodbye(.ended, "the process has ended") }
                desk.viewers.removeAll { $0.isDone }
                if desk.viewers.isEmpty || .now >= end ?? .now { break }
            }
            let deadlines = desk.viewers.compactMap(\.deadline)
            wait(for: desk, until: ([end ?? due].compactMap { $0 } + deadlines).min())
            if wakeUp.take(), due == nil {
                due = .now + (desk.viewers.isEmpty ? Self.unwatchedInterval : Self.watchedInterval)
            }
            if let moment = due, moment <= .now {
                due = nil
                distribute(&desk)
            }
            if end == nil { admit(&desk) }
            for viewer in desk.viewers {
                attend(to: viewer, &desk)
                viewer.checkDeadline()
            }
            desk.viewers.removeAll { $0.isDone }
        }
        for viewer in desk.viewers { viewer.close() }
        if let listener = desk.listener, listener >= 0 {
            if let folder = desk.course.description?.folder {
                unlink(folder.appending(path: LocalSocket.name).path)
            }
            Foundation.close(listener)
        }
        session.hub.remove(events)
        hasEnded.signal()
    }

    private func wait(for desk: Desk, until moment: ContinuousClock.Instant?) {
        var polled = [pollfd(fd: wakeUp.descriptor, events: Int16(POLLIN), revents: 0)]
        if let listener = desk.listener { polled.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0)) }
        for viewer in desk.viewers {
            let events = viewer.hasUnsent ? POLLIN | POLLOUT : POLLIN
            polled.append(pollfd(fd: viewer.descriptor, events: Int16(events), revents: 0))
        }
        let left = moment.map { max(.zero, $0 - .now) / .milliseconds(1) }
        _ = poll(&polled, nfds_t(polled.count), left.map { Int32(min(60_000, $0.rounded(.up))) } ?? -1)
    }

    /// Takes the session's events in and passes them on.
    private func distribute(_ desk: inout Desk) {
        let news = events.drain()
        guard !news.isEmpty else { return }
        for event in news {
            desk.course.apply(event)
            if case .prepared = event { session.eventsBefore().forEach { desk.course.apply($0) } }
        }
        if desk.listener == nil, let description = desk.course.description { listen(description, &desk) }
        let attached = desk.viewers.filter(\.isAttached)
        guard !attached.isEmpty else { return }
        let common = news.filter { !$0.isPrivate }
        let personal = news.filter(\.isPrivate)
        let frames = EventFrames.frames(common).map(\.bytes)
        for viewer in attached {
            // Answers go first: nothing comes after the end of the run.
            viewer.enqueue(EventFrames.frames(Self.newest(session.view(personal, of: viewer.number))))
            for frame in frames { viewer.enqueue(frame) }
        }
    }

    /// Of predictions only the last: the ones before are out of date.
    private static func newest(_ events: [TrainingEvent]) -> [TrainingEvent] {
        func isPrediction(_ event: TrainingEvent) -> Bool { if case .prediction = event { true } else { false } }
        let last = events.lastIndex(where: isPrediction)
        return events.enumerated().filter { !isPrediction($0.element) || $0.offset == last }.map(\.element)
    }

    private func listen(_ description: RunDescription, _ desk: inout Desk) {
        do {
            desk.listener = try LocalSocket.listen(in: description.folder)
        } catch {
            // Training is more important than being watched.
            session.hub.push(.log(LogEntry(error.localizedDescription, level: .warning)))
            desk.listener = -1
        }
        isOpen.signal()
    }

    private func admit(_ desk: inout Desk) {
        guard let listener = desk.listener, listener >= 0, let run = desk.course.description?.runID else { return }
        while true {
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { return }
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, LocalSocket.setNonBlocking(descriptor),
                LocalSocket.admits(LocalSocket.peer(of: descriptor))
            else {
                Foundation.close(descriptor)
                continue
            }
            let viewer = ViewerConnection(descriptor, number: session.newViewer())
            viewer.enqueue(
                [Frame(RunMessage.hello(.init(run: run, process: getpid(), viewer: viewer.sender.id)))].compactMap {
                    $0
                })
            // Who has only connected takes nobody's place.
            if desk.viewers.count(where: \.isAttached) >= Self.viewerLimit {
                viewer.sayGoodbye(.refused, "\(Self.viewerLimit) viewers are attached, and more are not let in")
            }
            desk.viewers.append(viewer)
            let silent = desk.viewers.filter { !$0.isAttached }
            if silent.count > Self.viewerLimit { silent[0].close() }
        }
    }

    private func attend(to viewer: ViewerConnection, _ desk: inout Desk) {
        for message in viewer.receive() {
            switch message {
            case .hello(let hello) where !viewer.isAttached: attach(viewer, hello, &desk)
            case .command(let command) where viewer.isAttached: take(command, from: viewer)
            default: viewer.sayGoodbye(.refused, "it does not keep to the order of the conversation")
            }
        }
        viewer.flush()
        if viewer.isDone, viewer.isAttached {
            viewer.isAttached = false
            session.leave(viewer.number)
            session.hub.push(.log(LogEntry("\(viewer.name) left")))
        }
    }

    private func attach(_ viewer: ViewerConnection, _ hello: ViewerMessage.Hello, _ desk: inout Desk) {
        guard hello.version == RunMessage.version else {
            return viewer.sayGoodbye(.refused, "it speaks version \(hello.version), not \(RunMessage.version)")
        }
        // What has happened until now belongs to the course, everything later comes by itself: no hole, nothing twice.
        distribute(&desk)
        viewer.begin(hello)
        viewer.enqueue(EventFrames.frames(desk.course.events) + [Frame(RunMessage.live)].compactMap { $0 })
        viewer.backlogIsQueued()
        if !hello.isReadOnly { session.send(.subscription(.attended(true)), from: viewer.number, by: viewer.sender) }
        session.note(.attached, "\(viewer.name) attached")
    }

    private func take(_ command: TrainingCommand, from viewer: ViewerConnection) {
        switch command {
        case .control where viewer.isReadOnly: break
        // A viewer that cannot control the run cannot answer its questions either.
        case .subscription(.attended) where viewer.isReadOnly: return
        default: return session.send(command, from: viewer.number, by: viewer.sender)
        }
        let entry = LogEntry("refused: this viewer is read-only (--read-only)", level: .error)
        viewer.enqueue(EventFrames.frames([.log(entry)]))
    }
}

extension TrainingEvent {
    /// Whether it answers one viewer's question.
    fileprivate var isPrivate: Bool {
        switch self {
        case .prediction, .classified, .probes: true
        default: false
        }
    }
}

/// A descriptor that any thread can make readable.
private final class Wake: Sendable {
    /// To be polled for reading.
    let descriptor: Int32
    private let input: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without descriptors nobody can attach either; poll ignores negative ones.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = LocalSocket.setNonBlocking(end)
            }
        }
        (descriptor, input) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(input)
    }

    func signal() { _ = write(input, [1], 1) }

    /// Whether it was signalled since the last call.
    func take() -> Bool {
        var bytes = [UInt8](repeating: 0, count: 64)
        var hasBytes = false
        while read(descriptor, &bytes, bytes.count) > 0 { hasBytes = true }
        return hasBytes
    }
}
