/* Tests of reading timetables: layers/feed*.c. What is wrong is an error with table and line, or a finding;
 * nothing is left out in silence. */
#include "feed_case.h"

static const char times_head[] = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";

static case_feeds read_changed(files *f, const case_table *changes) {
  const char *path = case_folder(f, "feed", case_small, changes);
  return case_read(f->ctx, 1, &path);
}

static case_feeds read_one(files *f, const char *name, const char *text) {
  const case_table changes[] = {{name, text}, {NULL, NULL}};
  return read_changed(f, changes);
}

static void expect(files *f, const char *name, const char *text, sund_code code, const char *part) {
  const case_table changes[] = {{name, text}, {NULL, NULL}};
  const char *path = case_folder(f, "feed", case_small, changes), *message = NULL, *where = NULL;
  sund_ctx *own = sund_ctx_child(f->ctx);
  case_feeds out;
  sund_code got = case_try(own, 1, &path, &out);
  sund_failure(own, &message, &where, NULL);
  if (got != code || !strstr(message, part)) fail_msg("code %d: %s\nexpected %d: %s", got, message, code, part);
  assert_string_equal(where, "feed");
  assert_int_equal(out.findings.count, 0); /* untouched on failure */
  sund_ctx_free(own);
}

/* -------------------------------------------------------------------------------------------------------- reading */

static void test_reading(void **state) {
  files *f = *state;
  case_feeds c = read_one(f, "feed_info.txt", "feed_start_date,feed_end_date\n20260201,20260630\n");
  assert_int_equal(c.reading[0].read, 3);
  assert_int_equal(c.reading[0].used, 3);
  assert_string_equal(c.reading[0].date, "2026-02-01/2026-06-30");
  assert_string_equal(c.reading[0].crs, "EPSG:4326");
  assert_string_equal(c.reading[0].licence, "CC0");
  assert_int_equal(c.findings.count, 0);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, 86400);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(case_calls(f->ctx, s, 0), "S1 25200/25200, S2 25800/25860, S3 26400/26400");
  /* 12.60 E 56.03 N in UTM zone 32. */
  assert_true(fabs(s->stop[0].x - 724288) < 500 && fabs(s->stop[0].y - 6215000) < 2000);
  assert_true(fabs(hypot(s->stop[1].x - s->stop[0].x, s->stop[1].y - s->stop[0].y) - 1113.5) < 2);
  char hash[65];
  strcpy(hash, c.reading[0].hash);
  case_feeds again = read_one(f, "feed_info.txt", "feed_start_date,feed_end_date\n20260201,20260630\n");
  assert_string_equal(again.reading[0].hash, hash);
  again = read_one(f, "feed_info.txt", "feed_start_date,feed_end_date\n20260201,20260629\n");
  assert_string_not_equal(again.reading[0].hash, hash);
}

static void test_days(void **state) {
  files *f = *state;
  static const char *const bad[] = {"2026-02-29",  "2026-13-01", "2026-00-10", "2026-1-1",   "20260101",
                                    "2026-01-01 ", "",           "0000-01-01", "2026-01-00", "2026/01/01"};
  int64_t day = 0;
  assert_true(sund_day_read("1970-01-01", &day) && day == 0);
  assert_true(sund_day_read("2000-02-29", &day) && day == 11016);
  assert_true(sund_day_read("1969-12-31", &day) && day == -1);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(sund_day_read(bad[i], &day));
  for (int64_t d = -200000; d < 200000; d += 37) {
    assert_true(sund_day_read(sund_day_text(f->ctx, d), &day));
    assert_int_equal(day, d);
  }
}

