/// The header of a file, checked against every rule of docs/models.md#safetensors before anything uses it.
struct SafetensorsHeader {
    private(set) var tensors: [String: TensorInfo] = [:]
    private(set) var metadata: [String: String] = [:]

    /// Limits far above those of any real file.
    private static let maximumDepth = 8
    private static let maximumTensors = 1_000_000
    private static let maximumNameBytes = 4096
    private static let maximumAxes = 64

    /// Parses and checks a header.
    /// - Parameters:
    ///   - bytes: the JSON text.
    ///   - dataLength: how many bytes of tensor data follow it in the file.
    ///   - file: the name for error messages.
    /// - Throws: ``SafetensorsError/malformedHeader(file:reason:)``,
    ///   ``SafetensorsError/invalidTensor(file:tensor:reason:)``.
    init(parsing bytes: [UInt8], dataLength: Int, file: String) throws {
        guard bytes.first == UInt8(ascii: "{") else {
            throw SafetensorsError.malformedHeader(file: file, reason: "it does not start with '{'")
        }
        do {
            var reader = try JSONReader(bytes, maximumDepth: Self.maximumDepth)
            var hasMetadata = false
            try reader.object { reader, name in
                if name == "__metadata__" {
                    guard !hasMetadata else { throw reader.error("__metadata__ occurs twice") }
                    hasMetadata = true
                    try readMetadata(from: &reader)
                    return
                }
                guard name.utf8.count <= Self.maximumNameBytes else {
                    throw reader.error("a tensor name is longer than \(Self.maximumNameBytes) bytes")
                }
                let info = try Self.readTensor(named: name, from: &reader, file: file)
                guard tensors.updateValue(info, forKey: name) == nil else {
                    throw SafetensorsError.invalidTensor(file: file, tensor: name, reason: "occurs twice")
                }
                guard tensors.count <= Self.maximumTensors else {
                    throw reader.error("more than \(Self.maximumTensors) tensors")
                }
            }
            try reader.end()
        } catch let error as JSONError {
            throw SafetensorsError.malformedHeader(file: file, reason: error.description)
        }
        try checkLayout(dataLength: dataLength, file: file)
    }

    private mutating func readMetadata(from reader: inout JSONReader) throws {
        if try reader.nextKind() == .null { return try reader.null() }
        try reader.object { reader, key in
            guard try reader.nextKind() == .string else { throw reader.error("__metadata__ holds more than strings") }
            metadata[key] = try reader.string()
        }
    }

    private static func readTensor(named name: String, from reader: inout JSONReader, file: String) throws -> TensorInfo
    {
        func invalid(_ reason: String) -> SafetensorsError { .invalidTensor(file: file, tensor: name, reason: reason) }
        var typeName: String?
        var shape: [Int]?
        var offsets: [Int]?
        guard try reader.nextKind() == .object else { throw invalid("its entry is not an object") }
        try reader.object { reader, field in
            switch field {
            case "dtype":
                guard typeName == nil else { throw invalid("dtype is given twice") }
                guard try reader.nextKind() == .string else { throw invalid("dtype is not a string") }
                typeName = try reader.string()
            case "shape":
                guard shape == nil else { throw invalid("shape is given twice") }
                shape = try readCounts(
                    from: &reader, limit: maximumAxes, orElse: invalid("shape has more than \(maximumAxes) axes"))
            case "data_offsets":
                guard offsets == nil else { throw invalid("data_offsets is given twice") }
                offsets = try readCounts(
                    from: &reader, limit: 2, orElse: invalid("data_offsets has more than two numbers"))
            default: try reader.skip()
            }
        }
        guard let typeName else { throw invalid("dtype is missing") }
        guard let dataType = DataType(rawValue: typeName) else { throw invalid("unknown dtype \(readable(typeName))") }
        guard let shape else { throw invalid("shape is missing") }
        guard let offsets else { throw invalid("data_offsets is missing") }
        guard offsets.count == 2 else { throw invalid("data_offsets needs two numbers, has \(offsets.count)") }
        guard offsets[0] <= offsets[1] else { throw invalid("data_offsets \(offsets) run backwards") }

        // Multiplied axis by axis, so that a product that overflows on the way is refused even if a later axis is 0.
        var bits = dataType.bitWidth
        for extent in shape {
            let (product, overflow) = bits.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw invalid("shape \(shape) does not fit 64 bits") }
            bits = product
        }
        guard bits % 8 == 0, offsets[1] - offsets[0] == bits / 8 else {
            throw invalid(
                "shape \(shape) of \(typeName) takes \(bits / 8) bytes, data_offsets give \(offsets[1] - offsets[0])")
        }
        return TensorInfo(dataType: dataType, shape: shape, byteRange: offsets[0]..<offsets[1])
    }

    private static func readCounts(
        from reader: inout JSONReader, limit: Int, orElse tooMany: SafetensorsError
    ) throws -> [Int] {
        var counts: [Int] = []
        try reader.array { reader in
            guard counts.count < limit else { throw tooMany }
            counts.append(try reader.count())
        }
        return counts
    }

    /// The tensors must cover the data exactly: from 0, without a hole or an overlap, to the last byte.
    private func checkLayout(dataLength: Int, file: String) throws {
        let inOrder = tensors.sorted {
            ($0.value.byteRange.lowerBound, $0.value.byteRange.upperBound)
                < ($1.value.byteRange.lowerBound, $1.value.byteRange.upperBound)
        }
        var end = 0
        for (name, info) in inOrder {
            guard info.byteRange.lowerBound == end else {
                let problem = info.byteRange.lowerBound > end ? "leaves a hole after" : "overlaps the tensor before"
                throw SafetensorsError.invalidTensor(
                    file: file, tensor: name,
                    reason: "starts at byte \(info.byteRange.lowerBound) of the data and \(problem) byte \(end)")
            }
            end = info.byteRange.upperBound
        }
        guard end == dataLength else {
            let problem = end > dataLength ? "the file is cut off" : "something follows the last tensor"
            throw SafetensorsError.malformedHeader(
                file: file, reason: "its tensors take \(end) bytes, the file has \(dataLength): \(problem)")
        }
    }
}
