/* Tests of the timetable of a day: layers/service*.c. */
#include "feed_case.h"

enum { HOUR = 3600, DAY = 86400, NEVER = 7 * 86400 };

static const char trips_head[] = "route_id,service_id,trip_id,block_id,bikes_allowed\n";

/* ----------------------------------------------------------------------------------------------------------- days */

/* Trips written by hand for one table: "T 07:00:00 S1 07:10:00 S2", a line each. */
static const char *times_of(sund_ctx *ctx, const char *lines) {
  const char *text = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";
  char *copy = sund_text_copy(ctx, lines), *rest = NULL;
  for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char *words = NULL, *trip = strtok_r(line, " ", &words), *time, *stop;
    for (int n = 1; (time = strtok_r(NULL, " ", &words)) && (stop = strtok_r(NULL, " ", &words)); n++) {
      char *leave = strchr(time, '/');
      if (leave) *leave++ = '\0';
      text = sund_text(ctx, "%s%s,%s,%s,%s,%d\n", text, trip, time, leave ? leave : time, stop, n);
    }
  }
  return text;
}

static case_feeds read_with(files *f, const char *lines, const case_table *more) {
  case_table changes[CASE_TABLES] = {{"stop_times.txt", times_of(f->ctx, lines)}};
  for (size_t i = 0; more && more[i].name; i++) changes[i + 1] = more[i];
  const char *path = case_folder(f, "feed", case_small, changes);
  return case_read(f->ctx, 1, &path);
}

/* Times past midnight, of the day and of the days before, on ordinary days and those of the time change. */
static void test_past_midnight(void **state) {
  static const struct {
    const char *day;
    int32_t at;
    const char *clock;
    int32_t clock_s;
  } cases[] = {
      {"2026-11-25", HOUR + 600, "01:10", HOUR + 600},
      {"2026-03-28", HOUR + 600, "01:10", HOUR + 600},
      {"2026-03-29", 2 * HOUR + 600, "01:10", HOUR + 600}, /* 02:10:00 of the day counted from noon - 12 hours */
      {"2026-10-25", 600, "01:10", HOUR + 600},
      {"2026-10-26", HOUR + 600, "01:10", HOUR + 600}};
  files *f = *state;
  const case_table all_days = {
      "calendar.txt",
      "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
      "W,1,1,1,1,1,1,1,20260101,20261231\n"};
  const case_table more[] = {all_days, {NULL, NULL}};
  case_feeds c = read_with(f, "T 25:10:00 S1 49:20:00 S2", more);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const sund_service *s = case_ask(&c, cases[i].day, cases[i].at - 300, cases[i].at + 300);
    assert_int_equal(s->trips.trips, 1);
    assert_int_equal(s->trips.depart_s[0], cases[i].at);
    int32_t service = 0;
    assert_ok(f->ctx, sund_feeds_clock(f->ctx, c.feeds, case_day(cases[i].day), cases[i].clock_s, &service));
    assert_int_equal(service, cases[i].at);
    assert_int_equal(case_ask(&c, cases[i].day, cases[i].at + 1, cases[i].at + 300)->trips.trips, 0);
  }
  /* Still under way two days later; the next day's leaves within the time asked about. */
  const sund_service *s = case_ask(&c, "2026-11-25", 0, 2 * DAY);
  assert_int_equal(s->trips.trips, 2);
  assert_int_equal(s->trips.depart_s[0], HOUR + 600);
  assert_int_equal(s->trips.depart_s[2], DAY + HOUR + 600);
}