/* Rows in any order give the trips of the table in order. */
static void test_any_order(void **state) {
  files *f = *state;
  const case_table two = {"trips.txt", "route_id,service_id,trip_id\nR,W,T\nR,W,U\n"};
  char *text = calloc(1, 8000);
  enum { CALLS = 40 };
  uint64_t seed = support_seed();
  int order[2 * CALLS];
  for (int i = 0; i < 2 * CALLS; i++) order[i] = i;
  for (int i = 2 * CALLS - 1; i > 0; i--) {
    int k = (int)(support_random(&seed) % (uint64_t)(i + 1)), kept = order[i];
    order[i] = order[k], order[k] = kept;
  }
  char *at = stpcpy(text, times_head);
  for (int i = 0; i < 2 * CALLS; i++) {
    int call = order[i] / 2, minute = 2 * call + order[i] % 2;
    at += sprintf(at, "%s,%02d:%02d:00,%02d:%02d:00,S%d,%d\n", order[i] % 2 ? "U" : "T", 7 + minute / 60, minute % 60,
                  7 + minute / 60, minute % 60, 1 + call % 3, 10 * call + 5);
  }
  const case_table changes[] = {two, {"stop_times.txt", text}, {NULL, NULL}};
  case_feeds c = read_changed(f, changes);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, 86400);
  assert_int_equal(s->trips.trips, 2);
  for (size_t t = 0; t < 2; t++)
    for (size_t k = 0; k < CALLS; k++) {
      size_t e = s->trips.first[t] + k;
      assert_int_equal(s->trips.arrive_s[e], 7 * 3600 + 60 * (2 * k + t));
      assert_int_equal(s->stop[s->trips.stop[e]].id[1] - '1', k % 3);
    }
  free(text);
}

/* One trip written backwards; and numbers that come twice, which is told. */
static void test_backwards(void **state) {
  files *f = *state;
  case_feeds c =
      read_one(f, "stop_times.txt",
               "trip_id,arrival_time,stop_id,stop_sequence\nT,07:20:00,S3,30\nT,07:10:00,S2,7\nT,07:00:00,S1,2\n");
  static const char expected[] = "S1 25200/25200, S2 25800/25800, S3 26400/26400";
  assert_string_equal(case_calls(f->ctx, case_ask(&c, "2026-11-24", 0, 86399), 0), expected);
  assert_int_equal(c.findings.count, 0);
  c = read_one(f, "stop_times.txt",
               "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,1\nT,07:10:00,S2,1\nT,07:20:00,S3,2\n");
  assert_string_equal(case_calls(f->ctx, case_ask(&c, "2026-11-24", 0, 86399), 0), expected);
  assert_told(&c, "warning", "1 rows have the stop_sequence of the row before");
}

/* Where one may board (1) and alight (2); nobody boards at the last stop nor alights at the first. */
static void test_boarding(void **state) {
  files *f = *state;
  case_feeds c = read_one(f, "stop_times.txt",
                          "trip_id,arrival_time,stop_id,stop_sequence,pickup_type,drop_off_type\nT,07:00:00,S1,1,,\n"
                          "T,07:10:00,S2,2,1,0\nT,07:20:00,S3,3,2,1\nT,07:30:00,S2,4,3,3\nT,07:40:00,S1,5,1,1\n");
  static const uint8_t use[] = {1, 2, 1, 3, 0};
  assert_memory_equal(case_ask(&c, "2026-11-24", 0, 86399)->trips.use, use, sizeof use);
}

/* A disorder of rows does not make the lines of failures wrong. */
static void test_lines_of_failures(void **state) {
  files *f = *state;
  expect(f, "stop_times.txt",
         "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n\nT,07:20:00,07:20:00,S3,3\n"
         "T,07:10:00,07:09:00,S2,2\nT,07:00:00,07:00:00,S1,1\n",
         SUND_DATA, "stop_times.txt: line 4: departure_time is before arrival_time");
  expect(f, "stop_times.txt",
         "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,07:00:00,07:00:00,S1,1\n"
         "T,06:10:00,07:09:00,S2,2\nT,07:10:00,07:10:00,S1,3\n",
         SUND_DATA, "stop_times.txt: line 3: arrival_time is before the departure from the stop before");
}

