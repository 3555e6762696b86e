/* Tests of joining what two timetables both know: layers/service_merge.c, service_union.c, service_near.c. */
#include "feed_case.h"

enum { HOUR = 3600, DAY = 86400 };

/* --------------------------------------------------------------------------------------------------------- bridge */

/* Stops along the coastal line and over the bridge; the Swedish feed has its own ids and poles some metres off. */
static const char danish_stops[] =
    "stop_id,stop_name,stop_lat,stop_lon\nHel,Helsingor,56.034,12.614\nKh,Kobenhavn "
    "H,55.673,12.565\nCPH,Kastrup,55.630,12.650\n"
    "Mc,Malmo C,55.609,13.000\nRo,Roskilde,55.639,12.089\n";
static const char swedish_stops[] =
    "stop_id,stop_name,stop_lat,stop_lon\n74000,Kobenhavn H,55.6735,12.5655\n74001,Kobenhavns "
    "Lufthavn,55.6305,12.6505\n"
    "74002,Malmo C,55.6095,13.0005\n74003,Lund C,55.708,13.187\n74004,Far away,57.000,13.187\n";
static const char danish_routes[] = "route_id,route_short_name,route_type\nR,Re,2\nB,150S,3\n";
static const char swedish_routes[] = "route_id,route_short_name,route_type\nR,Oresundstag,106\nB,1,700\n";

/* A line a trip: "name#number>headsign time stop time/time stop ..."; blanks of a headsign are written as _. */
static const char *times_of(sund_ctx *ctx, const char *lines, const char **trips) {
  const char *text = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n";
  char *copy = sund_text_copy(ctx, lines), *rest = NULL;
  *trips = "route_id,service_id,trip_id,bikes_allowed,trip_short_name,trip_headsign\n";
  for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
    char *words = NULL, *trip = strtok_r(line, " ", &words), *time, *stop;
    const char *bikes = trip[0] == 'b' ? "" : "1"; /* buses say nothing */
    char *headsign = strchr(trip, '>');
    if (headsign) *headsign++ = '\0';
    for (char *c = headsign; c && *c; c++) *c = *c == '_' ? ' ' : *c;
    char *number = strchr(trip, '#');
    if (number) *number++ = '\0';
    *trips = sund_text(ctx, "%s%s,W,%s,%s,%s,%s\n", *trips, trip[0] == 'b' ? "B" : "R", trip, bikes,
                       number ? number : "", headsign ? headsign : "");
    for (int n = 1; (time = strtok_r(NULL, " ", &words)) && (stop = strtok_r(NULL, " ", &words)); n++) {
      char *leave = strchr(time, '/');
      if (leave) *leave++ = '\0';
      text = sund_text(ctx, "%s%s,%s:00,%s:00,%s,%d\n", text, trip, time, leave ? leave : time, stop, n);
    }
  }
  return text;
}

static const char *feed_of(files *f, const char *name, const char *stops, const char *routes, const char *lines,
                           const char *frequencies) {
  const char *trips, *times = times_of(f->ctx, lines, &trips);
  const case_table changes[] = {{"stops.txt", stops},
                                {"routes.txt", routes},
                                {"trips.txt", trips},
                                {"stop_times.txt", times},
                                {frequencies ? "frequencies.txt" : NULL, frequencies},
                                {NULL, NULL}};
  return case_folder(f, name, case_small, changes);
}

static const sund_service *both(files *f, const char *danish, const char *swedish, case_feeds *c) {
  const char *path[2] = {feed_of(f, "dk", danish_stops, danish_routes, danish, NULL),
                         feed_of(f, "se", swedish_stops, swedish_routes, swedish, NULL)};
  *c = case_read(f->ctx, 2, path);
  return case_ask(c, "2026-11-24", 0, DAY - 1);
}

static const char *calls(files *f, const sund_service *s, size_t trip) {
  const char *text = "";
  for (size_t e = s->trips.first[trip]; e < s->trips.first[trip + 1]; e++)
    text = sund_text(f->ctx, "%s%s%s %02d:%02d/%02d:%02d", text, *text ? " " : "", s->stop[s->trips.stop[e]].id,
                     s->trips.arrive_s[e] / HOUR, s->trips.arrive_s[e] / 60 % 60, s->trips.depart_s[e] / HOUR,
                     s->trips.depart_s[e] / 60 % 60);
  return text;
}