/* Random calendars against the obvious reading of them, day by day. */
static void test_calendars(void **state) {
  files *f = *state;
  enum { SERVICES = 6, FIRST = 20600, DAYS = 60, EXCEPTIONS = 40 };
  uint64_t seed = support_seed();
  char *calendar = calloc(1, 4000), *dates = calloc(1, 4000), *trips = calloc(1, 4000), *lines = calloc(1, 4000);
  int runs[SERVICES][DAYS + 1] = {{0}};
  char *at =
      calendar +
      sprintf(calendar, "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n");
  char *date = dates + sprintf(dates, "service_id,date,exception_type\n");
  strcpy(trips, trips_head);
  for (int s = 0; s < SERVICES; s++) {
    sprintf(trips + strlen(trips), "R,V%d,T%d,,\n", s, s);
    sprintf(lines + strlen(lines), "T%d 07:00:00 S1 07:10:00 S2\n", s);
    if (s == 0) continue; /* known by its exceptions only */
    int begin = (int)(support_random(&seed) % DAYS), end = (int)(support_random(&seed) % DAYS);
    unsigned week = (unsigned)support_random(&seed);
    at += sprintf(at, "V%d", s);
    for (int d = 0; d < 7; d++) at += sprintf(at, ",%u", week >> d & 1);
    for (int k = 0; k < 2; k++) {
      const char *text = sund_day_text(f->ctx, FIRST + (k ? end : begin));
      at += sprintf(at, ",%.4s%.2s%.2s", text, text + 5, text + 8);
    }
    at += sprintf(at, "\n");
    for (int d = begin; d <= end; d++) runs[s][d] = week >> ((FIRST + d + 3) % 7) & 1; /* 1970-01-01: Thursday */
  }
  bool said[SERVICES][DAYS] = {{0}};
  for (int k = 0; k < EXCEPTIONS; k++) {
    int s = (int)(support_random(&seed) % SERVICES), d = (int)(support_random(&seed) % DAYS);
    int type = 1 + (int)(support_random(&seed) % 2);
    if (said[s][d]) continue;
    said[s][d] = true;
    const char *text = sund_day_text(f->ctx, FIRST + d);
    date += sprintf(date, "V%d,%.4s%.2s%.2s,%d\n", s, text, text + 5, text + 8, type);
    runs[s][d] = type == 1;
  }
  const case_table more[] = {
      {"calendar.txt", calendar}, {"calendar_dates.txt", dates}, {"trips.txt", trips}, {NULL, NULL}};
  case_feeds c = read_with(f, lines, more);
  for (int d = 0; d < DAYS; d++) {
    size_t expected = 0;
    for (int s = 0; s < SERVICES; s++) expected += (size_t)runs[s][d];
    const sund_service_ask ask = {.day = FIRST + d, .begin_s = 0, .end_s = DAY - 1};
    sund_ctx *own = sund_ctx_child(f->ctx);
    sund_service *s = NULL;
    sund_findings told = {0};
    sund_code code = sund_feeds_service(own, c.feeds, &ask, &s, &told);
    if (expected == 0 ? code != SUND_DATA : code != SUND_OK || s->trips.trips != expected)
      fail_msg("seed %llu, day %d: code %d, %zu trips expected", (unsigned long long)support_seed(), d, code,
               expected);
    sund_ctx_free(own);
  }
  free(calendar), free(dates), free(trips), free(lines);
}

static void test_choice_of_day(void **state) {
  files *f = *state;
  const case_table more[] = {
      {"trips.txt", "route_id,service_id,trip_id\nR,W,T\nR,E,U\nR,S,V\nR,S,X\nR,S,Y\n"},
      {"calendar_dates.txt",
       "service_id,date,exception_type\nE,20260310,1\nE,20260317,1\nE,20260320,1\nS,20260321,1\n"},
      {NULL, NULL}};
  case_feeds c = read_with(f,
                           "T 07:00:00 S1 07:10:00 S2\nU 08:00:00 S1 08:10:00 S2\nV 08:00:00 S1 08:10:00 S2\n"
                           "X 08:00:00 S1 08:10:00 S2\nY 08:00:00 S1 08:10:00 S2",
                           more);
  sund_service *s;
  const sund_service_ask any = {.day = SUND_ANY_DAY, .begin_s = 0, .end_s = DAY};
  assert_ok(f->ctx, sund_feeds_service(f->ctx, c.feeds, &any, &s, &c.findings));
  assert_string_equal(sund_day_text(f->ctx, s->day),
                      "2026-03-10"); /* the first Tuesday with two, not the full Saturday */
  assert_int_equal(s->trips.trips, 2);
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *why = NULL, *where = NULL;
  const sund_service_ask sunday = {.day = case_day("2026-03-22"), .begin_s = 0, .end_s = DAY};
  assert_int_equal(sund_feeds_service(own, c.feeds, &sunday, &s, &c.findings), SUND_DATA);
  sund_failure(own, &why, &where, NULL);
  assert_string_equal(why, "no trip runs on 2026-03-22; the timetables know feed: 2026-01-01 to 2026-12-31");
  assert_string_equal(where, "feed");
  sund_ctx_free(own);
}

