/* Levels, events and gauges: what a run of `flood` maps, in which height system, in which zone. */
#include "flood_case.h"

static const char DVR90[] = "EPSG:5799", RH2000[] = "EPSG:5613";

static void read_levels(sund_ctx *ctx, flood_case *c) {
  assert_ok(ctx, flood_levels_read(ctx, &c->run));
}

/* The run is refused with this code and words; *feature is blamed unless 0. */
static void refused(sund_ctx *ctx, flood_case *c, sund_code code, const char *words, int64_t feature) {
  sund_ctx *child = sund_ctx_child(ctx);
  const char *why = "", *source = "";
  int64_t blamed = 0;
  c->out = (sund_results){0};
  assert_int_equal(flood_levels_read(child, &c->run), code);
  sund_failure(child, &why, &source, &blamed);
  if (!strstr(why, words)) fail_msg("\"%s\" does not say \"%s\"", why, words);
  if (feature) assert_string_equal(source, "levels.csv");
  if (feature) assert_int_equal(blamed, feature);
  c->out = (sund_results){0}; /* it was the child's */
  sund_ctx_free(child);
}

/* ---------------------------------------------------------------------------------------------------------- levels */

static void levels_rise_and_are_there_once(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->asked.levels = (sund_numbers){7, (double[]){2, 1.5, -0.001, 0.25, 1.5, 2, -1.25}};
  read_levels(ctx, c);
  const char *want[] = {"-1.25", "0.00", "0.25", "1.50", "2.00"};
  assert_int_equal(c->run.levels.count, 5);
  for (size_t l = 0; l < 5; l++) {
    assert_string_equal(c->run.levels.level[l].variant, want[l]);
    assert_true(!c->run.levels.level[l].event && isnan(c->run.levels.level[l].period_y));
  }
  assert_true(c->run.levels.level[1].level_m[0] == -0.001); /* mapped as asked for */
  assert_true(c->run.levels.highest_m == 2 && c->run.levels.zones == 1 && !c->run.levels.zone[0]);
  assert_true(isnan(c->run.levels.mean_m) && !c->run.levels.mean_source);
  assert_true(flood_case_found(c, "count from the zero of DVR90, not from today's sea"));
}

static void levels_with_one_name_are_refused(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->asked.levels = (sund_numbers){2, (double[]){1.504, 1.501}};
  refused(ctx, c, SUND_USAGE, "levels 1.501 and 1.504 would both be called 1.50", 0);
  c->asked.levels = (sund_numbers){2, (double[]){1.504, NAN}};
  refused(ctx, c, SUND_USAGE, "a number of metres", 0);
  c->asked.levels.count = 0;
  refused(ctx, c, SUND_DATA, "no level to map", 0);
}

static void columns_have_plain_names(void **state) {
  sund_ctx *ctx = *state;
  const struct {
    flood_level level;
    const char *want;
  } row[] = {{{.variant = "1.50"}, "wet_1_50"},
             {{.variant = "-0.25"}, "wet_m0_25"},
             {{.variant = "T-100 (2100)", .event = true}, "wet_T_100__2100_"},
             {{.variant = "Højvande Öresund", .event = true}, "wet_Hoejvande_OEresund"},
             {{.variant = "-x", .event = true}, "wet__x"}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++)
    assert_string_equal(flood_level_column(ctx, "wet_", &row[r].level), row[r].want);
}

/* ---------------------------------------------------------------------------------------------------------- events */

