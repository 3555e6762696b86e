/* bench_rider.c - how fast rides over a window of departures are, on a synthetic region without files.
 * Usage: bench_rider [ORIGINS [THREADS [HEADWAY_SHARE]]]
 *   ORIGINS        2000
 *   THREADS        0 = all cores
 *   HEADWAY_SHARE  0: part of the lines that are known by their headway only, 0 to 1
 *
 * The region is of the order of eastern Denmark with Skåne: 220 by 160 km, 22,000 stops in and between 160 towns of very
 * different size, 1,300 lines there and back (2,600 rows of calls), of which a tenth are trains with few stops; 95,500 trips of
 * 24.5 calls, more in the peaks; 72,800 footpaths. Origins are places near stops, reached on foot within 15 minutes.
 * Asked: 121 departures, 07:00 to 09:00, everything within 90 minutes, 5 rides, 60 s to board. One line of numbers on
 * stdout: origins a second by the clock, milliseconds of processor an origin (all threads), stops reached on average in
 * the median lane, seconds to build, bytes of the timetable, bytes of one rider, largest resident set in MB; then a
 * digest of the answers, the same for any number of threads.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sund/geo.h"

enum {
  STOPS = 22000,
  TOWNS = 160,
  LINES = 1300,
  TRIPS = 95500,
  CALLS = 49, /* at most; 24.5 on average */
  LINKS = 72800,
  ACCESS = 64,
  BLOCK = 250
};
static const double WIDE_M = 220000, HIGH_M = 160000, CELL_M = 1000, WALK_M_S = 5 / 3.6;
enum { COLUMNS = 220, ROWS = 160 };

typedef struct region {
  double x[STOPS], y[STOPS];
  uint32_t first[COLUMNS * ROWS + 1], in_cell[STOPS];
  sund_trips trips;
  sund_links links;
  uint64_t random;
} region;

