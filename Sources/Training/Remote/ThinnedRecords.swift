/// Records of a run of any length in bounded memory.
///
/// Up to ``capacity`` all are kept. Then the course is divided into blocks of equal length, and of each block the first and
/// the last record, those with the lowest and the highest of each curve, and the first with a value that is no number
/// remain: everything that a curve draws once it has fewer columns than blocks.
struct ThinnedRecords<Record: FieldRecord> {
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
        guard block.count > 2 else { return Array(block) }
        var places: Set<Int> = [block.startIndex, block.endIndex - 1]
        for field in Record.fields where field.isCurve {
            let values = block.indices.compactMap { index in field.value(block[index]).map { (index: index, value: $0) }
            }
            let finite = values.filter(\.value.isFinite)
            if let lowest = finite.min(by: { $0.value < $1.value }) { places.insert(lowest.index) }
            // The first of equal ones, as a viewer that has seen all would have it.
            if let highest = finite.min(by: { $0.value > $1.value }) { places.insert(highest.index) }
            if let gap = values.first(where: { !$0.value.isFinite }) { places.insert(gap.index) }
        }
        return places.sorted().map { block[$0] }
    }
}
