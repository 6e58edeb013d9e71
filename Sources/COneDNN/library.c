#include "abi.h"
#include "onednn.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(struct onednn_opening *opening, enum onednn_outcome outcome, const char *detail) {
    opening->outcome = outcome;
    snprintf(opening->detail, sizeof opening->detail, "%s", detail ? detail : "");
}

// Fills the table of functions; returns the name of the first that is missing.
static const char *find_functions(void *handle, struct onednn *library) {
#define FIND(name, result, parameters)                     \
    void *found_##name = dlsym(handle, #name);             \
    if (!found_##name) return #name;                       \
    memcpy(&library->name, &found_##name, sizeof found_##name);
    DNNL_FUNCTIONS(FIND)
    return NULL;
}

// The version comes first: another major version lacks functions, and its number says more than their names.
static bool check_version(void *handle, struct onednn_opening *opening) {
    void *found = dlsym(handle, "dnnl_version");
    if (!found) {
        fail(opening, ONEDNN_MISSING_FUNCTION, "dnnl_version");
        return false;
    }
    const struct dnnl_version *(*version)(void);
    memcpy(&version, &found, sizeof found);
    const struct dnnl_version *numbers = version();
    opening->major = numbers->major;
    opening->minor = numbers->minor;
    opening->patch = numbers->patch;
    if (numbers->major != 2) {
        fail(opening, ONEDNN_OTHER_VERSION, NULL);
        return false;
    }
    if (numbers->cpu_runtime != DNNL_RUNTIME_SEQUENTIAL && numbers->cpu_runtime != DNNL_RUNTIME_OPENMP) {
        fail(opening, ONEDNN_OTHER_THREADING, "neither OpenMP nor none");
        return false;
    }
    return true;
}

static bool prepare(void *handle, struct onednn *library, struct onednn_opening *opening) {
    const char *missing = find_functions(handle, library);
    if (missing) {
        fail(opening, ONEDNN_MISSING_FUNCTION, missing);
        return false;
    }
    // A handle's search goes through what the library itself was linked to, so this is the OpenMP it is going to use.
    void *found = dlsym(handle, "omp_set_num_threads");
    if (!found && library->dnnl_version()->cpu_runtime == DNNL_RUNTIME_OPENMP) {
        fail(opening, ONEDNN_MISSING_FUNCTION, "omp_set_num_threads");
        return false;
    }
    memcpy(&library->omp_set_num_threads, &found, sizeof found);
    if (library->dnnl_engine_create(&library->engine, DNNL_ENGINE_CPU, 0) != DNNL_SUCCESS) {
        fail(opening, ONEDNN_NO_ENGINE, NULL);
        return false;
    }
    return true;
}

void onednn_open(const char *path, struct onednn_opening *opening) {
    memset(opening, 0, sizeof *opening);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return fail(opening, ONEDNN_NOT_LOADED, dlerror());
    struct onednn *library = calloc(1, sizeof *library);
    if (library && check_version(handle, opening) && prepare(handle, library, opening)) {
        opening->library = library;
        return;
    }
    if (!library) fail(opening, ONEDNN_NO_ENGINE, NULL);
    free(library);
    dlclose(handle);
}

struct onednn_instructions onednn_get_instructions(const struct onednn *library) {
    int sets = library->dnnl_get_effective_cpu_isa();
#define HAS(set) ((sets & (set)) == (set))
    return (struct onednn_instructions){
        .avx2 = HAS(DNNL_AVX2),
        .avx512 = HAS(DNNL_AVX512),
        .avx512_vnni = HAS(DNNL_AVX512_VNNI),
        .avx512_bf16 = HAS(DNNL_AVX512_BF16),
        .amx = HAS(DNNL_AMX),
    };
}
