/* Tests of finding, unpacking and reading the tables of a timetable: layers/feed_files.c, feed_zip.c, feed_csv.c,
 * feed_rows.c. Feeds are made by hand, in a folder and in a zip (GDAL's /vsizip/, and byte by byte where it would
 * not). */
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

static sund_code read_feed(sund_ctx *ctx, const sund_source *source, sund_reading *done, sund_findings *findings) {
  sund_feeds *feeds;
  return sund_feeds_read(ctx, 1, source, NULL, &feeds, done, findings);
}

/* All rows are read; used: how many of them trips that run. */
static void expect_rows(files *f, const char *path, int64_t rows, int64_t used) {
  sund_source source = timetable(path);
  sund_reading done;
  sund_findings findings = {0};
  assert_ok(f->ctx, read_feed(f->ctx, &source, &done, &findings));
  assert_int_equal(done.read, rows);
  assert_int_equal(done.used, used);
  assert_int_equal(done.rejected, rows - used);
  assert_string_equal(done.driver, "GTFS");
  assert_string_equal(done.licence, "CC0");
  assert_int_equal(strlen(done.hash), 64);
  assert_true(done.extent[0] > done.extent[2] && isnan(done.accuracy_m));
}

static void expect_ok(files *f, const char *path, int64_t rows) {
  expect_rows(f, path, rows, rows);
}

/* name: how the failure calls the source. */
static void expect(files *f, const char *path, sund_code code, const char *name, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  sund_source source = timetable(path);
  sund_reading done = {.read = 77};
  sund_findings findings = {0};
  const char *message = NULL, *where = NULL;
  int64_t feature = 0;
  sund_code got = read_feed(own, &source, &done, &findings);
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
      {{"stop_times.txt", "trip_id,stop_id,stop_sequence\nT,S1,1\n"}, "has no column arrival_time and no column"},
      {{"stop_times.txt", "trip_id,stop_id,stop_sequence,arrival_time\n"}, "stop_times.txt has no rows"},
      {{"stop_times.txt", "trip_id,stop_id,stop_sequence,arrival_time\nT,\"S1,1,07:00:00\n"},
       "stop_times.txt ends inside a quoted text"},
      {{"stops.txt", "\xFF\xFEs\0t\0"}, "stops.txt is UTF-16"},
      {{"stops.txt", "stop_id,stop_name\nS1,F\xE6rge\n"}, "stops.txt: line 2 is not UTF-8"},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect(f, folder_feed(f, cases[i].change), SUND_SOURCE, "feed", cases[i].part);
}

/* A byte order mark, quoted names, Windows line ends, no end of the last line, line breaks and quotes inside texts:
 * three rows in all of these. */