/* The whole train in both, under another name and type, a minute off. */
static void test_full_copy(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s =
      both(f, "t1 07:00 Kh 07:12/07:14 CPH 07:35 Mc", "s1 07:01 74000 07:13/07:14 74001 07:35 74002", &c);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(calls(f, s, 0), "Kh 07:00/07:00 CPH 07:12/07:14 Mc 07:35/07:35");
  assert_int_equal(s->stops, 3);
  assert_int_equal(s->links.count, 0);
  assert_told(
      &c, "note",
      "1 trips of the day are in other timetables too and were joined with them, the first is s1, which is t1 in dk");
}

/* Each feed goes on further on its own side. */
static void test_overlapping_halves(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s = both(f, "t1 06:10 Hel 07:00/07:02 Kh 07:12/07:14 CPH 07:35 Mc",
                               "s1 07:02 74000 07:13/07:14 74001 07:35/07:38 74002 07:50 74003", &c);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(calls(f, s, 0),
                      "Hel 06:10/06:10 Kh 07:00/07:02 CPH 07:12/07:14 Mc 07:35/07:38 74003 07:50/07:50");
  static const uint8_t use[] = {1, 3, 3, 3, 2};
  assert_memory_equal(s->trips.use, use, sizeof use);
  /* The other way round: the Danish part begins where the Swedish one is under way. */
  s = both(f, "t1 07:40/07:41 Mc 08:00/08:03 CPH 08:15/08:18 Kh 09:00 Hel",
           "s1 07:20 74003 07:38/07:41 74002 08:00/08:03 74001 08:15 74000", &c);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(calls(f, s, 0),
                      "74003 07:20/07:20 Mc 07:38/07:41 CPH 08:00/08:03 Kh 08:15/08:18 Hel 09:00/09:00");
  assert_memory_equal(s->trips.use, use, sizeof use);
}

/* The longer list of stops is kept between the ends. */
static void test_longest_list(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s = both(f, "t1 07:00 Kh 07:35 Mc", "s1 07:00 74000 07:12/07:14 74001 07:35 74002", &c);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(calls(f, s, 0), "74000 07:00/07:00 74001 07:12/07:14 74002 07:35/07:35");
}

/* Halves that meet at one stop; the Danish one stays four minutes. Others that begin there are not taken. */
static void test_meeting_at_kastrup(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s = both(
      f, "t1 06:10 Hel 07:00/07:02 Kh 07:12 CPH\nt2 06:52 Kh 07:02 CPH\nb3 06:52 Kh 07:02 CPH",
      "s1 07:16 74001 07:35/07:38 74002 07:50 74003\ns2 07:30 74001 07:50 74002\ns3 07:13 74001 07:30 74000", &c);
  assert_int_equal(s->trips.trips, 5);
  const size_t joined = case_trip(s, "t1", 0);
  assert_string_equal(
      calls(f, s, joined),
      "Hel 06:10/06:10 Kh 07:00/07:02 CPH 07:12/07:12 74001 07:16/07:16 74002 07:35/07:38 74003 07:50/07:50");
  static const uint8_t use[] = {1, 3, 2, 1, 3, 2};
  assert_memory_equal(s->trips.use + s->trips.first[joined], use, sizeof use);
  assert_told(
      &c, "note",
      "1 trains of the day go on as a train of another timetable and were joined with it (0 by train number, 0 by "
      "headsign, 0 by the name of the line, 1 because both timetables end there), the first is t1, which goes on "
      "as s1 in se");
  /* Who does not stay seated can change there: 64 m. */
  bool change = true;
  int32_t walk = case_link(s, case_stop(s, "CPH", 0), case_stop(s, "74001", 0), &change);
  assert_true(walk > 40 && walk < 50 && !change);
}

