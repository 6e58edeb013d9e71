import Checksums
import Foundation
import Tensors

extension TrainingState {
    /// The SHA-256 of everything it holds and of the texts that go with it, in hexadecimal digits.
    public func checksum(with texts: [String: String]) -> String {
        let hash = SHA256()
        func add(_ text: String) {
            hash.update("\(text.utf8.count) \(text)")
        }
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            add(key)
            add(text)
        }
        for (name, tensor) in floats.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(tensor.shape)")
            tensor.values.withUnsafeBytes { hash.update($0) }
        }
        for (name, tensor) in doubles.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(tensor.shape)")
            tensor.values.withUnsafeBytes { hash.update($0) }
        }
        for (name, values) in integers.sorted(by: { $0.key < $1.key }) {
            add("\(name) \(values.count)")
            values.withUnsafeBytes { hash.update($0) }
        }
        return hash.finalize().hexadecimal
    }
}