static void test_dialects(void **state) {
  static const char *const texts[] = {
      ("\xEF\xBB\xBFtrip_id,arrival_time,stop_id,stop_sequence\n"
       "T,07:00:00,S1,1\nT,7:10:00,S2,2\nT,07:20:00,S1,3\n"),
      ("\xEF\xBB\xBF\"trip_id\",\"stop_id\",\"stop_sequence\",\"departure_time\"\r\n\"T\",\"S1\",1,07:00:00\r\n\r\n"
       "\"T\",\"S2\",2,\"07:10:00\"\r\n\"T\",\"S1\",3,07:20:00\r\n"),
      ("trip_id, stop_id , stop_sequence,arrival_time\nT,S1,1,07:00:00\n T , S2 , 2 , 07:10:00 \nT,S1,3,07:20:00"),
      ("trip_id,stop_id,stop_sequence,stop_headsign,arrival_time\nT,S1,1,\"a\nb\",07:00:00\n"
       "T,S2,2,\"say \"\"now\"\"\n,\",07:10:00\nT,S1,3,\"\",07:20:00\n"),
      ("trip_id,stop_id,stop_sequence,stop_headsign,arrival_time\nT,S1,1,5\" pipe,07:00:00\nT,S2,2,x\"\"y,07:10:00\n"
       "T,S1,3,,07:20:00\n"),
      ("arrival_time,stop_sequence,stop_id,trip_id,departure_time\n07:00:00,1,S1,T\n\n   \n,2,S2,T,\n07:20:00,3,S1,T,"
       "07:20:00,more,than,the,header,has\n"),
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    expect_ok(f, folder_feed(f, (table){"stop_times.txt", texts[i]}), 3);
}

/* A line may be a megabyte long, no more: a quote that is not closed would run to the end. */
static void test_long_line(void **state) {
  files *f = *state;
  const size_t length = 1 << 20;
  static const char head[] =
      "trip_id,stop_id,stop_sequence,arrival_time,stop_headsign\nT,S1,1,07:00:00,\nT,S2,2,07:10:00,";
  const size_t begun = strlen("T,S2,2,07:10:00,");
  char *text = calloc(1, sizeof head + length + 1);
  memset(stpcpy(text, head), 'x', length - begun + 1);
  expect(f, folder_feed(f, (table){"stop_times.txt", text}), SUND_SOURCE, "feed",
         "stop_times.txt: line 3 is longer than 1 MB");
  text[strlen(text) - 1] = '\n'; /* now it is as long as it may be */
  expect_ok(f, folder_feed(f, (table){"stop_times.txt", text}), 2);
  expect(f, folder_feed(f, (table){"routes.txt", text}), SUND_SOURCE, "feed", "routes.txt has no column route_id");
  free(text);
}

/* Tables of many pieces, read side by side: 120,000 rows of 50 bytes, as they stand and with a quoted line break
 * in the middle, after which they are read as one. The same rows either way, for any number of threads. */
static void test_many_pieces(void **state) {
  files *f = *state;
  enum { TRIPS = 6000, CALLS = 20 };
  char *trips = calloc(1, TRIPS * 32), *times = calloc(1, (size_t)TRIPS * CALLS * 64), *at = trips;
  at += sprintf(at, "route_id,service_id,trip_id\n");
  for (int t = 0; t < TRIPS; t++) at += sprintf(at, "R,W,T%06d\n", t);
  for (int broken = 0; broken < 2; broken++) {
    at = times + sprintf(times, "trip_id,arrival_time,departure_time,stop_id,stop_sequence,stop_headsign\n");
    for (int t = 0; t < TRIPS; t++)
      for (int c = 0; c < CALLS; c++)
        at += sprintf(at, "T%06d,%02d:%02d:00,%02d:%02d:00,S%d,%d,%s\n", t, 5 + c, t % 60, 5 + c, t % 60, 1 + c % 2,
                      c, broken && t == TRIPS / 2 && c == 3 ? "\"two\nlines\"" : "");
    const char *path = folder_feed(f, (table){"stop_times.txt", times});
    write_at(path, "trips.txt", trips, strlen(trips));
    for (int threads = 1; threads < 5; threads += 3) {
      sund_ctx_threads(f->ctx, threads);
      expect_ok(f, path, TRIPS * CALLS);
    }
  }
  char *bad = strstr(times, "T004000,05:40:00,05:40:00,S1");
  memcpy(bad + 26, "S7", 2); /* after the line break of the text: one line more than rows */
  const char *path = folder_feed(f, (table){"stop_times.txt", times});
  write_at(path, "trips.txt", trips, strlen(trips));
  expect(f, path, SUND_DATA, "feed", "stop_times.txt: line 80003: stop_id \"S7\" is not in stops.txt");
  free(trips);
  free(times);
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
  char *text = calloc(1, 500000);
  length += (size_t)sprintf(text, "trip_id,stop_id,stop_sequence,arrival_time,stop_headsign\n");
  for (int i = 0; i < 9000; i++)
    length += (size_t)sprintf(text + length, "T,S%d,%d,%02d:%02d:00,%llu\n", 1 + i % 2, i, i / 60, i % 60,
                              (unsigned long long)support_random(&seed));
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

/* --------------------------------------------------------------------------------------------------- odd archives */

typedef struct archive {
  unsigned char bytes[8192];
  size_t length, members, directory;
  unsigned char list[4096];
} archive;

static void put(unsigned char *to, size_t *length, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) to[(*length)++] = (unsigned char)(value >> 8 * i);
}

static uint32_t crc_of(const char *text, size_t length) {
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < length; i++) {
    crc ^= (unsigned char)text[i];
    for (int k = 0; k < 8; k++) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
  }
  return ~crc;
}

/* A member that is not packed. flags, method as in the format; more: bytes it claims beyond those it has. */
static void add_member(archive *a, const char *name, const char *text, unsigned flags, unsigned method,
                       uint32_t more) {
  size_t length = strlen(text), at = a->length;
  uint32_t crc = crc_of(text, length);
  put(a->bytes, &a->length, 0x04034b50, 4);
  put(a->bytes, &a->length, 20, 2), put(a->bytes, &a->length, flags, 2), put(a->bytes, &a->length, method, 2);
  put(a->bytes, &a->length, 0, 4), put(a->bytes, &a->length, crc, 4);
  put(a->bytes, &a->length, length, 4), put(a->bytes, &a->length, length, 4);
  put(a->bytes, &a->length, strlen(name), 2), put(a->bytes, &a->length, 0, 2);
  memcpy(a->bytes + a->length, name, strlen(name));
  a->length += strlen(name);
  memcpy(a->bytes + a->length, text, length);
  a->length += length;
  put(a->list, &a->directory, 0x02014b50, 4);
  put(a->list, &a->directory, 20, 2), put(a->list, &a->directory, 20, 2);
  put(a->list, &a->directory, flags, 2), put(a->list, &a->directory, method, 2), put(a->list, &a->directory, 0, 4);
  put(a->list, &a->directory, crc, 4);
  put(a->list, &a->directory, length + (method ? 0 : more), 4), put(a->list, &a->directory, length + more, 4);
  put(a->list, &a->directory, strlen(name), 2), put(a->list, &a->directory, 0, 4), put(a->list, &a->directory, 0, 2);
  put(a->list, &a->directory, 0, 2), put(a->list, &a->directory, 0, 4), put(a->list, &a->directory, at, 4);
  memcpy(a->list + a->directory, name, strlen(name));
  a->directory += strlen(name);
  a->members++;
}

