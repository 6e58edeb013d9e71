import CKernels

extension Float: BlockedMatrixKernels {
    public static func product(_ product: BlockedMatrixProduct<Float>) {
        var operands = kernel_panel_product(product)
        kernel_product(&operands)
    }

    public static func transpose(
        _ from: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int, to: UnsafeMutablePointer<Float>,
        toStride: Int
    ) { kernel_transpose(from, rows, columns, stride, to, toStride) }

    public static func normaliseColumns(
        _ x: UnsafeMutablePointer<Float>, panels: Int, rows: Int, norms: UnsafeMutablePointer<Float>
    ) { kernel_normalise_columns(x, panels, rows, norms) }

    public static func normaliseColumnsBackward(
        _ gradient: UnsafeMutablePointer<Float>, unit: UnsafePointer<Float>, norms: UnsafePointer<Float>, panels: Int,
        rows: Int
    ) { kernel_normalise_columns_backward(gradient, unit, norms, panels, rows) }

    public static func scaleColumns(
        _ x: UnsafeMutablePointer<Float>, factors: UnsafePointer<Float>, panels: Int, rows: Int
    ) { kernel_scale_columns(x, factors, panels, rows) }

    public static func blendColumns(
        _ result: UnsafeMutablePointer<Float>, factors: UnsafePointer<Float>, _ a: UnsafePointer<Float>,
        _ b: UnsafePointer<Float>, panels: Int, rows: Int
    ) { kernel_blend_columns(result, factors, a, b, panels, rows) }

    public static func columnProducts(
        _ result: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, panels: Int,
        rows: Int
    ) { kernel_column_products(result, a, b, panels, rows) }

    public static func softmaxCrossEntropyColumns(
        _ logits: UnsafeMutablePointer<Float>, labels: UnsafePointer<Int32>, columns: Int, classes: Int, batch: Int
    ) -> Double { kernel_softmax_cross_entropy_columns(logits, labels, columns, classes, batch) }
}

extension kernel_panel_product {
    init(_ product: BlockedMatrixProduct<Float>) {
        self.init(
            rows: product.rows, inner: product.inner, panels: product.panels, alpha: product.alpha, a: product.a,
            a_row_stride: product.aRowStride, a_column_stride: product.aColumnStride, a_segment: product.aSegment,
            a_segment_stride: product.aSegmentStride, b: product.b, b_row_stride: product.bRowStride,
            b_panel_stride: product.bPanelStride, c: product.c, c_row_stride: product.cRowStride,
            c_panel_stride: product.cPanelStride)
    }
}