static void events_are_brought_to_one_height_system(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "T20,1.5,EPSG:5799,20,,2020,DK|T100,1.815,EPSG:5613,100");
  c->asked.levels = (sund_numbers){1, (double[]){3}};
  read_levels(ctx, c);
  const flood_levels *l = &c->run.levels;
  assert_int_equal(l->count, 3);
  assert_string_equal(l->level[0].variant, "3.00");
  assert_string_equal(l->level[1].variant, "T20");
  assert_true(l->level[1].event && l->level[1].level_m[0] == 1.5 && l->level[1].period_y == 20 &&
              l->level[1].year == 2020);
  assert_string_equal(l->level[1].source, "DK");
  assert_true(flood_near(l->level[2].level_m[0], 1.8) && l->level[2].year == SUND_NULL_INT && !l->level[2].source);
  assert_true(l->level[1].sigma_m == 0 && flood_near(l->level[2].sigma_m, 0.01));
  assert_true(l->highest_m == 3);
  assert_int_equal(c->out.notes, 1);
  assert_string_equal(c->out.note[0].heights, "EPSG:5799, EPSG:5613");
  assert_string_equal(c->out.note[0].path, "levels.csv");
  assert_non_null(strstr(c->out.note[0].heights_operation, "0.015"));
  assert_true(flood_near(c->out.note[0].accuracy_m, 0.01));
}

static void an_event_has_a_level_for_each_zone(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_EVENTS] =
      flood_case_events(ctx,
                        "mean,0.1,EPSG:5799,,nowhere|T20,1.5,EPSG:5799,20,north,,A|Bodil,1.7,EPSG:5799|T20,1.2,EPSG:"
                        "5799,,south,2020,B|T100,1.9,EPSG:5799,100,south");
  c->asked.levels = (sund_numbers){1, (double[]){2}};
  read_levels(ctx, c);
  const flood_levels *l = &c->run.levels;
  assert_int_equal(l->zones, 2);
  assert_string_equal(l->zone[0], "north");
  assert_string_equal(l->zone[1], "south");
  assert_int_equal(l->count, 4);
  assert_true(l->level[0].level_m[0] == 2 && l->level[0].level_m[1] == 2);
  assert_string_equal(l->level[1].variant, "T20");
  assert_true(l->level[1].level_m[0] == 1.5 && l->level[1].level_m[1] == 1.2);
  assert_true(l->level[1].period_y == 20 && l->level[1].year == 2020);
  assert_string_equal(l->level[1].source, "A; B");
  assert_true(l->level[2].level_m[0] == 1.7 && l->level[2].level_m[1] == 1.7);
  assert_true(isnan(l->level[3].level_m[0]) && l->level[3].level_m[1] == 1.9);
  assert_true(l->mean_m == 0.1 && l->highest_m == 2);
}

static void events_that_cannot_be_right_are_refused(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  const struct {
    const char *rows;
    const char *words;
    int64_t feature;
  } bad[] = {
      {"T20,1.5,EPSG:5799|T20,1.6,EPSG:5799", "event \"T20\" has a second level:", 2},
      {"T20,1.5,EPSG:5799,,n|T20,1.6,EPSG:5799,,n", "has a second level in zone n", 2},
      {"T20,1.5,EPSG:5799,,n|T20,1.6,EPSG:5799", "has a second level:", 2},
      {"T20,1.5,EPSG:5799|T50,1.6", "event \"T50\" does not say which height system", 2},
      {"T20,1.5|T50,1.6,EPSG:5799", "event \"T20\" does not say which height system", 1},
      {"T20,1.5,EPSG:5799|T50,,EPSG:5799", "event \"T50\" has no level", 2},
      {",1.5,EPSG:5799|T50,1.6,EPSG:5799", "an event has no name", 1},
      {"T,1.5,EPSG:5799,20,n|T,1.6,EPSG:5799,50,s", "return periods of 20 and of 50 years", 2},
      {"T,1.5,EPSG:5799,,n,2020|T,1.6,EPSG:5799,,s,2100", "for the years 2020 and 2100", 2},
      {"mean,0.1,EPSG:5799|Mean level,0.2,EPSG:5799,,,2100", "no level to map", 0},
  };
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    c->in.role[SUND_EVENTS] = flood_case_events(ctx, bad[k].rows);
    refused(ctx, c, SUND_DATA, bad[k].words, bad[k].feature);
  }
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "T20,1.5,EPSG:5799|old,1.5,EPSG:5733");
  refused(ctx, c, SUND_OUTPUT, "EPSG:5733", 2);
}