/* Routes that run in other weeks only are told. */
static void test_dead_routes(void **state) {
  files *f = *state;
  const case_table more[] = {
      {"routes.txt", "route_id,route_short_name,route_type\nR,1,3\nD,Dead,3\nS,Sunday,3\nE,Empty,3\n"},
      {"trips.txt", "route_id,service_id,trip_id\nR,W,T\nD,X,U\nS,Y,V\n"},
      {"calendar_dates.txt", "service_id,date,exception_type\nX,20261130,1\nY,20261129,1\n"},
      {NULL, NULL}};
  case_feeds c =
      read_with(f, "T 07:00:00 S1 07:10:00 S2\nU 07:00:00 S1 07:10:00 S2\nV 07:00:00 S1 07:10:00 S2", more);
  case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_told(&c, "note", "1 routes do not run in the week of 2026-11-24, the first is D (Dead)");
}

static void test_closed_routes(void **state) {
  files *f = *state;
  const case_table more[] = {
      {"routes.txt", "route_id,route_short_name,route_type\nR,1,3\nB,,1200\nM,M,401\nA,,1100\n"},
      {"trips.txt", "route_id,service_id,trip_id,bikes_allowed\nR,W,T,1\nB,W,boat,2\nM,W,U,\n"},
      {NULL, NULL}};
  case_feeds c =
      read_with(f, "T 07:00:00 S1 07:10:00 S2\nboat 07:00:00 S1 07:10:00 S2\nU 07:00:00 S1 07:10:00 S2", more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.trips, 3);
  assert_int_equal(s->route[s->trips.route[case_trip(s, "boat", 0)]].type, 4);
  assert_int_equal(s->route[s->trips.route[case_trip(s, "U", 0)]].type, 1);
  assert_string_equal(s->route[1].name, "B");
  assert_int_equal(s->bikes[case_trip(s, "T", 0)], 1);
  assert_int_equal(s->bikes[case_trip(s, "boat", 0)], 2);
  assert_int_equal(s->bikes[case_trip(s, "U", 0)], 0);
  const char *close[] = {"B", "M", "no such"};
  sund_service_ask ask = {.day = s->day, .begin_s = 0, .end_s = DAY - 1, .closed = 3, .close = close};
  assert_ok(f->ctx, sund_feeds_service(f->ctx, c.feeds, &ask, &c.service, &c.findings));
  assert_int_equal(c.service->trips.trips, 1);
  assert_int_equal(c.service->routes, 4);
}

/* Two feeds whose clocks differ on the day: the second is moved. */
static void test_other_clock(void **state) {
  files *f = *state;
  const case_table finnish[] = {{"agency.txt", "agency_name,agency_timezone\nB,Europe/Helsinki\n"}, {NULL, NULL}};
  const char *path[2] = {case_folder(f, "dk", case_small, NULL), case_folder(f, "fi", case_small, finnish)};
  case_feeds c = case_read(f->ctx, 2, path);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.depart_s[s->trips.first[0]], 7 * HOUR);
  assert_int_equal(s->trips.depart_s[s->trips.first[1]], 6 * HOUR);
  assert_told(&c, "warning", "its clock (Europe/Helsinki) is not that of the first timetable (Europe/Copenhagen)");
  assert_told(&c, "warning", "moved by -60 minutes");
}

/* ---------------------------------------------------------------------------------------------------- frequencies */

