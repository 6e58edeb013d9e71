import Foundation

extension Double: TrainingKernels {
    public static func relu(_ x: UnsafeMutablePointer<Double>, count: Int) {
        for i in 0..<count where x[i] < 0 { x[i] = 0 }
    }

    public static func reluBackward(
        _ gradient: UnsafeMutablePointer<Double>, output: UnsafePointer<Double>, count: Int
    ) {
        for i in 0..<count where output[i] <= 0 { gradient[i] = 0 }
    }

    public static func blend(
        _ result: UnsafeMutablePointer<Double>, ratio: Double, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
        count: Int
    ) {
        for i in 0..<count { result[i] = ratio * a[i] + (1 - ratio) * b[i] }
    }

    public static func multiply(
        _ result: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int
    ) {
        for i in 0..<count { result[i] = a[i] * b[i] }
    }

    public static func scaleRows(
        _ x: UnsafeMutablePointer<Double>, factors: UnsafePointer<Double>, rows: Int, columns: Int
    ) {
        for row in 0..<rows { for j in 0..<columns { x[row * columns + j] *= factors[row] } }
    }

    public static func rowProducts(
        _ result: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, rows: Int,
        columns: Int
    ) {
        for row in 0..<rows {
            result[row] = (row * columns..<(row + 1) * columns).reduce(0) { $0 + a[$1] * b[$1] }
        }
    }

    public static func add(_ sum: UnsafeMutablePointer<Double>, _ addend: UnsafePointer<Double>, count: Int) {
        for i in 0..<count { sum[i] += addend[i] }
    }

    public static func exponential(_ x: UnsafeMutablePointer<Double>, scale: Double, offset: Double, count: Int) {
        for i in 0..<count { x[i] = exp(scale * x[i] + offset) }
    }

    public static func normaliseRows(
        _ x: UnsafeMutablePointer<Double>, rows: Int, columns: Int, norms: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<rows {
            let values = UnsafeMutableBufferPointer(start: x + row * columns, count: columns)
            norms[row] = max(values.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
            for j in 0..<columns { values[j] /= norms[row] }
        }
    }

    public static func normaliseRowsBackward(
        _ gradient: UnsafeMutablePointer<Double>, unit: UnsafePointer<Double>, norms: UnsafePointer<Double>,
        rows: Int, columns: Int
    ) {
        for row in 0..<rows {
            let (du, u) = (gradient + row * columns, unit + row * columns)
            let along = (0..<columns).reduce(0) { $0 + u[$1] * du[$1] }
            for j in 0..<columns { du[j] = (du[j] - u[j] * along) / norms[row] }
        }
    }

    public static func softmaxCrossEntropy(
        _ logits: UnsafeMutablePointer<Double>, labels: UnsafePointer<Int32>, rows: Int, columns: Int, batch: Int
    ) -> Double {
        var loss = 0.0
        for row in 0..<rows {
            let z = UnsafeMutableBufferPointer(start: logits + row * columns, count: columns)
            let label = Int(labels[row])
            let largest = z.max() ?? 0
            let truth = z[label] - largest
            var sum = 0.0
            for j in 0..<columns {
                z[j] = exp(z[j] - largest)
                sum += z[j]
            }
            for j in 0..<columns { z[j] /= sum * Double(batch) }
            z[label] -= 1 / Double(batch)
            loss += log(sum) - truth
        }
        return loss
    }

    public static func softmaxRows(_ logits: UnsafeMutablePointer<Double>, rows: Int, columns: Int) {
        for row in 0..<rows {
            let z = UnsafeMutableBufferPointer(start: logits + row * columns, count: columns)
            let largest = z.max() ?? 0
            var sum = 0.0
            for j in 0..<columns {
                z[j] = exp(z[j] - largest)
                sum += z[j]
            }
            for j in 0..<columns { z[j] /= sum }
        }
    }

    public static func adam(
        _ parameter: UnsafeMutablePointer<Double>, gradient: UnsafePointer<Double>,
        mean: UnsafeMutablePointer<Double>, variance: UnsafeMutablePointer<Double>, count: Int, _ c: AdamCoefficients
    ) {
        for i in 0..<count {
            let g = gradient[i] + c.l2 * parameter[i]
            mean[i] = c.beta1 * mean[i] + (1 - c.beta1) * g
            variance[i] = c.beta2 * variance[i] + (1 - c.beta2) * g * g
            let root = (variance[i] / c.correction2).squareRoot() + c.epsilon
            parameter[i] = c.decay * parameter[i] - c.rate * (mean[i] / c.correction1) / root
        }
    }
}