static void names_that_make_one_column_are_refused(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "T-20,1.5,EPSG:5799|t 20,1.6,EPSG:5799");
  refused(ctx, c, SUND_DATA, "event \"t 20\" cannot be told from event \"T-20\"", 0);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "1.50,1.5,EPSG:5799");
  c->asked.levels = (sund_numbers){1, (double[]){1.5}};
  refused(ctx, c, SUND_DATA, "event \"1.50\" cannot be told from level \"1.50\"", 0);
}

static void more_than_64_zones_are_refused(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  const char *rows = "T20,1,EPSG:5799,20,z0";
  for (int z = 1; z < SUND_MOST_ZONES; z++) rows = sund_text(ctx, "%s|T20,1,EPSG:5799,20,z%d", rows, z);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, rows);
  read_levels(ctx, c);
  assert_int_equal(c->run.levels.zones, SUND_MOST_ZONES);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, sund_text(ctx, "%s|T20,1,EPSG:5799,20,last", rows));
  refused(ctx, c, SUND_DATA, "more than 64 zones", SUND_MOST_ZONES + 1);
}

/* ------------------------------------------------------------------------------------------------------ mean level */

static void the_mean_level_is_no_event(void **state) {
  sund_ctx *ctx = *state;
  const char *const name[] = {"mean", "MEAN LEVEL", "Middelvandstand", "medelvattenstånd", "Medelvattenstand",
                              "medel"};
  for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
    flood_case *c = flood_case_new(ctx);
    c->in.role[SUND_EVENTS] = flood_case_events(
        ctx, sund_text(ctx, "T20,1.5,EPSG:5799,20|%s,0.9,EPSG:5799,,,2100|%s,0.165,EPSG:5613,,,2024,SMHI", name[k],
                       name[k]));
    c->asked.levels = (sund_numbers){3, (double[]){0.1, 0.15, 0.2}};
    read_levels(ctx, c);
    assert_int_equal(c->run.levels.count, 4);
    assert_true(flood_near(c->run.levels.mean_m, 0.15)); /* of 2024, not of 2100 */
    assert_string_equal(c->run.levels.mean_source, "SMHI");
    assert_true(flood_case_found(c, "not above the present mean level of the sea, 0.15 m (SMHI): 0.10, 0.15;"));
    assert_false(flood_case_found(c, "not known"));
  }
}

static void an_asked_mean_level_wins(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "mean,0.3,EPSG:5799|T20,1.5,EPSG:5799,20");
  c->asked.mean_m = 0.1;
  read_levels(ctx, c);
  assert_true(c->run.levels.mean_m == 0.1 && c->run.levels.count == 1);
  assert_string_equal(c->run.levels.mean_source, "--mean-level");
  assert_int_equal(c->out.findings.count, 0);
  c->asked.levels = (sund_numbers){2, (double[]){0.1, 0.11}};
  read_levels(ctx, c);
  assert_true(flood_case_found(c, "(--mean-level): 0.10;"));
}

/* ------------------------------------------------------------------------------------------------------------- wet */

static void wet_by_the_zone_it_comes_from(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  const int32_t threshold[] = {100, 50, -1, 70, SUND_NEVER, 70}; /* level 0: zones 100, 50; level 1: nothing, 70 */
  const flood_site site = {.threshold = (int32_t *)threshold};
  c->run.levels.zones = 2;
  const struct {
    uint16_t wet[2];
    bool at[2];
  } row[] = {{{100, SUND_NEVER}, {true, false}}, {{101, SUND_NEVER}, {false, false}},
             {{101, 50}, {true, true}},          {{0, 71}, {true, false}},
             {{SUND_NEVER, 70}, {false, true}},  {{SUND_NEVER, SUND_NEVER}, {false, false}}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++)
    for (size_t l = 0; l < 2; l++) assert_true(flood_is_wet(&c->run, &site, l, row[r].wet) == row[r].at[l]);
  assert_false(flood_is_wet(&c->run, &site, 2, (uint16_t[]){SUND_NEVER, SUND_NEVER})); /* a level above all heights */
  (void)ctx;
}

/* ----------------------------------------------------------------------------------------------------------- gauge */

typedef struct observation {
  const char *time;
  double level_m;
} observation;