static double seconds_of(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *need(void *memory) {
  if (!memory) exit(3);
  return memory;
}

/* splitmix64 (Steele, Lea, Flood 2014), uniform in [0, 1). */
static double draw(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double within(double value, double most) {
  return value < 0 ? 0 : value > most - 1 ? most - 1 : value;
}

static size_t cell_of(double x, double y) {
  return (size_t)(within(y, HIGH_M) / CELL_M) * COLUMNS + (size_t)(within(x, WIDE_M) / CELL_M);
}

/* -------------------------------------------------------------------------------------------------------- stops */

static void place_stops(region *g) {
  double town_x[TOWNS], town_y[TOWNS], share[TOWNS], sum = 0;
  for (int i = 0; i < TOWNS; i++) {
    town_x[i] = draw(&g->random) * WIDE_M;
    town_y[i] = draw(&g->random) * HIGH_M;
    share[i] = sum += 1 / (double)(i + 1);
  }
  for (int s = 0; s < STOPS; s++) {
    const double which = draw(&g->random) * sum;
    int town = 0;
    while (share[town] < which) town++;
    const bool country = draw(&g->random) < 0.3;
    const double size = 600 + 4200 / sqrt(town + 1), angle = 6.283185307179586 * draw(&g->random);
    const double away = size * sqrt(-2 * log(1 - draw(&g->random)));
    g->x[s] = within(country ? draw(&g->random) * WIDE_M : town_x[town] + away * cos(angle), WIDE_M);
    g->y[s] = within(country ? draw(&g->random) * HIGH_M : town_y[town] + away * sin(angle), HIGH_M);
  }
  for (int s = 0; s < STOPS; s++) g->first[cell_of(g->x[s], g->y[s]) + 1]++;
  for (size_t c = 0; c < COLUMNS * ROWS; c++) g->first[c + 1] += g->first[c];
  uint32_t *next = need(calloc(COLUMNS * ROWS, sizeof *next));
  for (uint32_t s = 0; s < STOPS; s++) {
    const size_t cell = cell_of(g->x[s], g->y[s]);
    g->in_cell[g->first[cell] + next[cell]++] = s;
  }
  free(next);
}

typedef struct near {
  uint32_t stop;
  double metres;
} near;

static int by_metres(const void *left, const void *right) {
  const near *a = left, *b = right;
  if (a->metres != b->metres) return a->metres < b->metres ? -1 : 1;
  return (a->stop > b->stop) - (a->stop < b->stop);
}

/* Stops within `reach` of a place, nearest first, at most `room`. */
static size_t around(const region *g, double x, double y, double reach, size_t room, near *out) {
  static _Thread_local near all[STOPS];
  size_t count = 0;
  const long c0 = (long)((x - reach) / CELL_M), c1 = (long)((x + reach) / CELL_M);
  const long r0 = (long)((y - reach) / CELL_M), r1 = (long)((y + reach) / CELL_M);
  for (long r = r0 < 0 ? 0 : r0; r <= r1 && r < ROWS; r++)
    for (long c = c0 < 0 ? 0 : c0; c <= c1 && c < COLUMNS; c++)
      for (uint32_t i = g->first[r * COLUMNS + c]; i < g->first[r * COLUMNS + c + 1]; i++) {
        const uint32_t s = g->in_cell[i];
        const double metres = hypot(g->x[s] - x, g->y[s] - y);
        if (metres <= reach) all[count++] = (near){s, metres};
      }
  qsort(all, count, sizeof *all, by_metres);
  if (count > room) count = room;
  memcpy(out, all, count * sizeof *out);
  return count;
}

static void place_links(region *g) {
  g->links.from = need(calloc(LINKS, sizeof *g->links.from));
  g->links.to = need(calloc(LINKS, sizeof *g->links.to));
  g->links.seconds = need(calloc(LINKS, sizeof *g->links.seconds));
  near found[8];
  for (size_t rank = 1; rank < 8; rank++)
    for (uint32_t s = 0; s < STOPS && g->links.count < LINKS; s++) {
      if (around(g, g->x[s], g->y[s], 600, 8, found) <= rank) continue;
      g->links.from[g->links.count] = s;
      g->links.to[g->links.count] = found[rank].stop;
      g->links.seconds[g->links.count++] = (int32_t)ceil(found[rank].metres * 1.2 / WALK_M_S);
    }
}

/* -------------------------------------------------------------------------------------------------------- trips */

/* A line that keeps about to one heading; trains take one stop in ten kilometres. */
static size_t draw_line(region *g, bool train, uint32_t *stop) {
  const size_t calls = train ? 8 + (size_t)(draw(&g->random) * 14) : 12 + (size_t)(draw(&g->random) * 28);
  double heading = 6.283185307179586 * draw(&g->random);
  size_t count = 0;
  near found[400];
  stop[count++] = (uint32_t)(draw(&g->random) * STOPS);
  for (int tries = 0; count < calls && tries < 60; tries++) {
    const uint32_t at = stop[count - 1];
    const double step = train ? 4000 + 9000 * draw(&g->random) : 300 + 500 * draw(&g->random) + 60.0 * tries;
    const double x = g->x[at] + step * cos(heading), y = g->y[at] + step * sin(heading);
    const size_t n = around(g, x, y, train ? 3000 : step * 0.7, 1, found);
    heading += (draw(&g->random) - 0.5) * (n ? 0.5 : 2.4);
    bool again = n == 0;
    for (size_t i = 0; i < count && !again; i++) again = stop[i] == found[0].stop;
    if (!again) stop[count++] = found[0].stop;
  }
  return count;
}

static void add_trip(region *g, size_t calls, const uint32_t *stop, const int32_t *ride, int32_t at, uint32_t route) {
  sund_trips *t = &g->trips;
  size_t e = t->first[t->trips];
  for (size_t c = 0; c < calls; c++, e++) {
    t->stop[e] = stop[c];
    t->arrive_s[e] = at += c ? ride[c - 1] : 0;
    t->depart_s[e] = at += c && c + 1 < calls ? 20 : 0;
  }
  t->route[t->trips] = route;
  t->first[++t->trips] = e;
}

/* Departures of a day: about `count`, twice as dense in the peaks, with a shift of the line's own. */
static void add_line(region *g, size_t calls, const uint32_t *stop, bool train, size_t count, uint32_t route) {
  int32_t ride[CALLS];
  for (size_t c = 0; c + 1 < calls; c++) {
    const double metres = hypot(g->x[stop[c + 1]] - g->x[stop[c]], g->y[stop[c + 1]] - g->y[stop[c]]);
    ride[c] = 20 + (int32_t)(metres * 1.25 / (train ? 25 : 8.5));
  }
  const double even = 19 * 3600.0 / ((double)count * 0.76), shift = draw(&g->random) * even;
  double at = 5 * 3600.0 + shift;
  for (size_t i = 0; i < count && g->trips.trips < TRIPS; i++) {
    add_trip(g, calls, stop, ride, (int32_t)at / 60 * 60, route);
    const bool peak = (at > 6.5 * 3600 && at < 9.5 * 3600) || (at > 15 * 3600 && at < 18 * 3600);
    at += even * (peak ? 0.5 : 1);
  }
}

static void place_trips(region *g, double headway_share) {
  sund_trips *t = &g->trips;
  t->first = need(calloc(TRIPS + 1, sizeof *t->first));
  t->stop = need(calloc((size_t)TRIPS * CALLS, sizeof *t->stop));
  t->arrive_s = need(calloc((size_t)TRIPS * CALLS, sizeof *t->arrive_s));
  t->depart_s = need(calloc((size_t)TRIPS * CALLS, sizeof *t->depart_s));
  t->route = need(calloc(TRIPS, sizeof *t->route));
  t->headway_s = need(calloc(TRIPS, sizeof *t->headway_s));
  t->begin_s = need(calloc(TRIPS, sizeof *t->begin_s));
  t->end_s = need(calloc(TRIPS, sizeof *t->end_s));
  uint32_t stop[CALLS], back[CALLS];
  for (uint32_t line = 0; line < LINES; line++) {
    const bool train = line % 10 == 0;
    size_t calls = 0;
    while (calls < 8) calls = draw_line(g, train, stop);
    for (size_t c = 0; c < calls; c++) back[c] = stop[calls - 1 - c];
    const size_t left = (size_t)TRIPS - t->trips, lines = 2 * (LINES - line);
    if (draw(&g->random) < headway_share) { /* one trip stands for all */
      const int32_t headway = 68400 / (int32_t)(left / lines ? left / lines : 1);
      for (int way = 0; way < 2; way++) {
        t->headway_s[t->trips] = headway;
        t->begin_s[t->trips] = 5 * 3600;
        t->end_s[t->trips] = 24 * 3600;
        add_line(g, calls, way ? back : stop, train, 1, 2 * line + (uint32_t)way);
        const size_t first = t->first[t->trips - 1];
        for (size_t e = t->first[t->trips]; e-- > first;) {
          t->arrive_s[e] -= t->depart_s[first];
          if (e > first) t->depart_s[e] -= t->depart_s[first];
        }
        t->depart_s[first] = 0;
      }
      continue;
    }
    add_line(g, calls, stop, train, left / lines, 2 * line);
    add_line(g, calls, back, train, left / lines, 2 * line + 1);
  }
}

/* -------------------------------------------------------------------------------------------------------- asking */

/* An origin: the stops that are reached on foot, found before the clock runs. */
typedef struct origin {
  size_t count;
  sund_access access[ACCESS];
} origin;

typedef struct asking {
  const origin *origin;
  const sund_timetable *t;
  const sund_rides_ask *ask;
  uint64_t *digest;
  double *reached;
} asking;

static void place_origin(const region *g, size_t number, origin *o) {
  near found[ACCESS];
  uint64_t random = number * 0x9e3779b97f4a7c15u + 1;
  const uint32_t home = (uint32_t)(draw(&random) * STOPS);
  const double x = g->x[home] + 300 * (draw(&random) - 0.5), y = g->y[home] + 300 * (draw(&random) - 0.5);
  o->count = around(g, x, y, 900 * WALK_M_S / 1.2, ACCESS, found);
  for (size_t k = 0; k < o->count; k++)
    o->access[k] = (sund_access){found[k].stop, (uint32_t)ceil(found[k].metres * 1.2 / WALK_M_S)};
}

static sund_code ask_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const asking *a = data;
  const size_t lanes = a->ask->lanes->count;
  sund_rider *rider;
  uint32_t *lane = sund_alloc(worker, lanes, sizeof *lane);
  if (!lane) return SUND_LIMIT;
  TRY(sund_rider_open(worker, a->t, a->ask, &rider));
  for (size_t i = begin; i < end; i++) {
    TRY(sund_rider_ride(rider, a->origin[i].count, a->origin[i].access, NULL));
    const uint32_t *stop;
    const size_t reached = sund_rider_reached(rider, &stop);
    for (size_t k = 0; k < reached; k++) {
      sund_rider_lanes(rider, stop[k], lane);
      for (size_t m = 0; m < lanes; m += 10) a->digest[i] = (a->digest[i] ^ (lane[m] + stop[k])) * 0x100000001b3u;
      a->reached[i] += lane[lanes / 2] != SUND_BEYOND;
    }
  }
  return SUND_OK;
}

static long resident_kb(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

static int run(sund_ctx *ctx, region *g, size_t origins) {
  const sund_lanes lanes = {7 * 3600, 60, 121};
  const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 5400, .slack_s = 60, .rides = 5};
  sund_timetable *t;
  const double build = seconds_of(CLOCK_MONOTONIC);
  long before = resident_kb();
  if (sund_timetable_build(ctx, STOPS, &g->trips, &g->links, &t) != SUND_OK) return 1;
  const double built = seconds_of(CLOCK_MONOTONIC) - build;
  const long table_kb = resident_kb() - before;
  origin *from = sund_alloc(ctx, origins, sizeof *from);
  asking a = {from, t, &ask, sund_alloc(ctx, origins, sizeof *a.digest), sund_alloc(ctx, origins, sizeof *a.reached)};
  if (!from || !a.digest || !a.reached) return 1;
  for (size_t i = 0; i < origins; i++) place_origin(g, i, &from[i]);
  before = resident_kb();
  if (ask_block(ctx, 0, 1, &a) != SUND_OK) return 1;
  const long rider_kb = resident_kb() - before;
  a.digest[0] = 0;
  a.reached[0] = 0;
  const double begin = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  if (sund_for(ctx, origins, BLOCK, ask_block, &a) != SUND_OK) return 1;
  const double wall = seconds_of(CLOCK_MONOTONIC) - begin, used = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
  uint64_t digest = 0;
  double reached = 0;
  for (size_t i = 0; i < origins; i++) digest = digest * 31 + a.digest[i], reached += a.reached[i];
  sund_timetable_facts facts;
  sund_timetable_told(t, &facts);
  fprintf(stderr, "%zu stops, %zu patterns, %zu trips, %zu events, %zu links, %zu headways, %zu overtaking\n",
          facts.stops, facts.patterns, facts.trips, facts.events, facts.links, facts.headways, facts.overtaking);
  printf("%.0f %.3f %.0f %.2f %ld %ld %ld %016llx\n", (double)origins / wall, 1000 * used / (double)origins,
         reached / (double)origins, built, table_kb * 1024, rider_kb * 1024, resident_kb() / 1024,
         (unsigned long long)digest);
  return 0;
}

int main(int argc, char **argv) {
  region *g = need(calloc(1, sizeof *g));
  g->random = 1;
  const size_t origins = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000;
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx || origins == 0) return 2;
  sund_ctx_threads(ctx, argc > 2 ? atoi(argv[2]) : 0);
  place_stops(g);
  place_links(g);
  place_trips(g, argc > 3 ? atof(argv[3]) : 0);
  const int code = run(ctx, g, origins);
  const char *message;
  if (code && sund_failure(ctx, &message, NULL, NULL) != SUND_OK) fprintf(stderr, "bench_rider: %s\n", message);
  sund_ctx_free(ctx);
  return code;
}
