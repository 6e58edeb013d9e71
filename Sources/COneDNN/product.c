#include "abi.h"
#include "onednn.h"

#include <stdlib.h>

struct onednn_product {
    const struct onednn *library;
    size_t inputs, outputs;
    enum onednn_factors factors;
    /// Keeps the packed weights' descriptor alive.
    void *desc;
    void *primitive;
    struct dnnl_memory_desc source, sum;
    /// Belong to `desc`.
    const struct dnnl_memory_desc *weights, *scratch;
};

// Every thread has an OpenMP of its own to say it to. The program splits its work over threads itself; the library's would
// only get in their way.
static void use_calling_thread_alone(const struct onednn *library) {
    if (library->omp_set_num_threads) library->omp_set_num_threads(1);
}

// A matrix of the caller's, row by row; transposed, what is stored row by row is read column by column.
static int describe(
    const struct onednn *library, struct dnnl_memory_desc *desc, size_t rows, size_t columns, int data_type,
    bool transposed) {
    dnnl_dims extents = {(int64_t)rows, (int64_t)columns};
    dnnl_dims strides = {transposed ? 1 : (int64_t)columns, transposed ? (int64_t)rows : 1};
    return library->dnnl_memory_desc_init_by_strides(desc, 2, extents, data_type, strides);
}

// Attributes: scratch memory comes from the caller, because the library's own would belong to the creating thread.
static int make_attributes(const struct onednn *library, bool accumulating, void **attributes) {
    *attributes = NULL;
    int status = library->dnnl_primitive_attr_create(attributes);
    if (!status) status = library->dnnl_primitive_attr_set_scratchpad_mode(*attributes, DNNL_SCRATCHPAD_USER);
    if (!status && accumulating) {
        void *operations = NULL;
        status = library->dnnl_post_ops_create(&operations);
        if (!status) status = library->dnnl_post_ops_append_sum(operations, 1);
        if (!status) status = library->dnnl_primitive_attr_set_post_ops(*attributes, operations);
        if (operations) library->dnnl_post_ops_destroy(operations);
    }
    return status;
}

static int build(struct onednn_product *product, const struct onednn_shape *shape, const struct onednn_product *like) {
    const struct onednn *library = product->library;
    bool is_bf16 = shape->factors == ONEDNN_BF16;
    struct dnnl_memory_desc any;
    dnnl_dims extents = {(int64_t)shape->inputs, (int64_t)shape->outputs};
    int status = library->dnnl_memory_desc_init_by_tag(
        &any, 2, extents, is_bf16 ? DNNL_BF16 : DNNL_S8, DNNL_FORMAT_ANY);
    if (!status) {
        status = describe(library, &product->source, shape->rows, shape->inputs, is_bf16 ? DNNL_BF16 : DNNL_U8, false);
    }
    if (!status) {
        status = describe(library, &product->sum, shape->rows, shape->outputs, is_bf16 ? DNNL_F32 : DNNL_S32, false);
    }
    struct dnnl_matmul_desc operation;
    if (!status) {
        status = library->dnnl_matmul_desc_init(
            &operation, &product->source, like ? like->weights : &any, NULL, &product->sum);
    }
    void *attributes = NULL;
    if (!status) status = make_attributes(library, shape->accumulating, &attributes);
    if (!status) {
        status = library->dnnl_primitive_desc_create(&product->desc, &operation, attributes, library->engine, NULL);
    }
    if (attributes) library->dnnl_primitive_attr_destroy(attributes);
    if (!status) status = library->dnnl_primitive_create(&product->primitive, product->desc);
    if (status) return status;
    product->weights = library->dnnl_primitive_desc_query_md(product->desc, DNNL_QUERY_WEIGHTS, 0);
    product->scratch = library->dnnl_primitive_desc_query_md(product->desc, DNNL_QUERY_SCRATCHPAD, 0);
    return product->weights && product->scratch ? DNNL_SUCCESS : DNNL_OUT_OF_MEMORY;
}

