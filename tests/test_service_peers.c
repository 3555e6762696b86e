/* Answers of other planners, end to end: feed, service, timetable, rider. tidytransit (43 answers) and GraphHopper
 * (21), every one to the second or minute as they print them. GraphHopper reads frequencies as exact departures:
 * its feed is read with exact_times = 1. */
#include "feed_case.h"

enum { MOST_LINE = 512, MOST_FIELDS = 12, MOST_LANES = 512, LIMIT_S = 90000 };

static const char *peers(char *path, const char *name) {
  const char *data = getenv("SUND_DATA");
  snprintf(path, 900, "%s/peers/%s", data ? data : "../shared/data", name);
  if (files_size(path) < 0) skip();
  return path;
}

static size_t split(char *line, char **field) {
  size_t n = 0;
  line[strcspn(line, "\r\n")] = '\0';
  for (char *at = line; at && n < MOST_FIELDS; n++) {
    field[n] = at;
    at = strchr(at, ',');
    if (at) *at++ = '\0';
  }
  return n;
}

/* "7:44", "07:09:50" or "arrive 07:44" in seconds. */
static int32_t clock_of(const char *text) {
  int h = 0, m = 0, s = 0;
  text = text[strspn(text, "arive ")] ? text + strspn(text, "arive ") : text;
  assert_true(sscanf(text, "%d:%d:%d", &h, &m, &s) >= 2);
  return h * 3600 + m * 60 + s;
}

/* ---------------------------------------------------------------------------------------------------------- rides */

typedef struct planner {
  sund_ctx *ctx;
  const sund_service *service;
  sund_timetable *timetable;
  const char *from; /* "stop1a|stop1b" */
} planner;

static bool named(const char *list, const char *id) {
  const char *at = strstr(list, id);
  size_t length = strlen(id);
  return at && (at == list || at[-1] == '|') && (at[length] == '\0' || at[length] == '|');
}

static planner plan(sund_ctx *ctx, const sund_service *service, const sund_links *links, const char *from) {
  planner p = {ctx, service, NULL, from};
  assert_ok(ctx, sund_timetable_build(ctx, service->stops, &service->trips, links, &p.timetable));
  return p;
}

/* Seconds from departure to arrival at `to`, lane by lane; SUND_BEYOND. */
static void ride(const planner *p, const sund_lanes *lanes, const sund_links *links, const char *to, uint32_t *out) {
  const sund_rides_ask ask = {.lanes = lanes, .limit_s = LIMIT_S, .rides = 8};
  const size_t stops = p->service->stops;
  sund_access access[64];
  size_t accesses = 0;
  sund_rider *rider;
  for (uint32_t s = 0; s < stops; s++)
    if (named(p->from, p->service->stop[s].id)) access[accesses++] = (sund_access){s, 0};
  uint32_t *arrive = sund_alloc(p->ctx, stops * lanes->count, sizeof *arrive);
  assert_non_null(arrive);
  assert_ok(p->ctx, sund_rider_open(p->ctx, p->timetable, &ask, &rider));
  assert_ok(p->ctx, sund_rider_ride(rider, accesses, access, arrive));
  for (size_t m = 0; m < lanes->count; m++) {
    out[m] = named(p->from, to) ? 0 : SUND_BEYOND;
    for (size_t s = 0; s < stops; s++)
      if (named(to, p->service->stop[s].id) && arrive[s * lanes->count + m] < out[m])
        out[m] = arrive[s * lanes->count + m];
    for (size_t k = 0; links && k < links->count; k++) /* walks without a ride */
      if (!links->change_only[k] && named(p->from, p->service->stop[links->from[k]].id) &&
          named(to, p->service->stop[links->to[k]].id) && (uint32_t)links->seconds[k] < out[m])
        out[m] = (uint32_t)links->seconds[k];
  }
}

/* ---------------------------------------------------------------------------------------------------- tidytransit */

/* A journey of the peer begins within its window: elsewhere nobody boards at the stops it begins at. */
static void only_within(const sund_service *s, const char *station, int32_t begin_s, int32_t end_s) {
  for (size_t e = 0; e < s->trips.first[s->trips.trips]; e++)
    if (strncmp(s->stop[s->trips.stop[e]].id, station, strlen(station)) == 0 &&
        (s->trips.depart_s[e] < begin_s || s->trips.depart_s[e] > end_s))
      s->trips.use[e] &= 2;
}

