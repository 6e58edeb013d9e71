// Kernels of the encoders: conversion of weights on loading, and the loops between the matrix products.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// `to[i]` ← the IEEE half-precision number `from[i]`, exactly (subnormals, infinities and NaN included).
void kernel_half_to_float(const uint16_t *_Nonnull from, float *_Nonnull to, size_t count);

/// `to[i]` ← the bfloat16 number `from[i]`, exactly.
void kernel_bfloat_to_float(const uint16_t *_Nonnull from, float *_Nonnull to, size_t count);

/// Whether none of `values` is NaN or infinite.
bool kernel_all_finite(const float *_Nonnull values, size_t count);

/// The functions between two matrix products (arXiv 1606.08415; docs/models.md#activations).
enum kernel_activation {
    KERNEL_IDENTITY,
    KERNEL_RELU,
    KERNEL_RELU6,
    KERNEL_QUICK_GELU,
    KERNEL_GELU,
    KERNEL_GELU_TANH,
};

/// `x` ← activation(`x` + `bias`) for `x` `[rows, width]`, `bias` `[width]`.
void kernel_bias_activation(
    float *_Nonnull x, const float *_Nonnull bias, size_t rows, size_t width, enum kernel_activation activation);

/// `y` ← (`x` - mean) / sqrt(variance + `epsilon`) · `gain` + `offset`, row by row; `x`, `y` `[rows, width]`.
void kernel_layer_norm(
    const float *_Nonnull x, float *_Nonnull y, size_t rows, size_t width, const float *_Nonnull gain,
    const float *_Nonnull offset, float epsilon);

/// Softmax in place over the first elements of each row, `first_count + i` of row `i` but at most `columns`; what follows
/// them in the row becomes 0. `columns` as `first_count` takes all of every row, 1 is the triangle of causal attention.
void kernel_softmax(float *_Nonnull x, size_t rows, size_t columns, size_t first_count);

/// What a depthwise convolution works on. Pictures are `[height, width, channels]`, weights `[kernel · kernel, channels]`.
struct kernel_depthwise {
    size_t height, width, channels;
    size_t out_height, out_width;
    /// 3 or 5, and 1 or 2.
    size_t kernel, stride;
    /// Zeros above and to the left; those below and to the right follow from the sizes.
    size_t pad_top, pad_left;
};

/// `y` ← min(max(depthwise convolution of `x` + `bias`, 0), 6), the loop of every EfficientNet-Lite block.
void kernel_depthwise_relu6(
    const struct kernel_depthwise *_Nonnull shape, const float *_Nonnull x, const float *_Nonnull weight,
    const float *_Nonnull bias, float *_Nonnull y);

/// `mean` ← the mean over the `count` rows of `x` `[count, channels]`.
void kernel_mean_rows(const float *_Nonnull x, float *_Nonnull mean, size_t count, size_t channels);

/// `x` ← `x` + `y`.
void kernel_add(float *_Nonnull x, const float *_Nonnull y, size_t count);

/// How square windows are cut from planes `[channels, height, width]`; outside of them are zeros.
struct kernel_planes {
    size_t channels, height, width;
    size_t out_height, out_width;
    size_t kernel, stride;
    size_t pad_top, pad_left;
};

/// `windows` ← `[out_height · out_width, channels · kernel · kernel]`: what each position of a convolution sees.
void kernel_windows_of_planes(
    const struct kernel_planes *_Nonnull shape, const float *_Nonnull planes, float *_Nonnull windows);

/// `windows` ← `[count · width, 9 · channels]`: what the positions of output rows `first..<first + count` of a 3×3
/// convolution with stride 1 and one zero around see of `x` `[height, width, channels]`.
void kernel_windows_3x3(
    const float *_Nonnull x, size_t height, size_t width, size_t channels, size_t first, size_t count,
    float *_Nonnull windows);

/// `y` ← the mean of each `size`×`size` square of `x` `[height, width, channels]`.
void kernel_average_pool(
    const float *_Nonnull x, size_t height, size_t width, size_t channels, size_t size, float *_Nonnull y);

/// The number of outputs whose weights lie together in the packed weight of a pointwise convolution.
enum { KERNEL_PANEL = 16 };

/// What a pointwise convolution computes.
struct kernel_pointwise {
    size_t inputs, outputs;
    /// Identity, ReLU or ReLU6.
    enum kernel_activation activation;
    /// Whether the result is added to what `y` holds, before the activation.
    bool accumulating;
};

/// `y` `[rows, outputs]` ← activation(`x` `[rows, inputs]` · weight + bias).
///
/// `weight` is packed in panels of `KERNEL_PANEL` outputs: `[panels, inputs, KERNEL_PANEL]`; weight and bias are filled up
/// with zeros to whole panels.
void kernel_pointwise_convolution(
    const struct kernel_pointwise *_Nonnull shape, const float *_Nonnull x, const float *_Nonnull weight,
    const float *_Nonnull bias, float *_Nonnull y, size_t rows);
