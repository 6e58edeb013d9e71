import CKernels

extension Float: TrainingKernels {
    public static func relu(_ x: UnsafeMutablePointer<Float>, count: Int) { kernel_relu(x, count) }

    public static func reluBackward(
        _ gradient: UnsafeMutablePointer<Float>, output: UnsafePointer<Float>, count: Int
    ) { kernel_relu_backward(gradient, output, count) }

    public static func blend(
        _ result: UnsafeMutablePointer<Float>, ratio: Float, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        count: Int
    ) { kernel_blend(result, ratio, a, b, count) }

    public static func multiply(
        _ result: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int
    ) { kernel_multiply(result, a, b, count) }

    public static func scaleRows(
        _ x: UnsafeMutablePointer<Float>, factors: UnsafePointer<Float>, rows: Int, columns: Int
    ) { kernel_scale_rows(x, factors, rows, columns) }

    public static func rowProducts(
        _ result: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, rows: Int,
        columns: Int
    ) { kernel_row_products(result, a, b, rows, columns) }

    public static func add(_ sum: UnsafeMutablePointer<Float>, _ addend: UnsafePointer<Float>, count: Int) {
        kernel_add(sum, addend, count)
    }

    public static func exponential(_ x: UnsafeMutablePointer<Float>, scale: Float, offset: Float, count: Int) {
        kernel_exponential(x, scale, offset, count)
    }

    public static func normaliseRows(
        _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, norms: UnsafeMutablePointer<Float>
    ) { kernel_normalise_rows(x, rows, columns, norms) }

    public static func normaliseRowsBackward(
        _ gradient: UnsafeMutablePointer<Float>, unit: UnsafePointer<Float>, norms: UnsafePointer<Float>, rows: Int,
        columns: Int
    ) { kernel_normalise_rows_backward(gradient, unit, norms, rows, columns) }

    public static func softmaxCrossEntropy(
        _ logits: UnsafeMutablePointer<Float>, labels: UnsafePointer<Int32>, rows: Int, columns: Int, batch: Int
    ) -> Double { kernel_softmax_cross_entropy(logits, labels, rows, columns, batch) }

    public static func softmaxRows(_ logits: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        kernel_softmax(logits, rows, columns, columns)
    }

    public static func adam(
        _ parameter: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, mean: UnsafeMutablePointer<Float>,
        variance: UnsafeMutablePointer<Float>, count: Int, _ c: AdamCoefficients
    ) {
        kernel_adam(
            parameter, gradient, mean, variance, count, c.rate, c.beta1, c.beta2, c.correction1, c.correction2,
            c.epsilon, c.decay, c.l2)
    }
}
