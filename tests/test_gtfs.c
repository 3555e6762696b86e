/* Tests of the look at a timetable: layers/gtfs.c. Feeds are made by hand, in a folder and in a zip (GDAL's /vsizip/). */
#include <cpl_vsi.h>

#include "vector_files.h"

/* A feed as small as the reference allows; a case changes one table. */
typedef struct table {
  const char *name, *text; /* text NULL = the table is left out */
} table;

enum { TABLES = 6 };
static const table feed[TABLES] = {
    {"agency.txt",
     "agency_id,agency_name,agency_url,agency_timezone\nA,Line,https://example.org,Europe/Copenhagen\n"},
    {"stops.txt", "stop_id,stop_name,stop_lat,stop_lon\nS1,One,55.9,12.5\nS2,Two,56.0,12.6\n"},
    {"routes.txt", "route_id,agency_id,route_short_name,route_type\nR,A,1,3\n"},
    {"trips.txt", "route_id,service_id,trip_id\nR,W,T\n"},
    {"stop_times.txt",
     "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
     "T,07:00:00,07:00:00,S1,1\nT,07:10:00,07:10:00,S2,2\nT,07:20:00,07:20:00,S1,3\n"},
    {"calendar.txt", "service_id,monday,start_date,end_date\nW,1,20240101,20241231\n"},
};

static void write_at(const char *root, const char *name, const char *text, size_t length) {
  char path[900];
  snprintf(path, sizeof path, "%s/%s", root, name);
  VSILFILE *file = VSIFOpenL(path, "wb");
  assert_non_null(file);
  assert_int_equal(VSIFWriteL(text, 1, length, file), length);
  assert_int_equal(VSIFCloseL(file), 0);
}

/* Writes the feed with `change` in place of its table of that name, or beside them. root: folder or /vsizip/... */
static void write_feed(const char *root, table change) {
  bool changed = false;
  for (size_t i = 0; i < TABLES; i++) {
    bool mine = change.name && strcmp(change.name, feed[i].name) == 0;
    const char *text = mine ? change.text : feed[i].text;
    if (text) write_at(root, feed[i].name, text, strlen(text));
    changed = changed || mine;
  }
  if (change.name && !changed) write_at(root, change.name, change.text, strlen(change.text));
}

static const char *folder_feed(files *f, table change) {
  const char *path = files_path(f, "feed");
  if (files_size(path) >= 0) CPLUnlinkTree(path);
  assert_int_equal(mkdir(path, 0777), 0);
  write_feed(path, change);
  return path;
}

static sund_source timetable(const char *path) {
  return (sund_source){.role = SUND_TIMETABLE, .text = path, .path = path, .licence = "CC0"};
}

static void expect_ok(files *f, const char *path, int64_t rows) {
  sund_source source = timetable(path);
  sund_reading done;
  sund_findings findings = {0};
  assert_ok(f->ctx, sund_gtfs_check(f->ctx, &source, &done, &findings));
  assert_int_equal(done.read, rows);
  assert_int_equal(done.used, rows);
  assert_string_equal(done.driver, "GTFS");
  assert_string_equal(done.licence, "CC0");
  assert_true(done.extent[0] > done.extent[2] && isnan(done.accuracy_m));
}

/* name: how the failure calls the source. */
static void expect(files *f, const char *path, sund_code code, const char *name, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_source source = timetable(path);
  sund_reading done = {.read = 77};
  sund_findings findings = {0};
  const char *message = NULL, *where = NULL;
  int64_t feature = 0;
  sund_code got = sund_gtfs_check(own, &source, &done, &findings);
  sund_failure(own, &message, &where, &feature);
  if (got != code || !message || !strstr(message, part))
    fail_msg("code %d: %s\nexpected %d: %s", got, message ? message : "", code, part);
  assert_string_equal(where ? where : "", name);
  assert_true(feature == SUND_NO_FEATURE);
  assert_int_equal(done.read, 77); /* untouched on failure */
  sund_ctx_free(own);
}

static void test_folder(void **state) {
  files *f = *state;
  expect_ok(f, folder_feed(f, (table){NULL, NULL}), 3);
  char slash[600];
  snprintf(slash, sizeof slash, "%s/feed/", f->folder);
  expect_ok(f, slash, 3);
}

