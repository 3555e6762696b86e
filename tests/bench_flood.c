/* bench_flood.c - how fast the flooding itself is, from cells in memory to first-wet levels, without files.
 * Usage: bench_flood [SIDE [CAP_M [SPOOL [TERRAIN]]]]
 *   SIDE     cells a side, 10000
 *   CAP_M    water up to this level, 50: every level
 *   SPOOL    a folder for the cells, - = in memory
 *   TERRAIN  sound; labyrinth: one channel to and fro, 2 cells from wall to wall; plain: the same without its walls
 *
 * The terrain is a synthetic Sound: sea in the middle 30 %, two coasts that rise to 30 m, hills of three sizes, white
 * noise of 6 cm at 1 mm. Without a spool the heights stand in an array and reading copies them; with one they are made
 * while they are read. Reading is measured for itself and taken off. One line of numbers on stdout: seconds by the clock
 * without reading, of the processors without reading (all threads), of reading, bytes a cell, largest resident set.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sund/geo.h"

static const double SEA_SHARE = 0.3, TOP_M = 30, NOISE_M = 0.06, OFFSET_M = -10;

typedef enum kind { SOUND, LABYRINTH, PLAIN } kind;

typedef struct sound {
  size_t side;
  kind kind;
  float *metres; /* NULL = made while reading */
  uint8_t *sea;
  double read_wall, read_cpu;
} sound;

static double seconds_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* Nearly normal, standard deviation 1, from the place: the finaliser of splitmix64 and the sum of four uniform numbers. */
static float noise(uint64_t column, uint64_t row) {
  uint64_t z = (column << 32 | row) * 0x9e3779b97f4a7c15u + 0x632be59bd9b4e019u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  z ^= z >> 31;
  const double sum =
      (double)(z & 0xffff) + (double)(z >> 16 & 0xffff) + (double)(z >> 32 & 0xffff) + (double)(z >> 48);
  return (float)((sum / 65536 - 2) * 1.7320508075688772);
}

/* Cells of a row from `column` on. */
static void make_row(const sound *s, size_t row, size_t column, size_t n, float *metres, uint8_t *sea) {
  const double side = (double)s->side, y = (double)row;
  const double bend = 0.012 * side * sin(y / 700) + 40 * sin(y / 90) + 6 * sin(y / 13);
  const double west = (0.5 - SEA_SHARE / 2) * side + bend, east = (0.5 + SEA_SHARE / 2) * side + bend;
  double hills = 0;
  for (size_t i = 0; i < n; i++) {
    const double x = (double)(column + i), inland = x < west ? west - x : x - east;
    if (i % 8 == 0)
      hills = 1.5 * sin(x / 400 + y / 900) * sin(y / 300) + 0.5 * sin(x / 60) * sin(y / 70 + x / 200) +
              0.2 * sin(x / 17 - y / 40) * sin(y / 19);
    const double rise = TOP_M * inland / ((0.5 - SEA_SHARE / 2) * side);
    sea[i] = x >= west && x <= east;
    metres[i] =
        (float)(sea[i] ? 0 : 0.3 + rise + hills * fmin(1, inland / 100)) + (float)NOISE_M * noise(column + i, row);
  }
}

/* The same of a channel between walls, or of what is left without them: level ground with a corner of sea. */
static void make_channel(const sound *s, size_t row, size_t column, size_t n, float *metres, uint8_t *sea) {
  for (size_t i = 0; i < n; i++) {
    const size_t x = column + i, gap = row % 4 == 1 ? s->side - 1 : 0;
    metres[i] = s->kind == LABYRINTH && row % 2 == 1 && x != gap ? 10 : 0;
    sea[i] = row == 0 && x == 0;
  }
}

static void make_cells(const sound *s, size_t row, size_t column, size_t n, float *metres, uint8_t *sea) {
  if (s->kind == SOUND) make_row(s, row, column, n, metres, sea);
  else make_channel(s, row, column, n, metres, sea);
}

static sund_code read_cells(sund_ctx *ctx, void *data, const sund_window *w, float *metres, uint8_t *sea) {
  (void)ctx;
  sound *s = data;
  const double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t r = 0; r < w->rows; r++) {
    const size_t from = (w->row + r) * s->side + w->column;
    if (!s->metres) {
      make_cells(s, w->row + r, w->column, w->columns, metres + r * w->columns, sea + r * w->columns);
      continue;
    }
    memcpy(metres + r * w->columns, s->metres + from, w->columns * sizeof *metres);
    memcpy(sea + r * w->columns, s->sea + from, w->columns);
  }
  s->read_wall += seconds_of(CLOCK_MONOTONIC) - wall;
  s->read_cpu += seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  return SUND_OK;
}

