/* progress.c - shows how far a run is: a line on a terminal, lines in a log, or JSON lines for a program.
 *
 * Order of calls: progress_init, progress_hook any number of times, progress_finish. Shares are shown rising only,
 * in steps of a percent, and 1 is shown once, by progress_finish: 100 % means that everything is done, closing the
 * files included.
 */
#include "progress.h"

#include <string.h>
#include <unistd.h>

#include "text.h"

void progress_init(progress *state, FILE *stream, const char *mode, bool quiet, const volatile sig_atomic_t *stop) {
  bool terminal = isatty(fileno(stream)) == 1;
  bool by_itself = !mode || strcmp(mode, "auto") == 0;
  bool shown = by_itself ? terminal && !quiet : strcmp(mode, "never") != 0;
  *state = (progress){.stream = shown ? stream : NULL, .percent = -1, .stop = stop};
  state->json = mode && strcmp(mode, "json") == 0;
  state->terminal = terminal && !state->json;
}

static void show(progress *state, double share, const char *message) {
  if (state->json) {
    fprintf(state->stream, "{\"share\":%.2f,\"stage\":\"", share);
    text_put_json(state->stream, message);
    fputs("\"}\n", state->stream);
  } else {
    /* ESC [ K wipes the rest of the line. */
    fprintf(state->stream, state->terminal ? "\r%3d %% " : "%3d %% ", state->percent);
    text_put_plain(state->stream, message);
    fputs(state->terminal ? "\033[K" : "\n", state->stream);
    state->drawn = state->terminal;
  }
  fflush(state->stream);
}

int progress_hook(double share, const char *message, void *data) {
  progress *state = data;
  if (share > state->share) state->share = share > 1 ? 1 : share;
  int percent = (int)(state->share * 100);
  if (state->stream && percent > state->percent && percent < 100) {
    state->percent = percent;
    show(state, percent / 100.0, message ? message : "");
  }
  return !(state->stop && *state->stop);
}

void progress_finish(progress *state, bool complete) {
  if (!state->stream) return;
  if (complete && state->percent >= 0) {
    state->percent = 100;
    show(state, 1, "done");
    if (state->drawn) fputc('\n', state->stream);
  } else if (state->drawn) {
    fputs("\r\033[K", state->stream);
  }
  fflush(state->stream);
  state->stream = NULL;
}
