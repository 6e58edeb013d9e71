// Conversions around matrix products in reduced precision.
#pragma once
#include "layers.h"

/// `to[i]` ← `from[i]` rounded to bfloat16, halves to even.
void kernel_float_to_bfloat(const float *_Nonnull from, uint16_t *_Nonnull to, size_t count);

/// `to` `[rows, columns]`, `scale` `[rows]`, `offset` `[rows]` ← `from` `[rows, columns]` as `offset + scale · to`: the smallest
/// value of a row becomes 0 and the largest 255.
void kernel_quantise_rows(
    const float *_Nonnull from, size_t rows, size_t columns, uint8_t *_Nonnull to, float *_Nonnull scale,
    float *_Nonnull offset);

/// `to` `[rows, columns]`, `scale` `[rows]` ← `from` `[rows, columns]` as `scale · to`: what is farthest from 0 in a row
/// becomes 127 or -127.
void kernel_quantise_weights(
    const float *_Nonnull from, size_t rows, size_t columns, int8_t *_Nonnull to, float *_Nonnull scale);

/// How the integer sums of a product become its result.
struct kernel_dequantisation {
    size_t rows, outputs;
    /// Of the inputs, `[rows]`.
    const float *_Nonnull scale, *_Nonnull offset;
    /// Of the weights, `[outputs]`: their scale, and the sum over the inputs of what they stand for.
    const float *_Nonnull weight_scale, *_Nonnull weight_sum;
    /// `[outputs]`.
    const float *_Nonnull bias;
    enum kernel_activation activation;
    /// Whether the result is added to what `y` holds, before the activation.
    bool accumulating;
};

/// `y` `[rows, outputs]` ← activation(scale · weight_scale · `sum` + offset · weight_sum + bias).
void kernel_dequantise(
    const struct kernel_dequantisation *_Nonnull shape, const int32_t *_Nonnull sum, float *_Nonnull y);