static void test_contradictions(void **state) {
  static const struct {
    const char *name, *text, *part;
  } cases[] = {
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,1\nT,07:10:00,S9,2\n",
       "stop_times.txt: line 3: stop_id \"S9\" is not in stops.txt"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,1\nX,07:10:00,S2,2\n",
       "stop_times.txt: line 3: trip_id \"X\" is not in trips.txt"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,7,S1,1\n",
       "stop_times.txt: line 2: arrival_time is no time such as 25:10:00: T,7,S1,1"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,07:61:00,S1,1\n",
       "line 2: arrival_time is no time"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,one\n", "line 2: stop_sequence"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence\nT,07:00:00,S1,\n", "line 2: stop_sequence"},
      {"stop_times.txt", "trip_id,arrival_time,stop_id,stop_sequence,pickup_type\nT,07:00:00,S1,1,7\n",
       "line 2: pickup_type or drop_off_type is not in 0 to 3"},
      {"trips.txt", "route_id,service_id,trip_id\nQ,W,T\n", "trips.txt: line 2: route_id \"Q\" is not in routes.txt"},
      {"trips.txt", "route_id,service_id,trip_id\nR,W,\n", "trips.txt: line 2: no trip_id"},
      {"calendar.txt", "service_id,monday,start_date,end_date\nW,1,20260101,20261331\n",
       "calendar.txt: line 2: end_date \"20261331\" is no date such as 20261124"},
      {"calendar.txt", "service_id,monday,start_date,end_date\nW,1,20260101,20261231\nW,1,20260101,20261230\n",
       "calendar.txt: line 3: service_id \"W\" is there twice, with other days"},
      {"frequencies.txt", "trip_id,start_time,end_time,headway_secs\nX,07:00:00,08:00:00,600\n",
       "frequencies.txt: line 2: trip_id \"X\" is not in trips.txt"},
      {"frequencies.txt", "trip_id,start_time,end_time,headway_secs\nT,07:00:00,08:00:00,0\n",
       "frequencies.txt: line 2: headway_secs 0 is not in 1 to"},
      {"transfers.txt", "from_stop_id,to_stop_id,transfer_type\nS1,S2,9\n",
       "transfers.txt: line 2: transfer_type 9 is not in 0 to 5"},
      {"stops.txt", "stop_id,stop_name,location_type\nS1,One,5\n", "stops.txt: line 2: location_type 5"},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    expect(f, cases[i].name, cases[i].text, SUND_DATA, cases[i].part);
}

/* ------------------------------------------------------------------------------------------------------- findings */

static void test_missing_times(void **state) {
  files *f = *state;
  /* 1, 1, 2 km: by the way, 1/4 and 2/4 of 40 minutes. */
  const case_table changes[] = {{"stops.txt",
                                 "stop_id,stop_name,stop_lat,stop_lon\nS1,One,56.00,12.60\nS2,Two,56.01,12.60\nS3,"
                                 "Three,56.02,12.60\nS4,F,56.04,12.60\n"
                                 "S5,Nowhere,,\n"},
                                {"trips.txt", "route_id,service_id,trip_id\nR,W,T\nR,W,U\n"},
                                {"stop_times.txt",
                                 "trip_id,arrival_time,departure_time,stop_id,stop_sequence\nT,07:00:00,,S1,1\nT,,,"
                                 "S2,2\nT,,,S3,3\nT,07:40:00,,S4,4\n"
                                 "U,,08:00:00,S1,1\nU,,,S5,2\nU,,,S2,3\nU,08:30:00,,S4,4\n"},
                                {NULL, NULL}};
  case_feeds c = read_changed(f, changes);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, 86400);
  const char *calls = case_calls(f->ctx, s, 0);
  assert_non_null(strstr(calls, "S1 25200/25200, S2 "));
  assert_true(abs(s->trips.arrive_s[1] - (25200 + 600)) <= 1 && abs(s->trips.arrive_s[2] - (25200 + 1200)) <= 1);
  assert_int_equal(s->trips.arrive_s[1], s->trips.depart_s[1]);
  /* Without a place: evenly. */
  assert_string_equal(case_calls(f->ctx, s, 1), "S1 28800/28800, S5 29400/29400, S2 30000/30000, S4 30600/30600");
  assert_told(&c, "note", "4 times are not stated");
  assert_told(&c, "warning", "1 stops have no place: nobody can walk to them, the first is S5 (Nowhere)");
  assert_true(isnan(s->stop[case_stop(s, "S5", 0)].x));
}

