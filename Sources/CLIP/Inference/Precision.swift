/// The arithmetic of an encoder's matrix products. Everything between them is 32-bit floating point in any case, and the
/// features are.
public enum Precision: String, Sendable, CaseIterable, Codable {
    /// 32-bit floating point, as the models' libraries compute.
    case fp32
    /// Weights and inputs of the products rounded to bfloat16, sums in 32 bits.
    case bf16
    /// Weights rounded to 8-bit integers with a scale per output, inputs to 8-bit integers with a scale and a zero point
    /// per row, both measured on the row itself; sums in 32-bit integers.
    case int8
}
