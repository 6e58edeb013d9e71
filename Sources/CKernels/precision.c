#include "precision.h"
#include "activations.h"
#include "clones.h"

#include <string.h>

// The smallest and the largest of `count` numbers, 16 at a time: the compiler does not reorder comparisons of floats.
typedef float lanes __attribute__((vector_size(64), aligned(4)));

static inline __attribute__((always_inline)) void find_range(
    const float *restrict in, size_t count, float *least, float *most) {
    *least = *most = in[0];
    size_t i = 0;
    if (count >= 16) {
        lanes low = *(const lanes *)in, high = low;
        for (i = 16; i + 16 <= count; i += 16) {
            lanes next = *(const lanes *)(in + i);
            low = __builtin_elementwise_min(low, next);
            high = __builtin_elementwise_max(high, next);
        }
        for (size_t lane = 0; lane < 16; lane++) {
            *least = low[lane] < *least ? low[lane] : *least;
            *most = high[lane] > *most ? high[lane] : *most;
        }
    }
    for (; i < count; i++) {
        *least = in[i] < *least ? in[i] : *least;
        *most = in[i] > *most ? in[i] : *most;
    }
}

CLONES void kernel_float_to_bfloat(const float *restrict from, uint16_t *restrict to, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &from[i], sizeof bits);
        // Rounding would carry a NaN's fraction into the sign.
        bool is_nan = (bits & 0x7fffffff) > 0x7f800000;
        uint32_t rounded = bits + 0x7fff + (bits >> 16 & 1);
        to[i] = (uint16_t)((is_nan ? bits | 0x400000 : rounded) >> 16);
    }
}

CLONES void kernel_quantise_rows(
    const float *restrict from, size_t rows, size_t columns, uint8_t *restrict to, float *restrict scale,
    float *restrict offset) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t row = 0; row < rows; row++) {
        const float *restrict in = from + row * columns;
        uint8_t *restrict out = to + row * columns;
        float least, most;
        find_range(in, columns, &least, &most);
        float step = (most - least) / 255;
        float inverse = step > 0 ? 1 / step : 0;
        // The half makes cutting off round; 255.5 is cut to 255 as well.
        float shift = 0.5f - least * inverse;
        for (size_t i = 0; i < columns; i++) {
            int32_t level = (int32_t)(in[i] * inverse + shift);
            level = level < 0 ? 0 : level;
            out[i] = (uint8_t)(level > 255 ? 255 : level);
        }
        scale[row] = step;
        offset[row] = least;
    }
}

CLONES void kernel_quantise_weights(
    const float *restrict from, size_t rows, size_t columns, int8_t *restrict to, float *restrict scale) {
    for (size_t row = 0; row < rows; row++) {
        const float *restrict in = from + row * columns;
        int8_t *restrict out = to + row * columns;
        float most = 0;
        for (size_t i = 0; i < columns; i++) {
            float magnitude = __builtin_fabsf(in[i]);
            most = magnitude > most ? magnitude : most;
        }
        float inverse = most > 0 ? 127 / most : 0;
        for (size_t i = 0; i < columns; i++) {
            float level = in[i] * inverse;
            out[i] = (int8_t)(int32_t)(level + (level < 0 ? -0.5f : 0.5f));
        }
        scale[row] = most / 127;
    }
}

static inline __attribute__((always_inline)) void dequantise(
    const struct kernel_dequantisation *s, const int32_t *restrict sum, float *restrict y, bool accumulating,
    float (*activation)(float)) {
#pragma clang fp contract(fast)
    const float *restrict weight_scale = s->weight_scale;
    const float *restrict weight_sum = s->weight_sum;
    const float *restrict bias = s->bias;
    for (size_t row = 0; row < s->rows; row++) {
        const int32_t *restrict in = sum + row * s->outputs;
        float *restrict out = y + row * s->outputs;
        float scale = s->scale[row], offset = s->offset[row];
        for (size_t i = 0; i < s->outputs; i++) {
            float value = scale * weight_scale[i] * (float)in[i] + offset * weight_sum[i] + bias[i];
            if (accumulating) value += out[i];
            out[i] = activation(value);
        }
    }
}

CLONES void kernel_dequantise(const struct kernel_dequantisation *s, const int32_t *restrict sum, float *restrict y) {
#define WITH(function)                                                 \
    if (s->accumulating) dequantise(s, sum, y, true, function);        \
    else dequantise(s, sum, y, false, function);                       \
    break
    switch (s->activation) {
    case KERNEL_IDENTITY: WITH(identity);
    case KERNEL_RELU: WITH(relu);
    case KERNEL_RELU6: WITH(relu6);
    case KERNEL_QUICK_GELU: WITH(quick_gelu);
    case KERNEL_GELU: WITH(gelu);
    case KERNEL_GELU_TANH: WITH(gelu_tanh);
    }
}
