#include "panels.h"

#include <math.h>

#include "clones.h"
#include "exponential.h"

enum { COLUMNS = KERNEL_PANEL_COLUMNS };
typedef float panel __attribute__((vector_size(COLUMNS * sizeof(float)), aligned(4)));
typedef int32_t choice __attribute__((vector_size(COLUMNS * sizeof(int32_t)), aligned(4)));

#define ZIP_LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define ZIP_HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31

// Zipping the first half of the rows with the second, four times over, transposes 16 rows of 16.
static inline __attribute__((always_inline)) void transpose_block(
    const float *from, size_t from_stride, float *to, size_t to_stride) {
    panel row[COLUMNS], next[COLUMNS];
    for (size_t i = 0; i < COLUMNS; i++) row[i] = *(const panel *)(from + i * from_stride);
#pragma clang loop unroll(full)
    for (size_t round = 0; round < 4; round++) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < COLUMNS / 2; i++) {
            next[2 * i] = __builtin_shufflevector(row[i], row[i + COLUMNS / 2], ZIP_LOW);
            next[2 * i + 1] = __builtin_shufflevector(row[i], row[i + COLUMNS / 2], ZIP_HIGH);
        }
#pragma clang loop unroll(full)
        for (size_t i = 0; i < COLUMNS; i++) row[i] = next[i];
    }
    for (size_t i = 0; i < COLUMNS; i++) *(panel *)(to + i * to_stride) = row[i];
}

CLONES void kernel_transpose(
    const float *from, size_t rows, size_t columns, size_t from_stride, float *to, size_t to_stride) {
    const size_t whole_rows = rows / COLUMNS * COLUMNS, whole_columns = columns / COLUMNS * COLUMNS;
    for (size_t i = 0; i < whole_rows; i += COLUMNS) {
        for (size_t j = 0; j < whole_columns; j += COLUMNS) {
            transpose_block(from + i * from_stride + j, from_stride, to + j * to_stride + i, to_stride);
        }
    }
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = i < whole_rows ? whole_columns : 0; j < columns; j++) {
            to[j * to_stride + i] = from[i * from_stride + j];
        }
    }
}

// Panels are not passed by value: how that is done differs between the instruction sets.
#define SELECT(condition, yes, no) ((panel)(((condition) & (choice)(yes)) | (~(condition) & (choice)(no))))

