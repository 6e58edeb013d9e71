/// A job that Slurm has accepted.
struct SlurmJob: Hashable, CustomStringConvertible {
    /// Its number.
    var number: String
    /// The cluster it is on, where a site has several: only this one's commands know the number.
    var cluster: String?

    /// A job in the form in which `sbatch --parsable` prints it: `4711`, or `4711;cluster`.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.first, !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        self.number = String(number)
        cluster = parts.count > 1 ? Self.clusterName(parts[1]) : nil
        guard parts.count == 1 || cluster != nil else { return nil }
    }

    /// Finds the job in what sbatch printed. Sites put banners around the answer, so the last line that can only be an answer
    /// counts; a site's wrapper may leave `--parsable` out.
    init?(answer: String) {
        let lines = answer.split(whereSeparator: \.isNewline).map { $0.trimming(while: \.isWhitespace) }
        for line in lines.reversed() {
            if let job = SlurmJob(line) {
                self = job
                return
            }
            if let sentence = line.firstMatch(of: #/Submitted batch job (\d+)(?: on cluster (\S+))?/#) {
                number = String(sentence.1)
                cluster = sentence.2.flatMap(Self.clusterName)
                return
            }
        }
        return nil
    }

    private static func clusterName(_ text: some StringProtocol) -> String? {
        text.isEmpty || text.contains(where: \.isWhitespace) || text.hasPrefix("-") ? nil : String(text)
    }

    /// The option with which Slurm's commands find it.
    var clusterOption: [String] { cluster.map { ["--clusters=\($0)"] } ?? [] }

    /// The command that ends it.
    var cancelCommand: String { (["scancel"] + clusterOption + [number]).joined(separator: " ") }

    /// As sbatch prints it.
    var text: String { cluster.map { "\(number);\($0)" } ?? number }

    /// As people are told of it.
    var description: String { cluster.map { "\(number) on cluster \($0)" } ?? number }
}

extension Substring {
    fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
        var rest = drop(while: isTrimmed)
        while let last = rest.last, isTrimmed(last) { rest.removeLast() }
        return rest
    }
}