static void test_what_looks_wrong(void **state) {
  files *f = *state;
  const case_table changes[] = {
      {"stops.txt",
       "stop_id,stop_name,stop_lat,stop_lon,parent_station\nS1,One,56.03,12.60,\nS2,Two,56.04,12.60,P9\nS3,Three,56."
       "05,12.60,\n"
       "S4,Four,56.50,12.60,\nS5,Never,56.51,12.60,\n"},
      {"routes.txt", "route_id,route_short_name,route_type\nR,1,3\nF,Ferry,1200\nE,Empty,3\nX,Odd,9999\n"},
      {"trips.txt",
       "route_id,service_id,trip_id\nR,W,T\nR,W,single\nR,W,silent\nR,W,untimed\nR,none,lost\nF,W,boat\nR,dead,"
       "gone\nX,W,odd\n"
       "R,W,T\n"},
      {"calendar.txt",
       "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
       "W,1,1,1,1,1,0,0,20260101,20261231\ndead,0,0,0,0,0,0,0,20260101,20261231\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
       "T,07:00:00,07:00:00,S1,1\nT,07:00:00,07:00:00,S2,2\nT,07:10:00,07:10:00,S4,3\nsingle,08:00:00,08:00:00,S1,1\n"
       "untimed,09:00:00,09:00:00,S1,1\nuntimed,,,S2,2\nlost,07:00:00,07:00:00,S1,1\nlost,07:10:00,07:10:00,S2,2\n"
       "boat,07:00:00,07:00:00,S1,1\nboat,07:30:00,07:30:00,S4,2\ngone,07:00:00,07:00:00,S1,1\ngone,07:10:00,07:10:"
       "00,S3,2\n"
       "odd,07:00:00,07:00:00,S1,1\nodd,07:10:00,07:10:00,,2\nodd,07:10:00,07:10:00,S3,3\n"},
      {"frequencies.txt", "trip_id,start_time,end_time,headway_secs\nT,09:00:00,08:00:00,600\n"},
      {"transfers.txt", "from_stop_id,to_stop_id,transfer_type\nS1,S99,0\nS1,,2\n"},
      {NULL, NULL}};
  case_feeds c = read_changed(f, changes);
  assert_told(&c, "warning", "stops.txt: 1 stops belong to a station that is not there, the first is S2 (P9)");
  assert_told(&c, "warning", "routes.txt: 1 routes have no known route_type; read as buses");
  assert_told(&c, "warning", "trips.txt: 1 trips are of a service no calendar knows");
  assert_told(&c, "warning", "trips.txt: 1 rows have an id that was there before and are left out, the first is T");
  assert_told(&c, "warning", "frequencies.txt: 1 rows end before they begin");
  assert_told(&c, "warning", "transfers.txt: 2 rows name stops, routes or trips that are not there");
  assert_told(&c, "warning", "1 trips have no row in stop_times.txt and do not run, the first is silent");
  assert_told(&c, "warning", "1 trips have one stop only and do not run, the first is single");
  assert_told(&c, "warning", "1 trips have no time at their first or last stop and do not run, the first is untimed");
  assert_told(&c, "warning", "1 rows name no stop");
  assert_told(&c, "note", "1 hops of more than 250 m take no time, the first on trip T from S1 to S2 (1.1 km)");
  assert_told(&c, "warning",
              "2 hops are faster than 250 km/h (ferries: 70 km/h), the fastest on trip T from S2 to S4: 307 km/h");
  assert_told(&c, "note", "1 stops are never called at, the first is S5 (Never)");
  assert_told(&c, "note", "1 routes have no trip, the first is E");
  assert_told(&c, "note", "1 services never run, the first is dead");
  assert_int_equal(c.findings.count, 15);
  const sund_finding *fast = case_told(&c, "warning", "faster");
  assert_true(fabs(fast->y - 6267000) < 3000);
  /* 15 rows; those of single, untimed, and the one without a stop are not used. */
  assert_int_equal(c.reading[0].read, 15);
  assert_int_equal(c.reading[0].rejected, 4);
}

/* --------------------------------------------------------------------------------------------------------- clocks */