static void test_frequencies(void **state) {
  files *f = *state;
  const case_table more[] = {{"trips.txt", "route_id,service_id,trip_id\nR,W,T\nR,W,U\nR,W,V\n"},
                             {"frequencies.txt",
                              "trip_id,start_time,end_time,headway_secs,exact_times\nT,07:00:00,08:00:00,1200,1\n"
                              "U,06:00:00,07:00:00,600,0\nU,07:00:00,26:00:00,1200,\nV,07:00:00,07:01:00,600,1\n"},
                             {NULL, NULL}};
  case_feeds c = read_with(f,
                           "T 05:12:00 S1 05:20:00/05:21:00 S2 05:30:00 S3\nU 10:00:00/10:01:00 S1 10:11:00 S2\n"
                           "V 00:28:00/00:30:00 S1 00:40:00 S2",
                           more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.trips, 7); /* with yesterday's until 02:00 */
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "T", 0)), "S1 25200/25200, S2 25680/25740, S3 26280/26280");
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "T", 2)), "S1 27600/27600, S2 28080/28140, S3 28680/28680");
  size_t u = case_trip(s, "U", 1);
  assert_string_equal(case_calls(f->ctx, s, u), "S1 0/0, S2 600/600");
  assert_int_equal(s->trips.headway_s[u], 600);
  assert_int_equal(s->trips.begin_s[u], 6 * HOUR);
  assert_int_equal(s->trips.end_s[u], 7 * HOUR);
  u = case_trip(s, "U", 0);
  assert_int_equal(s->trips.begin_s[u], 7 * HOUR - DAY);
  assert_int_equal(s->trips.end_s[u], 2 * HOUR);
  /* Written as counted from the begin of a cycle: 07:00 + 0:30. */
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "V", 0)), "S1 27000/27000, S2 27600/27600");
  assert_told(&c, "note", "frequencies.txt: trip V leaves some minutes past 0:00");
}

/* --------------------------------------------------------------------------------------------------------- blocks */

static void test_blocks(void **state) {
  files *f = *state;
  const case_table more[] = {
      {"trips.txt",
       "route_id,service_id,trip_id,block_id,bikes_allowed\nR,W,A,b1,1\nR,W,B,b1,1\nR,W,C,b1,2\n"
       "R,W,D,b2,\nR,W,E,b2,\nR,W,F,b3,\nR,W,G,b3,\nR,W,H,,\n"},
      {NULL, NULL}};
  case_feeds c =
      read_with(f,
                "A 07:00:00 S1 07:10:00/07:12:00 S2\nB 07:15:00 S2 07:25:00 S3\nC 08:00:00 S3 08:10:00 S1\n"
                "D 07:00:00 S1 07:10:00 S2\nE 07:20:00 S3 07:30:00 S1\nF 07:00:00 S1 07:10:00 S2\n"
                "G 07:05:00 S2 07:20:00 S3\nH 09:00:00 S1 09:10:00 S2",
                more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  const size_t a = case_trip(s, "A", 0);
  assert_string_equal(case_calls(f->ctx, s, a),
                      "S1 25200/25200, S2 25800/25800, S2 26100/26100, S3 26700/26700, S3 28800/28800, "
                      "S1 29400/29400");
  static const uint8_t use[] = {1, 2, 1, 2, 1, 2};
  assert_memory_equal(s->trips.use + s->trips.first[a], use, sizeof use);
  assert_int_equal(s->bikes[a], 2);
  /* A bicycle may still go on each of the first two. */
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "A", 1)), "S1 25200/25200, S2 25800/25800");
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "B", 0)), "S2 26100/26100, S3 26700/26700");
  assert_int_equal(s->trips.trips, 8);
  assert_told(&c, "note", "1 trips of a block go on from another place: nobody stays seated, the first is D");
  assert_told(&c, "warning",
              "1 trips of one block are under way at once: nobody stays seated between them, the first is F");
}

