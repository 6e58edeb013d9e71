// Matrices in panels: 16 neighbouring columns lie together, `[panels, rows, 16]`, so that one vector holds a row of them.
// Every column is a picture (or a class); what is done to it depends on no other column.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { KERNEL_PANEL_COLUMNS = 16 };

/// `c = alpha · a · b` for `panels` panels of `b` and `c`.
///
/// Element `(i, k)` of `a` is at `i · a_row_stride + (k mod a_segment) · a_column_stride + (k / a_segment) ·
/// a_segment_stride`: a matrix, a transposed one, or one in panels. Row `k` of panel `p` of `b` is at
/// `k · b_row_stride + p · b_panel_stride`, likewise `c`; a row-major matrix has panels 16 apart.
/// Each element of `c` is one sum over `k` in order, whatever the extents and the instruction set.
struct kernel_panel_product {
    size_t rows, inner, panels;
    float alpha;
    const float *_Nonnull a;
    size_t a_row_stride, a_column_stride, a_segment, a_segment_stride;
    const float *_Nonnull b;
    size_t b_row_stride, b_panel_stride;
    float *_Nonnull c;
    size_t c_row_stride, c_panel_stride;
};

/// The product, with the widest instructions the processor has.
void kernel_product(const struct kernel_panel_product *_Nonnull product);

/// The same with the instructions of a level (1: baseline, 3: AVX2, 4: AVX-512), for tests; false, and nothing is done, if
/// the processor does not have them.
_Bool kernel_product_at_level(const struct kernel_panel_product *_Nonnull product, int level);

/// `to[j][i] = from[i][j]` for `i < rows`, `j < columns`; the strides are between rows.
void kernel_transpose(
    const float *_Nonnull from, size_t rows, size_t columns, size_t from_stride, float *_Nonnull to, size_t to_stride);

/// Divides each column of `[panels, rows, 16]` by its norm (at least 1e-12) and stores the norms, `[panels, 16]`.
void kernel_normalise_columns(float *_Nonnull x, size_t panels, size_t rows, float *_Nonnull norms);

/// The gradient through kernel_normalise_columns, in place.
void kernel_normalise_columns_backward(
    float *_Nonnull gradient, const float *_Nonnull unit, const float *_Nonnull norms, size_t panels, size_t rows);

/// Multiplies each column by its factor, `[panels, 16]`.
void kernel_scale_columns(float *_Nonnull x, const float *_Nonnull factors, size_t panels, size_t rows);

/// result = a · factor + b · (1 - factor) with a factor for each column, `[panels, 16]`.
void kernel_blend_columns(
    float *_Nonnull result, const float *_Nonnull factors, const float *_Nonnull a, const float *_Nonnull b,
    size_t panels, size_t rows);

/// result = the scalar product of each column of a with that of b, `[panels, 16]`.
void kernel_column_products(
    float *_Nonnull result, const float *_Nonnull a, const float *_Nonnull b, size_t panels, size_t rows);

/// kernel_softmax_cross_entropy for logits `[panels, classes, 16]`, of which the first `columns` columns have labels.
double kernel_softmax_cross_entropy_columns(
    float *_Nonnull logits, const int32_t *_Nonnull labels, size_t columns, size_t classes, size_t batch);