/* On the days of the time change the timetable counts from noon minus 12 hours. */
static void test_clock(void **state) {
  static const struct {
    const char *day;
    int32_t clock, service;
  } cases[] = {
      {"2026-11-24", 7 * 3600, 7 * 3600}, {"2026-03-29", 5400, 9000}, {"2026-03-29", 4 * 3600, 4 * 3600},
      {"2026-03-29", 3 * 3600, 3 * 3600}, {"2026-03-29", 0, 3600},    {"2026-10-25", 9000, 9000},
      {"2026-10-25", 4 * 3600, 4 * 3600}, {"2026-10-25", 5400, 1800}, {"2026-07-01", 0, 0},
      {"2007-03-25", 5400, 9000},         {"2006-10-29", 5400, 1800},
  };
  files *f = *state;
  case_feeds c = read_changed(f, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    int32_t service = -1;
    assert_ok(f->ctx, sund_feeds_clock(f->ctx, c.feeds, case_day(cases[i].day), cases[i].clock, &service));
    if (service != cases[i].service)
      fail_msg("%s %d: %d, expected %d", cases[i].day, cases[i].clock, service, cases[i].service);
    assert_ok(f->ctx, sund_feeds_shown(f->ctx, c.feeds, case_day(cases[i].day), cases[i].clock));
  }
  static const int32_t skipped[] = {7200, 9000, 10799}; /* 02:00 to 02:59:59 */
  for (size_t i = 0; i < 3; i++) {
    sund_ctx *own = sund_ctx_child(f->ctx);
    int32_t service = -1;
    const char *message = "";
    assert_ok(own, sund_feeds_clock(own, c.feeds, case_day("2026-03-29"), skipped[i], &service));
    assert_int_equal(service, 3 * 3600);
    assert_int_equal(sund_feeds_shown(own, c.feeds, case_day("2026-03-29"), skipped[i]), SUND_USAGE);
    sund_failure(own, &message, NULL, NULL);
    assert_non_null(strstr(message, "on 2026-03-29: clocks go forward then (Europe/Copenhagen)"));
    sund_ctx_free(own);
  }
}

static void test_zones(void **state) {
  files *f = *state;
  case_feeds c = read_one(
      f, "agency.txt", "agency_name,agency_timezone\nA,Europe/Copenhagen\nB,Europe/Berlin\nC,Europe/Stockholm\nD,\n");
  assert_int_equal(c.findings.count, 0); /* other names, the same clock */
  c = read_one(f, "agency.txt", "agency_name,agency_timezone\nA,Europe/Copenhagen\nB,Europe/Helsinki\n");
  assert_told(&c, "warning", "agency.txt: line 3: another time zone (Europe/Helsinki)");
  c = read_one(f, "agency.txt", "agency_name,agency_timezone\nA,../../etc/passwd\n");
  assert_told(&c, "warning", "the time zone \"../../etc/passwd\" is not known");
  assert_int_equal(case_ask(&c, "2026-11-24", 0, 86400)->trips.trips, 1);
}

