/* progress.h - progress of a run on stderr, and the wish to stop. */
#ifndef SUND_QUERIES_PROGRESS_H
#define SUND_QUERIES_PROGRESS_H

#include <signal.h>
#include <stdio.h>

#include "sund/queries.h"

/* One run's progress. Starts zeroed: silent, never stopping. */
typedef struct progress {
  FILE *stream;                      /* where it is shown; NULL = nowhere                       */
  bool json;                         /* one JSON object a line, else text                       */
  bool terminal;                     /* text: one line drawn over and over                      */
  double share;                      /* largest share reported, 0 to 1                          */
  int percent;                       /* last one shown, -1 = none                               */
  bool drawn;                        /* terminal: the line is on the screen                     */
  const volatile sig_atomic_t *stop; /* not 0: the user asked to stop; NULL = never             */
} progress;

/* mode: auto (on a terminal), always, never or json; NULL = auto. quiet silences auto. */
void progress_init(progress *state, FILE *stream, const char *mode, bool quiet, const volatile sig_atomic_t *stop);

/* A sund_progress_fn; data is the progress. Shares never go back; the end is left to progress_finish. */
int progress_hook(double share, const char *message, void *data);

/* The end, once: share 1 when the run is complete, else the terminal's line is wiped. */
void progress_finish(progress *state, bool complete);

#endif
