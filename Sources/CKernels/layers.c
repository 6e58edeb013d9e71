#include "layers.h"
#include "activations.h"
#include "clones.h"
#include "exponential.h"

#include <string.h>

CLONES void kernel_half_to_float(const uint16_t *restrict from, float *restrict to, size_t count) {
    for (size_t i = 0; i < count; i++) {
        // Exponent and fraction move to their places in a float; multiplying by 2^112 corrects the bias, and brings
        // subnormals out right. What had the largest exponent (infinity, NaN) must get the largest exponent again.
        uint32_t magnitude = (uint32_t)(from[i] & 0x7fff) << 13;
        float scaled;
        memcpy(&scaled, &magnitude, sizeof scaled);
        scaled *= 0x1p112f;
        uint32_t bits;
        memcpy(&bits, &scaled, sizeof bits);
        bits |= magnitude >= 0x0f800000 ? 0x7f800000u : 0;
        bits |= (uint32_t)(from[i] & 0x8000) << 16;
        memcpy(&to[i], &bits, sizeof bits);
    }
}

CLONES void kernel_bfloat_to_float(const uint16_t *restrict from, float *restrict to, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)from[i] << 16;
        memcpy(&to[i], &bits, sizeof bits);
    }
}

CLONES bool kernel_all_finite(const float *values, size_t count) {
    uint32_t found = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &values[i], sizeof bits);
        found |= (bits & 0x7f800000) == 0x7f800000;
    }
    return found == 0;
}

#define EACH_ELEMENT(function)                                 \
    for (size_t row = 0; row < rows; row++) {                  \
        float *restrict r = x + row * width;                   \
        for (size_t i = 0; i < width; i++) {                   \
            r[i] = function(r[i] + bias[i]);                   \
        }                                                      \
    }                                                          \
    break

CLONES void kernel_bias_activation(
    float *restrict x, const float *restrict bias, size_t rows, size_t width, enum kernel_activation activation) {
    switch (activation) {
    case KERNEL_IDENTITY: EACH_ELEMENT(identity);
    case KERNEL_RELU: EACH_ELEMENT(relu);
    case KERNEL_RELU6: EACH_ELEMENT(relu6);
    case KERNEL_QUICK_GELU: EACH_ELEMENT(quick_gelu);
    case KERNEL_GELU: EACH_ELEMENT(gelu);
    case KERNEL_GELU_TANH: EACH_ELEMENT(gelu_tanh);
    }
}

CLONES void kernel_layer_norm(
    const float *x, float *y, size_t rows, size_t width, const float *restrict gain, const float *restrict offset,
    float epsilon) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t row = 0; row < rows; row++) {
        const float *in = x + row * width;
        float *out = y + row * width;
        float sum = 0;
        for (size_t i = 0; i < width; i++) sum += in[i];
        float mean = sum / (float)width;
        float squares = 0;
        for (size_t i = 0; i < width; i++) squares += (in[i] - mean) * (in[i] - mean);
        float scale = 1 / __builtin_sqrtf(squares / (float)width + epsilon);
        for (size_t i = 0; i < width; i++) out[i] = (in[i] - mean) * scale * gain[i] + offset[i];
    }
}

CLONES void kernel_softmax(float *x, size_t rows, size_t columns, size_t first_count) {
#pragma clang fp reassociate(on) contract(fast)
    for (size_t row = 0; row < rows; row++) {
        float *restrict r = x + row * columns;
        size_t count = first_count + row < columns ? first_count + row : columns;
        float largest = r[0];
        for (size_t i = 1; i < count; i++) largest = r[i] > largest ? r[i] : largest;
        float sum = 0;
        for (size_t i = 0; i < count; i++) {
            r[i] = fast_exp(r[i] - largest);
            sum += r[i];
        }
        float scale = 1 / sum;
        for (size_t i = 0; i < count; i++) r[i] *= scale;
        for (size_t i = count; i < columns; i++) r[i] = 0;
    }
}

