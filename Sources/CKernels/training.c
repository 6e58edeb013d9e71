#include "training.h"

#include <math.h>

#include "clones.h"
#include "exponential.h"

CLONES void kernel_relu(float *restrict x, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = x[i] < 0 ? 0 : x[i];
}

CLONES void kernel_relu_backward(float *restrict gradient, const float *restrict output, size_t count) {
    for (size_t i = 0; i < count; i++) gradient[i] = output[i] <= 0 ? 0 : gradient[i];
}

CLONES void kernel_blend(
    float *restrict result, float ratio, const float *restrict a, const float *restrict b, size_t count) {
    const float rest = 1.0f - ratio;
    for (size_t i = 0; i < count; i++) result[i] = ratio * a[i] + rest * b[i];
}

CLONES void kernel_multiply(float *restrict result, const float *restrict a, const float *restrict b, size_t count) {
    for (size_t i = 0; i < count; i++) result[i] = a[i] * b[i];
}

CLONES void kernel_exponential(float *restrict x, float scale, float offset, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] = fast_exp(scale * x[i] + offset);
}

CLONES static float dot(const float *restrict a, const float *restrict b, size_t count) {
#pragma clang fp reassociate(on) contract(fast)
    float sum = 0;
    for (size_t i = 0; i < count; i++) sum += a[i] * b[i];
    return sum;
}

CLONES void kernel_scale_rows(float *restrict x, const float *restrict factors, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) x[i * columns + j] *= factors[i];
}

void kernel_row_products(
    float *restrict result, const float *restrict a, const float *restrict b, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) result[i] = dot(a + i * columns, b + i * columns, columns);
}

CLONES void kernel_normalise_rows(float *restrict x, size_t rows, size_t columns, float *restrict norms) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict row = x + i * columns;
        const float norm = sqrtf(dot(row, row, columns));
        norms[i] = norm < 1e-12f ? 1e-12f : norm;
        const float inverse = 1.0f / norms[i];
        for (size_t j = 0; j < columns; j++) row[j] *= inverse;
    }
}

CLONES void kernel_normalise_rows_backward(
    float *restrict gradient, const float *restrict unit, const float *restrict norms, size_t rows, size_t columns) {
    for (size_t i = 0; i < rows; i++) {
        float *restrict row = gradient + i * columns;
        const float *restrict u = unit + i * columns;
        const float along = dot(u, row, columns);
        const float inverse = 1.0f / norms[i];
        for (size_t j = 0; j < columns; j++) row[j] = (row[j] - u[j] * along) * inverse;
    }
}

CLONES static double cross_entropy_row(float *restrict row, int32_t label, size_t columns, float scale) {
#pragma clang fp reassociate(on) contract(fast)
    float largest = row[0];
    for (size_t j = 1; j < columns; j++) largest = row[j] > largest ? row[j] : largest;
    const float truth = row[label] - largest;
    float sum = 0;
    for (size_t j = 0; j < columns; j++) {
        const float e = fast_exp(row[j] - largest);
        row[j] = e;
        sum += e;
    }
    const float factor = scale / sum;
    for (size_t j = 0; j < columns; j++) row[j] *= factor;
    row[label] -= scale;
    return log((double)sum) - (double)truth;
}

double kernel_softmax_cross_entropy(
    float *logits, const int32_t *labels, size_t rows, size_t columns, size_t batch) {
    double loss = 0;
    for (size_t i = 0; i < rows; i++)
        loss += cross_entropy_row(logits + i * columns, labels[i], columns, 1.0f / (float)batch);
    return loss;
}

CLONES void kernel_adam(
    float *restrict parameter, const float *restrict gradient, float *restrict mean, float *restrict variance,
    size_t count, double rate, double beta1, double beta2, double correction1, double correction2, double epsilon,
    double decay, double l2) {
    // 1 - 0.999 in single precision would be off in the fifth digit: the scalars are worked out in double.
    const float step = (float)(rate / correction1);
    const float root = (float)(1.0 / sqrt(correction2));
    const float keep1 = (float)beta1, take1 = (float)(1.0 - beta1);
    const float keep2 = (float)beta2, take2 = (float)(1.0 - beta2);
    const float small = (float)epsilon, shrink = (float)decay, pull = (float)l2;
    for (size_t i = 0; i < count; i++) {
        const float g = gradient[i] + pull * parameter[i];
        const float m = keep1 * mean[i] + take1 * g;
        const float v = keep2 * variance[i] + take2 * g * g;
        mean[i] = m;
        variance[i] = v;
        parameter[i] = shrink * parameter[i] - step * m / (__builtin_sqrtf(v) * root + small);
    }
}
