// oneDNN 2.x, opened at run time: the program neither needs it to build nor to start. Of its many primitives only the
// matrix product with packed weights is used here.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// An opened library.
struct onednn;

/// What became of an attempt to open a library.
enum onednn_outcome {
    ONEDNN_OPENED,
    /// The dynamic linker refused; `detail` is its message.
    ONEDNN_NOT_LOADED,
    /// A function is missing; `detail` is its name.
    ONEDNN_MISSING_FUNCTION,
    /// Another major version than 2.
    ONEDNN_OTHER_VERSION,
    /// It is built for threads that this program cannot keep it from starting; `detail` names them.
    ONEDNN_OTHER_THREADING,
    /// It could not make its engine for this CPU.
    ONEDNN_NO_ENGINE,
};

/// The outcome, with what is known about the library.
struct onednn_opening {
    enum onednn_outcome outcome;
    /// Zero where the library was not asked.
    int major, minor, patch;
    char detail[256];
    /// Non-null if and only if the library was opened. It stays open until the process ends.
    struct onednn *_Nullable library;
};

/// Opens the library at `path`, which may be a bare name for the dynamic linker to find.
void onednn_open(const char *_Nonnull path, struct onednn_opening *_Nonnull opening);

/// The vector instructions that the library is going to use; the environment can forbid some (`ONEDNN_MAX_CPU_ISA`).
struct onednn_instructions {
    bool avx2, avx512, avx512_vnni, avx512_bf16, amx;
};

struct onednn_instructions onednn_get_instructions(const struct onednn *_Nonnull library);

/// What the factors of a product are; the sum is `float` for bfloat16 and `int32_t` for integers.
enum onednn_factors {
    /// bfloat16 times bfloat16.
    ONEDNN_BF16,
    /// `uint8_t` inputs times `int8_t` weights.
    ONEDNN_U8S8,
};

/// `sum` `[rows, outputs]` ← `x` `[rows, inputs]` · weightᵀ, or with `accumulating` `sum` ← `sum` + that.
struct onednn_shape {
    size_t rows, inputs, outputs;
    enum onednn_factors factors;
    bool accumulating;
};

/// Code made for one shape. Any number of threads may run it at once.
struct onednn_product;

/// Makes the code for a shape.
/// - `like`: a product with the same inputs, outputs and factors whose packed weights are to be used; null to pack as is best
///   for this shape.
/// - `status`: oneDNN's status, 0 for success.
/// Returns null if it failed.
struct onednn_product *_Nullable onednn_product_create(
    const struct onednn *_Nonnull library, const struct onednn_shape *_Nonnull shape,
    const struct onednn_product *_Nullable like, int *_Nonnull status);

void onednn_product_destroy(struct onednn_product *_Nonnull product);

/// oneDNN's name for the implementation it chose.
const char *_Nonnull onednn_product_implementation(const struct onednn_product *_Nonnull product);

/// The bytes that packed weights take.
size_t onednn_product_weight_bytes(const struct onednn_product *_Nonnull product);

/// The bytes of scratch memory that every run needs; may be 0.
size_t onednn_product_scratch_bytes(const struct onednn_product *_Nonnull product);

/// Packs a weight `[outputs, inputs]`: `float` for bfloat16 factors, which are rounded on the way, `int8_t` for integers.
/// `packed` is on a cache-line boundary. Returns oneDNN's status.
int onednn_product_pack(
    const struct onednn_product *_Nonnull product, const void *_Nonnull weight, void *_Nonnull packed);

/// Computes the product on the calling thread alone. `x`, `sum` and `scratch` are on cache-line boundaries or not, as they
/// come. Returns oneDNN's status.
int onednn_product_run(
    const struct onednn_product *_Nonnull product, const void *_Nonnull x, const void *_Nonnull packed,
    void *_Nonnull sum, void *_Nullable scratch);
