// The part of oneDNN's C interface that is used, declared here so that building needs no headers of oneDNN. Taken from
// oneDNN 2.6.3 (dnnl.h, dnnl_types.h) and the same in all of 2.x, whose ABI is stable; check.c compares the numbers with
// the installed headers where there are any. 3.x has no operation descriptors and another layout of the rest.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { DNNL_SUCCESS = 0, DNNL_OUT_OF_MEMORY = 1 };
enum { DNNL_ENGINE_CPU = 1, DNNL_STREAM_DEFAULT = 1, DNNL_SCRATCHPAD_USER = 1, DNNL_FORMAT_ANY = 1 };
enum { DNNL_BF16 = 2, DNNL_F32 = 3, DNNL_S32 = 4, DNNL_S8 = 5, DNNL_U8 = 6 };
enum { DNNL_QUERY_IMPLEMENTATION = 8, DNNL_QUERY_WEIGHTS = 131, DNNL_QUERY_SCRATCHPAD = 136 };
enum { DNNL_FROM = 1, DNNL_SRC = 1, DNNL_TO = 17, DNNL_DST = 17, DNNL_WEIGHTS = 33, DNNL_SCRATCHPAD = 80 };
enum { DNNL_RUNTIME_SEQUENTIAL = 1, DNNL_RUNTIME_OPENMP = 2 };
enum { DNNL_DIMENSIONS = 12 };
// dnnl_cpu_isa_t: each set has the bits of those it contains.
enum { DNNL_AVX2 = 0x7, DNNL_AVX512 = 0x27, DNNL_AVX512_VNNI = 0x67, DNNL_AVX512_BF16 = 0xe7, DNNL_AMX = 0x3e7 };

// Descriptors that the library writes into memory of the caller. Nothing here looks inside; in 2.6 they have 696 and 2800
// bytes, and the rest is room for a minor version that appends to them.
struct dnnl_memory_desc {
    _Alignas(16) unsigned char opaque[1024];
};
struct dnnl_matmul_desc {
    _Alignas(16) unsigned char opaque[4096];
};
typedef int64_t dnnl_dims[DNNL_DIMENSIONS];

// What `dnnl_version` points to; it has begun with these three numbers in every version.
struct dnnl_version {
    int major, minor, patch;
    const char *hash;
    unsigned cpu_runtime, gpu_runtime;
};

struct dnnl_argument {
    int kind;
    void *memory;
};

/// The functions, X(name, result, parameters); engines, streams, primitives, attributes and memories are opaque pointers.
#define DNNL_FUNCTIONS(X)                                                                                              \
    X(dnnl_version, const struct dnnl_version *, (void))                                                               \
    X(dnnl_get_effective_cpu_isa, int, (void))                                                                         \
    X(dnnl_engine_create, int, (void **engine, int kind, size_t index))                                                \
    X(dnnl_stream_create, int, (void **stream, void *engine, unsigned flags))                                          \
    X(dnnl_stream_wait, int, (void *stream))                                                                           \
    X(dnnl_stream_destroy, int, (void *stream))                                                                        \
    X(dnnl_memory_desc_init_by_tag, int,                                                                               \
        (struct dnnl_memory_desc *desc, int count, const dnnl_dims extents, int data_type, int tag))                   \
    X(dnnl_memory_desc_init_by_strides, int,                                                                           \
        (struct dnnl_memory_desc *desc, int count, const dnnl_dims extents, int data_type, const dnnl_dims strides))   \
    X(dnnl_memory_desc_get_size, size_t, (const struct dnnl_memory_desc *desc))                                        \
    X(dnnl_memory_create, int, (void **memory, const struct dnnl_memory_desc *desc, void *engine, void *data))         \
    X(dnnl_memory_destroy, int, (void *memory))                                                                        \
    X(dnnl_primitive_attr_create, int, (void **attributes))                                                            \
    X(dnnl_primitive_attr_destroy, int, (void *attributes))                                                            \
    X(dnnl_primitive_attr_set_scratchpad_mode, int, (void *attributes, int mode))                                      \
    X(dnnl_primitive_attr_set_post_ops, int, (void *attributes, const void *operations))                               \
    X(dnnl_post_ops_create, int, (void **operations))                                                                  \
    X(dnnl_post_ops_destroy, int, (void *operations))                                                                  \
    X(dnnl_post_ops_append_sum, int, (void *operations, float scale))                                                  \
    X(dnnl_matmul_desc_init, int,                                                                                      \
        (struct dnnl_matmul_desc *operation, const struct dnnl_memory_desc *source,                                    \
            const struct dnnl_memory_desc *weights, const struct dnnl_memory_desc *bias,                               \
            const struct dnnl_memory_desc *destination))                                                               \
    X(dnnl_primitive_desc_create, int,                                                                                 \
        (void **desc, const void *operation, const void *attributes, void *engine, const void *hint))                  \
    X(dnnl_reorder_primitive_desc_create, int,                                                                         \
        (void **desc, const struct dnnl_memory_desc *from, void *from_engine, const struct dnnl_memory_desc *to,       \
            void *to_engine, const void *attributes))                                                                  \
    X(dnnl_primitive_desc_query, int, (const void *desc, int what, int index, void *result))                           \
    X(dnnl_primitive_desc_query_md, const struct dnnl_memory_desc *, (const void *desc, int what, int index))          \
    X(dnnl_primitive_desc_destroy, int, (void *desc))                                                                  \
    X(dnnl_primitive_create, int, (void **primitive, const void *desc))                                                \
    X(dnnl_primitive_execute, int,                                                                                     \
        (const void *primitive, void *stream, int count, const struct dnnl_argument *arguments))                       \
    X(dnnl_primitive_destroy, int, (void *primitive))

#define DNNL_POINTER(name, result, parameters) result(*name) parameters;

struct onednn {
    DNNL_FUNCTIONS(DNNL_POINTER)
    /// Of OpenMP, for the calling thread; null in a library built without threads.
    void (*omp_set_num_threads)(int count);
    void *engine;
};
