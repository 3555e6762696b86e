/* bench_measure.c - runs a program and notes what it took. Usage: bench_measure REPORT PROGRAM [ARGUMENTS].
 *
 * REPORT gets a line each: `wall SECONDS`, `cpu SECONDS` (user and system), `peak MEGABYTES` (largest resident set),
 * and `stage SECONDS NAME` for every stage that a program run with --progress json tells of. Other lines that the
 * program says on stderr are passed on. The exit code is the program's.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STAGES = 256, NAME = 96 };

typedef struct stages {
  size_t count;
  double start[STAGES];
  char name[STAGES][NAME];
} stages;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static double seconds(struct timeval t) {
  return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

/* A line of progress: {"share":0.30,"stage":"straight-line distances"}. False for any other line. */
static bool note_stage(stages *s, const char *line) {
  const char *key = "\"stage\":\"", *name = strstr(line, key);
  if (strncmp(line, "{\"share\":", 9) != 0 || !name || s->count == STAGES) return false;
  name += strlen(key);
  const char *end = strrchr(name, '"');
  s->start[s->count] = now();
  snprintf(s->name[s->count++], NAME, "%.*s", end ? (int)(end - name) : 0, name);
  return true;
}

static void listen_to(FILE *stream, stages *s) {
  char line[4096];
  while (fgets(line, sizeof line, stream))
    if (!note_stage(s, line)) fputs(line, stderr);
}

static int write_report(const char *path, double wall, const struct rusage *usage, const stages *s, double end) {
  FILE *report = fopen(path, "w");
  if (!report) return 2;
  fprintf(report, "wall %.3f\ncpu %.3f\npeak %.1f\n", wall, seconds(usage->ru_utime) + seconds(usage->ru_stime),
          (double)usage->ru_maxrss / 1024);
  for (size_t i = 0; i < s->count; i++)
    fprintf(report, "stage %.3f %s\n", (i + 1 < s->count ? s->start[i + 1] : end) - s->start[i], s->name[i]);
  return fclose(report) == 0 ? 0 : 2;
}

int main(int argc, char **argv) {
  int ends[2];
  if (argc < 3) {
    fprintf(stderr, "usage: bench_measure REPORT PROGRAM [ARGUMENTS]\n");
    return 2;
  }
  if (pipe(ends) != 0) return 2;
  const double start = now();
  const pid_t child = fork();
  if (child < 0) return 2;
  if (child == 0) {
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    execvp(argv[2], argv + 2);
    _exit(127);
  }
  close(ends[1]);
  stages *s = calloc(1, sizeof *s);
  FILE *stream = fdopen(ends[0], "r");
  if (!s || !stream) {
    kill(child, SIGTERM);
    return 2;
  }
  listen_to(stream, s);
  int status = 0;
  struct rusage usage;
  if (wait4(child, &status, 0, &usage) != child) return 2;
  const double end = now();
  const int written = write_report(argv[1], end - start, &usage, s, end);
  free(s);
  fclose(stream);
  return WIFEXITED(status) ? (WEXITSTATUS(status) ? WEXITSTATUS(status) : written) : 1;
}