struct onednn_product *onednn_product_create(
    const struct onednn *library, const struct onednn_shape *shape, const struct onednn_product *like, int *status) {
    struct onednn_product *product = calloc(1, sizeof *product);
    *status = DNNL_OUT_OF_MEMORY;
    if (!product) return NULL;
    use_calling_thread_alone(library);
    product->library = library;
    product->inputs = shape->inputs;
    product->outputs = shape->outputs;
    product->factors = shape->factors;
    *status = build(product, shape, like);
    if (*status == DNNL_SUCCESS) return product;
    onednn_product_destroy(product);
    return NULL;
}

void onednn_product_destroy(struct onednn_product *product) {
    if (product->primitive) product->library->dnnl_primitive_destroy(product->primitive);
    if (product->desc) product->library->dnnl_primitive_desc_destroy(product->desc);
    free(product);
}

const char *onednn_product_implementation(const struct onednn_product *product) {
    const char *name = NULL;
    int status = product->library->dnnl_primitive_desc_query(product->desc, DNNL_QUERY_IMPLEMENTATION, 0, &name);
    return status == DNNL_SUCCESS && name ? name : "unknown";
}

size_t onednn_product_weight_bytes(const struct onednn_product *product) {
    return product->library->dnnl_memory_desc_get_size(product->weights);
}

size_t onednn_product_scratch_bytes(const struct onednn_product *product) {
    return product->library->dnnl_memory_desc_get_size(product->scratch);
}

// A memory that an argument refers to, with the descriptor of what lies at `data`.
struct operand {
    int kind;
    const struct dnnl_memory_desc *desc;
    void *data;
};

enum { MOST_OPERANDS = 4 };

static int execute(const struct onednn *library, const void *primitive, const struct operand *operands, int count) {
    struct dnnl_argument arguments[MOST_OPERANDS] = {{0}};
    void *stream = NULL;
    use_calling_thread_alone(library);
    int status = library->dnnl_stream_create(&stream, library->engine, DNNL_STREAM_DEFAULT);
    for (int i = 0; i < count && !status; i++) {
        arguments[i].kind = operands[i].kind;
        status = library->dnnl_memory_create(
            &arguments[i].memory, operands[i].desc, library->engine, operands[i].data);
    }
    if (!status) status = library->dnnl_primitive_execute(primitive, stream, count, arguments);
    if (!status) status = library->dnnl_stream_wait(stream);
    for (int i = 0; i < count; i++) {
        if (arguments[i].memory) library->dnnl_memory_destroy(arguments[i].memory);
    }
    if (stream) library->dnnl_stream_destroy(stream);
    return status;
}

int onednn_product_pack(const struct onednn_product *product, const void *weight, void *packed) {
    const struct onednn *library = product->library;
    struct dnnl_memory_desc plain;
    void *desc = NULL, *primitive = NULL;
    int data_type = product->factors == ONEDNN_BF16 ? DNNL_F32 : DNNL_S8;
    int status = describe(library, &plain, product->inputs, product->outputs, data_type, true);
    use_calling_thread_alone(library);
    if (!status) {
        status = library->dnnl_reorder_primitive_desc_create(
            &desc, &plain, library->engine, product->weights, library->engine, NULL);
    }
    if (!status) status = library->dnnl_primitive_create(&primitive, desc);
    if (!status) {
        struct operand operands[] = {{DNNL_FROM, &plain, (void *)weight}, {DNNL_TO, product->weights, packed}};
        status = execute(library, primitive, operands, 2);
    }
    if (primitive) library->dnnl_primitive_destroy(primitive);
    if (desc) library->dnnl_primitive_desc_destroy(desc);
    return status;
}

int onednn_product_run(
    const struct onednn_product *product, const void *x, const void *packed, void *sum, void *scratch) {
    struct operand operands[] = {
        {DNNL_SRC, &product->source, (void *)x},
        {DNNL_WEIGHTS, product->weights, (void *)packed},
        {DNNL_DST, &product->sum, sum},
        {DNNL_SCRATCHPAD, product->scratch, scratch},
    };
    return execute(product->library, product->primitive, operands, scratch ? 4 : 3);
}
