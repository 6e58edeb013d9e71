import CKernels
import Tensors

/// A feature map of one picture, `[height, width, channels]`: channels lie together, so that a 1×1 convolution is a matrix
/// product and every other loop runs along a vector.
struct FeatureMap {
    let values: UnsafeMutablePointer<Float>
    let height: Int
    let width: Int
    let channels: Int

    /// The number of positions.
    var positions: Int { height * width }
}

/// What is put around a picture before windows slide over it.
enum Padding: Sendable {
    /// Half a window on each side, as PyTorch's models have it.
    case symmetric
    /// TensorFlow's SAME (arXiv 1905.11946; docs/models.md#efficientnet-lite0): as much as gives `ceil(in / stride)`
    /// positions, the smaller half first.
    case same
}

/// Where the windows of a convolution lie along one axis.
struct WindowPlacement {
    /// How many windows there are.
    let output: Int
    /// Zeros before the first value.
    let before: Int

    init(input: Int, kernel: Int, stride: Int, padding: Padding) {
        switch padding {
        case .symmetric:
            before = kernel / 2
            output = (input + 2 * before - kernel) / stride + 1
        case .same:
            output = (input + stride - 1) / stride
            before = max((output - 1) * stride + kernel - input, 0) / 2
        }
    }
}

/// A 1×1 convolution with its batch norm folded in, `[positions, in] · [out, in]ᵀ` and activation, in 32-bit floating point.
struct PointwiseConvolution: PackedLinear {
    let inputs: Int
    let outputs: Int
    private let activation: kernel_activation
    /// `[panels, in, panel]`, as the kernel wants it.
    private let weight: [Float]
    /// Filled up to whole panels.
    private let bias: [Float]

    /// - Parameter activation: the identity, ReLU or ReLU6.
    init(linear: Linear, activation: kernel_activation) {
        (inputs, outputs) = (linear.inputs, linear.outputs)
        self.activation = activation
        let panel = Int(KERNEL_PANEL)
        let panels = (outputs + panel - 1) / panel
        var weight = [Float](repeating: 0, count: panels * inputs * panel)
        var bias = [Float](repeating: 0, count: panels * panel)
        for output in 0..<outputs {
            let first = output / panel * inputs * panel + output % panel
            for input in 0..<inputs { weight[first + input * panel] = linear.weight[output, input] }
            bias[output] = linear.bias?[output] ?? 0
        }
        self.weight = weight
        self.bias = bias
    }

    func apply(_ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, accumulating: Bool) {
        var shape = kernel_pointwise(
            inputs: inputs, outputs: outputs, activation: activation, accumulating: accumulating)
        kernel_pointwise_convolution(&shape, x, weight, bias, y, rows)
    }
}

/// A k×k convolution of each channel by itself, SAME padding, batch norm folded in, ReLU6.
struct DepthwiseConvolution: Sendable {
    /// `[k · k, channels]`.
    let weight: Tensor<Float>
    let bias: [Float]
    let kernel: Int
    let stride: Int

    /// Where the windows lie along an axis of `input` positions.
    func placement(_ input: Int) -> WindowPlacement {
        WindowPlacement(input: input, kernel: kernel, stride: stride, padding: .same)
    }

    /// Writes the layer's output to `y` and returns it.
    func apply(_ x: FeatureMap, to y: UnsafeMutablePointer<Float>) -> FeatureMap {
        let (rows, columns) = (placement(x.height), placement(x.width))
        var shape = kernel_depthwise(
            height: x.height, width: x.width, channels: x.channels, out_height: rows.output, out_width: columns.output,
            kernel: kernel, stride: stride, pad_top: rows.before, pad_left: columns.before)
        weight.values.withUnsafeBufferPointer { weight in
            bias.withUnsafeBufferPointer { bias in
                guard let weight = weight.baseAddress, let bias = bias.baseAddress else { return }
                kernel_depthwise_relu6(&shape, x.values, weight, bias, y)
            }
        }
        return FeatureMap(values: y, height: rows.output, width: columns.output, channels: x.channels)
    }
}

/// The first convolution of a tower, from planes to channels side by side: the windows are laid out as rows of a matrix
/// (im2col), and one product does the rest. Batch norm folded in.
struct StemConvolution: Sendable {
    /// From a window, in the order channel, row, column, as PyTorch stores it, to the outputs.
    let product: any PackedLinear
    let kernel: Int
    let stride: Int
    let padding: Padding

    /// Where the windows lie along an axis of `input` positions.
    func placement(_ input: Int) -> WindowPlacement {
        WindowPlacement(input: input, kernel: kernel, stride: stride, padding: padding)
    }

    /// - Parameters:
    ///   - picture: planes, `[channels, height, width]`.
    ///   - windows: room for `[out positions, channels · k · k]`.
    /// - Returns: the layer's output, in `y`.
    func apply(
        picture: UnsafePointer<Float>, height: Int, width: Int, windows: UnsafeMutablePointer<Float>,
        to y: UnsafeMutablePointer<Float>
    ) -> FeatureMap {
        let (rows, columns) = (placement(height), placement(width))
        var planes = kernel_planes(
            channels: product.inputs / (kernel * kernel), height: height, width: width, out_height: rows.output,
            out_width: columns.output, kernel: kernel, stride: stride, pad_top: rows.before, pad_left: columns.before)
        kernel_windows_of_planes(&planes, picture, windows)
        product.apply(windows, rows: rows.output * columns.output, to: y)
        return FeatureMap(values: y, height: rows.output, width: columns.output, channels: product.outputs)
    }
}

/// A 3×3 convolution with stride 1 and one zero around, batch norm folded in: windows and product, a band of rows at a time.
struct SpatialConvolution: Sendable {
    /// `[out, 3 · 3 · in]`, in the order row, column, channel.
    let product: any PackedLinear

    static let kernel = 3

    /// What fits the second-level cache.
    private static let windowCount = 1 << 17

    /// How many output rows are computed at a time.
    private func band(of width: Int) -> Int { max(1, Self.windowCount / (width * product.inputs)) }

    /// The room that the windows of one band need.
    func windowCount(width: Int) -> Int { band(of: width) * width * product.inputs }

    /// - Parameter windows: room for `windowCount(width:)` floats.
    /// - Returns: the layer's output, in `y`.
    func apply(_ x: FeatureMap, windows: UnsafeMutablePointer<Float>, to y: UnsafeMutablePointer<Float>) -> FeatureMap {
        var row = 0
        while row < x.height {
            let rows = min(band(of: x.width), x.height - row)
            kernel_windows_3x3(x.values, x.height, x.width, x.channels, row, rows, windows)
            product.apply(windows, rows: rows * x.width, to: y + row * x.width * product.outputs)
            row += rows
        }
        return FeatureMap(values: y, height: x.height, width: x.width, channels: product.outputs)
    }
}

extension FeatureMap {
    /// The mean of each `size` × `size` square, in `y`.
    func averagePooled(_ size: Int, to y: UnsafeMutablePointer<Float>) -> FeatureMap {
        kernel_average_pool(values, height, width, channels, size, y)
        return FeatureMap(values: y, height: height / size, width: width / size, channels: channels)
    }
}
