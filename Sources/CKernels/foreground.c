#define _GNU_SOURCE
#include "foreground.h"
#include "terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

// A program cannot give its shell the prompt back without ending. So the process that the shell started does nothing but
// wait, and the work is done by a child of it: whenever the user leaves a run that is to go on, nothing has to be stopped,
// saved or loaded again for it; the waiting process ends, and the working one stays as it is.

static pid_t waiting_process = 0;

/// Ends as `status` says the working process ended.
static void end_like(int status) {
    if (WIFSIGNALED(status)) {
        terminal_restore_for_killed();
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, WTERMSIG(status));
        signal(WTERMSIG(status), SIG_DFL);
        sigprocmask(SIG_UNBLOCK, &mask, NULL);
        raise(WTERMSIG(status));
    }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/// The life of the waiting process.
static void wait_for(pid_t worker, const sigset_t *awaited) {
    while (true) {
        siginfo_t information;
        int number = sigwaitinfo(awaited, &information);
        switch (number) {
        case SIGCHLD: {
            int status;
            while (waitpid(worker, &status, WNOHANG | WUNTRACED) > 0) {
                if (!WIFSTOPPED(status)) end_like(status);
                // Stopped together, so that the shell notices; and going on together.
                raise(SIGSTOP);
                kill(worker, SIGCONT);
            }
            break;
        }
        case SIGUSR1:
            if (information.si_pid == worker) _exit(0);
            kill(worker, number);
            break;
        case SIGINT:
        case SIGQUIT:
        case SIGTSTP:
            // What the terminal sends goes to both by itself.
            if (information.si_code == SI_USER || information.si_code == SI_QUEUE) kill(worker, number);
            break;
        case SIGHUP:
        case SIGTERM:
        case SIGUSR2: kill(worker, number); break;
        default: break;
        }
    }
}

int foreground_divide(void) {
    if (waiting_process != 0) return 0;
    sigset_t awaited, before;
    sigemptyset(&awaited);
    const int numbers[] = {SIGCHLD, SIGUSR1, SIGUSR2, SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGTERM};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) sigaddset(&awaited, numbers[i]);
    if (sigprocmask(SIG_BLOCK, &awaited, &before) != 0) return -1;
    terminal_share_restoration();
    pid_t parent = getpid();
    pid_t worker = fork();
    if (worker > 0) wait_for(worker, &awaited);
    int reason = errno;
    if (worker == 0) {
        waiting_process = parent;
#ifdef __linux__
        // Who kills the process that the shell knows means the program.
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent) raise(SIGTERM);
#endif
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = reason;
    return worker == 0 ? 0 : -1;
}

void foreground_let_go(void) {
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, 0);
#endif
    setsid();
    if (waiting_process != 0 && getppid() == waiting_process) kill(waiting_process, SIGUSR1);
    waiting_process = 0;
}

int local_socket_peer(int descriptor, uint32_t *user) {
#ifdef __linux__
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
    *user = credentials.uid;
    return 0;
#else
    uid_t peer;
    gid_t group;
    if (getpeereid(descriptor, &peer, &group) != 0) return -1;
    *user = peer;
    return 0;
#endif
}
