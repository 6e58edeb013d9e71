// Elementwise loops of the training step. Matrices are row-major and dense.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// x = max(x, 0), NaN kept.
void kernel_relu(float *_Nonnull x, size_t count);

/// gradient = 0 wherever output <= 0.
void kernel_relu_backward(float *_Nonnull gradient, const float *_Nonnull output, size_t count);

/// result = ratio * a + (1 - ratio) * b.
void kernel_blend(
    float *_Nonnull result, float ratio, const float *_Nonnull a, const float *_Nonnull b, size_t count);

/// result = a * b, element by element.
void kernel_multiply(float *_Nonnull result, const float *_Nonnull a, const float *_Nonnull b, size_t count);

/// Multiplies each row by its factor.
void kernel_scale_rows(float *_Nonnull x, const float *_Nonnull factors, size_t rows, size_t columns);

/// result[i] = the scalar product of row i of a and row i of b.
void kernel_row_products(
    float *_Nonnull result, const float *_Nonnull a, const float *_Nonnull b, size_t rows, size_t columns);

/// x = exp(scale * x + offset); nothing is smaller than about 1e-38, where a float exponential would become 0.
void kernel_exponential(float *_Nonnull x, float scale, float offset, size_t count);

/// Divides each row by its norm (at least 1e-12) and stores the norms.
void kernel_normalise_rows(float *_Nonnull x, size_t rows, size_t columns, float *_Nonnull norms);

/// The gradient through kernel_normalise_rows, in place.
void kernel_normalise_rows_backward(
    float *_Nonnull gradient, const float *_Nonnull unit, const float *_Nonnull norms, size_t rows, size_t columns);

/// Replaces each row of logits by the gradient of the mean cross-entropy of a batch with respect to it,
/// (softmax - one-hot) / batch, and returns the sum of the rows' losses (accumulated in double).
double kernel_softmax_cross_entropy(
    float *_Nonnull logits, const int32_t *_Nonnull labels, size_t rows, size_t columns, size_t batch);

/// One Adam or AdamW update; see Optimiser.swift for the formula. decay multiplies the parameter before the update
/// (AdamW), l2 adds to the gradient (Adam).
void kernel_adam(
    float *_Nonnull parameter, const float *_Nonnull gradient, float *_Nonnull mean, float *_Nonnull variance,
    size_t count, double rate, double beta1, double beta2, double correction1, double correction2, double epsilon,
    double decay, double l2);
