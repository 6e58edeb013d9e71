// A matrix product for the small matrices of a training step. OpenBLAS packs both factors first, which for a batch takes a
// good part of the time; here nothing is packed, because the pictures already lie in panels and weights are read one
// element at a time.
#include "panels.h"

#include <stdbool.h>

typedef float panel __attribute__((vector_size(KERNEL_PANEL_COLUMNS * sizeof(float)), aligned(4)));

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)

#if defined(__x86_64__)
// 16 registers of 4 floats.
#define PRODUCT product_baseline
#define TARGET
#define HEIGHT 2
#define PANELS 1
#include "product_tile.h"

// 16 registers of 8 floats.
#define PRODUCT product_avx2
#define TARGET __attribute__((target("arch=x86-64-v3")))
#define HEIGHT 6
#define PANELS 1
#include "product_tile.h"

// 32 registers of 16 floats, which clang only uses where it is told to.
#define PRODUCT product_avx512
#define TARGET __attribute__((target("arch=x86-64-v4"), min_vector_width(512)))
#define HEIGHT 12
#define PANELS 2
#include "product_tile.h"

bool kernel_product_at_level(const struct kernel_panel_product *product, int level) {
    if (level == 4 && __builtin_cpu_supports("x86-64-v4")) {
        product_avx512(product);
    } else if (level == 3 && __builtin_cpu_supports("x86-64-v3")) {
        product_avx2(product);
    } else if (level == 1) {
        product_baseline(product);
    } else {
        return false;
    }
    return true;
}

void kernel_product(const struct kernel_panel_product *product) {
    if (!kernel_product_at_level(product, 4) && !kernel_product_at_level(product, 3)) product_baseline(product);
}
#else
// 32 registers of 4 floats.
#define PRODUCT product_baseline
#define TARGET
#define HEIGHT 6
#define PANELS 1
#include "product_tile.h"

bool kernel_product_at_level(const struct kernel_panel_product *product, int level) {
    if (level == 1) product_baseline(product);
    return level == 1;
}

void kernel_product(const struct kernel_panel_product *product) { product_baseline(product); }
#endif