/* Two trains that merely meet, and what makes them one all the same. */
static void test_halves_need_a_reason(void **state) {
  static const char dk_line[] = "route_id,route_short_name,route_type\nR,Oresundstag,2\nB,150S,3\n";
  static const char rule[] = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\nKh,Kh,2,300\nCPH,CPH,2,300\n";
  static const struct {
    const char *danish, *swedish, *routes, *transfers;
    bool joined;
  } cases[] = {
      /* Kobenhavn H: a train from Roskilde ends, another operator's begins there: the Danish feed has others that go on. */
      {"t1 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:05 74000 08:35 74002", NULL, NULL, false},
      {"t1 07:30 Ro 08:00 Kh\nt2 09:30 Ro 10:00/10:02 Kh 10:40 Hel", "s1 08:05 74000 08:35 74002", NULL, NULL, false},
      /* The same with the train's number, its destination, or the name of the line. */
      {"t1#1024 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1#1024 08:09 74000 08:35 74002", NULL, NULL, true},
      {"t1>Malmo_C 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:09 74000 08:35 74002", NULL, NULL, true},
      {"t1>Lund_C 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:05 74000 08:35 74002", NULL, NULL, false},
      {"t1 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:05 74000 08:35 74002", dk_line, NULL, true},
      {"t1 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:06 74000 08:35 74002", dk_line, NULL, false},
      /* The number is another, or the first train is said to end there. */
      {"t1#7 07:30 Ro 08:00 Kh", "s1#8 08:05 74000 08:35 74002", dk_line, NULL, false},
      {"t1>Kobenhavn_H 07:30 Ro 08:00 Kh", "s1 08:05 74000 08:35 74002", dk_line, NULL, false},
      {"t1#7>Kobenhavn_H 07:30 Ro 08:00 Kh", "s1#7 08:05 74000 08:35 74002", dk_line, NULL, true},
      /* Both timetables end at Kastrup; but not where transfers.txt asks for time, one leaves too early or too late, or
       * there is a choice. */
      {"t1 07:00 Kh 07:12 CPH", "s1 07:12 74001 07:35 74002", NULL, NULL, true},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:17 74001 07:35 74002", NULL, NULL, true},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:18 74001 07:35 74002", NULL, NULL, false},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:11 74001 07:35 74002", NULL, NULL, false},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:14 74001 07:35 74002", NULL, rule, false},
      {"t1#5 07:00 Kh 07:12 CPH", "s1#5 07:14 74001 07:35 74002", NULL, rule, true},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:14 74001 07:35 74002\ns2 07:20 74001 07:50 74003", NULL, NULL, false},
      {"t1 07:00 Kh 07:12 CPH\nt2 06:40 Ro 07:09 CPH", "s1 07:14 74001 07:35 74002", NULL, NULL, false},
      {"t1#5 07:00 Kh 07:12 CPH\nt2#6 06:40 Ro 07:09 CPH", "s1#5 07:14 74001 07:35 74002", NULL, NULL, true},
      {"t1#5 07:00 Kh 07:12 CPH\nt2#5 06:40 Ro 07:09 CPH", "s1#5 07:14 74001 07:35 74002", NULL, NULL, false},
      /* The Swedish timetable knows where the train comes from. */
      {"t1 07:00 Kh 07:12 CPH", "s1 07:14 74001 07:35 74002\ns2 06:00 74004 07:10 74001", NULL, NULL, false},
      /* Buses go on as nothing. */
      {"b1#5 07:00 Kh 07:12 CPH", "b2#5 07:14 74001 07:35 74002", NULL, NULL, false},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *path[2] = {
        feed_of(f, "dk", danish_stops, cases[i].routes ? cases[i].routes : danish_routes, cases[i].danish, NULL),
        feed_of(f, "se", swedish_stops, swedish_routes, cases[i].swedish, NULL)};
    if (cases[i].transfers) case_write_table(path[0], "transfers.txt", cases[i].transfers);
    case_feeds c = case_read(f->ctx, 2, path);
    const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
    const size_t t = case_trip(s, cases[i].danish[0] == 'b' ? "b1" : "t1", 0);
    const bool joined = s->trips.first[t + 1] - s->trips.first[t] == 4;
    if (joined != cases[i].joined) fail_msg("case %zu: %s", i, calls(f, s, t));
    if ((case_told(&c, "note", "were joined with") != NULL) != joined) fail_msg("case %zu: not told", i);
  }
}

/* What was not joined is told, and is a change. */
static void test_not_joined_is_told(void **state) {
  files *f = *state;
  case_feeds c;
  const sund_service *s = both(f, "t1 07:30 Ro 08:00 Kh\nt2 08:02 Kh 08:40 Hel", "s1 08:05 74000 08:35 74002", &c);
  assert_int_equal(s->trips.trips, 3);
  assert_told(
      &c, "note",
      "1 trains of the day end where within ten minutes one of another timetable begins; nothing says that they "
      "are one, so one changes there; the first is t1, then s1 in se");
  bool change;
  assert_int_equal(case_link(s, case_stop(s, "Kh", 0), case_stop(s, "74000", 0), &change), -1); /* by the streets */
}

/* What is not one train: two that part on both ways, other directions, other vehicles, one shared stop, other
 * minutes. */
