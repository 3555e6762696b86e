/* test_feed_fuzz.c - timetables spoiled at random: a message or a timetable, never a crash; and what is read can be ridden.
 *
 * Tables of a small feed are changed byte by byte and word by word, and so is the zip it lies in. A run tells its seed
 * when it fails (SUND_SEED).
 */
#include <cpl_vsi.h>

#include "feed_case.h"
#include "mutate.h"

enum { TABLES_TRIED = 250, ZIPS_TRIED = 120 };

/* Every kind of table there is, in few rows. */
static const case_table rich[] = {
    {"agency.txt",
     "agency_id,agency_name,agency_url,agency_timezone\nA,Line,https://example.org,Europe/Copenhagen\n"},
    {"stops.txt",
     "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nP,\"Central, the\",56.035,12.60,1,\n"
     "S1,One,56.03,12.60,0,P\nS2,Two,56.04,12.60,,\nS3,Three,56.05,12.60,0,\n"},
    {"routes.txt", "route_id,agency_id,route_short_name,route_type\nR,A,1,3\nF,A,2,4\n"},
    {"trips.txt", "route_id,service_id,trip_id,block_id,bikes_allowed\nR,W,T,B,1\nR,W,U,B,0\nF,D,V,,2\n"},
    {"stop_times.txt",
     "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
     "T,07:00:00,07:00:00,S1,1,0,0\nT,,,S2,2,0,0\nT,07:20:00,07:20:00,S3,3,0,0\n"
     "U,07:30:00,07:30:00,S3,1,0,1\nU,24:10:00,25:11:00,S1,5,1,0\nV,06:00:00,06:00:00,S1,1,,\nV,06:20:00,06:20:00,S3,"
     "2,,\n"},
    {"calendar.txt",
     "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
     "W,1,1,1,1,1,0,0,20260101,20261231\n"},
    {"calendar_dates.txt", "service_id,date,exception_type\nD,20261124,1\nD,20261125,1\nW,20261225,2\n"},
    {"frequencies.txt", "trip_id,start_time,end_time,headway_secs,exact_times\nV,06:00:00,22:00:00,1200,0\n"},
    {"transfers.txt",
     "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id\nS1,S1,2,120,,\nS1,S2,2,300,,"
     "\n"
     "S3,S3,3,,R,F\n"},
    {"pathways.txt",
     "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,traversal_time\nW1,S1,S2,1,1,90\n"},
    {NULL, NULL}};
enum { RICH = sizeof rich / sizeof *rich - 1 };

/* What is likely to hurt. */
static const char *const words[] = {"99999999999999999999",
                                    "-1",
                                    "4294967296",
                                    "2147483647",
                                    "0",
                                    "",
                                    "1e308",
                                    "nan",
                                    "999:59:59",
                                    "06:61:00",
                                    "-00:00:01",
                                    "20261399",
                                    "00000000",
                                    "99991231",
                                    "S1",
                                    "S2",
                                    "T",
                                    "U",
                                    "V",
                                    "P",
                                    "W",
                                    "B",
                                    "R",
                                    "3",
                                    "stop_id",
                                    "trip_id",
                                    "\"",
                                    "\"\"",
                                    "\xef\xbb\xbf",
                                    "\n\n",
                                    ",,,,,,,,",
                                    "Europe/Nowhere",
                                    NULL};

/* Reads what lies at the path, asks for a day of it, and builds what is ridden. Did all of it succeed? */
static bool try_feed(sund_ctx *parent, const sund_crs *crs, const char *path, uint64_t seed, const mutant *m) {
  sund_ctx *ctx = sund_ctx_child(parent);
  sund_source source = {.role = SUND_TIMETABLE, .text = path, .path = path, .licence = "CC0"};
  sund_reading done = {0};
  sund_findings findings = {0};
  sund_feeds *feeds = NULL;
  sund_service *service = NULL;
  sund_timetable *timetable = NULL;
  assert_non_null(ctx);
  sund_code code = sund_feeds_read(ctx, 1, &source, crs, &feeds, &done, &findings);
  if (code == SUND_OK) {
    const sund_service_ask ask = {.day = seed % 2 ? SUND_ANY_DAY : case_day("2026-11-24"), .end_s = 30 * 3600};
    code = sund_feeds_service(ctx, feeds, &ask, &service, &findings);
  }
  mutate_judge(ctx, code, seed, m);
  if (code == SUND_OK &&
      sund_timetable_build(ctx, service->stops, &service->trips, &service->links, &timetable) != SUND_OK)
    fail_msg("seed %llu: was read, but cannot be ridden\n%s", (unsigned long long)seed, m->bytes);
  sund_ctx_free(ctx);
  return code == SUND_OK;
}

static void tables(void **state) {
  files *f = *state;
  static mutant m;
  size_t good = 0;
  sund_crs *crs;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &crs));
  char path[600];
  snprintf(path, sizeof path, "%s", case_folder(f, "feed", rich, NULL));
  mutate_copy(&m, "", 0);
  assert_true(try_feed(f->ctx, crs, path, 0, &m));
  for (uint64_t n = 0; n < TABLES_TRIED; n++) {
    uint64_t random = support_seed() * 1000003 + n;
    const case_table *t = &rich[n % RICH];
    mutate_copy(&m, t->text, strlen(t->text));
    mutate(&m, &random, words);
    files_bytes(f, "feed/table", m.bytes, m.length);
    char from[600], to[600];
    snprintf(from, sizeof from, "%s/feed/table", f->folder);
    snprintf(to, sizeof to, "%s/feed/%s", f->folder, t->name);
    assert_int_equal(rename(from, to), 0);
    good += try_feed(f->ctx, crs, path, n, &m);
    case_write_table(path, t->name, t->text);
  }
  if (good < TABLES_TRIED / 10 || good > TABLES_TRIED * 9 / 10) fail_msg("%zu feeds were read", good);
}

static void zips(void **state) {
  files *f = *state;
  static mutant m;
  static char bytes[MUTATE_ROOM];
  size_t good = 0;
  sund_crs *crs;
  assert_ok(f->ctx, sund_crs_open(f->ctx, "EPSG:25832", &crs));
  char root[600], path[600];
  snprintf(root, sizeof root, "/vsizip/%s/whole.zip", f->folder);
  snprintf(path, sizeof path, "%s/whole.zip", f->folder);
  case_write(root, rich, NULL);
  VSILFILE *file = VSIFOpenL(path, "rb");
  assert_non_null(file);
  const size_t length = VSIFReadL(bytes, 1, sizeof bytes, file);
  VSIFCloseL(file);
  assert_in_range(length, 500, sizeof bytes - 1);
  for (uint64_t n = 0; n < ZIPS_TRIED; n++) {
    uint64_t random = support_seed() * 7000003 + n;
    mutate_copy(&m, bytes, length);
    mutate(&m, &random, NULL);
    const char *spoiled = files_bytes(f, "spoiled.zip", m.bytes, m.length);
    good += try_feed(f->ctx, crs, spoiled, n, &m);
  }
  if (good > ZIPS_TRIED / 2) fail_msg("%zu of %d archives were read", good, ZIPS_TRIED);
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(tables), FILES_TEST(zips)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