static sund_code make_rows(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  const sound *s = data;
  for (size_t r = begin; r < end; r++) make_cells(s, r, 0, s->side, s->metres + r * s->side, s->sea + r * s->side);
  return SUND_OK;
}

/* Seconds that one change of a wall of 200 cells across the western coast takes. */
static double change_seconds(sund_ctx *ctx, sund_flood *flood, size_t side) {
  enum { WALL = 200 };
  sund_cell cell[WALL];
  uint16_t ground[WALL];
  for (size_t i = 0; i < WALL; i++) {
    cell[i] = (sund_cell){(uint32_t)(side / 4 + i), (uint32_t)(side / 2 + i)};
    ground[i] = SUND_NEVER - 1;
  }
  const sund_flood_edit edit = {WALL, cell, ground, NULL};
  const double begin = seconds_of(CLOCK_MONOTONIC);
  if (sund_flood_change(ctx, flood, &edit, NULL) != SUND_OK) return NAN;
  return seconds_of(CLOCK_MONOTONIC) - begin;
}

/* Seconds to ask for the first-wet levels of all cells, row by row of tiles. */
static double asking_seconds(sund_ctx *ctx, const sund_flood *flood, size_t side) {
  enum { ROWS = 256 };
  uint16_t *wet = sund_alloc(ctx, side * ROWS, sizeof *wet);
  if (!wet) return NAN;
  const double begin = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  for (size_t row = 0; row < side; row += ROWS) {
    const sund_window w = {0, row, side, side - row < ROWS ? side - row : ROWS};
    sund_flood_window(flood, &w, 0, NULL, wet, NULL);
    sund_flood_rest(flood, &w);
  }
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID) - begin;
}

static int measure(sund_ctx *ctx, sound *s, double cap_m, const char *spool) {
  sund_flood_spec spec = {.lattice = {s->side, s->side, 0, 0, 1, 1},
                          .step_m = 0.001,
                          .offset_m = OFFSET_M,
                          .connectivity = 8,
                          .seeds = SUND_SEED_SEA,
                          .zones = 1,
                          .spool = spool};
  spec.cap = sund_flood_raw(&spec, cap_m);
  const sund_flood_source source = {read_cells, NULL, s};
  const double wall = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  sund_flood *flood;
  if (sund_flood_run(ctx, &spec, &source, &flood) != SUND_OK) return 1;
  const double wall_s = seconds_of(CLOCK_MONOTONIC) - wall - s->read_wall;
  const double cpu_s = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu - s->read_cpu;
  sund_flood_report told;
  sund_flood_told(flood, &told);
  const double cells = (double)told.cells, wet = 100 * (double)(told.sea + told.reached) / cells;
  const double asking = asking_seconds(ctx, flood, s->side), change = change_seconds(ctx, flood, s->side);
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
      "cells %.0f wet %.1f%% wall %.3f s cpu %.3f s reading %.3f s asking %.3f s change %.3f s bytes a cell %.2f "
      "largest resident "
      "%.0f MB\n",
      cells, wet, wall_s, cpu_s, s->read_wall, asking, change, told.bytes / cells, (double)usage.ru_maxrss / 1024);
  return 0;
}

int main(int arguments, char **argument) {
  sound s = {.side = arguments > 1 ? strtoull(argument[1], NULL, 10) : 10000};
  const double cap_m = arguments > 2 ? strtod(argument[2], NULL) : 50;
  const char *spool = arguments > 3 && strcmp(argument[3], "-") != 0 ? argument[3] : NULL;
  if (arguments > 4)
    s.kind = strcmp(argument[4], "labyrinth") == 0 ? LABYRINTH : strcmp(argument[4], "plain") == 0 ? PLAIN : SOUND;
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx || s.side < 1000) return 2;
  int failed = 0;
  if (!spool) {
    s.metres = sund_alloc(ctx, s.side * s.side, sizeof *s.metres);
    s.sea = sund_alloc(ctx, s.side * s.side, 1);
    failed = !s.metres || !s.sea || sund_for(ctx, s.side, 64, make_rows, &s) != SUND_OK;
  }
  if (!failed) failed = measure(ctx, &s, cap_m, spool);
  const char *why = "";
  if (failed && sund_failure(ctx, &why, NULL, NULL) != SUND_OK) fprintf(stderr, "bench_flood: %s\n", why);
  sund_ctx_free(ctx);
  return failed;
}
