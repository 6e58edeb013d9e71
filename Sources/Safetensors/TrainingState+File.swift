import Tensors

extension TrainingState {
    /// Everything a file holds: F32, F64 and I64 tensors.
    /// - Throws: ``SafetensorsError``, for tensors of any other type too.
    public init(_ file: SafetensorsFile) throws {
        self.init()
        for name in file.names {
            guard let info = file.info(name) else { continue }
            switch info.dataType {
            case .float64: doubles[name] = try file.doubleTensor(name)
            case .int64: integers[name] = try file.integers(name).map(Int64.init)
            default: floats[name] = try file.tensor(name)
            }
        }
    }
}
