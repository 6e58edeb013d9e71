import Foundation

/// The functions of this program by address, from the symbol table of its own file.
struct FunctionTable {
    private var starts: [UInt64] = []
    private var names: [String] = []

    /// Nil if the file cannot be read or was stripped of its symbols.
    init?() {
        guard let file = try? Data(contentsOf: URL(filePath: "/proc/self/exe"), options: .alwaysMapped) else {
            return nil
        }
        func number<T: FixedWidthInteger>(_ offset: UInt64, as _: T.Type) -> T {
            guard offset + UInt64(MemoryLayout<T>.size) <= UInt64(file.count) else { return 0 }
            return file.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: Int(offset), as: T.self)) }
        }
        // The ELF header: where the section headers are, how large one is, how many there are.
        let headers = number(0x28, as: UInt64.self)
        let headerSize = UInt64(number(0x3a, as: UInt16.self))
        let sections = (0..<UInt64(number(0x3c, as: UInt16.self))).map { headers + $0 * headerSize }
        let symbolTable: UInt32 = 2
        guard let table = sections.first(where: { number($0 + 4, as: UInt32.self) == symbolTable }) else { return nil }
        let link = Int(number(table + 0x28, as: UInt32.self))
        guard sections.indices.contains(link) else { return nil }
        let strings = number(sections[link] + 0x18, as: UInt64.self)
        let first = number(table + 0x18, as: UInt64.self)
        let symbolSize: UInt64 = 24
        var symbols: [(start: UInt64, name: String)] = []
        for index in 0..<number(table + 0x20, as: UInt64.self) / symbolSize {
            let symbol = first + index * symbolSize
            let isFunction = number(symbol + 4, as: UInt8.self) & 0xf == 2
            guard isFunction, number(symbol + 8, as: UInt64.self) > 0 else { continue }
            let name = Int(strings + UInt64(number(symbol, as: UInt32.self)))
            guard name < file.count else { continue }
            symbols.append(
                (number(symbol + 8, as: UInt64.self), String(decoding: file[name...].prefix { $0 != 0 }, as: UTF8.self))
            )
        }
        symbols.sort { $0.start < $1.start }
        starts = symbols.map(\.start)
        names = symbols.map(\.name)
    }

    /// The name of the function that holds the code at `offset` from where the file was loaded.
    func name(at offset: UInt64) -> String? {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? names[low - 1] : nil
    }
}
