/* command.h - the program as a function. */
#ifndef SUND_QUERIES_COMMAND_H
#define SUND_QUERIES_COMMAND_H

#include <signal.h>

#include "sund/queries.h"

/* sund_command with a flag that a signal handler may raise to stop the run; NULL = none. */
int command_run(sund_ctx *ctx, int argc, char **argv, const volatile sig_atomic_t *stop);

#endif