static sund_table *gauge_table(sund_ctx *ctx, size_t rows, const observation *value, const char *heights) {
  static const sund_field fields[] = {{.name = "time", .type = SUND_TEXT}, {.name = "level_m", .type = SUND_REAL}};
  sund_table *table;
  assert_ok(ctx, sund_table_new(ctx, "gauge", SUND_NONE, rows, fields, 2, &table));
  table->sources = 1;
  table->source_name = sund_alloc(ctx, 1, sizeof *table->source_name);
  table->source_heights = sund_alloc(ctx, 1, sizeof *table->source_heights);
  table->feature = sund_alloc(ctx, rows, sizeof *table->feature);
  table->source_name[0] = "levels.csv";
  table->source_heights[0] = heights;
  for (size_t r = 0; r < rows; r++) {
    table->column[0].text[r] = value[r].time;
    table->column[1].real[r] = value[r].level_m;
    table->feature[r] = (int64_t)r + 1;
  }
  return table;
}

/* Twelve-hourly levels of the years from 2001: 0.1 m, on the 1st of some months a storm; highest first in January. */
static sund_table *drawn_gauge(sund_ctx *ctx, int years, const char *heights) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  observation *value = sund_alloc(ctx, (size_t)years * 730, sizeof *value);
  size_t n = 0;
  for (int y = 0; y < years; y++)
    for (int m = 0; m < 12; m++)
      for (int d = 0; d < days[m]; d++)
        for (int h = 0; h < 24; h += 12) {
          const bool storm = d == 0 && h == 12 && m % 3 == 0;
          value[n].time = sund_text(ctx, "%04d-%02d-%02dT%02d:00:00", 2001 + y, m + 1, d + 1, h);
          value[n++].level_m = storm ? 1 + 0.05 * (3 - m / 3) + 0.02 * y : 0.1;
        }
  return gauge_table(ctx, n, value, heights);
}

static void a_gauge_gives_maxima_and_a_tail(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_GAUGE] = drawn_gauge(ctx, 8, RH2000);
  read_levels(ctx, c);
  const sund_table *years = flood_case_layer(c, "flood_gauge"), *tail = flood_case_layer(c, "flood_gauge_tail");
  assert_int_equal(years->rows, 8);
  for (size_t y = 0; y < 8; y++) {
    assert_int_equal(sund_table_int(years, "year")[y], 2001 + (int64_t)y);
    assert_true(flood_near(sund_table_real(years, "maximum_m")[y], 1.135 + 0.02 * (double)y));
    assert_string_equal(sund_table_text(years, "time")[y], sund_text(ctx, "%zu-01-01T12:00:00", 2001 + y));
    /* 365 days; the 29th of February of 2004 and 2008 has no value, and the gap is short enough to count */
    assert_true(
        flood_near(sund_table_real(years, "hours")[y], 8760 - (y == 0 ? 12 : 0) + (y == 3 || y == 7 ? 24 : 0)));
  }
  const double b = *sund_table_real(tail, "b_m"),
               rate = (double)*sund_table_int(tail, "storms") / *sund_table_real(tail, "years");
  const double threshold = *sund_table_real(tail, "threshold_m");
  assert_true(rate >= 3 && rate < 4 && threshold > 0.9 && b > 0);
  assert_true(flood_near(*sund_table_real(tail, "t100_m"), threshold + b * log(100 * rate)));
  assert_true(fabs(*sund_table_real(tail, "mean_m") - 0.095) < 0.01);
  assert_true(flood_near(*sund_table_real(tail, "t100_sigma_m"),
                         b / sqrt((double)*sund_table_int(tail, "storms")) * hypot(1, log(100 * rate))));
  assert_true(c->run.levels.level[2].sigma_m == *sund_table_real(tail, "t100_sigma_m"));
  assert_string_equal(*sund_table_text(tail, "use"), "screening");
  /* without events they are the events */
  assert_int_equal(c->run.levels.count, 3);
  assert_string_equal(c->run.levels.level[0].variant, "gauge-T20");
  assert_true(c->run.levels.level[2].event && c->run.levels.level[2].period_y == 100);
  assert_true(flood_near(c->run.levels.level[2].level_m[0], *sund_table_real(tail, "t100_m")));
  assert_non_null(strstr(c->run.levels.level[2].source, "screening"));
  assert_true(flood_case_found(c, "8.0 years of levels carry return periods of about 8 years"));
  assert_true(flood_near(c->run.levels.mean_m, *sund_table_real(tail, "mean_m")));
}