static void test_zip(void **state) {
  files *f = *state;
  char root[700];
  snprintf(root, sizeof root, "/vsizip/%s", files_path(f, "feed.zip"));
  write_feed(root, (table){NULL, NULL});
  expect_ok(f, files_path(f, "feed.zip"), 3);
  /* The content decides, not the name. */
  files_copy(files_path(f, "feed.zip"), files_path(f, "rejseplan.dat"));
  expect_ok(f, files_path(f, "rejseplan.dat"), 3);
  snprintf(root, sizeof root, "/vsizip/%s", files_path(f, "short.zip"));
  write_feed(root, (table){"stops.txt", NULL});
  expect(f, files_path(f, "short.zip"), SUND_SOURCE, "short.zip", "stops.txt is missing");
}

static void test_calendar_dates_will_do(void **state) {
  files *f = *state;
  const char *path = folder_feed(f, (table){"calendar.txt", NULL});
  static const char dates[] = "service_id,date,exception_type\nW,20240102,1\n";
  write_at(path, "calendar_dates.txt", dates, strlen(dates));
  expect_ok(f, path, 3);
}

static void test_tables_fail(void **state) {
  static const struct {
    table change;
    const char *part;
  } cases[] = {
      {{"stops.txt", NULL}, "no GTFS feed: stops.txt is missing"},
      {{"stop_times.txt", NULL}, "no GTFS feed: stop_times.txt is missing"},
      {{"calendar.txt", NULL}, "calendar.txt and calendar_dates.txt are missing or empty"},
      {{"calendar.txt", "service_id\n"}, "calendar.txt and calendar_dates.txt are missing or empty"},
      {{"stops.txt", ""}, "stops.txt has no rows"},
      {{"stops.txt", "stop_id,stop_name\n\n  \r\n"}, "stops.txt has no rows"},
      {{"stops.txt", "stop_code,stop_name\n1,One\n"}, "stops.txt has no column stop_id"},
      {{"stops.txt", "stop_id_old,parent_stop_id\n1,2\n"}, "stops.txt has no column stop_id"},
      {{"trips.txt", "route_id,trip_id\nR,T\n"}, "trips.txt has no column service_id"},
      {{"calendar.txt", "service,monday\nW,1\n"}, "calendar.txt has no column service_id"},
      {{"stops.txt", "stop_id,stop_name\nS1,\"One\nS2,Two\n"}, "stops.txt ends inside a quoted text"},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect(f, folder_feed(f, cases[i].change), SUND_SOURCE, "feed", cases[i].part);
}

/* A byte order mark, quoted names, Windows line ends, no end of the last line, line breaks and quotes inside texts:
 * three rows in all of these. */
static void test_dialects(void **state) {
  static const char *const texts[] = {
      "\xEF\xBB\xBFtrip_id,stop_id,stop_sequence\nT,S1,1\nT,S2,2\nT,S1,3\n",
      ("\xEF\xBB\xBF\"trip_id\",\"stop_id\",\"stop_sequence\"\r\n\"T\",\"S1\",1\r\n\r\n"
       "\"T\",\"S2\",2\r\n\"T\",\"S1\",3\r\n"),
      "trip_id, stop_id , stop_sequence\nT,S1,1\nT,S2,2\nT,S1,3",
      "trip_id,stop_id,stop_sequence,headsign\nT,S1,1,\"a\nb\"\nT,S2,2,\"say \"\"now\"\"\n,\"\nT,S1,3,\"\"\n",
      "trip_id,stop_id,stop_sequence,headsign\nT,S1,1,5\" pipe\nT,S2,2,x\"\"y\nT,S1,3,\n",
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    expect_ok(f, folder_feed(f, (table){"stop_times.txt", texts[i]}), 3);
}

static void test_long_line(void **state) {
  files *f = *state;
  const size_t length = (1 << 20) + 1;
  static const char head[] = "trip_id,stop_id,stop_sequence\n";
  char *text = calloc(1, sizeof head + length + 1);
  memset(stpcpy(text, head), 'x', length);
  expect(f, folder_feed(f, (table){"stop_times.txt", text}), SUND_SOURCE, "feed",
         "stop_times.txt: line 2 is longer than 1 MB");
  text[sizeof head - 1 + length - 1] = '\n'; /* now it is as long as it may be */
  expect_ok(f, folder_feed(f, (table){"stop_times.txt", text}), 1);
  free(text);
}

static void test_places_fail(void **state) {
  files *f = *state;
  expect(f, files_path(f, "nowhere"), SUND_SOURCE, "nowhere", "no such file");
  folder_feed(f, (table){NULL, NULL});
  expect(f, files_path(f, "fed"), SUND_SOURCE, "fed", "did you mean feed?");
  expect(f, "/vsicurl/https://example.org/x.zip", SUND_SOURCE, "x.zip", "give the path of a GTFS folder or zip");
  expect(f, "https://example.org/x.zip", SUND_SOURCE, "x.zip", "nothing is read over the network");
  expect(f, files_text(f, "x.zip", "no zip"), SUND_SOURCE, "x.zip", "neither a GTFS folder nor a zip");
  expect(f, files_text(f, "e.zip", ""), SUND_SOURCE, "e.zip", "file is empty");
  const char *path = folder_feed(f, (table){"stops.txt", NULL});
  char fifo[700];
  snprintf(fifo, sizeof fifo, "%s/stops.txt", path);
  assert_int_equal(mkfifo(fifo, 0600), 0); /* opening it would wait for ever */
  expect(f, path, SUND_SOURCE, "feed", "stops.txt is not a regular file");
  assert_int_equal(unlink(fifo), 0); /* CPLUnlinkTree would leave it */
}

/* A zip that is cut or has a wrong byte is an error, and GDAL says nothing on its own: the handler of this test sees
 * none of it. */
static void CPL_STDCALL count_errors(CPLErr level, CPLErrorNum number, const char *message) {
  (void)level, (void)number, (void)message;
  ++*(int *)CPLGetErrorHandlerUserData();
}

static void test_damaged_zip(void **state) {
  files *f = *state;
  char root[700];
  uint64_t seed = support_seed();
  snprintf(root, sizeof root, "/vsizip/%s", files_path(f, "x.zip"));
  size_t length = 0;
  char *text = calloc(1, 400000);
  length += (size_t)sprintf(text, "trip_id,stop_id,stop_sequence\n");
  for (int i = 0; i < 9000; i++)
    length += (size_t)sprintf(text + length, "T,%llu,%d\n", (unsigned long long)support_random(&seed), i);
  write_feed(root, (table){"stop_times.txt", text});
  free(text);
  expect_ok(f, files_path(f, "x.zip"), 9000);
  int errors = 0;
  CPLPushErrorHandlerEx(count_errors, &errors);
  const char *path = files_path(f, "y.zip");
  files_copy(files_path(f, "x.zip"), path);
  files_patch(path, files_size(path) / 2, "\0\xFF\0\xFF\0\xFF\0\xFF", 8);
  expect(f, path, SUND_SOURCE, "y.zip", "stop_times.txt is damaged");
  files_copy(files_path(f, "x.zip"), path = files_path(f, "z.zip"));
  files_cut(path, 0.5);
  expect(f, path, SUND_SOURCE, "z.zip", "the archive is cut or damaged");
  CPLPopErrorHandler();
  assert_int_equal(errors, 0);
}

static void test_bomb(void **state) {
  files *f = *state;
  char root[600];
  snprintf(root, sizeof root, "/vsizip/%s", files_path(f, "bomb.zip"));
  write_feed(root, (table){"stop_times.txt", NULL});
  strcat(root, "/stop_times.txt");
  VSILFILE *file = VSIFOpenL(root, "wb");
  assert_non_null(file);
  char *lines = calloc(1, 1 << 20);
  memset(lines, '\n', 1 << 20);
  for (int i = 0; i < 24; i++) VSIFWriteL(lines, 1, 1 << 20, file);
  VSIFCloseL(file);
  free(lines);
  expect(f, files_path(f, "bomb.zip"), SUND_LIMIT, "bomb.zip", "stop_times.txt in the archive unpacks to 24 MB");
}

static void test_settings_given_back(void **state) {
  files *f = *state;
  CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", "YES");
  expect_ok(f, folder_feed(f, (table){NULL, NULL}), 3);
  assert_string_equal(CPLGetThreadLocalConfigOption("GDAL_PAM_ENABLED", ""), "YES");
  CPLSetThreadLocalConfigOption("GDAL_PAM_ENABLED", NULL);
}

/* The n-th allocation fails, for every n. */
static void test_every_allocation_fails(void **state) {
  files *f = *state;
  const char *path = folder_feed(f, (table){NULL, NULL});
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_source source = timetable(path);
    sund_reading done;
    sund_findings findings = {0};
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_gtfs_check(own, &source, &done, &findings);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_folder),
      FILES_TEST(test_zip),
      FILES_TEST(test_calendar_dates_will_do),
      FILES_TEST(test_tables_fail),
      FILES_TEST(test_dialects),
      FILES_TEST(test_long_line),
      FILES_TEST(test_places_fail),
      FILES_TEST(test_damaged_zip),
      FILES_TEST(test_bomb),
      FILES_TEST(test_settings_given_back),
      FILES_TEST(test_every_allocation_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
