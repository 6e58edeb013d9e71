import Foundation
import FuzzTargets

// The program that libFuzzer drives: CLIPTOP_FUZZ_TARGET names the reader. `make fuzz` builds and runs it.

private let target = ProcessInfo.processInfo.environment["CLIPTOP_FUZZ_TARGET"].flatMap(FuzzTarget.init(rawValue:))

/// Writes the seeds of all targets to folders below the directory in CLIPTOP_FUZZ_CORPUS, for libFuzzer to begin with.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>,
    _ words: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
    guard let corpus = ProcessInfo.processInfo.environment["CLIPTOP_FUZZ_CORPUS"], let target else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        print("set CLIPTOP_FUZZ_CORPUS to a folder, and CLIPTOP_FUZZ_TARGET to one of: \(names)")
        exit(2)
    }
    let folder = URL(filePath: corpus, directoryHint: .isDirectory)
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (number, seed) in ((try? target.seeds()) ?? []).enumerated() {
        try? Data(seed).write(to: folder.appending(path: "seed-\(number)"))
    }
    return 0
}

/// One execution.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
