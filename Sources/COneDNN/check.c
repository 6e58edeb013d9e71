// Compares what abi.h says with oneDNN's own headers, where version 2 of them is installed; nothing else uses them.
#if defined(__has_include)
#if __has_include(<oneapi/dnnl/dnnl_version.h>)
#include <oneapi/dnnl/dnnl_version.h>
#if DNNL_VERSION_MAJOR == 2
#include <oneapi/dnnl/dnnl_types.h>

// The headers' names of macros are ours too: theirs are kept in constants before ours are read.
enum { THEIR_SRC = DNNL_ARG_SRC, THEIR_DST = DNNL_ARG_DST, THEIR_WEIGHTS = DNNL_ARG_WEIGHTS };
enum { THEIR_FROM = DNNL_ARG_FROM, THEIR_TO = DNNL_ARG_TO, THEIR_SCRATCHPAD = DNNL_ARG_SCRATCHPAD };

#define dnnl_version our_dnnl_version
#include "abi.h"
#undef dnnl_version

#define SAME(ours, theirs) _Static_assert((int)(ours) == (int)(theirs), #ours " is not " #theirs)

SAME(DNNL_SUCCESS, dnnl_success);
SAME(DNNL_OUT_OF_MEMORY, dnnl_out_of_memory);
SAME(DNNL_ENGINE_CPU, dnnl_cpu);
SAME(DNNL_STREAM_DEFAULT, dnnl_stream_default_flags);
SAME(DNNL_SCRATCHPAD_USER, dnnl_scratchpad_mode_user);
SAME(DNNL_FORMAT_ANY, dnnl_format_tag_any);
SAME(DNNL_BF16, dnnl_bf16);
SAME(DNNL_F32, dnnl_f32);
SAME(DNNL_S32, dnnl_s32);
SAME(DNNL_S8, dnnl_s8);
SAME(DNNL_U8, dnnl_u8);
SAME(DNNL_QUERY_IMPLEMENTATION, dnnl_query_impl_info_str);
SAME(DNNL_QUERY_WEIGHTS, dnnl_query_weights_md);
SAME(DNNL_QUERY_SCRATCHPAD, dnnl_query_scratchpad_md);
SAME(DNNL_SRC, THEIR_SRC);
SAME(DNNL_DST, THEIR_DST);
SAME(DNNL_WEIGHTS, THEIR_WEIGHTS);
SAME(DNNL_FROM, THEIR_FROM);
SAME(DNNL_TO, THEIR_TO);
SAME(DNNL_SCRATCHPAD, THEIR_SCRATCHPAD);
SAME(DNNL_DIMENSIONS, DNNL_MAX_NDIMS);
SAME(DNNL_AVX2, dnnl_cpu_isa_avx2);
SAME(DNNL_AVX512, dnnl_cpu_isa_avx512_core);
SAME(DNNL_AVX512_VNNI, dnnl_cpu_isa_avx512_core_vnni);
SAME(DNNL_AVX512_BF16, dnnl_cpu_isa_avx512_core_bf16);
SAME(DNNL_AMX, dnnl_cpu_isa_avx512_core_amx);
SAME(sizeof(struct dnnl_argument), sizeof(dnnl_exec_arg_t));
_Static_assert(sizeof(struct dnnl_memory_desc) >= sizeof(dnnl_memory_desc_t), "memory descriptors have grown");
_Static_assert(sizeof(struct dnnl_matmul_desc) >= sizeof(dnnl_matmul_desc_t), "operation descriptors have grown");
#endif
#endif
#endif

// A file without a declaration is not C.
typedef int onednn_check_compiled;
