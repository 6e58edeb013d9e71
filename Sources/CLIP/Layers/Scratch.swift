/// Floats that a forward pass writes to over and over: uninitialised, on cache-line boundaries, freed with the object.
///
/// Activations live in these instead of `Tensor`s because one buffer serves all layers of a tower: a new array per layer
/// would cost more page faults than arithmetic.
///
/// `base` is valid as long as the object: keep it in a local constant, whose lifetime Swift does not end before the last
/// access through an unsafe pointer in its scope.
final class Scratch {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    init(count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64).bindMemory(
            to: Float.self, capacity: count)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(base).deallocate() }
}
