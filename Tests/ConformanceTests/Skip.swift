import Testing

/// Ends the case of a parameterised test that is running, as skipped: the output and the summary of `make test` name it
/// with the reason.
func skip(_ reason: String) throws -> Never {
    try Test.cancel(Comment(rawValue: reason))
}