/* Type 4 links trips without a block, and divides a train; type 5 parts those of one. */
static void test_in_seat_transfers(void **state) {
  files *f = *state;
  const case_table more[] = {
      {"trips.txt", "route_id,service_id,trip_id,block_id\nR,W,A,\nR,W,B,\nR,W,C,\nR,W,D,b\nR,W,E,b\n"},
      {"transfers.txt",
       "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\n,,4,A,B\n,,4,A,C\n,,4,A,B\n,,5,D,E\n,,4,A,\n"},
      {NULL, NULL}};
  case_feeds c = read_with(f,
                           "A 07:00:00 S1 07:10:00 S2\nB 07:15:00 S2 07:25:00 S3\nC 07:20:00 S2 07:40:00 S1\n"
                           "D 07:00:00 S1 07:10:00 S2\nE 07:15:00 S2 07:30:00 S1",
                           more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.trips, 4);
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "A", 0)),
                      "S1 25200/25200, S2 25800/25800, S2 26100/26100, S3 26700/26700");
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "A", 1)),
                      "S1 25200/25200, S2 25800/25800, S2 26400/26400, S1 27600/27600");
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "D", 0)), "S1 25200/25200, S2 25800/25800");
  assert_told(&c, "warning", "transfers.txt: 1 rows name");
}

/* Trips without time that lead back to themselves: no trip is lost, none holds a run twice. */
static void test_ring_of_seats(void **state) {
  files *f = *state;
  const case_table more[] = {{"trips.txt", "route_id,service_id,trip_id\nR,W,A\nR,W,B\nR,W,C\nR,W,D\nR,W,E\n"},
                             {"transfers.txt",
                              "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\n,,4,A,B\n,,4,B,A\n"
                              ",,4,C,D\n,,4,D,E\n,,4,E,D\n"},
                             {NULL, NULL}};
  case_feeds c = read_with(f,
                           "A 07:00:00 S1 07:00:00 S2\nB 07:00:00 S2 07:00:00 S1\nC 06:00:00 S3 06:30:00 S1\n"
                           "D 07:00:00 S1 07:00:00 S2\nE 07:00:00 S2 07:00:00 S1\n",
                           more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.trips, 2);
  assert_string_equal(case_calls(f->ctx, s, case_trip(s, "A", 0)),
                      "S1 25200/25200, S2 25200/25200, S2 25200/25200, S1 25200/25200");
  assert_string_equal(
      case_calls(f->ctx, s, case_trip(s, "C", 0)),
      "S3 21600/21600, S1 23400/23400, S1 25200/25200, S2 25200/25200, S2 25200/25200, S1 25200/25200");
  assert_told(&c, "warning",
              "transfers.txt: 2 trips lead, seated, back to themselves: the ring is cut, the first is E");
}

/* A train that divides and joins again at every one of 14 steps has 16 384 ways through: they are cut, and no trip is
 * lost. */
