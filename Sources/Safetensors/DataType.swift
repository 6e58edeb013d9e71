/// The element types of the format, by the names it uses (docs/models.md#safetensors).
public enum DataType: String, Sendable, CaseIterable {
    /// Truth values, one byte each.
    case bool = "BOOL"
    /// Integers.
    case uint8 = "U8"
    case int8 = "I8"
    case uint16 = "U16"
    case int16 = "I16"
    case uint32 = "U32"
    case int32 = "I32"
    case uint64 = "U64"
    case int64 = "I64"
    /// Floating-point numbers.
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    /// Types of a byte or less; known so that files holding them can be checked, but never read.
    case float8e5m2 = "F8_E5M2"
    case float8e4m3 = "F8_E4M3"
    case float8e8m0 = "F8_E8M0"
    case float8e4m3fnuz = "F8_E4M3FNUZ"
    case float8e5m2fnuz = "F8_E5M2FNUZ"
    case float6e2m3 = "F6_E2M3"
    case float6e3m2 = "F6_E3M2"
    case float4 = "F4"
    /// Complex numbers; never read.
    case complex64 = "C64"

    /// The size of one element in bits.
    public var bitWidth: Int {
        switch self {
        case .float4: 4
        case .float6e2m3, .float6e3m2: 6
        case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz: 8
        case .uint16, .int16, .float16, .bfloat16: 16
        case .uint32, .int32, .float32: 32
        case .uint64, .int64, .float64, .complex64: 64
        }
    }
}

/// What a header says about one tensor.
public struct TensorInfo: Sendable, Equatable {
    /// The element type as stored.
    public let dataType: DataType
    /// Extents, slowest axis first; `[]` is a scalar.
    public let shape: [Int]
    /// Where the elements are, counted from the start of the data.
    public let byteRange: Range<Int>

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
}