static uint32_t shortest(const uint32_t *seconds, size_t count, size_t *lane) {
  *lane = 0;
  for (size_t m = 1; m < count; m++)
    if (seconds[m] < seconds[*lane]) *lane = m;
  return seconds[*lane];
}

static uint32_t tidy_answer(sund_ctx *ctx, case_feeds *feeds, char **field) {
  uint32_t seconds[MOST_LANES];
  size_t lane = 0;
  const sund_service *s = case_ask(feeds, "2018-10-01", 0, 86400);
  const sund_links *links = strstr(field[0], "no_transfers") ? NULL : &s->links;
  sund_lanes lanes = {.depart_s = clock_of(field[3]), .step_s = 10, .count = 361};
  if (strcmp(field[0], "one_stop_0710") == 0) {
    lanes = (sund_lanes){clock_of("07:09:50"), 1, 41};
    only_within(s, "stop1", clock_of("07:09:50"), clock_of("07:10:30"));
  }
  if (strstr(field[0], "earliest")) lanes.count = 1;
  planner p = plan(ctx, s, links, field[1]);
  ride(&p, &lanes, links, field[2], seconds);
  uint32_t best = shortest(seconds, lanes.count, &lane);
  if (best == SUND_BEYOND) return best;
  int32_t leaves = lanes.depart_s + (int32_t)lane * lanes.step_s;
  if (strcmp(field[4], "shortest_travel_time") == 0) return best;
  return (uint32_t)leaves + (strcmp(field[4], "departure_clock") == 0 ? 0 : best);
}

static void test_tidytransit(void **state) {
  files *f = *state;
  char path[900], line[MOST_LINE], *field[MOST_FIELDS];
  const char *feed = peers(path, "tidytransit/routing.gtfs.zip");
  case_feeds feeds = case_read(f->ctx, 1, &feed);
  char expected[900];
  FILE *file = fopen(peers(expected, "tidytransit/expected.csv"), "r");
  assert_non_null(file);
  size_t answers = 0;
  assert_non_null(fgets(line, sizeof line, file));
  for (; fgets(line, sizeof line, file); answers++) {
    assert_true(split(line, field) >= 6);
    uint32_t got = tidy_answer(f->ctx, &feeds, field);
    if (got != (uint32_t)atoi(field[5]))
      fail_msg("%s %s to %s (%s): %u, expected %s", field[0], field[1], field[2], field[3], got, field[5]);
  }
  fclose(file);
  assert_int_equal(answers, 43);
}

/* ---------------------------------------------------------------------------------------------------- GraphHopper */

/* The sample feed with exact frequencies, in a folder of its own. */
static const char *exact_sample(files *f, const char *from) {
  static const char *const tables[] = {"agency.txt",      "calendar.txt",  "calendar_dates.txt",
                                       "frequencies.txt", "routes.txt",    "stop_times.txt",
                                       "stops.txt",       "transfers.txt", "trips.txt"};
  const char *to = files_path(f, "sample-feed");
  assert_int_equal(mkdir(to, 0777), 0);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    char in[1000], out[1000];
    snprintf(in, sizeof in, "%s/%s", from, tables[i]);
    snprintf(out, sizeof out, "%s/%s", to, tables[i]);
    if (strcmp(tables[i], "frequencies.txt") != 0) {
      files_copy(in, out);
      continue;
    }
    FILE *read = fopen(in, "r"), *write = fopen(out, "w");
    char line[MOST_LINE];
    assert_true(read && write);
    for (int row = 0; fgets(line, sizeof line, read); row++) {
      line[strcspn(line, "\r\n")] = '\0';
      if (*line) fprintf(write, "%s,%s\n", line, row == 0 ? "exact_times" : "1");
    }
    fclose(read);
    fclose(write);
  }
  return to;
}

/* The walk on streets that the last answer has: 486.67 s from MUSEUM to EMSI, as a link. */
static sund_links with_walk(sund_ctx *ctx, const sund_service *s) {
  sund_links links = s->links;
  size_t room = s->stops * 2 + links.count, from = case_stop(s, "MUSEUM", 0), to = case_stop(s, "EMSI", 0);
  links.from = sund_alloc(ctx, room, sizeof *links.from);
  links.to = sund_alloc(ctx, room, sizeof *links.to);
  links.seconds = sund_alloc(ctx, room, sizeof *links.seconds);
  links.change_only = sund_alloc(ctx, room, 1);
  memcpy(links.from, s->links.from, links.count * sizeof *links.from);
  memcpy(links.to, s->links.to, links.count * sizeof *links.to);
  memcpy(links.seconds, s->links.seconds, links.count * sizeof *links.seconds);
  memcpy(links.change_only, s->links.change_only, links.count);
  links.from[links.count] = (uint32_t)from, links.to[links.count] = (uint32_t)to;
  links.seconds[links.count++] = 487;
  return links;
}