static void test_not_the_same(void **state) {
  static const char *const cases[][2] = {
      {"t1 06:30 Ro 07:00 Kh 07:12/07:14 CPH 07:35 Mc", "s1 06:20 74004 07:00 74000 07:12/07:14 74001 07:35 74002"},
      {"t1 07:00 Kh 07:12 CPH 07:40 Ro", "s1 07:00 74000 07:12 74001 07:35 74002"},
      {"t1 07:00 Kh 07:12 CPH 07:20 Ro", "s1 07:12 74001 07:35 74002"},
      {"b1 07:00 Kh 07:12/07:14 CPH 07:35 Mc", "s1 07:00 74000 07:12/07:14 74001 07:35 74002"},
      {"t1 07:00 Kh 07:12/07:14 CPH 07:35 Mc", "s1 07:02 74000 07:16 74001 07:37 74002"},
      {"t1 07:00 Kh 07:12 CPH", "s1 07:00 74001 07:12 74000"},
  };
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    case_feeds c;
    const sund_service *s = both(f, cases[i][0], cases[i][1], &c);
    if (s->trips.trips != 2) fail_msg("case %zu: %zu trips", i, s->trips.trips);
    assert_null(case_told(&c, "note", "joined with"));
  }
}

/* Three timetables of one train. */
static void test_three_feeds(void **state) {
  files *f = *state;
  const char *path[3] = {
      feed_of(f, "dk", danish_stops, danish_routes, "t1 06:10 Hel 07:00/07:02 Kh 07:12 CPH", NULL),
      feed_of(f, "se", swedish_stops, swedish_routes, "s1 07:12/07:14 74001 07:35/07:38 74002 07:50 74003", NULL),
      feed_of(f, "all", danish_stops, danish_routes, "a1 07:02 Kh 07:12/07:14 CPH 07:35 Mc", NULL)};
  const char *order[3] = {path[0], path[2], path[1]};
  case_feeds c = case_read(f->ctx, 3, order);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  assert_int_equal(s->trips.trips, 1);
  assert_string_equal(calls(f, s, 0),
                      "Hel 06:10/06:10 Kh 07:00/07:02 CPH 07:12/07:14 Mc 07:35/07:38 74003 07:50/07:50");
}

static void test_headways(void **state) {
  files *f = *state;
  const char *path[3];
  for (int i = 0; i < 3; i++)
    path[i] = feed_of(
        f, sund_text(f->ctx, "f%d", i), i == 1 ? swedish_stops : danish_stops,
        i == 1 ? swedish_routes : danish_routes, i == 1 ? "s1 09:00 74000 09:10 74001" : "t1 06:00 Kh 06:10 CPH",
        i == 0   ? "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,09:00:00,600\nt1,09:00:00,10:00:00,1200\n"
        : i == 1 ? "trip_id,start_time,end_time,headway_secs\ns1,06:00:30,09:00:00,600\ns1,09:00:00,10:00:00,1200\n"
                 : "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,09:00:00,900\n");
  case_feeds c = case_read(f->ctx, 3, path);
  assert_int_equal(case_ask(&c, "2026-11-24", 0, DAY - 1)->trips.trips, 3); /* two, and the other headway */
}

/* Stops of two feeds at one pole are linked, those that only lie near each other are left to the streets. */
static void test_links_of_shared_stops(void **state) {
  files *f = *state;
  static const char other[] =
      "stop_id,stop_name,stop_lat,stop_lon\nP,Pole,55.67305,12.565\nQ,Near,55.631,12.650\nR,Far,55.70,12.70\n";
  const char *path[2] = {feed_of(f, "dk", danish_stops, danish_routes, "t1 07:00 Kh 07:12 CPH", NULL),
                         feed_of(f, "city", other, danish_routes, "b1 08:00 P 08:12 Q 08:20 R", NULL)};
  case_feeds c = case_read(f->ctx, 2, path);
  const sund_service *s = case_ask(&c, "2026-11-24", 0, DAY - 1);
  bool change = true;
  assert_int_equal(case_link(s, case_stop(s, "Kh", 0), case_stop(s, "P", 0), &change), 5); /* 5.6 m */
  assert_int_equal(case_link(s, case_stop(s, "P", 0), case_stop(s, "Kh", 0), &change), 5);
  assert_int_equal(s->links.count, 2);
}

/* ---------------------------------------------------------------------------------------------------------- reach */

enum { STOPS = 30, TRIPS = 60, LANES = 60 };

