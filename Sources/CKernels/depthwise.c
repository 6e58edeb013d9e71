// Depthwise convolutions: channels are the fastest axis, so that one vector holds a panel of them at one position. Several
// neighbouring positions are computed together, because their windows share most of their inputs and all weights.
#include "layers.h"

#include <stdbool.h>

enum { PANEL = KERNEL_PANEL, LARGEST_KERNEL = 5, LARGEST_STRIDE = 2, LARGEST_GROUP = 4 };
typedef float panel __attribute__((vector_size(PANEL * sizeof(float)), aligned(4)));

// The part of a window that lies in the picture; the rest is zeros.
struct taps {
    size_t first, end;
};

static inline __attribute__((always_inline)) struct taps taps_inside(ptrdiff_t start, size_t kernel, size_t size) {
    struct taps taps = {0, kernel};
    if (start < 0) taps.first = (size_t)-start;
    if (start + (ptrdiff_t)kernel > (ptrdiff_t)size) taps.end = (size_t)((ptrdiff_t)size - start);
    return taps;
}

// One panel of channels at `group` neighbouring positions whose windows do not stick out sideways.
static inline __attribute__((always_inline)) void inner(
    size_t kernel, size_t stride, size_t group, const float *x, const float *weight, const float *bias, float *y,
    struct taps rows, size_t row_stride, size_t channels) {
#pragma clang fp contract(fast)
    panel sum[LARGEST_GROUP];
    for (size_t j = 0; j < group; j++) sum[j] = *(const panel *)bias;
    for (size_t ky = rows.first; ky < rows.end; ky++) {
        panel in[(LARGEST_GROUP - 1) * LARGEST_STRIDE + LARGEST_KERNEL];
        for (size_t i = 0; i < (group - 1) * stride + kernel; i++) {
            in[i] = *(const panel *)(x + ky * row_stride + i * channels);
        }
        for (size_t kx = 0; kx < kernel; kx++) {
            panel w = *(const panel *)(weight + (ky * kernel + kx) * channels);
            for (size_t j = 0; j < group; j++) sum[j] += in[j * stride + kx] * w;
        }
    }
    panel zero = {0};
    for (size_t j = 0; j < group; j++) {
        *(panel *)(y + j * channels) = __builtin_elementwise_min(__builtin_elementwise_max(sum[j], zero), zero + 6);
    }
}

// One panel at one position at the edge.
static inline __attribute__((always_inline)) void edge(
    size_t kernel, const float *x, const float *weight, const float *bias, float *y, struct taps rows, struct taps columns,
    size_t row_stride, size_t channels) {
#pragma clang fp contract(fast)
    panel sum = *(const panel *)bias;
    for (size_t ky = rows.first; ky < rows.end; ky++) {
        for (size_t kx = columns.first; kx < columns.end; kx++) {
            panel in = *(const panel *)(x + ky * row_stride + kx * channels);
            sum += in * *(const panel *)(weight + (ky * kernel + kx) * channels);
        }
    }
    panel zero = {0};
    *(panel *)y = __builtin_elementwise_min(__builtin_elementwise_max(sum, zero), zero + 6);
}

// The channels that do not fill a panel.
static inline __attribute__((always_inline)) void remainder_channels(
    size_t kernel, const float *x, const float *weight, const float *bias, float *y, struct taps rows, struct taps columns,
    size_t row_stride, size_t channels, size_t first) {
    for (size_t c = first; c < channels; c++) {
        float sum = bias[c];
        for (size_t ky = rows.first; ky < rows.end; ky++) {
            for (size_t kx = columns.first; kx < columns.end; kx++) {
                sum += x[ky * row_stride + kx * channels + c] * weight[(ky * kernel + kx) * channels + c];
            }
        }
        y[c] = sum > 0 ? (sum < 6 ? sum : 6) : 0;
    }
}

static inline __attribute__((always_inline)) void convolve(
    const struct kernel_depthwise *s, size_t kernel, size_t stride, size_t group, const float *x, const float *weight,
    const float *bias, float *y) {
    size_t channels = s->channels, row_stride = s->width * channels, whole = channels / PANEL * PANEL;
    for (size_t oy = 0; oy < s->out_height; oy++) {
        ptrdiff_t top = (ptrdiff_t)(oy * stride) - (ptrdiff_t)s->pad_top;
        struct taps rows = taps_inside(top, kernel, s->height);
        for (size_t ox = 0; ox < s->out_width;) {
            ptrdiff_t left = (ptrdiff_t)(ox * stride) - (ptrdiff_t)s->pad_left;
            // Never read outside the taps, so that the corner may lie outside the picture.
            const float *corner = x + top * (ptrdiff_t)row_stride + left * (ptrdiff_t)channels;
            float *out = y + (oy * s->out_width + ox) * channels;
            bool is_inner = left >= 0 && left + (ptrdiff_t)((group - 1) * stride + kernel) <= (ptrdiff_t)s->width
                && ox + group <= s->out_width;
            size_t count = is_inner ? group : 1;
            struct taps columns = taps_inside(left, kernel, s->width);
            for (size_t c = 0; c < whole; c += PANEL) {
                if (is_inner) {
                    inner(kernel, stride, group, corner + c, weight + c, bias + c, out + c, rows, row_stride, channels);
                } else {
                    edge(kernel, corner + c, weight + c, bias + c, out + c, rows, columns, row_stride, channels);
                }
            }
            for (size_t j = 0; j < count && whole < channels; j++) {
                remainder_channels(
                    kernel, corner + j * stride * channels, weight, bias, out + j * channels, rows, columns, row_stride,
                    channels, whole);
            }
            ox += count;
        }
    }
}

static inline __attribute__((always_inline)) void depthwise(
    const struct kernel_depthwise *s, size_t group, const float *x, const float *weight, const float *bias, float *y) {
    if (s->kernel == 3 && s->stride == 1) return convolve(s, 3, 1, group, x, weight, bias, y);
    if (s->kernel == 3 && s->stride == 2) return convolve(s, 3, 2, group, x, weight, bias, y);
    if (s->kernel == 5 && s->stride == 1) return convolve(s, 5, 1, group, x, weight, bias, y);
    if (s->kernel == 5 && s->stride == 2) return convolve(s, 5, 2, group, x, weight, bias, y);
}

#if defined(__x86_64__)
__attribute__((target("arch=x86-64-v4"), min_vector_width(512))) static void depthwise_v4(
    const struct kernel_depthwise *s, const float *x, const float *weight, const float *bias, float *y) {
    depthwise(s, 4, x, weight, bias, y);
}

__attribute__((target("arch=x86-64-v3"))) static void depthwise_v3(
    const struct kernel_depthwise *s, const float *x, const float *weight, const float *bias, float *y) {
    depthwise(s, 2, x, weight, bias, y);
}
#endif

void kernel_depthwise_relu6(
    const struct kernel_depthwise *shape, const float *x, const float *weight, const float *bias, float *y) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) return depthwise_v4(shape, x, weight, bias, y);
    if (__builtin_cpu_supports("x86-64-v3")) return depthwise_v3(shape, x, weight, bias, y);
#endif
    depthwise(shape, 1, x, weight, bias, y);
}
