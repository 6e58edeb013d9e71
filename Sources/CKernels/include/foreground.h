// Letting go of a terminal and its shell, and who is at the other end of a socket: what Swift cannot say.
#pragma once
#include <stdint.h>

/// Divides the program in two before its first thread: the shell's own child only waits, passes signals on and ends as the
/// other one ends; the other one, in which the call returns, does the work and can let go of the shell later on. Returns 0,
/// or -1 with `errno` set, and then the program is still in one piece.
int foreground_divide(void);
/// In the working process: leaves the shell's session, and lets the shell's own child end with status 0, so that the prompt
/// comes back. The caller has pointed its standard streams elsewhere. Harmless in a program that was never divided.
void foreground_let_go(void);
/// The user at the other end of a connected Unix socket. Returns 0, or -1 if the system does not say.
int local_socket_peer(int descriptor, uint32_t *user);
