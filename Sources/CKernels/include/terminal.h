// Terminal and signal plumbing: what has to be async-signal-safe and therefore cannot be Swift.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Wake-ups: one eventfd that any thread and any signal handler may write to, and that the main thread polls.

/// The descriptor to poll for reading; -1 if the system gave none.
int terminal_wake_descriptor(void);
/// Makes the descriptor readable. Callable from any thread and from signal handlers.
void terminal_wake(void);
/// Makes the descriptor unreadable again.
void terminal_drain_wakes(void);

// Signals: HUP, INT, QUIT, TERM, TSTP, CONT, WINCH, USR1 and USR2 are noted and wake the main thread; nothing else happens in a handler.

/// Installs the handlers (after newterm, which installs its own). A signal that was ignored before stays ignored,
/// except WINCH, CONT, USR1 and USR2. `output` is the terminal: if a HUP, QUIT or TERM stays unanswered for a second because a write to
/// it blocks, its queued output is thrown away so that the write returns.
void terminal_watch_signals(int output);
/// The signals noted since the last call, bit `1 << number` each.
uint32_t terminal_take_signals(void);
/// From the moment the old handlers are put back, this signal is ignored, with no gap between.
void terminal_ignore_afterwards(int number);
/// Puts the old handlers back.
void terminal_unwatch_signals(void);

// Crashes: SEGV, BUS, ILL, TRAP, ABRT and FPE put the terminal back before the old handler (Swift's backtrace) runs.

/// Remembers the terminal's modes as they are now; call before newterm. Returns 0, or -1 if `output` is no terminal.
int terminal_save_modes(int output);
/// From now on a crash writes `bytes` to `output`, sets the remembered modes and shows the captured standard error.
void terminal_arm_restore(int output, const char *bytes, size_t count);
/// Before fork: the child's arming is known to the parent too.
void terminal_share_restoration(void);
/// In the parent of a process that was killed: puts the terminal back if that process could not.
void terminal_restore_for_killed(void);
/// The terminal has been put back in order; a crash has nothing left to do.
void terminal_disarm_restore(void);

// Standard error goes to a file while the dashboard owns the screen.

/// Points descriptor 2 at `file` (which stays the caller's). Returns 0, or -1 if that failed.
int terminal_capture_stderr(int file);
/// Points descriptor 2 back to where it was.
void terminal_release_stderr(void);
