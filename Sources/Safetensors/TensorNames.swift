/// What wrappers put before the names of tensors: `module.`, `_orig_mod.`, `model.`, whatever they are called.
public enum TensorNames {
    /// The prefixes that all of `names` have, each up to a dot, the shortest first; the first is always the empty one.
    public static func sharedPrefixes(_ names: some Collection<String>) -> [String] {
        guard var shared = names.first.map({ Array($0.utf8) })?[...] else { return [""] }
        for name in names {
            shared = shared.prefix(zip(shared, name.utf8).prefix { $0 == $1 }.count)
        }
        let ends = shared.indices.filter { shared[$0] == UInt8(ascii: ".") }
        return [""] + ends.map { String(decoding: shared[...$0], as: UTF8.self) }
    }

    /// The first of these prefixes behind which the names are `recognised`; nil if there is none.
    public static func prefix(_ names: some Collection<String>, recognised: (Set<String>) -> Bool) -> String? {
        sharedPrefixes(names).first { prefix in recognised(Set(names.map { stripped($0, of: prefix) })) }
    }

    /// What follows `prefix` in a name that begins with it.
    public static func stripped(_ name: String, of prefix: String) -> String {
        String(decoding: name.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}