CLONES void kernel_mean_rows(const float *restrict x, float *restrict mean, size_t count, size_t channels) {
    for (size_t i = 0; i < channels; i++) mean[i] = 0;
    for (size_t row = 0; row < count; row++) {
        for (size_t i = 0; i < channels; i++) mean[i] += x[row * channels + i];
    }
    for (size_t i = 0; i < channels; i++) mean[i] /= (float)count;
}

CLONES void kernel_add(float *restrict x, const float *restrict y, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] += y[i];
}

void kernel_windows_of_planes(const struct kernel_planes *s, const float *restrict planes, float *restrict windows) {
    size_t window_size = s->channels * s->kernel * s->kernel;
    for (size_t oy = 0; oy < s->out_height; oy++) {
        for (size_t ox = 0; ox < s->out_width; ox++) {
            float *window = windows + (oy * s->out_width + ox) * window_size;
            ptrdiff_t top = (ptrdiff_t)(oy * s->stride) - (ptrdiff_t)s->pad_top;
            ptrdiff_t left = (ptrdiff_t)(ox * s->stride) - (ptrdiff_t)s->pad_left;
            bool inside = top >= 0 && left >= 0 && top + (ptrdiff_t)s->kernel <= (ptrdiff_t)s->height
                && left + (ptrdiff_t)s->kernel <= (ptrdiff_t)s->width;
            for (size_t c = 0; c < s->channels; c++) {
                for (size_t ky = 0; ky < s->kernel; ky++) {
                    ptrdiff_t y = top + (ptrdiff_t)ky;
                    const float *row = planes + (ptrdiff_t)(c * s->height * s->width) + y * (ptrdiff_t)s->width + left;
                    float *to = window + (c * s->kernel + ky) * s->kernel;
                    if (inside) {
                        memcpy(to, row, s->kernel * sizeof *to);
                        continue;
                    }
                    for (size_t kx = 0; kx < s->kernel; kx++) {
                        ptrdiff_t x = left + (ptrdiff_t)kx;
                        bool in_picture = y >= 0 && y < (ptrdiff_t)s->height && x >= 0 && x < (ptrdiff_t)s->width;
                        to[kx] = in_picture ? row[kx] : 0;
                    }
                }
            }
        }
    }
}

void kernel_windows_3x3(
    const float *restrict x, size_t height, size_t width, size_t channels, size_t first, size_t count,
    float *restrict windows) {
    size_t row_bytes = channels * sizeof *x;
    for (size_t oy = first; oy < first + count; oy++) {
        for (size_t ox = 0; ox < width; ox++) {
            for (size_t ky = 0; ky < 3; ky++) {
                for (size_t kx = 0; kx < 3; kx++, windows += channels) {
                    // Position (oy + ky - 1, ox + kx - 1), compared without going below zero.
                    bool inside = oy + ky >= 1 && oy + ky <= height && ox + kx >= 1 && ox + kx <= width;
                    if (inside) {
                        memcpy(windows, x + ((oy + ky - 1) * width + ox + kx - 1) * channels, row_bytes);
                    } else {
                        memset(windows, 0, row_bytes);
                    }
                }
            }
        }
    }
}

CLONES void kernel_average_pool(
    const float *restrict x, size_t height, size_t width, size_t channels, size_t size, float *restrict y) {
    float scale = 1 / (float)(size * size);
    for (size_t oy = 0; oy < height / size; oy++) {
        for (size_t ox = 0; ox < width / size; ox++, y += channels) {
            for (size_t i = 0; i < channels; i++) y[i] = 0;
            for (size_t ky = 0; ky < size; ky++) {
                const float *row = x + ((oy * size + ky) * width + ox * size) * channels;
                for (size_t kx = 0; kx < size; kx++, row += channels) {
                    for (size_t i = 0; i < channels; i++) y[i] += row[i];
                }
            }
            for (size_t i = 0; i < channels; i++) y[i] *= scale;
        }
    }
}
