/// A record with a place in the course of a run and figures that are drawn.
protocol CourseRecord {
    /// The step or epoch; later records have larger ones.
    var place: Int { get }
    /// The figures whose highs and lows must survive.
    var figures: [Double] { get }
}

/// Records of a run of any length in bounded memory.
///
/// Up to ``capacity`` all are kept. Then the course is divided into blocks of equal length, and of each block the first and
/// the last record, those with the lowest and the highest of each figure, and the first with a figure that is no number
/// remain: everything that a curve draws once it has fewer columns than blocks.
struct ThinnedRecords<Record: CourseRecord> {
    private(set) var records: [Record] = []
    private let capacity: Int
    private var blockLength = 1

    init(capacity: Int = 1 << 16) { self.capacity = capacity }

    mutating func append(_ record: Record) {
        records.append(record)
        guard records.count >= capacity else { return }
        // What has come since the last time is thinned as the rest was; only where that is not enough are blocks longer.
        thin()
        while records.count > capacity / 2, blockLength < Int.max / 2 {
            blockLength *= 2
            thin()
        }
    }

    private mutating func thin() {
        var kept: [Record] = []
        var start = 0
        while start < records.count {
            let block = records[start].place / blockLength
            var end = start + 1
            while end < records.count, records[end].place / blockLength == block { end += 1 }
            kept += Self.outstanding(of: records[start..<end])
            start = end
        }
        records = kept
    }

    private static func outstanding(of block: ArraySlice<Record>) -> [Record] {
        guard block.count > 2, let first = block.first else { return Array(block) }
        var places: Set<Int> = [block.startIndex, block.endIndex - 1]
        for figure in first.figures.indices {
            func value(_ index: Int) -> Double { block[index].figures[figure] }
            let finite = block.indices.filter { value($0).isFinite }
            if let lowest = finite.min(by: { value($0) < value($1) }) { places.insert(lowest) }
            // The first of equal ones, as a viewer that has seen all would have it.
            if let highest = finite.min(by: { value($0) > value($1) }) { places.insert(highest) }
            if let gap = block.indices.first(where: { !value($0).isFinite }) { places.insert(gap) }
        }
        return places.sorted().map { block[$0] }
    }
}

extension BatchRecord: CourseRecord {
    var place: Int { step }
    var figures: [Double] { [loss] }
}

extension EpochRecord: CourseRecord {
    var place: Int { epoch }
    var figures: [Double] {
        guard let validation else { return [trainLoss] }
        return [trainLoss, validation.loss, validation.top1, validation.top5]
    }
}
