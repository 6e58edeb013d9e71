import Crypto
import Foundation
import Tensors

extension TrainingState {
    /// The SHA-256 of everything it holds and of the texts that go with it, in hexadecimal digits.
    public func checksum(with texts: [String: String]) -> String {
        var hash = SHA256()
        func add(_ text: String) {
            hash.update(data: Data("\(text.utf8.count) \(text)".utf8))
        }
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            add(key)
            add(text)
        }
        for (name, tensor) in floats.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(tensor.shape)")
            tensor.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        for (name, tensor) in doubles.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(tensor.shape)")
            tensor.values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        for (name, values) in integers.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(values.count)")
            values.withUnsafeBytes { hash.update(bufferPointer: $0) }
        }
        return hash.finalize().map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
