// 1×1 convolutions: the matrix product with few inputs and outputs and many rows, where a general product spends most of
// its time packing. The weight is packed once, bias and activation are applied before the result leaves the registers.
#include "layers.h"

#include <string.h>

// One panel: the weights of 16 outputs, input by input. The compiler splits the vector where the CPU's are narrower.
enum { PANEL = KERNEL_PANEL };
typedef float panel __attribute__((vector_size(PANEL * sizeof(float)), aligned(4)));

static inline __attribute__((always_inline)) void activate(panel *v, enum kernel_activation activation) {
    panel zero = {0};
    if (activation != KERNEL_IDENTITY) *v = __builtin_elementwise_max(*v, zero);
    if (activation == KERNEL_RELU6) *v = __builtin_elementwise_min(*v, zero + 6);
}

// `rows` × `panels` sums are held in registers; both are constants where this is called from.
static inline __attribute__((always_inline)) void tile(
    const struct kernel_pointwise *s, size_t rows, size_t panels, const float *x, const float *weight, const float *bias,
    float *y, size_t columns) {
#pragma clang fp contract(fast)
    panel sum[8][2];
    for (size_t r = 0; r < rows; r++) {
        for (size_t p = 0; p < panels; p++) sum[r][p] = *(const panel *)(bias + p * PANEL);
    }
    for (size_t i = 0; i < s->inputs; i++) {
        panel w[2];
        for (size_t p = 0; p < panels; p++) w[p] = *(const panel *)(weight + (p * s->inputs + i) * PANEL);
        for (size_t r = 0; r < rows; r++) {
            for (size_t p = 0; p < panels; p++) sum[r][p] += x[r * s->inputs + i] * w[p];
        }
    }
    for (size_t r = 0; r < rows; r++) {
        for (size_t p = 0; p < panels; p++) {
            float *to = y + r * s->outputs + p * PANEL;
            // The last panel may be wider than the row: nothing beyond the row's end may be touched.
            size_t count = columns - p * PANEL < PANEL ? columns - p * PANEL : PANEL;
            panel result = {0};
            if (s->accumulating) memcpy(&result, to, count * sizeof(float));
            result += sum[r][p];
            activate(&result, s->activation);
            if (count == PANEL) {
                *(panel *)to = result;
            } else {
                memcpy(to, &result, count * sizeof(float));
            }
        }
    }
}

static inline __attribute__((always_inline)) void band(
    const struct kernel_pointwise *s, size_t height, size_t panels, const float *x, const float *weight,
    const float *bias, float *y, size_t rows, size_t columns) {
    size_t row = 0;
    for (; row + height <= rows; row += height) {
        tile(s, height, panels, x + row * s->inputs, weight, bias, y + row * s->outputs, columns);
    }
    for (; row < rows; row++) tile(s, 1, panels, x + row * s->inputs, weight, bias, y + row * s->outputs, columns);
}

static inline __attribute__((always_inline)) void pointwise(
    const struct kernel_pointwise *s, size_t height, size_t panels, const float *x, const float *weight,
    const float *bias, float *y, size_t rows) {
    // Rows that stay in the second-level cache while the panels pass by.
    size_t piece = (1 << 16) / s->inputs / height * height;
    if (piece < height) piece = height;
    for (size_t row = 0; row < rows; row += piece) {
        size_t count = rows - row < piece ? rows - row : piece;
        const float *from = x + row * s->inputs;
        size_t output = 0;
        for (; output + (panels - 1) * PANEL < s->outputs; output += panels * PANEL) {
            band(
                s, height, panels, from, weight + output * s->inputs, bias + output, y + row * s->outputs + output, count,
                s->outputs - output);
        }
        if (output < s->outputs) {
            band(
                s, height, 1, from, weight + output * s->inputs, bias + output, y + row * s->outputs + output, count,
                s->outputs - output);
        }
    }
}

// As many sums as the CPU has registers for, less those for weights and inputs.
#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static void pointwise_v4(
    const struct kernel_pointwise *s, const float *x, const float *weight, const float *bias, float *y, size_t rows) {
    pointwise(s, 8, 2, x, weight, bias, y, rows);
}

__attribute__((target("arch=x86-64-v3"))) static void pointwise_v3(
    const struct kernel_pointwise *s, const float *x, const float *weight, const float *bias, float *y, size_t rows) {
    pointwise(s, 6, 1, x, weight, bias, y, rows);
}
#endif

void kernel_pointwise_convolution(
    const struct kernel_pointwise *s, const float *x, const float *weight, const float *bias, float *y, size_t rows) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) return pointwise_v4(s, x, weight, bias, y, rows);
    if (__builtin_cpu_supports("x86-64-v3")) return pointwise_v3(s, x, weight, bias, y, rows);
#endif
    pointwise(s, 2, 1, x, weight, bias, y, rows);
}
