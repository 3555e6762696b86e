/* main.c - the program: a context, the signals, the exit code. All else is sund_command. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"

/* Raised by the signal handler, read by the progress hook. The only variable of sund that is not in a context:
 * a handler has no other way to say anything. */
static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int signal_number) {
  static const char message[] = "sund: stopping at the next step; once more to stop at once\n";
  (void)signal_number;
  stop_asked = 1;
  ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
  (void)written;
}

/* The first SIGINT, SIGTERM or SIGHUP asks, the second one acts (SA_RESETHAND); under nohup the last stays ignored. A
 * reader that goes away is an error of writing, not a signal. */
static void catch_signals(void) {
  struct sigaction action = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND | SA_RESTART}, before;
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, NULL);
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
  /* One that came while a parent had it blocked counts too. */
  sigset_t both;
  sigemptyset(&both);
  sigaddset(&both, SIGINT);
  sigaddset(&both, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &both, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of writing, not an end */
}

/* A file opened while stdin, stdout or stderr is closed would get its number, and be written into. Placeholders are
 * opened so that printing to a closed stdout still fails. */
static void hold_standard_files(void) {
  static const int mode[] = {O_RDONLY, O_RDONLY, O_WRONLY};
  for (int fd = 0; fd < 3; fd++)
    if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", mode[fd]) != fd) return;
}

int main(int argc, char **argv) {
  hold_standard_files();
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) {
    fputs("sund: out of memory\n", stderr);
    return 6;
  }
  catch_signals();
  int code = command_run(ctx, argc, argv, &stop_asked);
  sund_ctx_free(ctx);
  return code;
}
