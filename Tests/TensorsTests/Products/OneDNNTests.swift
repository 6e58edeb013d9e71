import Foundation
import TestSupport
import Testing

@testable import Tensors

/// oneDNN as this program finds it, and libraries that it must not take for it.
@Suite("oneDNN")
struct OneDNNTests {
    /// Whether the system has a library of the right version; without it there is nothing to multiply with.
    static let isInstalled = (try? OneDNN("libdnnl.so.2")) != nil

    @Test("The system's library has version 2", .enabled(if: isInstalled, "libdnnl2 is not installed"))
    func version() throws {
        let library = try OneDNN("libdnnl.so.2")
        #expect(library.version.hasPrefix("2."))
        #expect(!library.instructions.description.isEmpty)
    }

    @Test(
        "Products are exact where rounding changes nothing, for all numbers of rows with the same packed weights",
        .enabled(if: isInstalled, "libdnnl2 is not installed"), arguments: [OneDNN.Product.Factors.bf16, .integer])
    func products(_ factors: OneDNN.Product.Factors) throws {
        let library = try OneDNN("libdnnl.so.2")
        guard (try? library.require(factors)) != nil else { return }
        for (inputs, outputs) in [(1, 1), (7, 13), (27, 32), (96, 24), (100, 130)] {
            // Small whole numbers, which bfloat16 holds exactly.
            let weight = (0..<inputs * outputs).map { $0 * 7 % 11 - 5 }
            func inputAt(_ index: Int) -> Int { index * 5 % 7 }
            let layout = OneDNN.Product.Shape(rows: 0, inputs: inputs, outputs: outputs, factors: factors).layout
            let reference = try library.product(layout)
            let packed =
                factors == .bf16
                ? try reference.pack(weight.map { Float($0) }) : try reference.pack(weight.map { Int8($0) })
            for rows in [1, 2, 5, 64, 131] {
                var expected = [Int](repeating: 0, count: rows * outputs)
                for row in 0..<rows {
                    for output in 0..<outputs {
                        expected[row * outputs + output] = (0..<inputs).reduce(0) {
                            $0 + inputAt(row * inputs + $1) * weight[output * inputs + $1]
                        }
                    }
                }
                let shape = OneDNN.Product.Shape(rows: rows, inputs: inputs, outputs: outputs, factors: factors)
                let product = try library.product(shape)
                let sums = library.buffers.withBuffer(byteCount: product.scratchBytes + 1) { scratch in
                    switch factors {
                    case .bf16:
                        let x = (0..<rows * inputs).map { UInt16(Float(inputAt($0)).bitPattern >> 16) }
                        var sum = [Float](repeating: .nan, count: rows * outputs)
                        product.run(x, packed, to: &sum, scratch: scratch)
                        return sum.map { Int($0) }
                    case .integer:
                        let x = (0..<rows * inputs).map { UInt8(inputAt($0)) }
                        var sum = [Int32](repeating: .min, count: rows * outputs)
                        product.run(x, packed, to: &sum, scratch: scratch)
                        return sum.map { Int($0) }
                    }
                }
                #expect(sums == expected, "[\(rows), \(inputs)] times [\(outputs), \(inputs)]")
            }
        }
    }

    @Test("A file that is not there is one line that says what to install")
    func missing() {
        let error = #expect(throws: OneDNNError.self) { try OneDNN("/proc/nonexistent/libdnnl.so.2") }
        if case .notFound = error {} else { Issue.record("\(String(describing: error))") }
        let line = error?.errorDescription ?? ""
        #expect(line.contains("apt-get install libdnnl2") && !line.contains("\n"), "\(line)")
    }

    @Test("A library of something else is refused by the function it lacks")
    func otherLibrary() throws {
        #expect(throws: OneDNNError.missingFunction(path: "libm.so.6", name: "dnnl_version")) {
            try OneDNN("libm.so.6")
        }
    }

    /// Builds a library of the given C code, with the compiler that comes with Swift, and hands over its path.
    private func withLibrary(_ code: String, _ body: (String) throws -> Void) throws {
        let folder = try Fixtures.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, library) = (folder.appending(path: "fake.c"), folder.appending(path: "libfake.so"))
        try Data(code.utf8).write(to: source)
        let log = folder.appending(path: "log")
        let status = try runCommand(["clang", "-shared", "-fPIC", "-o", library.path, source.path], output: log)
        let messages = try String(contentsOf: log, encoding: .utf8)
        try #require(status == 0, "\(messages)")
        try body(library.path)
    }

    private static func versionFunction(_ major: Int, runtime: Int = 2) -> String {
        """
        struct version { int major, minor, patch; const char *hash; unsigned cpu, gpu; };
        static const struct version v = {\(major), 1, 2, "", \(runtime), 0};
        const struct version *dnnl_version(void) { return &v; }

        """
    }

    @Test("Other major versions are refused by their number", arguments: [1, 3])
    func otherVersion(major: Int) throws {
        try withLibrary(Self.versionFunction(major)) { path in
            let error = #expect(throws: OneDNNError.otherVersion(path: path, version: "\(major).1.2")) {
                try OneDNN(path)
            }
            #expect(error?.errorDescription?.contains("is version \(major).1.2") == true)
        }
    }

    @Test("A version 2 without the functions is refused by the first that is missing")
    func incomplete() throws {
        try withLibrary(Self.versionFunction(2)) { path in
            #expect(throws: OneDNNError.missingFunction(path: path, name: "dnnl_get_effective_cpu_isa")) {
                try OneDNN(path)
            }
        }
    }

    @Test("A version 2 on a thread pool is refused")
    func threadPool() throws {
        try withLibrary(Self.versionFunction(2, runtime: 4)) { path in
            #expect(throws: OneDNNError.otherThreading(path: path, version: "2.1.2")) { try OneDNN(path) }
        }
    }
}
