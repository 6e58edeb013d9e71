import Training

/// What happens before the first batch: a list of what is done, what is being done, and what is to come.
enum PreparationPane {
    /// Draws the pane into the region of the canvas.
    static func draw(_ state: DashboardState, _ glyphs: Glyphs, into canvas: inout Canvas) {
        let run = state.run
        canvas.box(glyphs, title: [.init("getting ready", .role(.title))]) { inner in
            let width = inner.bounds.width
            let phases: [(TrainingPhase, String)] = [
                (.readingData, "read the data"), (.loadingModel, "load the model"), (.encoding, "encode the pictures"),
                (.zeroShot, "measure zero-shot"), (.training, "train"),
            ]
            let now = phases.firstIndex { $0.0 == run.phase } ?? phases.count
            var y = 0
            for (index, phase) in phases.enumerated() {
                let (glyph, role): (Unicode.Scalar, Role) =
                    index < now
                    ? (glyphs.check, .good) : index == now ? (glyphs.running, .accent) : (glyphs.waiting, .dim)
                inner.put(glyph, x: 0, y: y, .role(role))
                inner.text(
                    glyphs.fit(phase.1, width - 2), x: 2, y: y,
                    .role(index == now ? .text : .dim, index == now ? .bold : []))
                y += 1
                if phase.0 == .encoding, index <= now, let encoding = run.encoding {
                    y += draw(encoding, y: y, glyphs, into: &inner)
                }
            }
        }
    }

    /// Draws how far encoding has come; returns the rows it took.
    private static func draw(
        _ encoding: EncodingProgress, y: Int, _ glyphs: Glyphs, into canvas: inout Canvas
    ) -> Int {
        let width = canvas.bounds.width - 2
        var facts = ["\(Format.count(encoding.done)) of \(Format.count(encoding.total))"]
        if let speed = encoding.picturesPerSecond { facts.append("\(Format.speed(speed))/s") }
        if let left = encoding.secondsLeft, encoding.done < encoding.total {
            facts.append(NumberFormat.duration(left) + " left")
        }
        let rest = [
            "\(Format.count(encoding.fromCache)) from the cache", "\(Format.count(encoding.unreadable)) unreadable",
        ]
        canvas.text(glyphs.fit(facts.joined(separator: ", "), width), x: 2, y: y)
        canvas.text(
            glyphs.fit(rest.joined(separator: ", "), width), x: 2, y: y + 1,
            .role(encoding.unreadable > 0 ? .warning : .dim))
        return 2
    }
}
