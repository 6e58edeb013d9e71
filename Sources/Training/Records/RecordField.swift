/// A number that every record of a kind has.
///
/// A record type lists its fields once. Its packed form (store, wire, checkpoints), the exports and what is kept of a long
/// course all follow from the list.
struct RecordField<Record: Sendable>: Sendable {
    /// How a field's numbers are packed, one record after another.
    enum Packing: Sendable {
        /// A whole number, as the difference to the one before.
        case count
        /// A number that seldom changes: one byte as long as it stays.
        case steady
        /// All eight bytes.
        case number
        /// Four bytes.
        case coarse
    }

    /// The field's key in the metrics log; nil for what is not written there under a key of its own.
    let key: String?
    /// The figure that tables and TensorBoard show it as; nil for what is none.
    let figure: Figure?
    /// How it is packed.
    let packing: Packing
    /// Whether it is drawn as a curve, so that its highs and lows are kept when a long course is thinned.
    let isCurve: Bool
    /// Its bits in a record: those of an `Int64` where it is counted, else those of a `Double`; nil where the record has no
    /// such number.
    let bits: @Sendable (Record) -> UInt64?
    /// Sets it in a record to the number with these bits.
    let setBits: @Sendable (inout Record, UInt64) -> Void

    /// A number.
    /// - Parameters:
    ///   - value: nil where the record has none.
    init(
        _ key: String? = nil, figure: Figure? = nil, packing: Packing = .number, isCurve: Bool = false,
        value: @escaping @Sendable (Record) -> Double?, set: @escaping @Sendable (inout Record, Double) -> Void
    ) {
        (self.key, self.figure, self.packing, self.isCurve) = (key, figure, packing, isCurve)
        bits = { value($0)?.bitPattern }
        setBits = { set(&$0, Double(bitPattern: $1)) }
    }

    /// A counter.
    init(count: @escaping @Sendable (Record) -> Int?, set: @escaping @Sendable (inout Record, Int) -> Void) {
        (key, figure, packing, isCurve) = (nil, nil, .count, false)
        bits = { count($0).map { UInt64(bitPattern: Int64($0)) } }
        setBits = { set(&$0, Int(Int64(bitPattern: $1))) }
    }

    /// Its value in a record; nil where the record has none.
    func value(_ record: Record) -> Double? {
        bits(record).map { packing == .count ? Double(Int64(bitPattern: $0)) : Double(bitPattern: $0) }
    }
}

/// A record that is packed, exported and thinned by its list of fields.
protocol FieldRecord: Sendable, Equatable {
    /// A record in which every field is 0 or missing.
    static var blank: Self { get }
    /// Its fields. A new one goes to the end: a packed form says how many fields it has.
    static var fields: [RecordField<Self>] { get }
    /// Optimiser steps when the record was made.
    var step: Int { get }
    /// The step or epoch; later records have larger ones.
    var place: Int { get }
}

extension FieldRecord {
    /// The figures of a record, in the order of its fields.
    var figures: [(Figure, Double)] {
        Self.fields.compactMap { field in
            guard let figure = field.figure, let value = field.value(self) else { return nil }
            return (figure, value)
        }
    }
}
