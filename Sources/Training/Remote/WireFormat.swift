import Foundation

/// The one form in which events, commands and everything in them leave the process, for the store, for checkpoints and
/// for viewers: JSON in which NaN and infinity are words.
public enum WireFormat {
    /// `value` as JSON.
    /// - Throws: `EncodingError`, which no type of this module gives reason for.
    public static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: notANumber)
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return try encoder.encode(value)
    }

    /// `value` as JSON in a text.
    /// - Throws: as ``encode(_:)``.
    public static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encode(value), as: UTF8.self)
    }

    /// The value that ``encode(_:)`` made `data` from.
    /// - Throws: `DecodingError`.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: notANumber)
        return try decoder.decode(type, from: data)
    }

    /// The value that ``text(_:)`` made `text` from.
    /// - Throws: `DecodingError`.
    public static func decode<Value: Decodable>(_ type: Value.Type = Value.self, from text: String) throws -> Value {
        try decode(type, from: Data(text.utf8))
    }

    private static let (infinity, minusInfinity, notANumber) = ("inf", "-inf", "nan")
}