static void events_with_periods_come_before_a_gauge(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_GAUGE] = drawn_gauge(ctx, 8, DVR90);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "T20,1.5,EPSG:5799,20|mean,0.2,EPSG:5799");
  read_levels(ctx, c);
  assert_true(c->run.levels.count == 1 && c->run.levels.mean_m == 0.2);
  assert_non_null(flood_case_layer(c, "flood_gauge_tail"));
  c = flood_case_new(ctx);
  c->in.role[SUND_GAUGE] = drawn_gauge(ctx, 8, DVR90);
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, "Bodil,1.5,EPSG:5799,,north|Bodil,1.2,EPSG:5799,,south");
  read_levels(ctx, c);
  assert_int_equal(c->run.levels.count, 4);
  assert_true(c->run.levels.level[3].level_m[1] > 1);
}

static void a_short_record_gives_no_tail(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->in.role[SUND_GAUGE] = drawn_gauge(ctx, 1, DVR90);
  c->asked.levels = (sund_numbers){1, (double[]){1}};
  read_levels(ctx, c);
  assert_true(c->run.levels.count == 1 && isnan(c->run.levels.mean_m));
  assert_non_null(flood_case_layer(c, "flood_gauge"));
  assert_null(flood_case_layer(c, "flood_gauge_tail"));
  assert_true(flood_case_found(c, "too few for return periods"));
  c = flood_case_new(ctx);
  c->in.role[SUND_GAUGE] = gauge_table(ctx, 1, (observation[]){{"2001-01-01", NAN}}, DVR90);
  assert_int_equal(flood_levels_read(ctx, &c->run), SUND_DATA);
  assert_true(flood_case_found(c, "has no value"));
}

static void times_are_read(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->asked.levels = (sund_numbers){1, (double[]){1}};
  /* out of order, one moment written three ways, one gap, a leap day */
  c->in.role[SUND_GAUGE] = gauge_table(ctx, 7,
                                       (observation[]){{"2004-03-01 00:00:00.000Z", 3},
                                                       {"2004-02-29T23:00", 2},
                                                       {"2004-02-29T22:00:00", 1},
                                                       {"2004-03-01T01:00:00+01:00", 5},
                                                       {"2004-02-29T19:00:00-0500", 4},
                                                       {"2004-02-29T12:00", NAN},
                                                       {"2004-02-29", 0.5}},
                                       DVR90);
  read_levels(ctx, c);
  const sund_table *years = flood_case_layer(c, "flood_gauge");
  assert_int_equal(years->rows, 1);
  assert_true(flood_near(*sund_table_real(years, "maximum_m"), 5) && flood_near(*sund_table_real(years, "hours"), 2));
  assert_true(flood_case_found(c, "2 times are there twice"));
  const char *const bad[] = {
      NULL, "", "yesterday", "31.01.2004 12:00", "2004-13-01", "2004-01-01T25:00", "2004-01-01T12:00 CET"};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    c->in.role[SUND_GAUGE] = gauge_table(ctx, 2, (observation[]){{"2004-01-01", 1}, {bad[k], 1}}, DVR90);
    refused(ctx, c, SUND_DATA, "is no time: write 2024-01-31T13:30", 0);
  }
  c->in.role[SUND_GAUGE] = gauge_table(ctx, 1, (observation[]){{"2004-01-01", 1}}, NULL);
  refused(ctx, c, SUND_DATA, "does not say which height system", 0);
  c->in.role[SUND_GAUGE] = gauge_table(ctx, 1, (observation[]){{"2004-01-01", 1}}, "EPSG:5733");
  refused(ctx, c, SUND_OUTPUT, "EPSG:5733", 0);
}

