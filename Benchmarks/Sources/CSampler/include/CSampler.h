// A sampling profiler: where the program was each time the processor had worked for it for a little longer.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Starts to take a sample every `microseconds` of processor time, of all threads together; at most `capacity` are kept.
/// False if one is running or there is no memory.
bool sampler_start(size_t capacity, int microseconds);

/// Stops, and gives the number of samples kept.
size_t sampler_stop(void);

/// The address at which sample `index` was taken.
uintptr_t sampler_address(size_t index);

/// The file that the code at `address` was loaded from, and where in memory that file begins; null if there is none.
const char *_Nullable sampler_file(uintptr_t address, uintptr_t *_Nonnull base);
