import Training

/// The pinned pictures: what becomes of the probability of their true class while the run learns.
struct PinnedPictures: Sendable, Equatable {
    /// The course of one of them, in bounded memory.
    struct Course: Sendable, Equatable {
        /// The probability of the true class without the adapter.
        var zeroShot: Double
        /// With the adapter, over the steps.
        var adapted = MetricSeries(capacity: 256)
    }

    /// What pinning came to.
    enum Outcome: Equatable { case pinned, unpinned, full }

    /// More would have no room, and nobody follows more.
    static let capacity = 8

    /// Indices into the run's pictures, in the order in which they were pinned.
    private(set) var pictures: [Int] = []
    /// Whether the list stands in the picture's place, and the arrows walk through it.
    var isShown = false
    private var courses: [Int: Course] = [:]
    /// Whether this viewer has pinned anything. One that has not shows what others have pinned.
    private var isOwn = false

    /// The course of a picture; nil until the session has told something of it.
    subscript(_ picture: Int) -> Course? { courses[picture] }

    /// Pins a picture, or takes the pin out.
    mutating func toggle(_ picture: Int) -> Outcome {
        isOwn = true
        if let place = pictures.firstIndex(of: picture) {
            pictures.remove(at: place)
            courses[picture] = nil
            if pictures.isEmpty { isShown = false }
            return .unpinned
        }
        guard pictures.count < Self.capacity else { return .full }
        pictures.append(picture)
        return .pinned
    }

    /// Takes in what the session tells.
    mutating func take(_ record: ProbeRecord) {
        if !isOwn {
            pictures = record.probes.prefix(Self.capacity).map(\.picture)
            courses = courses.filter { pictures.contains($0.key) }
        }
        for probe in record.probes where pictures.contains(probe.picture) {
            courses[probe.picture, default: Course(zeroShot: Double(probe.zeroShot))].adapted
                .append(Double(probe.adapted), at: record.step)
        }
    }
}