// Four sums side by side: a single one would wait for itself.
static inline __attribute__((always_inline)) void column_products(
    const float *a, const float *b, size_t rows, panel *result) {
#pragma clang fp contract(fast)
    panel sum[4] = {{0}, {0}, {0}, {0}};
    size_t i = 0;
    for (; i + 4 <= rows; i += 4) {
#pragma clang loop unroll(full)
        for (size_t j = 0; j < 4; j++) {
            sum[j] += *(const panel *)(a + (i + j) * COLUMNS) * *(const panel *)(b + (i + j) * COLUMNS);
        }
    }
    for (; i < rows; i++) sum[0] += *(const panel *)(a + i * COLUMNS) * *(const panel *)(b + i * COLUMNS);
    *result = (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

CLONES void kernel_normalise_columns(float *x, size_t panels, size_t rows, float *norms) {
    for (size_t p = 0; p < panels; p++, x += rows * COLUMNS, norms += COLUMNS) {
        panel squares, norm;
        column_products(x, x, rows, &squares);
        for (size_t j = 0; j < COLUMNS; j++) norm[j] = __builtin_sqrtf(squares[j]);
        norm = SELECT(norm < 1e-12f, 1e-12f - (panel){0}, norm);
        *(panel *)norms = norm;
        const panel inverse = 1 / norm;
        for (size_t i = 0; i < rows; i++) *(panel *)(x + i * COLUMNS) *= inverse;
    }
}

CLONES void kernel_normalise_columns_backward(
    float *gradient, const float *unit, const float *norms, size_t panels, size_t rows) {
#pragma clang fp contract(fast)
    for (size_t p = 0; p < panels; p++, gradient += rows * COLUMNS, unit += rows * COLUMNS, norms += COLUMNS) {
        panel along;
        column_products(gradient, unit, rows, &along);
        const panel inverse = 1 / *(const panel *)norms;
        for (size_t i = 0; i < rows; i++) {
            panel *row = (panel *)(gradient + i * COLUMNS);
            *row = (*row - *(const panel *)(unit + i * COLUMNS) * along) * inverse;
        }
    }
}

CLONES void kernel_scale_columns(float *x, const float *factors, size_t panels, size_t rows) {
    for (size_t p = 0; p < panels; p++, x += rows * COLUMNS, factors += COLUMNS) {
        const panel factor = *(const panel *)factors;
        for (size_t i = 0; i < rows; i++) *(panel *)(x + i * COLUMNS) *= factor;
    }
}

CLONES void kernel_blend_columns(
    float *result, const float *factors, const float *a, const float *b, size_t panels, size_t rows) {
#pragma clang fp contract(fast)
    for (size_t p = 0; p < panels; p++, factors += COLUMNS) {
        const panel factor = *(const panel *)factors, rest = 1 - factor;
        for (size_t i = p * rows * COLUMNS; i < (p + 1) * rows * COLUMNS; i += COLUMNS) {
            *(panel *)(result + i) = factor * *(const panel *)(a + i) + rest * *(const panel *)(b + i);
        }
    }
}

CLONES void kernel_column_products(float *result, const float *a, const float *b, size_t panels, size_t rows) {
    for (size_t p = 0; p < panels; p++) {
        column_products(
            a + p * rows * COLUMNS, b + p * rows * COLUMNS, rows, (panel *)(result + p * COLUMNS));
    }
}

// One panel: each column's softmax, times scale; the sums and the largest logits are what its losses need.
CLONES static void softmax_panel(float *logits, size_t classes, float scale, float *sums, float *largest) {
#pragma clang fp contract(fast)
    panel most = *(const panel *)logits;
    for (size_t k = 1; k < classes; k++) {
        const panel row = *(const panel *)(logits + k * COLUMNS);
        most = SELECT(row > most, row, most);
    }
    *(panel *)largest = most;
    for (size_t k = 0; k < classes; k++) *(panel *)(logits + k * COLUMNS) -= most;
    // A loop without panels, which becomes vectors as a whole; element by element of a panel it does not.
    for (size_t i = 0; i < classes * COLUMNS; i++) logits[i] = fast_exp(logits[i]);
    panel sum[2] = {{0}, {0}};
    for (size_t k = 0; k < classes; k++) sum[k % 2] += *(const panel *)(logits + k * COLUMNS);
    sum[0] += sum[1];
    *(panel *)sums = sum[0];
    const panel factor = scale / sum[0];
    for (size_t k = 0; k < classes; k++) *(panel *)(logits + k * COLUMNS) *= factor;
}

double kernel_softmax_cross_entropy_columns(
    float *logits, const int32_t *labels, size_t columns, size_t classes, size_t batch) {
    const float scale = 1.0f / (float)batch;
    double loss = 0;
    for (size_t first = 0; first < columns; first += COLUMNS, logits += classes * COLUMNS) {
        const size_t count = columns - first < COLUMNS ? columns - first : COLUMNS;
        float truth[COLUMNS], sums[COLUMNS], largest[COLUMNS];
        for (size_t j = 0; j < count; j++) truth[j] = logits[(size_t)labels[first + j] * COLUMNS + j];
        softmax_panel(logits, classes, scale, sums, largest);
        for (size_t j = 0; j < count; j++) {
            logits[(size_t)labels[first + j] * COLUMNS + j] -= scale;
            loss += log((double)sums[j]) - (double)(truth[j] - largest[j]);
        }
    }
    return loss;
}