/* Clock and whole time of one answer; SUND_BEYOND = no way. */
static void hopper_answer(sund_ctx *ctx, case_feeds *feeds, char **field, uint32_t *clock, uint32_t *whole) {
  uint32_t seconds[MOST_LANES];
  const sund_service *s = case_ask(feeds, field[3], 0, 2 * 86400);
  const sund_links links = strncmp(field[8], "walk", 4) == 0 ? with_walk(ctx, s) : s->links;
  const bool by = strcmp(field[4], "arrive") == 0;
  const int32_t at = clock_of(field[5]);
  const sund_lanes lanes = {by ? at - 120 * 60 : at, 60, by ? 121 : 1};
  planner p = plan(ctx, s, &links, field[1]);
  ride(&p, &lanes, &links, field[2], seconds);
  *clock = *whole = SUND_BEYOND;
  for (size_t m = 0; m < lanes.count; m++) {
    int32_t leaves = lanes.depart_s + (int32_t)m * lanes.step_s;
    if (seconds[m] == SUND_BEYOND || (by && leaves + (int32_t)seconds[m] > at)) continue;
    *clock = (uint32_t)leaves + seconds[m];
    *whole = by ? (uint32_t)(at - leaves) : seconds[m];
  }
}

static void test_graphhopper(void **state) {
  files *f = *state;
  char sample[900], other[900], expected[900], line[MOST_LINE], *field[MOST_FIELDS];
  const char *path[2] = {exact_sample(f, peers(sample, "graphhopper-gtfs/sample-feed")),
                         peers(other, "graphhopper-gtfs/another-sample-feed")};
  case_feeds one = case_read(f->ctx, 1, path), both = case_read(f->ctx, 2, path);
  FILE *file = fopen(peers(expected, "graphhopper-gtfs/gtfs_expected.csv"), "r");
  assert_non_null(file);
  size_t answers = 0;
  assert_non_null(fgets(line, sizeof line, file));
  for (; fgets(line, sizeof line, file); answers++) {
    uint32_t clock, whole;
    assert_true(split(line, field) >= 8);
    hopper_answer(f->ctx, strchr(field[0], '+') ? &both : &one, field, &clock, &whole);
    bool none = strcmp(field[6], "none") == 0;
    if (none ? clock != SUND_BEYOND : clock != (uint32_t)clock_of(field[7]) || whole != (uint32_t)clock_of(field[6]))
      fail_msg("%s to %s, %s %s %s: arrives %u after %u s, expected %s after %s", field[1], field[2], field[3],
               field[4], field[5], clock, whole, field[7], field[6]);
  }
  fclose(file);
  assert_int_equal(answers, 21);
}

/* ------------------------------------------------------------------------------------------------- simpson desert */

/* 100 x 100 blocks of 200 m, a line along street 20 and one across it, every 20 minutes. From corner (20, 20) to
 * (40, 40): 10 minutes, 10 minutes of waiting for the line across, 10 minutes; and a first wait of 0 to 20 minutes
 * that is alike for every minute of departure. No slack. */
static void test_simpson_desert(void **state) {
  files *f = *state;
  char path[900];
  uint32_t seconds[121], scratch[121];
  const char *feed = peers(path, "simpson-desert/grid_scheduled.gtfs.zip");
  case_feeds feeds = case_read(f->ctx, 1, &feed);
  const sund_service *s = case_ask(&feeds, "2020-01-01", 7 * 3600, 11 * 3600);
  const sund_lanes lanes = {7 * 3600, 60, 120};
  planner p = plan(f->ctx, s, &s->links, "20_20");
  ride(&p, &lanes, &s->links, "40_40", seconds);
  for (uint32_t minute = 0; minute < 20; minute++) /* each wait comes six times in two hours */
    assert_int_equal(sund_lanes_percentile(120, seconds, 5.0 * minute + 2.5, scratch),
                     (30 + minute) * 60 + seconds[0] % 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(test_tidytransit), FILES_TEST(test_graphhopper),
                                     FILES_TEST(test_simpson_desert)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
