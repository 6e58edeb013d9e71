// OpenBLAS maps its first work buffer while it is loaded, and where the system refuses it tries again for ever: the program
// would hang before its first line. So whether there is room is asked before the libraries are initialised.
#ifdef __linux__
#include <sys/mman.h>
#include <unistd.h>

/// The first buffer, the stacks of OpenBLAS's threads, and what a program needs to say what is wrong.
static const size_t needed = (size_t)192 << 20;

static void check_address_space(int count, char **arguments, char **environment) {
    (void)count, (void)arguments, (void)environment;
    void *room = mmap(NULL, needed, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room != MAP_FAILED) {
        munmap(room, needed);
        return;
    }
    static const char text[] =
        "cliptop: the system gives this process less than 192 MB of memory, too little for OpenBLAS to start; "
        "raise the limit (ulimit -v, or the memory of the job)\n";
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(1);
}

__attribute__((section(".preinit_array"), used)) static void (*const before_libraries)(int, char **, char **) =
    check_address_space;
#endif
