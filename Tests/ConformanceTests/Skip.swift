/// Writes that a case of the reference was not checked; `make test` repeats these lines in its summary.
///
/// A case whose test ends early would be reported as passed.
func reportSkipped(_ name: String, because reason: String) {
    print("➜ Conformance case \(name) skipped: \"\(reason)\"")
}
