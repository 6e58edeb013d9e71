import Foundation

/// JSON as the store keeps it: numbers that are no numbers are texts.
enum CourseJSON {
    static func text(_ value: some Encodable) throws -> String { String(decoding: try data(value), as: UTF8.self) }

    static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return try encoder.encode(value)
    }

    static func value<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try value(Data(text.utf8))
    }

    static func value<Value: Decodable>(_ text: String) throws -> Value { try value(Data(text.utf8)) }

    static func value<Value: Decodable>(_ data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(Value.self, from: data)
    }
}
