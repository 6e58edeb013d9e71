// The product of kernel_panel_product for one instruction set; included once for each, with
//   PRODUCT   the function's name         TARGET   its attributes
//   HEIGHT    rows of a tile              PANELS   panels of a tile, 1 or 2
// A tile's sums fill the registers: each row of b that is loaded serves HEIGHT rows, each element of a PANELS panels.

static inline __attribute__((always_inline)) void JOIN(PRODUCT, tile)(
    size_t rows, size_t panels, const struct kernel_panel_product *p, size_t row, const float *b0, float *c0) {
#pragma clang fp contract(fast)
    panel sum[HEIGHT][PANELS];
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        for (size_t q = 0; q < panels; q++) sum[r][q] = (panel){0};
    }
    const size_t a_row_stride = p->a_row_stride, a_column_stride = p->a_column_stride, b_row_stride = p->b_row_stride;
    const float *segment = p->a + row * a_row_stride;
    const float *b[2] = {b0, b0 + p->b_panel_stride};
    for (size_t k = 0; k < p->inner; k += p->a_segment, segment += p->a_segment_stride) {
        const size_t length = p->inner - k < p->a_segment ? p->inner - k : p->a_segment;
        const float *a = segment;
        for (size_t l = 0; l < length; l++, a += a_column_stride) {
            panel in[PANELS];
#pragma clang loop unroll(full)
            for (size_t q = 0; q < panels; q++) {
                in[q] = *(const panel *)b[q];
                b[q] += b_row_stride;
            }
#pragma clang loop unroll(full)
            for (size_t r = 0; r < rows; r++) {
                const panel weight = a[r * a_row_stride] - (panel){0};
#pragma clang loop unroll(full)
                for (size_t q = 0; q < panels; q++) sum[r][q] += weight * in[q];
            }
        }
    }
#pragma clang loop unroll(full)
    for (size_t r = 0; r < rows; r++) {
        for (size_t q = 0; q < panels; q++) {
            *(panel *)(c0 + q * p->c_panel_stride + (row + r) * p->c_row_stride) = sum[r][q] * p->alpha;
        }
    }
}

static inline __attribute__((always_inline)) void JOIN(PRODUCT, rows)(
    size_t panels, const struct kernel_panel_product *p, const float *b, float *c) {
    for (size_t row = 0; row < p->rows;) {
        const size_t left = p->rows - row;
        // Two tiles of like height at the end: a tile of one row has too few sums to keep the multipliers busy.
        const size_t height = left >= 2 * HEIGHT || left <= HEIGHT ? left : (left + 1) / 2;
        switch (height) {
#define TILE(n) \
    case n: JOIN(PRODUCT, tile)(n, panels, p, row, b, c); row += n; break;
            TILE(1)
#if HEIGHT > 2
            TILE(2) TILE(3) TILE(4) TILE(5)
#endif
#if HEIGHT > 6
            TILE(6) TILE(7) TILE(8) TILE(9) TILE(10) TILE(11)
#endif
#undef TILE
        default: JOIN(PRODUCT, tile)(HEIGHT, panels, p, row, b, c); row += HEIGHT; break;
        }
    }
}

TARGET static void PRODUCT(const struct kernel_panel_product *p) {
    size_t done = 0;
    for (; done + PANELS <= p->panels; done += PANELS) {
        JOIN(PRODUCT, rows)(PANELS, p, p->b + done * p->b_panel_stride, p->c + done * p->c_panel_stride);
    }
    for (; done < p->panels; done++) {
        JOIN(PRODUCT, rows)(1, p, p->b + done * p->b_panel_stride, p->c + done * p->c_panel_stride);
    }
}

#undef PRODUCT
#undef TARGET
#undef HEIGHT
#undef PANELS