/* A random timetable: trips that move east or west along stops, on a grid two kilometres wide. */
static const char *random_feed(files *f, const char *name, uint64_t seed, const char *prefix) {
  char *stops = calloc(1, 4000), *lines = calloc(1, 60000),
       *at = stops + sprintf(stops, "stop_id,stop_name,stop_lat,stop_lon\n");
  for (int s = 0; s < STOPS; s++)
    at += sprintf(at, "%s%d,Stop,%.4f,%.4f\n", prefix, s, 55.6 + 0.02 * (s % 6), 12.5 + 0.03 * (s / 6));
  at = lines;
  for (int t = 0; t < TRIPS; t++) {
    int minute = 360 + (int)(support_random(&seed) % 180), stop = (int)(support_random(&seed) % STOPS);
    int calls_left = 3 + (int)(support_random(&seed) % 5), step = 1 + (int)(support_random(&seed) % 7);
    at += sprintf(at, "%s%d", t % 3 ? "t" : "b", t);
    for (int k = 0; k < calls_left; k++, stop = (stop + step) % STOPS) {
      at += sprintf(at, " %02d:%02d", minute / 60, minute % 60);
      minute += k % 2;
      at += sprintf(at, "/%02d:%02d %s%d", minute / 60, minute % 60, prefix, stop);
      minute += 4 + (int)(support_random(&seed) % 10);
    }
    *at++ = '\n';
  }
  const char *path = feed_of(f, name, stops, danish_routes, lines, NULL);
  free(stops), free(lines);
  return path;
}

/* Arrivals at the places of the first feed's stops, by the number in their ids: smallest over their readings. */
static void reach(files *f, case_feeds *c, int from, uint32_t *out) {
  const sund_service *s = case_ask(c, "2026-11-24", 5 * HOUR, 12 * HOUR);
  const sund_lanes lanes = {6 * HOUR, 60, LANES};
  const sund_rides_ask ask = {.lanes = &lanes, .limit_s = 4 * HOUR, .rides = 6};
  sund_access access[STOPS];
  size_t accesses = 0;
  sund_timetable *t;
  sund_rider *rider;
  uint32_t *arrive = sund_alloc(f->ctx, s->stops * LANES, sizeof *arrive);
  for (size_t k = 0; k < STOPS * LANES; k++) out[k] = SUND_BEYOND;
  for (uint32_t k = 0; k < s->stops; k++)
    if (atoi(s->stop[k].id + 1) == from) access[accesses++] = (sund_access){k, 0};
  assert_ok(f->ctx, sund_timetable_build(f->ctx, s->stops, &s->trips, &s->links, &t));
  assert_ok(f->ctx, sund_rider_open(f->ctx, t, &ask, &rider));
  assert_ok(f->ctx, sund_rider_ride(rider, accesses, access, arrive));
  for (size_t k = 0; k < s->stops; k++)
    for (size_t m = 0; m < LANES; m++) {
      uint32_t *least = &out[(size_t)atoi(s->stop[k].id + 1) * LANES + m];
      if (arrive[k * LANES + m] < *least) *least = arrive[k * LANES + m];
    }
}

/* Reach does not change when a duplicate feed, under other ids, is added; and every trip is found again. */
static void test_duplicate_changes_nothing(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  uint32_t *alone = calloc(STOPS * LANES, sizeof *alone), *twice = calloc(STOPS * LANES, sizeof *twice);
  for (int round = 0; round < 6; round++) {
    uint64_t own = support_random(&seed);
    const char *path[2] = {random_feed(f, "one", own, "x"), random_feed(f, "two", own, "y")};
    case_feeds one = case_read(f->ctx, 1, path), two = case_read(f->ctx, 2, path);
    for (int from = 0; from < STOPS; from += 7) {
      reach(f, &one, from, alone);
      reach(f, &two, from, twice);
      assert_int_equal(one.service->trips.trips, two.service->trips.trips);
      if (memcmp(alone, twice, STOPS * LANES * sizeof *alone) != 0)
        fail_msg("seed %llu, round %d, from %d: reach differs", (unsigned long long)support_seed(), round, from);
    }
  }
  free(alone), free(twice);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_full_copy),
      FILES_TEST(test_overlapping_halves),
      FILES_TEST(test_longest_list),
      FILES_TEST(test_meeting_at_kastrup),
      FILES_TEST(test_halves_need_a_reason),
      FILES_TEST(test_not_joined_is_told),
      FILES_TEST(test_not_the_same),
      FILES_TEST(test_three_feeds),
      FILES_TEST(test_headways),
      FILES_TEST(test_links_of_shared_stops),
      FILES_TEST(test_duplicate_changes_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