static void test_too_many_ways(void **state) {
  enum { STEPS = 14 };
  files *f = *state;
  const char *trips = "route_id,service_id,trip_id\n", *lines = "";
  const char *ties = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\n";
  for (int k = 0; k < STEPS; k++) {
    trips = sund_text(f->ctx, "%sR,W,A%d\nR,W,B%d\nR,W,C%d\n", trips, k, k, k);
    ties = sund_text(f->ctx, "%s,,4,A%d,B%d\n,,4,A%d,C%d\n", ties, k, k, k, k);
    if (k + 1 < STEPS) ties = sund_text(f->ctx, "%s,,4,B%d,A%d\n,,4,C%d,A%d\n", ties, k, k + 1, k, k + 1);
    lines = sund_text(f->ctx,
                      "%sA%d %02d:00:00 S1 %02d:10:00 S2\nB%d %02d:20:00 S2 %02d:30:00 S1\n"
                      "C%d %02d:25:00 S2 %02d:40:00 S1\n",
                      lines, k, 6 + k, 6 + k, k, 6 + k, 6 + k, k, 6 + k, 6 + k);
  }
  const case_table more[] = {{"trips.txt", trips}, {"transfers.txt", ties}, {NULL, NULL}};
  case_feeds c = read_with(f, lines, more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_true(s->trips.trips < 3000);
  for (int k = 0; k < STEPS; k++)
    for (int which = 0; which < 3; which++) {
      static const int minute[] = {0, 20, 25};
      const int32_t at = (6 + k) * HOUR + minute[which] * 60;
      bool found = false;
      for (size_t e = 0; e < s->trips.first[s->trips.trips]; e++)
        found = found || (s->trips.depart_s[e] == at && (s->trips.use[e] & 1));
      if (!found) fail_msg("%c%d is in no trip", "ABC"[which], k);
    }
  assert_told(&c, "warning", "there are more ways to stay seated than are followed: there one changes");
}

/* ---------------------------------------------------------------------------------------------------------- links */

/* Two platforms A, B of a station P, another stop Q: lines X and Y call at A, Z at B and Q. */
static const char station_stops[] =
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nP,Station,56.03,12.60,1,\nA,A,56.03,12.60,0,"
    "P\n"
    "B,B,56.0301,12.6001,0,P\nQ,Q,56.04,12.60,0,\nS1,One,56.00,12.60,0,\nS2,Two,56.01,12.60,0,\n";
static const char station_lines[] =
    "X1 07:00:00 S1 07:10:00 A 07:20:00 Q\nY1 07:00:00 S1 07:12:00 A 07:25:00 S2\nY2 08:00:00 S1 08:12:00 A 08:25:00 "
    "S2\n"
    "Z1 07:30:00 B 07:40:00 Q";

static const sund_service *station(files *f, const char *transfers, const char *pathways, case_feeds *c) {
  case_table more[6] = {{"stops.txt", station_stops},
                        {"routes.txt", "route_id,route_type\nX,3\nY,3\nZ,3\n"},
                        {"trips.txt", "route_id,service_id,trip_id\nX,W,X1\nY,W,Y1\nY,W,Y2\nZ,W,Z1\n"}};
  size_t n = 3;
  if (transfers) more[n++] = (case_table){"transfers.txt", transfers};
  if (pathways) more[n] = (case_table){"pathways.txt", pathways};
  *c = read_with(f, station_lines, more);
  return case_ask(c, "2026-11-24", 0, DAY - 1);
}

#define assert_link(s, from, to, takes, changes)                    \
  do {                                                              \
    bool change = false;                                            \
    assert_int_equal(case_link((s), (from), (to), &change), takes); \
    assert_int_equal(change, changes);                              \
  } while (0)

static void test_transfers(void **state) {
  files *f = *state;
  case_feeds c;
  bool only;
  const sund_service *s =
      station(f,
              "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,A,2,120\nA,B,2,90\nB,A,3,\n"
              "A,Q,1,\nQ,A,0,\nQ,B,0,77\nQ,Q,2,\n",
              NULL, &c);
  const size_t a = case_stop(s, "A", 0), b = case_stop(s, "B", 0), q = case_stop(s, "Q", 0);
  assert_true(case_stop(s, "A", 1) == SIZE_MAX && case_stop(s, "P", 0) == SIZE_MAX);
  assert_int_equal(s->stop[a].station, s->stop[b].station);
  assert_int_not_equal(s->stop[a].station, s->stop[q].station);
  assert_link(s, a, a, 120, true);
  assert_link(s, a, b, 90, false);
  assert_int_equal(case_link(s, b, a, &only), -1);
  assert_true(case_forbidden(s, b, a) && s->forbidden == 1);
  assert_link(s, a, q, 0, true);
  assert_int_equal(case_link(s, q, a, &only), -1); /* recommended, not measured */
  assert_link(s, q, b, 77, false);
  assert_link(s, q, q, 0, true);
}

/* A rule of a station is one of all its platforms, and yields to that of the platforms themselves. */
static void test_station_transfers(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s =
      station(f,
              "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nP,P,2,300\nA,B,2,60\nP,Q,2,600\nQ,P,3,\n"
              "Q,B,2,50\n",
              NULL, &c);
  const size_t a = case_stop(s, "A", 0), b = case_stop(s, "B", 0), q = case_stop(s, "Q", 0);
  assert_link(s, a, a, 300, true);
  assert_link(s, b, b, 300, true);
  assert_link(s, b, a, 300, true);
  assert_link(s, a, b, 60, false);
  assert_link(s, a, q, 600, false);
  assert_link(s, b, q, 600, false);
  assert_link(s, q, b, 50, false);
  assert_true(case_forbidden(s, q, a) && s->forbidden == 1);
}

/* Rules for routes and trips: a reading of the stop for each that is named. */
static void test_specific_transfers(void **state) {
  files *f = *state;
  case_feeds c;
  bool only;
  const sund_service *s = station(
      f,
      "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id,from_trip_id,to_trip_id\n"
      "A,A,2,120,,,,\nA,A,2,30,X,,,\nA,A,3,,X,Y,,\nA,A,2,10,X,,,Y2\nA,B,2,200,Y,Z,,\nA,B,2,150,,,Y2,\n",
      NULL, &c);
  const size_t x = s->trips.stop[s->trips.first[case_trip(s, "X1", 0)] + 1];
  const size_t y = s->trips.stop[s->trips.first[case_trip(s, "Y1", 0)] + 1];
  const size_t y2 = s->trips.stop[s->trips.first[case_trip(s, "Y2", 0)] + 1];
  const size_t b = case_stop(s, "B", 0);
  assert_true(x != y && y != y2 && x != y2);
  for (size_t k = 0; k < 3; k++) assert_true(strcmp(s->stop[case_stop(s, "A", k)].id, "A") == 0);
  assert_true(case_stop(s, "A", 3) == SIZE_MAX);
  assert_link(s, x, x, 30, true);
  assert_link(s, y, x, 120, true);
  assert_link(s, y, y, 120, true);
  assert_link(s, x, y, NEVER, true);
  assert_true(case_forbidden(s, x, y) && s->forbidden == 1);
  assert_link(s, x, y2, 10, true);
  assert_link(s, y2, y, 120, true);
  assert_link(s, y, b, 200, true);
  assert_link(s, y2, b, 150, true); /* a trip goes before a route */
  assert_int_equal(case_link(s, x, b, &only), -1);
}

/* Where nothing general is said the readings of a stop are still one place. */
static void test_readings_are_one_place(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s =
      station(f, "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id,to_route_id\nA,Q,2,60,X,Z\n",
              NULL, &c);
  const size_t x = s->trips.stop[s->trips.first[case_trip(s, "X1", 0)] + 1];
  const size_t y = s->trips.stop[s->trips.first[case_trip(s, "Y1", 0)] + 1];
  assert_link(s, x, y, 0, true);
  assert_link(s, y, x, 0, true);
  const size_t z = s->trips.stop[s->trips.first[case_trip(s, "Z1", 0)] + 1];
  const size_t other = s->trips.stop[s->trips.first[case_trip(s, "X1", 0)] + 2];
  assert_link(s, x, z, -1 + 61, true);
  assert_int_not_equal(z, other);
  assert_link(s, z, other, 0, true);
}

static void test_pathways(void **state) {
  files *f = *state;
  case_feeds c;
  /* A to a gate in 40 s, on to B over 50 m (36 s); back from B straight in 55 s. Q is two hours away: no link. */
  static const char stops[] =
      "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nP,Station,56.03,12.60,1,\nA,A,56.03,12.60,0,"
      "P\n"
      "B,B,56.0301,12.6001,0,P\nQ,Q,56.04,12.60,0,\nS1,One,56.00,12.60,0,\nS2,Two,56.01,12.60,0,\nN,,,,3,P\n";
  static const char paths[] =
      "pathway_id,from_stop_id,to_stop_id,pathway_mode,is_bidirectional,length,traversal_time\n1,A,N,1,1,,40\n2,N,B,"
      "1,0,50,\n"
      "3,B,A,1,0,,55\n4,B,Q,1,1,10000,\n5,B,X,1,1,,5\n";
  const case_table more[] = {{"stops.txt", stops},
                             {"routes.txt", "route_id,route_type\nX,3\nY,3\nZ,3\n"},
                             {"trips.txt", "route_id,service_id,trip_id\nX,W,X1\nY,W,Y1\nY,W,Y2\nZ,W,Z1\n"},
                             {"pathways.txt", paths},
                             {NULL, NULL}};
  c = read_with(f, station_lines, more);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  const size_t a = case_stop(s, "A", 0), b = case_stop(s, "B", 0);
  assert_link(s, a, b, 76, false);
  assert_link(s, b, a, 55, false);
  assert_int_equal(s->links.count, 2);
  assert_told(&c, "warning", "pathways.txt: 1 rows name stops that are not there");
  s = station(f, "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nA,B,2,30\n",
              "from_stop_id,to_stop_id,is_bidirectional\nA,B,1\n", &c);
  assert_link(s, case_stop(s, "A", 0), case_stop(s, "B", 0), 30, false); /* what is stated goes first */
  assert_link(s, case_stop(s, "B", 0), case_stop(s, "A", 0), 10, false); /* 12.8 m in a straight line */
}

/* --------------------------------------------------------------------------------------------------------- riding */

/* A 08:00 - B 08:10, 08:20 - 08:30; B 08:12 - C 08:20, 08:35 - 08:43, departures 07:55 to 08:24, changing in 2
 * minutes. */
static void test_overall(void **state) {
  files *f = *state;
  uint32_t seconds[30], scratch[30], arrive[3 * 30];
  for (int change = 120; change <= 180; change += 60) {
    const case_table more[] = {{"trips.txt", "route_id,service_id,trip_id\nR,W,A1\nR,W,A2\nR,W,B1\nR,W,B2\n"},
                               {"transfers.txt", sund_text(f->ctx,
                                                           "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
                                                           "S2,S2,2,%d\n",
                                                           change)},
                               {NULL, NULL}};
    case_feeds c = read_with(f,
                             "A1 08:00:00 S1 08:10:00 S2\nA2 08:20:00 S1 08:30:00 S2\nB1 08:12:00 S2 08:20:00 S3\n"
                             "B2 08:35:00 S2 08:43:00 S3",
                             more);
    const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
    const sund_lanes lanes = {7 * HOUR + 55 * 60, 60, 30};
    const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 2 * HOUR, .rides = 4};
    const sund_access access = {(uint32_t)case_stop(s, "S1", 0), 0};
    sund_timetable *t;
    sund_rider *rider;
    assert_ok(f->ctx, sund_timetable_build(f->ctx, s->stops, &s->trips, &s->links, &t));
    assert_ok(f->ctx, sund_rider_open(f->ctx, t, &ask, &rider));
    assert_ok(f->ctx, sund_rider_ride(rider, 1, &access, arrive));
    memcpy(seconds, arrive + 30 * case_stop(s, "S3", 0), sizeof seconds);
    if (change == 180) {
      assert_int_equal(seconds[5], 43 * 60); /* leaves 08:00, is there 08:43 */
      continue;
    }
    assert_int_equal(sund_lanes_percentile(30, seconds, 10, scratch), 22 * 60);
    assert_int_equal(sund_lanes_percentile(30, seconds, 50, scratch), 31 * 60);
    assert_true(sund_lanes_percentile(30, seconds, 90, scratch) == SUND_BEYOND);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_past_midnight),
      FILES_TEST(test_calendars),
      FILES_TEST(test_choice_of_day),
      FILES_TEST(test_dead_routes),
      FILES_TEST(test_closed_routes),
      FILES_TEST(test_other_clock),
      FILES_TEST(test_frequencies),
      FILES_TEST(test_blocks),
      FILES_TEST(test_in_seat_transfers),
      FILES_TEST(test_ring_of_seats),
      FILES_TEST(test_too_many_ways),
      FILES_TEST(test_transfers),
      FILES_TEST(test_station_transfers),
      FILES_TEST(test_specific_transfers),
      FILES_TEST(test_readings_are_one_place),
      FILES_TEST(test_pathways),
      FILES_TEST(test_overall),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
