import Foundation

/// Something a session said, and when.
public struct TimedEvent: Sendable, Equatable {
    /// When.
    public var time: Date
    /// What.
    public var event: TrainingEvent

    /// An event at a time.
    public init(_ event: TrainingEvent, at time: Date) {
        self.time = time
        self.event = event
    }
}

/// A run as it is written out for other programs: what it was made from, and what happened, one event after another.
public struct ExportedRun {
    /// What is known of the run before its first step.
    public var description: RunDescription
    /// What it was made from.
    public var configuration: TrainingConfiguration
    /// When it began.
    public var startedAt: Date
    /// Hands every event to its argument, oldest first; a long run is never in memory as a whole.
    public var forEach: ((TimedEvent) throws -> Void) throws -> Void

    /// The course of one run.
    public init(
        description: RunDescription, configuration: TrainingConfiguration, startedAt: Date,
        forEach: @escaping ((TimedEvent) throws -> Void) throws -> Void
    ) {
        self.description = description
        self.configuration = configuration
        self.startedAt = startedAt
        self.forEach = forEach
    }
}

extension ExportedRun {
    /// A stored run.
    /// - Parameter query: an ID, a unique prefix of one, a name or `latest`.
    /// - Throws: `StoreError`, `RunHistoryError`, ``NoCourse``.
    public init(_ query: String, in history: RunHistory) throws {
        let record = try history.summary(query).record
        let course = try history.course(of: record.id)
        guard let description = course.description, let configuration = course.configuration else {
            throw NoCourse(run: record.id)
        }
        self.init(
            description: description, configuration: configuration,
            startedAt: Date(timeIntervalSince1970: record.startedAt)
        ) { body in
            try course.forEach { time, event in
                // A course that ended before its first step knows no time but that of its beginning.
                var time = time > 0 ? time : record.startedAt
                if case .finished = event { time = record.endedAt ?? time }
                try body(TimedEvent(event, at: Date(timeIntervalSince1970: time)))
            }
        }
    }

    /// A run that an older version has trained.
    public struct NoCourse: Error, LocalizedError {
        let run: String
        /// One readable line.
        public var errorDescription: String? {
            "nothing but the results of run \(run) was kept: it was trained by an older version of cliptop"
        }
    }
}

/// A form in which the course of a run is written: from events to bytes, without side effects. The same one writes a file
/// while the run is live and when it is exported later.
protocol CourseFormat {
    /// Appends what is to be written of an event.
    mutating func append(_ entry: TimedEvent, to bytes: inout [UInt8])
    /// Appends what is still held back, once there are no more events.
    mutating func finish(_ bytes: inout [UInt8])
}

extension CourseFormat {
    /// Nothing is held back.
    mutating func finish(_ bytes: inout [UInt8]) {}
}