/* Barsebaeck as it was measured: annual maxima of docs/flood.md to the centimetre. */
static void a_real_gauge(void **state) {
  sund_ctx *ctx = *state;
  enum { MOST = 90000 };
  const char *folder = getenv("SUND_DATA");
  observation *value = sund_alloc(ctx, MOST, sizeof *value);
  char line[100];
  size_t n = 0;
  FILE *file = popen(sund_text(ctx, "zcat '%s/oresund/sealevel/Barseback_wl.csv.gz' 2>/dev/null",
                               folder ? folder : "../shared/data"),
                     "r");
  while (file && n < MOST && fgets(line, sizeof line, file)) {
    char *comma = strchr(line, ',');
    if (!comma || line[0] != '2') continue;
    *comma = '\0';
    value[n++] = (observation){sund_text_copy(ctx, line), strtod(comma + 1, NULL)};
  }
  if (file) pclose(file);
  if (n == 0) skip();
  flood_case *c = flood_case_new(ctx);
  c->in.heights = RH2000;
  c->in.role[SUND_GAUGE] = gauge_table(ctx, n, value, RH2000);
  read_levels(ctx, c);
  const double want[] = {0.82, 1.28, 1.48, 1.16, 0.82, 1.06, 1.06, 0.78, 1.40, 1.35};
  const sund_table *years = flood_case_layer(c, "flood_gauge"), *tail = flood_case_layer(c, "flood_gauge_tail");
  assert_int_equal(years->rows, 10);
  for (size_t y = 0; y < 10; y++) assert_true(fabs(sund_table_real(years, "maximum_m")[y] - want[y]) < 0.0051);
  assert_true(fabs(c->run.levels.mean_m - 0.152) < 0.0005);
  print_message("Barsebaeck: over %.2f m %d storms in %.2f years, T20 %.3f, T100 %.3f m\n",
                *sund_table_real(tail, "threshold_m"), (int)*sund_table_int(tail, "storms"),
                *sund_table_real(tail, "years"), *sund_table_real(tail, "t20_m"), *sund_table_real(tail, "t100_m"));
  assert_true(fabs(*sund_table_real(tail, "t20_m") - 1.58) < 0.05);
}

/* ------------------------------------------------------------------------------------------------------ memory */

static void memory_runs_out(void **state) {
  (void)state;
  bool enough = false;
  for (size_t nth = 1; !enough; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    flood_case *c = flood_case_new(ctx);
    c->in.role[SUND_GAUGE] = drawn_gauge(ctx, 3, DVR90);
    c->in.role[SUND_EVENTS] =
        flood_case_events(ctx, "Bodil,1.5,EPSG:5613,,north,,A|mean,0.05,EPSG:5799|Bodil,1.2,EPSG:5799,,south,,B");
    c->asked.levels = (sund_numbers){2, (double[]){0.01, 1}};
    sund_ctx_fail_alloc(ctx, nth);
    sund_code code = flood_levels_read(ctx, &c->run);
    enough = code == SUND_OK;
    if (!enough) assert_true(code == SUND_LIMIT && sund_failure(ctx, NULL, NULL, NULL) == SUND_LIMIT);
    sund_ctx_free(ctx);
    assert_true(nth < 500);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(levels_rise_and_are_there_once),
      SUND_TEST(levels_with_one_name_are_refused),
      SUND_TEST(columns_have_plain_names),
      SUND_TEST(events_are_brought_to_one_height_system),
      SUND_TEST(an_event_has_a_level_for_each_zone),
      SUND_TEST(events_that_cannot_be_right_are_refused),
      SUND_TEST(names_that_make_one_column_are_refused),
      SUND_TEST(more_than_64_zones_are_refused),
      SUND_TEST(the_mean_level_is_no_event),
      SUND_TEST(an_asked_mean_level_wins),
      SUND_TEST(wet_by_the_zone_it_comes_from),
      SUND_TEST(a_gauge_gives_maxima_and_a_tail),
      SUND_TEST(events_with_periods_come_before_a_gauge),
      SUND_TEST(a_short_record_gives_no_tail),
      SUND_TEST(times_are_read),
      SUND_TEST(a_real_gauge),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
