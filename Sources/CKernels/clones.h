// One source, compiled for the baseline, AVX2 and AVX-512; the loader picks the best one the CPU has.
#pragma once
#if defined(__x86_64__) && defined(__linux__)
#define CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define CLONES
#endif
