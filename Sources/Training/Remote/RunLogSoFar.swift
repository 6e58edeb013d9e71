/// What somebody who comes late has to be told of a run: the sum of its events, in bounded memory.
struct RunLogSoFar {
    private(set) var description: RunDescription?
    private var pictures: [PictureReference] = []
    private var phase: TrainingPhase?
    private var encoding: EncodingProgress?
    private var zeroShot: TrainingEvent?
    private var state: RunState?
    private var batches = ThinnedRecords<BatchRecord>()
    private var epochs = ThinnedRecords<EpochRecord>()
    private var interventions: [Intervention] = []
    private var log: [LogEntry] = []
    private var answers: [Split: SplitPredictions] = [:]
    private var ratios: RatioCurve?
    private var checkpoint: CheckpointRecord?
    private var result: RunResult?

    private static let logLimit = 500
    private static let interventionLimit = 5000

    /// Whether the run has ended.
    var hasEnded: Bool { result != nil }

    mutating func apply(_ event: TrainingEvent) {
        switch event {
        case .phase(let phase): self.phase = phase
        case .encoding(let progress): encoding = progress
        case .prepared(let description, let pictures): (self.description, self.pictures) = (description, pictures)
        case .zeroShot: zeroShot = event
        case .batch(let record): batches.append(record)
        case .epoch(let record): epochs.append(record)
        case .intervention(let intervention): append(intervention)
        case .answers(let answers): self.answers[answers.split] = answers
        case .ratios(let curve): ratios = curve
        case .checkpoint(let record): checkpoint = record
        case .state(let state): self.state = state
        case .log(let entry):
            log.append(entry)
            if log.count > Self.logLimit { log.removeFirst(log.count - Self.logLimit) }
        case .finished(let result): self.result = result
        // Answers to somebody's question: who comes late asks anew.
        case .prediction, .classified, .probes: break
        }
    }

    /// Viewers that come and go by script may be many; what changed the run is not.
    private mutating func append(_ intervention: Intervention) {
        interventions.append(intervention)
        guard interventions.count > Self.interventionLimit else { return }
        let oldest = interventions.firstIndex { [.attached, .detached].contains($0.change) } ?? 0
        interventions.remove(at: oldest)
    }

    /// Events that lead a viewer from nothing to here.
    var events: [TrainingEvent] {
        var events: [TrainingEvent] = []
        if let encoding { events.append(.encoding(encoding)) }
        if let description { events.append(.prepared(description, pictures: pictures)) }
        if let zeroShot { events.append(zeroShot) }
        events += batches.records.map { .batch($0) }
        events += epochs.records.map { .epoch($0) }
        events += interventions.map { .intervention($0) }
        events += log.map { .log($0) }
        events += Split.allCases.compactMap { answers[$0] }.map { .answers($0) }
        if let ratios { events.append(.ratios(ratios)) }
        if let checkpoint { events.append(.checkpoint(checkpoint)) }
        if let phase { events.append(.phase(phase)) }
        if let state { events.append(.state(state)) }
        if let result { events.append(.finished(result)) }
        return events
    }
}