/* Tables with characters changed at will are read or refused, and what is read gives a day, or no trip. */
static void test_garbage(void **state) {
  static const case_table base[] = {
      {"trips.txt", "route_id,service_id,trip_id,block_id,bikes_allowed\nR,W,T,b,1\nR,W,U,b,2\nR,W,V,,\n"},
      {"stop_times.txt",
       "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\nT,07:00:00,07:00:00,S1,"
       "1,0,0\n"
       "T,,,S2,2,,\nT,07:20:00,07:20:00,S3,3,1,0\nU,\"07:30:00\",07:30:00,S3,1,,\nU,08:00:00,08:00:00,S1,2,,\n"
       "V,25:00:00,25:00:00,S1,5,,\nV,25:30:00,25:31:00,S2,9,,\n"},
      {"stops.txt",
       "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nS1,One,56.03,12.60,0,P\nS2,Two,56.04,12.60,"
       "0,P\n"
       "S3,Three,56.05,12.60,,\nP,\"Sta \"\"tion\",56.03,12.60,1,\n"},
      {"calendar.txt",
       "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nW,1,1,1,1,1,0,0,"
       "20260101,20261231\n"},
      {"calendar_dates.txt", "service_id,date,exception_type\nW,20261124,1\nW,20261125,2\n"},
      {"frequencies.txt",
       "trip_id,start_time,end_time,headway_secs,exact_times\nV,07:00:00,08:00:00,600,1\nV,08:00:00,09:00:00,600,"
       "0\n"},
      {"transfers.txt",
       "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id,from_trip_id,to_trip_id\nP,"
       "P,2,100,,,,\n"
       "S1,S2,3,,R,,,\nS2,S1,2,50,,,T,U\n,,4,,,,T,U\n"},
      {"pathways.txt", "from_stop_id,to_stop_id,is_bidirectional,length,traversal_time\nS1,P,1,10,\nP,S2,0,,20\n"},
      {"feed_info.txt", "feed_start_date,feed_end_date\n20260101,20261231\n"},
  };
  enum { TABLES = sizeof base / sizeof *base, ROUNDS = 200 };
  static const char odd[] = ",,,\n\n\"\"0123456789:-. \r\tRSTUVWPb\0\xFF";
  files *f = *state;
  uint64_t seed = support_seed();
  size_t good = 0;
  for (int round = 0; round < ROUNDS; round++) {
    case_table changes[TABLES + 1];
    char text[TABLES][700];
    memcpy(changes, base, sizeof base);
    changes[TABLES] = (case_table){NULL, NULL};
    for (int k = 0; k < 1 + round % 3; k++) {
      size_t t = support_random(&seed) % TABLES, length = strlen(changes[t].text);
      memmove(text[t], changes[t].text, length + 1);
      if (length > 0) text[t][support_random(&seed) % length] = odd[support_random(&seed) % (sizeof odd - 1)];
      changes[t].text = text[t];
    }
    sund_ctx *own = sund_ctx_new();
    const char *path = case_folder(f, "feed", case_small, changes);
    case_feeds c;
    sund_code code = case_try(own, 1, &path, &c);
    const sund_service_ask ask = {.day = SUND_ANY_DAY, .begin_s = 0, .end_s = 86400};
    if (code == SUND_OK) code = sund_feeds_service(own, c.feeds, &ask, &c.service, &c.findings);
    good += code == SUND_OK;
    if (code != SUND_OK && code != SUND_DATA && code != SUND_SOURCE)
      fail_msg("seed %llu, round %d: code %d", (unsigned long long)support_seed(), round, code);
    sund_ctx_free(own);
  }
  assert_true(good > ROUNDS / 10 && good < ROUNDS);
}

/* The n-th allocation fails, for every n. */
static void test_every_allocation_fails(void **state) {
  files *f = *state;
  const case_table changes[] = {
      {"frequencies.txt", "trip_id,start_time,end_time,headway_secs\nT,07:00:00,08:00:00,600\n"},
      {"transfers.txt", "from_stop_id,to_stop_id,transfer_type\nS1,S2,0\n"},
      {"pathways.txt", "from_stop_id,to_stop_id,is_bidirectional,length\nS1,S2,1,100\n"},
      {NULL, NULL}};
  const char *path = case_folder(f, "feed", case_small, changes);
  for (size_t n = 1;; n++) {
    sund_ctx *own = sund_ctx_new();
    sund_source source = {.role = SUND_TIMETABLE, .text = path, .path = path};
    sund_reading done;
    sund_findings findings = {0};
    sund_feeds *feeds;
    sund_service *service;
    sund_ctx_fail_alloc(own, n);
    sund_code code = sund_feeds_read(own, 1, &source, NULL, &feeds, &done, &findings);
    const sund_service_ask ask = {.day = SUND_ANY_DAY, .begin_s = 0, .end_s = 86400};
    if (code == SUND_OK) code = sund_feeds_service(own, feeds, &ask, &service, &findings);
    sund_ctx_free(own);
    if (code == SUND_OK) break;
    if (code != SUND_LIMIT) fail_msg("allocation %zu: code %d", n, code);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_reading),
      FILES_TEST(test_days),
      FILES_TEST(test_any_order),
      FILES_TEST(test_backwards),
      FILES_TEST(test_boarding),
      FILES_TEST(test_lines_of_failures),
      FILES_TEST(test_contradictions),
      FILES_TEST(test_missing_times),
      FILES_TEST(test_what_looks_wrong),
      FILES_TEST(test_clock),
      FILES_TEST(test_zones),
      FILES_TEST(test_garbage),
      FILES_TEST(test_every_allocation_fails),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
