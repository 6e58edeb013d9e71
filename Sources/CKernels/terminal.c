#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/eventfd.h>
#endif

// MARK: wake-ups

static int wake_fd = -1;

__attribute__((constructor)) static void open_wake_descriptor(void) {
#ifdef __linux__
    wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
#endif
}

int terminal_wake_descriptor(void) { return wake_fd; }

void terminal_wake(void) {
    int saved_errno = errno;
    uint64_t one = 1;
    (void)!write(wake_fd, &one, sizeof one);
    errno = saved_errno;
}

void terminal_drain_wakes(void) {
    uint64_t count;
    (void)!read(wake_fd, &count, sizeof count);
}

// MARK: signals

static const int watched[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH, SIGALRM, SIGUSR1, SIGUSR2};
enum { watched_count = sizeof watched / sizeof watched[0] };
static struct sigaction before[watched_count];
static bool watching = false;
static int watched_output = -1;
static _Atomic uint32_t pending = 0;

static const uint32_t deadly = 1u << SIGHUP | 1u << SIGQUIT | 1u << SIGTERM;

static void on_signal(int number) {
    int saved_errno = errno;
    if (number == SIGALRM) {
        // The main thread has not answered a deadly signal: it hangs in a write to a terminal that stopped reading.
        if (atomic_load(&pending) & deadly) {
            tcflow(watched_output, TCOON);
            tcflush(watched_output, TCOFLUSH);
            alarm(1);
        }
    } else {
        atomic_fetch_or(&pending, 1u << number);
        terminal_wake();
        if (1u << number & deadly) alarm(1);
    }
    errno = saved_errno;
}

void terminal_watch_signals(int output) {
    watched_output = output;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < watched_count; i++) {
        sigaction(watched[i], NULL, &before[i]);
        bool wanted = watched[i] != SIGHUP && watched[i] != SIGINT && watched[i] != SIGQUIT && watched[i] != SIGTERM &&
                      watched[i] != SIGTSTP;
        if (before[i].sa_handler == SIG_IGN && !wanted) continue;
        sigaction(watched[i], &action, NULL);
    }
    watching = true;
}

uint32_t terminal_take_signals(void) { return atomic_exchange(&pending, 0); }

void terminal_ignore_afterwards(int number) {
    for (int i = 0; i < watched_count; i++) {
        if (watched[i] == number) before[i].sa_handler = SIG_IGN;
    }
}

void terminal_unwatch_signals(void) {
    if (!watching) return;
    watching = false;
    alarm(0);
    for (int i = 0; i < watched_count; i++) sigaction(watched[i], &before[i], NULL);
}

// MARK: standard error

static int stderr_before = -1;
static int stderr_file = -1;

int terminal_capture_stderr(int file) {
    if (stderr_before >= 0) return -1;
    stderr_before = dup(STDERR_FILENO);
    if (stderr_before < 0) return -1;
    if (dup2(file, STDERR_FILENO) < 0) {
        close(stderr_before);
        stderr_before = -1;
        return -1;
    }
    stderr_file = file;
    return 0;
}

void terminal_release_stderr(void) {
    if (stderr_before < 0) return;
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    stderr_before = -1;
    stderr_file = -1;
}

/// The last words of a crashing program: what it wrote while the screen was ours. Async-signal-safe.
static void show_captured_stderr(void) {
    if (stderr_before < 0) return;
    int file = stderr_file, target = stderr_before;
    dup2(target, STDERR_FILENO);
    stderr_before = -1;
    off_t end = lseek(file, 0, SEEK_END);
    off_t position = end > 4096 ? end - 4096 : 0;
    char buffer[512];
    while (position < end) {
        ssize_t count = pread(file, buffer, sizeof buffer, position);
        if (count <= 0) break;
        (void)!write(target, buffer, (size_t)count);
        position += count;
    }
}

// MARK: crashes

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
enum { crash_count = sizeof crashes / sizeof crashes[0] };
static struct sigaction crash_before[crash_count];
static char crash_stack[64 * 1024];
static int restore_output = -1;

/// What puts the terminal back in order. It may be shared with a process that waits for this one, and then restores the
/// terminal when this one was killed.
struct restoration {
    volatile sig_atomic_t armed;
    bool modes_saved;
    struct termios modes;
    size_t count;
    char bytes[1024];
};
static struct restoration own_restoration;
static struct restoration *restoration = &own_restoration;

void terminal_share_restoration(void) {
    void *shared = mmap(NULL, sizeof own_restoration, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return;
    memcpy(shared, restoration, sizeof own_restoration);
    restoration = shared;
}

static void restore(int output) {
    restoration->armed = 0;
    (void)!write(output, restoration->bytes, restoration->count);
    if (restoration->modes_saved) tcsetattr(output, TCSANOW, &restoration->modes);
}

void terminal_restore_for_killed(void) {
    if (!restoration->armed) return;
    // From the background setting the modes would stop this process.
    signal(SIGTTOU, SIG_IGN);
    int terminal = open("/dev/tty", O_WRONLY | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (terminal < 0) return;
    restore(terminal);
    static const char text[] =
        "cliptop: the process that trained was killed; 'cliptop resume latest' goes on from the last checkpoint\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    close(terminal);
}

int terminal_save_modes(int output) {
    restoration->modes_saved = tcgetattr(output, &restoration->modes) == 0;
    return restoration->modes_saved ? 0 : -1;
}

static void on_crash(int number, siginfo_t *information, void *context) {
    (void)context;
    if (restoration->armed) {
        restore(restore_output);
        show_captured_stderr();
    }
    // A signal that somebody sent will not come again by itself: the process ends by it, without a backtrace. (abort
    // sends one too, but not as kill does.)
    if (information->si_code == SI_USER || (information->si_code <= 0 && number != SIGABRT)) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    // With the old handler back, returning makes the instruction fault again, now under Swift's own backtracer; an
    // abort has to be raised again by hand.
    for (int i = 0; i < crash_count; i++) {
        if (crashes[i] == number) sigaction(number, &crash_before[i], NULL);
    }
    if (number == SIGABRT) raise(number);
}

void terminal_arm_restore(int output, const char *bytes, size_t count) {
    if (restoration->armed) return;
    restore_output = output;
    restoration->count = count < sizeof restoration->bytes ? count : sizeof restoration->bytes;
    memcpy(restoration->bytes, bytes, restoration->count);

    stack_t stack;
    memset(&stack, 0, sizeof stack);
    stack_t current;
    if (sigaltstack(NULL, &current) == 0 && (current.ss_flags & SS_DISABLE)) {
        stack.ss_sp = crash_stack;
        stack.ss_size = sizeof crash_stack;
        sigaltstack(&stack, NULL);
    }

    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &action, &crash_before[i]);
    restoration->armed = 1;
}

void terminal_disarm_restore(void) {
    if (!restoration->armed) return;
    restoration->armed = 0;
    for (int i = 0; i < crash_count; i++) sigaction(crashes[i], &crash_before[i], NULL);
}