/* Makes the last member's sizes those of zip64: in an extra field of its entry, which is the last of the list. */
static void as_zip64(archive *a, const char *name, size_t length) {
  unsigned char *entry = a->list + a->directory - 46 - strlen(name);
  memset(entry + 20, 0xFF, 8);
  entry[30] = 20;
  put(a->list, &a->directory, 1, 2), put(a->list, &a->directory, 16, 2);
  put(a->list, &a->directory, length, 8), put(a->list, &a->directory, length, 8);
}

static const char *end_archive(files *f, archive *a, const char *name) {
  size_t begin = a->length;
  memcpy(a->bytes + a->length, a->list, a->directory);
  a->length += a->directory;
  put(a->bytes, &a->length, 0x06054b50, 4);
  put(a->bytes, &a->length, 0, 4), put(a->bytes, &a->length, a->members, 2), put(a->bytes, &a->length, a->members, 2);
  put(a->bytes, &a->length, a->directory, 4), put(a->bytes, &a->length, begin, 4), put(a->bytes, &a->length, 0, 2);
  return files_bytes(f, name, a->bytes, a->length);
}

/* All tables, in a folder of the archive, with one member more that is odd. */
static const char *odd_archive(files *f, const char *name, const char *odd, unsigned flags, unsigned method,
                               uint32_t more) {
  archive *a = calloc(1, sizeof *a);
  for (size_t i = 0; i < TABLES; i++) {
    char path[64];
    snprintf(path, sizeof path, "rejseplan/%s", feed[i].name);
    add_member(a, path, feed[i].text, 0, 0, 0);
    if (i % 2) as_zip64(a, path, strlen(feed[i].text));
  }
  if (odd) add_member(a, odd, "from_stop_id,to_stop_id\nS1,S2\n", flags, method, more);
  const char *path = end_archive(f, a, name);
  free(a);
  return path;
}

static void test_odd_archives(void **state) {
  files *f = *state;
  expect_ok(f, odd_archive(f, "folder.zip", NULL, 0, 0, 0), 3);
  expect_ok(f, odd_archive(f, "mac.zip", "__MACOSX/rejseplan/stops.txt", 0, 0, 0), 3);
  expect(f, odd_archive(f, "up.zip", "../transfers.txt", 0, 0, 0), SUND_SOURCE, "up.zip",
         "unsafe name: ../transfers.txt");
  expect(f, odd_archive(f, "root.zip", "/etc/transfers.txt", 0, 0, 0), SUND_SOURCE, "root.zip", "unsafe name");
  expect(f, odd_archive(f, "two.zip", "other/stops.txt", 0, 0, 0), SUND_SOURCE, "two.zip", "several timetables");
  expect(f, odd_archive(f, "locked.zip", "rejseplan/transfers.txt", 1, 0, 0), SUND_SOURCE, "locked.zip",
         "transfers.txt in the archive is encrypted");
  expect(f, odd_archive(f, "method.zip", "rejseplan/transfers.txt", 0, 9, 0), SUND_SOURCE, "method.zip",
         "packed by method 9");
  expect(f, odd_archive(f, "more.zip", "rejseplan/transfers.txt", 0, 8, 1u << 30), SUND_LIMIT, "more.zip",
         "transfers.txt in the archive unpacks to 1024 MB");
  expect(f, odd_archive(f, "wrong.zip", "rejseplan/transfers.txt", 0, 0, 5000), SUND_SOURCE, "wrong.zip",
         "cut or damaged");
  expect(f, odd_archive(f, "rot.zip", "rejseplan/transfers.txt", 0, 8, 5000), SUND_SOURCE, "rot.zip",
         "transfers.txt is damaged");
}

/* Archives with bytes changed at will are read or refused, never worse. */
static void test_garbage(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  const char *good = odd_archive(f, "good.zip", NULL, 0, 0, 0);
  long size = files_size(good);
  unsigned char *bytes = malloc((size_t)size), *changed = malloc((size_t)size);
  FILE *file = fopen(good, "rb");
  assert_int_equal(fread(bytes, 1, (size_t)size, file), size);
  fclose(file);
  for (int i = 0; i < 400; i++) {
    memcpy(changed, bytes, (size_t)size);
    for (int k = 0; k < 1 + i % 4; k++)
      changed[support_random(&seed) % (uint64_t)size] = (unsigned char)support_random(&seed);
    sund_source source = timetable(files_bytes(f, "bad.zip", changed, (size_t)size));
    sund_ctx *own = sund_ctx_new();
    sund_reading done;
    sund_findings findings = {0};
    sund_code code = read_feed(own, &source, &done, &findings);
    if (code == SUND_DEFECT) fail_msg("round %d: a defect", i);
    sund_ctx_free(own);
  }
  free(bytes);
  free(changed);
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
    sund_code code = read_feed(own, &source, &done, &findings);
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
      FILES_TEST(test_many_pieces),
      FILES_TEST(test_places_fail),
      FILES_TEST(test_damaged_zip),
      FILES_TEST(test_bomb),
      FILES_TEST(test_odd_archives),
      FILES_TEST(test_garbage),
      FILES_TEST(test_every_allocation_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
