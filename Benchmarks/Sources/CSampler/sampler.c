#define _GNU_SOURCE
#include "CSampler.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/time.h>
#include <ucontext.h>

static uintptr_t *samples;
static size_t room;
static atomic_size_t taken;

static uintptr_t program_counter(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return (uintptr_t)context->uc_mcontext.pc;
#else
#error "where is the program counter?"
#endif
}

// Whichever thread the tick interrupts; it only counts and stores.
static void tick(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    size_t index = atomic_fetch_add_explicit(&taken, 1, memory_order_relaxed);
    if (index < room) samples[index] = program_counter(context);
}

bool sampler_start(size_t capacity, int microseconds) {
    if (samples) return false;
    samples = calloc(capacity, sizeof *samples);
    if (!samples) return false;
    room = capacity;
    atomic_store(&taken, 0);
    struct sigaction action = {.sa_sigaction = tick, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct itimerval interval = {.it_interval.tv_usec = microseconds, .it_value.tv_usec = microseconds};
    return sigaction(SIGPROF, &action, NULL) == 0 && setitimer(ITIMER_PROF, &interval, NULL) == 0;
}

size_t sampler_stop(void) {
    struct itimerval none = {0};
    setitimer(ITIMER_PROF, &none, NULL);
    size_t count = atomic_load(&taken);
    return count < room ? count : room;
}

uintptr_t sampler_address(size_t index) { return samples && index < room ? samples[index] : 0; }

const char *sampler_file(uintptr_t address, uintptr_t *base) {
    Dl_info info;
    if (!dladdr((void *)address, &info)) return NULL;
    *base = (uintptr_t)info.dli_fbase;
    return info.dli_fname;
}
