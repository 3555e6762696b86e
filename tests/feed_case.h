/* feed_case.h - timetables drawn by hand for the tests: tables as texts, written into a folder, read, asked for a
 * day. */
#ifndef SUND_TESTS_FEED_CASE_H
#define SUND_TESTS_FEED_CASE_H

#include "vector_files.h"

/* A table; text NULL = left out. */
typedef struct case_table {
  const char *name, *text;
} case_table;

enum { CASE_TABLES = 12 };

/* A feed as small as the reference allows: three stops a kilometre apart, one trip on working days of 2026. */
static const case_table case_small[] = {
    {"agency.txt",
     "agency_id,agency_name,agency_url,agency_timezone\nA,Line,https://example.org,Europe/Copenhagen\n"},
    {"stops.txt",
     "stop_id,stop_name,stop_lat,stop_lon\nS1,One,56.03,12.60\nS2,Two,56.04,12.60\nS3,Three,56.05,12.60\n"},
    {"routes.txt", "route_id,agency_id,route_short_name,route_type\nR,A,1,3\n"},
    {"trips.txt", "route_id,service_id,trip_id\nR,W,T\n"},
    {"stop_times.txt",
     "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
     "T,07:00:00,07:00:00,S1,1\nT,07:10:00,07:11:00,S2,2\nT,07:20:00,07:20:00,S3,3\n"},
    {"calendar.txt",
     "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
     "W,1,1,1,1,1,0,0,20260101,20261231\n"},
    {NULL, NULL}};

static inline void case_write_table(const char *root, const char *name, const char *text) {
  char path[900];
  snprintf(path, sizeof path, "%s/%s", root, name);
  VSILFILE *file = VSIFOpenL(path, "wb");
  assert_non_null(file);
  assert_int_equal(VSIFWriteL(text, 1, strlen(text), file), strlen(text));
  assert_int_equal(VSIFCloseL(file), 0);
}

/* Writes the tables of `base` with those of `changes` in their place or beside them. */
static inline void case_write(const char *root, const case_table *base, const case_table *changes) {
  static const case_table none[] = {{NULL, NULL}};
  if (!changes) changes = none;
  for (const case_table *t = base; t->name; t++) {
    bool changed = false;
    for (const case_table *c = changes; c->name; c++) changed = changed || strcmp(c->name, t->name) == 0;
    if (!changed && t->text) case_write_table(root, t->name, t->text);
  }
  for (const case_table *c = changes; c->name; c++)
    if (c->text) case_write_table(root, c->name, c->text);
}

/* The same in a new folder `name`. */
static inline const char *case_folder(files *f, const char *name, const case_table *base, const case_table *changes) {
  const char *path = files_path(f, name);
  if (files_size(path) >= 0) CPLUnlinkTree(path);
  assert_int_equal(mkdir(path, 0777), 0);
  case_write(path, base, changes);
  return path;
}

/* Feeds that were read, and a day of them. */
typedef struct case_feeds {
  sund_ctx *ctx;
  sund_feeds *feeds;
  sund_findings findings;
  sund_reading reading[4];
  sund_service *service;
} case_feeds;

static inline sund_code case_try(sund_ctx *ctx, size_t count, const char *const *path, case_feeds *out) {
  sund_source source[4];
  sund_crs *crs;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  *out = (case_feeds){.ctx = ctx};
  for (size_t i = 0; i < count; i++)
    source[i] = (sund_source){.role = SUND_TIMETABLE, .text = path[i], .path = path[i], .licence = "CC0"};
  return sund_feeds_read(ctx, count, source, crs, &out->feeds, out->reading, &out->findings);
}

static inline case_feeds case_read(sund_ctx *ctx, size_t count, const char *const *path) {
  case_feeds out;
  assert_ok(ctx, case_try(ctx, count, path, &out));
  return out;
}

static inline int64_t case_day(const char *text) {
  int64_t day = 0;
  assert_true(sund_day_read(text, &day));
  return day;
}

/* The whole day, or part of it. */
static inline const sund_service *case_ask(case_feeds *c, const char *day, int32_t begin_s, int32_t end_s) {
  const sund_service_ask ask = {.day = case_day(day), .begin_s = begin_s, .end_s = end_s};
  assert_ok(c->ctx, sund_feeds_service(c->ctx, c->feeds, &ask, &c->service, &c->findings));
  return c->service;
}

/* The trip of that name (its n-th, from 0), or SIZE_MAX. */
static inline size_t case_trip(const sund_service *s, const char *name, size_t n) {
  for (size_t t = 0; t < s->trips.trips; t++)
    if (strcmp(s->trip[s->trips.name[t]], name) == 0 && n-- == 0) return t;
  return SIZE_MAX;
}

/* "S1 25200/25200, S2 25800/25860": the calls of a trip. */
static inline const char *case_calls(sund_ctx *ctx, const sund_service *s, size_t trip) {
  const char *text = "";
  assert_true(trip < s->trips.trips);
  for (size_t e = s->trips.first[trip]; e < s->trips.first[trip + 1]; e++)
    text = sund_text(ctx, "%s%s%s %d/%d", text, *text ? ", " : "", s->stop[s->trips.stop[e]].id, s->trips.arrive_s[e],
                     s->trips.depart_s[e]);
  return text;
}

/* The n-th reading of a stop, or SIZE_MAX. */
static inline size_t case_stop(const sund_service *s, const char *id, size_t n) {
  for (size_t k = 0; k < s->stops; k++)
    if (strcmp(s->stop[k].id, id) == 0 && n-- == 0) return k;
  return SIZE_MAX;
}

/* Seconds of the link between two stops, -1 = none; change: it is for changes only. */
static inline int32_t case_link(const sund_service *s, size_t from, size_t to, bool *change) {
  for (size_t k = 0; k < s->links.count; k++) {
    if (s->links.from[k] != from || s->links.to[k] != to) continue;
    *change = s->links.change_only[k] != 0;
    return s->links.seconds[k];
  }
  return -1;
}

static inline bool case_forbidden(const sund_service *s, size_t from, size_t to) {
  for (size_t k = 0; k < s->forbidden; k++)
    if (s->no_from[k] == from && s->no_to[k] == to) return true;
  return false;
}

/* Is there a finding of that severity with the text in it? */
static inline const sund_finding *case_told(const case_feeds *c, const char *severity, const char *part) {
  for (size_t i = 0; i < c->findings.count; i++)
    if (strcmp(c->findings.item[i].severity, severity) == 0 && strstr(c->findings.item[i].text, part))
      return &c->findings.item[i];
  return NULL;
}

/* Fails with all that was said when nobody says this. */
static inline void assert_told(const case_feeds *c, const char *severity, const char *part) {
  if (case_told(c, severity, part)) return;
  for (size_t i = 0; i < c->findings.count; i++)
    print_message("%s: %s\n", c->findings.item[i].severity, c->findings.item[i].text);
  fail_msg("no %s says \"%s\"", severity, part);
}

#endif
