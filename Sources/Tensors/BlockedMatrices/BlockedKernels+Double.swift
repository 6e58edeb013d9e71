import Foundation

extension Double: BlockedMatrixKernels {
    private static var panelColumns: Int { BlockedMatrix<Double>.panelColumns }

    /// Calls `body` for each column with where it starts; its elements are a panel's columns apart.
    private static func columns(_ panels: Int, _ rows: Int, _ body: (_ column: Int, _ start: Int) -> Void) {
        for panel in 0..<panels {
            for j in 0..<panelColumns { body(panel * panelColumns + j, panel * rows * panelColumns + j) }
        }
    }

    public static func product(_ product: BlockedMatrixProduct<Double>) { product.run() }

    public static func transpose(
        _ from: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int, to: UnsafeMutablePointer<Double>,
        toStride: Int
    ) {
        for i in 0..<rows { for j in 0..<columns { to[j * toStride + i] = from[i * stride + j] } }
    }

    public static func normaliseColumns(
        _ x: UnsafeMutablePointer<Double>, panels: Int, rows: Int, norms: UnsafeMutablePointer<Double>
    ) {
        columnProducts(norms, x, x, panels: panels, rows: rows)
        columns(panels, rows) { column, start in
            norms[column] = max(norms[column].squareRoot(), 1e-12)
            for row in 0..<rows { x[start + row * panelColumns] /= norms[column] }
        }
    }

    public static func normaliseColumnsBackward(
        _ gradient: UnsafeMutablePointer<Double>, unit: UnsafePointer<Double>, norms: UnsafePointer<Double>,
        panels: Int, rows: Int
    ) {
        columns(panels, rows) { column, start in
            let (du, u) = (gradient + start, unit + start)
            var along = 0.0
            for row in 0..<rows { along += u[row * panelColumns] * du[row * panelColumns] }
            for row in 0..<rows {
                let i = row * panelColumns
                du[i] = (du[i] - u[i] * along) / norms[column]
            }
        }
    }

    public static func scaleColumns(
        _ x: UnsafeMutablePointer<Double>, factors: UnsafePointer<Double>, panels: Int, rows: Int
    ) {
        columns(panels, rows) { column, start in
            for row in 0..<rows { x[start + row * panelColumns] *= factors[column] }
        }
    }

    public static func blendColumns(
        _ result: UnsafeMutablePointer<Double>, factors: UnsafePointer<Double>, _ a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>, panels: Int, rows: Int
    ) {
        columns(panels, rows) { column, start in
            for row in 0..<rows {
                let i = start + row * panelColumns
                result[i] = factors[column] * a[i] + (1 - factors[column]) * b[i]
            }
        }
    }

    public static func columnProducts(
        _ result: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, panels: Int,
        rows: Int
    ) {
        columns(panels, rows) { column, start in
            var sum = 0.0
            for row in 0..<rows { sum += a[start + row * panelColumns] * b[start + row * panelColumns] }
            result[column] = sum
        }
    }

    public static func softmaxCrossEntropyColumns(
        _ logits: UnsafeMutablePointer<Double>, labels: UnsafePointer<Int32>, columns: Int, classes: Int, batch: Int
    ) -> Double {
        let row = Matrix<Double>(rows: 1, columns: classes)
        var loss = 0.0
        for column in 0..<columns {
            let start = logits + column / panelColumns * classes * panelColumns + column % panelColumns
            for k in 0..<classes { row.elements[k] = start[k * panelColumns] }
            loss += softmaxCrossEntropy(
                row.elements, labels: labels + column, rows: 1, columns: classes, batch: batch)
            for k in 0..<classes { start[k * panelColumns] = row.elements[k] }
        }
        return loss
    }
}
