/// One part of a piece of work that several machines share.
public struct Shard: Sendable, Equatable {
    /// Which part, from 1.
    public let number: Int
    /// Of how many.
    public let count: Int

    /// A part; nil if there is no such one.
    public init?(number: Int, count: Int) {
        guard count >= 1, (1...count).contains(number) else { return nil }
        self.number = number
        self.count = count
    }

    /// `2/4`. The parts are 1 to n; a Slurm array may also count from 0, for 0 is another name of the last part: the
    /// arrays 0-3 and 1-4 both have every part of four once. Nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], number >= 0, number <= count else {
            return nil
        }
        self.init(number: number == 0 ? count : number, count: count)
    }

    /// The places of this part among `total`: every `count`-th, so that all parts meet all classes.
    public func indices(of total: Int) -> StrideTo<Int> { stride(from: number - 1, to: total, by: count) }

    /// `2/4`.
    public var text: String { "\(number)/\(count)" }

    /// The name of the database file in which the results of this part stand: `cliptop-compare-2-of-4.sqlite`.
    public func fileName(_ work: String) -> String { "cliptop-\(work)-\(number)-of-\(count).sqlite" }
}
