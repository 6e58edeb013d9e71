// OpenBLAS for Swift: its header, and the reservation of its work buffers.
#pragma once
#include <cblas.h>
#include <sys/mman.h>

// Of OpenBLAS's own memory management; not in its header, and not in every build.
extern void *blas_memory_alloc(int position) __attribute__((weak));
extern void blas_memory_free(void *buffer) __attribute__((weak));

/// The size of a work buffer on 64-bit processors: 32 << 22.
static const unsigned long openblas_buffer_bytes = 128ul << 20;

/// Has OpenBLAS map `count` work buffers, which it keeps and uses again. Each thread that computes a product needs one, and
/// where the system gives no memory OpenBLAS tries again for ever: so whether it does is asked first. Not to be called
/// while a product is computed. Returns how many buffers there are.
static inline int openblas_reserve_buffers(int count) {
    void *buffers[64];
    int reserved = 0;
    if (count > 64) count = 64;
    while (reserved < count) {
        void *room = mmap(0, openblas_buffer_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (room == MAP_FAILED) break;
        munmap(room, openblas_buffer_bytes);
        buffers[reserved] = blas_memory_alloc ? blas_memory_alloc(0) : 0;
        reserved++;
    }
    for (int i = 0; i < reserved; i++) {
        if (buffers[i]) blas_memory_free(buffers[i]);
    }
    return reserved;
}
