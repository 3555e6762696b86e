/* Expected persons, homes and hectares a year, tails, and the probability that a home is wet. */
#include "flood_case.h"

/* Return periods around which everything is drawn: level = 1 + 0.14 ln T. */
static double level_of(double period_y) {
  return 1 + 0.14 * log(period_y);
}

/* Events of the tail above, at the periods given, of a year and zone ("" = not said). */
static const char *tail_rows(sund_ctx *ctx, const char *more, const char *zone, const char *year, double up_m) {
  const int period[] = {20, 50, 100};
  for (int k = 0; k < 3; k++)
    more = sund_text(ctx, "%s%sT%d%s%s,%.12f,EPSG:5799,%d,%s,%s,agency %s", more, *more ? "|" : "", period[k], zone,
                     year, level_of(period[k]) + up_m, period[k], zone, year, zone);
  return more;
}

/* Homes that get wet at a level from each zone: first_m is n x zones, persons n. Ground as far as known. */
static void add_homes(sund_ctx *ctx, flood_case *c, size_t n, const double *first_m, const double *persons) {
  homes *h = sund_alloc(ctx, 1, sizeof *h);
  const size_t zones = c->run.levels.zones;
  h->count = n, h->levels = 1;
  h->persons = sund_alloc(ctx, n, sizeof(double));
  h->share = sund_alloc(ctx, n, sizeof(double));
  h->area = sund_alloc(ctx, 1, sizeof *h->area);
  h->area[0] = sund_alloc(ctx, n, sizeof(size_t));
  c->run.home = sund_alloc(ctx, n, sizeof *c->run.home);
  for (size_t i = 0; i < n; i++) {
    h->persons[i] = persons[i], h->share[i] = 1;
    c->run.home[i].zone_m = sund_alloc(ctx, zones, sizeof(double));
    c->run.home[i].wet = sund_alloc(ctx, c->run.levels.count, 1);
    c->run.home[i].ground_m = INFINITY;
    for (size_t z = 0; z < zones; z++) {
      c->run.home[i].zone_m[z] = first_m[i * zones + z];
      c->run.home[i].ground_m = fmin(c->run.home[i].ground_m, first_m[i * zones + z]);
      for (size_t l = 0; l < c->run.levels.count; l++)
        if (first_m[i * zones + z] <= c->run.levels.level[l].level_m[z]) c->run.home[i].wet[l] = 1;
    }
  }
  c->run.homes = h;
}

/* A run with these events, not yet with homes. */
static flood_case *with_events(sund_ctx *ctx, const char *rows) {
  flood_case *c = flood_case_new(ctx);
  c->asked.mean_m = 0.1;
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, rows);
  assert_ok(ctx, flood_levels_read(ctx, &c->run));
  return c;
}

static void measure(sund_ctx *ctx, flood_case *c) {
  assert_ok(ctx, flood_risk_measure(ctx, &c->run));
}

/* The row of an indicator, or NULL. */
static const sund_indicator *row_of(const flood_case *c, const char *indicator, const char *variant, size_t area) {
  for (size_t r = 0; r < c->out.indicators; r++) {
    const sund_indicator *row = &c->out.indicator[r];
    if (strcmp(row->indicator, indicator) == 0 && strcmp(row->variant, variant) == 0 && row->area == area) return row;
  }
  return NULL;
}

static double value_of(const flood_case *c, const char *indicator, const char *variant) {
  const sund_indicator *row = row_of(c, indicator, variant, SIZE_MAX);
  if (!row) fail_msg("no %s %s", indicator, variant);
  return row->value;
}

/* ----------------------------------------------------------------------------------------------------------- yearly */

static void a_quarter_behind_a_wall(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, tail_rows(ctx, "", "", "", 0));
  add_homes(ctx, c, 3, (double[]){level_of(40), level_of(40), NAN}, (double[]){600, 400, 99});
  measure(ctx, c);
  assert_true(flood_near(value_of(c, "flood.ead_persons", "fitted"), 25)); /* 1000 persons once in 40 years */
  assert_true(flood_near(value_of(c, "flood.ead_homes", "fitted"), 0.05));
  assert_true(flood_near(value_of(c, "flood.ead_persons", "trapezoid"), 0.03 * 500 + 0.01 * 1000));
  const sund_indicator *row = row_of(c, "flood.ead_persons", "fitted", SIZE_MAX);
  assert_string_equal(row->unit, "persons/year");
  assert_string_equal(row->base_unit, "persons");
  assert_string_equal(row->method, "flood-touch/1#000000+exponential");
  assert_true(row->base == 1099 && isnan(row->low) && isnan(row->high));
  assert_string_equal(row_of(c, "flood.ead_persons", "trapezoid", SIZE_MAX)->method,
                      "flood-touch/1#000000+trapezoid");
  assert_int_equal(c->out.indicators, 4);
  const sund_table *t = flood_case_layer(c, "flood_tails");
  assert_int_equal(t->rows, 1);
  assert_true(!*sund_table_text(t, "zone") && *sund_table_int(t, "year") == SUND_NULL_INT);
  assert_true(*sund_table_int(t, "points") == 3 && *sund_table_real(t, "most_y") == 100);
  assert_true(flood_near(*sund_table_real(t, "a_m"), 1) && flood_near(*sund_table_real(t, "b_m"), 0.14));
  assert_true(*sund_table_real(t, "largest_residual_m") < 1e-9);
  assert_true(flood_near(*sund_table_real(t, "first_wet_period_y"), 40));
  assert_true(flood_near(*sund_table_real(t, "persons_a_year"), 25));
  assert_true(flood_near(*sund_table_real(t, "tail_share_pct"), 40) &&
              fabs(*sund_table_real(t, "head_share_pct")) < 1e-9);
  assert_true(flood_near(*sund_table_real(t, "trapezoid_persons_a_year"), 25));
  assert_string_equal(*sund_table_text(t, "source"), "agency ");
  assert_true(
      flood_case_found(c, "40 % of the persons expected a year for the sea come from levels rarer than 100 years"));
}

/* One person every 0.14 mm from T0 on: D = 1000 ln(T / T0), expectation 1000 / T0; the trapezoid misses half of it. */
static void persons_all_the_way_up(void **state) {
  sund_ctx *ctx = *state;
  enum { N = 20000 };
  double *first = sund_alloc(ctx, N, sizeof *first), *persons = sund_alloc(ctx, N, sizeof *persons);
  for (size_t i = 0; i < N; i++) first[i] = level_of(20) + 0.14 * 0.001 * ((double)i + 0.5), persons[i] = 1;
  flood_case *c = with_events(ctx, tail_rows(ctx, "", "", "", 0));
  add_homes(ctx, c, N, first, persons);
  measure(ctx, c);
  assert_true(fabs(value_of(c, "flood.ead_persons", "fitted") / 50 - 1) < 1e-6);
  assert_true(round(100 * (value_of(c, "flood.ead_persons", "trapezoid") / 50 - 1)) == -47);
  const sund_table *t = flood_case_layer(c, "flood_tails");
  assert_true(round(*sund_table_real(t, "trapezoid_error_pct")) == -47);
}

/* Hectares from bins of a centimetre, within 0.04 %. */
static void hectares_all_the_way_up(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, tail_rows(ctx, "", "", "", 0));
  enum { BINS = 900 };
  flood_area area = {.first_cm = 0, .bins = BINS};
  area.at_m2 = sund_alloc(ctx, BINS, sizeof(double));
  area.known_m2 = (double[]){5e6};
  for (size_t b = 0; b < BINS; b++) { /* 1 ha a factor e from 1.42 m on, T0 = e^3 years: what a bin holds of it */
    const double top = (double)b / 100 - 1.42;
    area.at_m2[b] = 1e4 / 0.14 * (fmax(0, top) - fmax(0, top - 0.01));
  }
  c->run.area = &area;
  measure(ctx, c);
  const double share = value_of(c, "flood.ead_area", "fitted") * exp(3);
  assert_true(fabs(share - 1) < 0.0004 && fabs(share - (1 - 1e-4 / (24 * 0.14 * 0.14))) < 1e-6);
  assert_true(row_of(c, "flood.ead_area", "fitted", SIZE_MAX)->base == 500);
  assert_int_equal(c->out.indicators, 2); /* no homes */
  assert_true(isnan(*sund_table_real(flood_case_layer(c, "flood_tails"), "persons_a_year")));
}

static void what_is_wet_all_the_time_counts_once_a_year(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, tail_rows(ctx, "", "", "", 0));
  add_homes(ctx, c, 2, (double[]){0.2, level_of(0.5)}, (double[]){7, 5});
  measure(ctx, c);
  assert_true(flood_near(value_of(c, "flood.ead_persons", "fitted"), 12));
  assert_true(flood_case_found(c, "2 homes lie so low"));
  assert_true(
      flood_case_found(c, "95 % of the persons expected a year for the sea come from levels more frequent than 20"));
}

/* ------------------------------------------------------------------------------------------------- units, zones, years */

/* Slow twin: persons times the largest rate over the zones, by the drawn tail itself. */
static void zones_units_and_years(void **state) {
  sund_ctx *ctx = *state;
  uint64_t random = support_seed();
  for (int round = 0; round < 40; round++) {
    const char *rows = tail_rows(ctx, "", "north", "2020", 0.3);
    rows = tail_rows(ctx, rows, "south", "2017", 0); /* its earliest: belongs to the present too */
    rows = tail_rows(ctx, rows, "north", "2100", 0.8);
    rows = tail_rows(ctx, rows, "south", "2100", 0.5);
    flood_case *c = with_events(ctx, rows);
    enum { N = 30, UNITS = 3 };
    double first[2 * N], persons[N], want[UNITS][2] = {{0}};
    size_t unit[N];
    const double up[2][2] = {{0.3, 0}, {0.8, 0.5}};
    for (size_t i = 0; i < N; i++) {
      unit[i] = (size_t)(support_random(&random) % UNITS);
      persons[i] = (double)(support_random(&random) % 9);
      for (size_t z = 0; z < 2; z++)
        first[2 * i + z] = support_random(&random) % 4 ? support_uniform(&random, 0.8, 3) : NAN;
      for (size_t y = 0; y < 2; y++) {
        double rate = 0;
        for (size_t z = 0; z < 2; z++)
          if (!isnan(first[2 * i + z])) rate = fmax(rate, exp(-(first[2 * i + z] - 1 - up[y][z]) / 0.14));
        want[unit[i]][y] += persons[i] * fmin(1, rate);
      }
    }
    add_homes(ctx, c, N, first, persons);
    sund_table areas = {.rows = UNITS, .kind = SUND_NONE};
    c->in.role[SUND_AREAS] = &areas;
    c->run.homes->area[0] = unit;
    measure(ctx, c);
    for (size_t u = 0; u < UNITS; u++) {
      const sund_indicator *now = row_of(c, "flood.ead_persons", "fitted", u);
      const sund_indicator *then = row_of(c, "flood.ead_persons", "2100", u);
      if (fabs(now->value - want[u][0]) > 1e-8 || fabs(then->value - want[u][1]) > 1e-8)
        fail_msg("seed %llu round %d unit %zu", (unsigned long long)support_seed(), round, u);
      assert_non_null(row_of(c, "flood.ead_homes", "2100/trapezoid", u));
    }
    assert_int_equal(c->out.indicators, UNITS * 2 * 4);
    assert_null(row_of(c, "flood.ead_persons", "2017", 0));
    const sund_table *t = flood_case_layer(c, "flood_tails");
    assert_int_equal(t->rows, 4);
    assert_string_equal(sund_table_text(t, "zone")[1], "north");
    assert_int_equal(sund_table_int(t, "year")[1], 2100);
    assert_int_equal(sund_table_int(t, "year")[2], 2017);
    assert_true(flood_near(sund_table_real(t, "a_m")[3], 1.5));
  }
}

static void ground_that_nobody_knows(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, tail_rows(ctx, "", "", "2020", 0));
  add_homes(ctx, c, 2, (double[]){level_of(50), level_of(50)}, (double[]){100, 100});
  sund_table areas = {.rows = 3, .kind = SUND_NONE};
  c->in.role[SUND_AREAS] = &areas;
  c->run.homes->area[0][1] = 1;
  c->run.home[1].site = SIZE_MAX;
  measure(ctx, c);
  assert_true(flood_near(row_of(c, "flood.ead_persons", "fitted", 0)->value, 2));
  assert_true(isnan(row_of(c, "flood.ead_persons", "fitted", 1)->value));
  assert_true(row_of(c, "flood.ead_persons", "fitted", 1)->base == 100);
  assert_true(row_of(c, "flood.ead_persons", "fitted", 2)->value == 0); /* nobody there */
}

static void area_needs_one_zone(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, tail_rows(ctx, tail_rows(ctx, "", "north", "", 0), "south", "", 0));
  const flood_area area = {.bins = 1, .at_m2 = (double[]){1}, .known_m2 = (double[]){1}};
  c->run.area = &area;
  measure(ctx, c);
  assert_int_equal(c->out.indicators, 0);
  assert_true(flood_case_found(c, "expected hectares a year are not given with several zones"));
}

/* ------------------------------------------------------------------------------------------------------- too little */

static void what_gives_no_tail_is_told(void **state) {
  sund_ctx *ctx = *state;
  const struct {
    const char *rows, *words;
    size_t tails, indicators;
  } row[] = {
      {"Bodil,1.7,EPSG:5799", "no event has a return period", 0, 0},
      {"T20,1.7,EPSG:5799,20", "no tail and no expected yearly exposure for the sea: levels of at least two", 1, 0},
      {"T20,1.7,EPSG:5799,20,,2050|T100,1.6,EPSG:5799,100,,2050", "for the sea, 2050: the level of 20 years, 1.700 m",
       1, 0},
      {"T20,1.7,EPSG:5799,20|T100,1.9,EPSG:5799,100|S20,1.7,EPSG:5799,20,south", "leaves out what comes from zone", 2,
       4},
      {"T20,1.7,EPSG:5799,20|T50,1.75,EPSG:5799,50|T100,2.1,EPSG:5799,100", "off the tail that is fitted", 1, 4},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    const bool zoned = strstr(row[k].rows, "south");
    flood_case *c =
        with_events(ctx, zoned ? "T20,1.7,EPSG:5799,20,north|T100,1.9,EPSG:5799,100,north|S20,1.7,EPSG:5799,20,south"
                               : row[k].rows);
    add_homes(ctx, c, 1, (double[]){1.8, 1.8}, (double[]){10});
    measure(ctx, c);
    if (!flood_case_found(c, row[k].words)) fail_msg("not found: %s", row[k].words);
    assert_int_equal(c->out.indicators, row[k].indicators);
    const sund_table *t = flood_case_layer(c, "flood_tails");
    assert_int_equal(t ? t->rows : 0, row[k].tails);
  }
  flood_case *c = flood_case_new(ctx); /* plain levels ask for nothing of it */
  c->asked.levels = (sund_numbers){1, (double[]){2}};
  c->asked.mean_m = 0.1;
  assert_ok(ctx, flood_levels_read(ctx, &c->run));
  measure(ctx, c);
  assert_true(c->out.findings.count == 0 && c->out.layers == 0 && c->out.indicators == 0);
}

static void a_low_cap_is_told(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = flood_case_new(ctx);
  c->asked.mean_m = 0.1, c->asked.cap_m = 1.7;
  c->in.role[SUND_EVENTS] = flood_case_events(ctx, tail_rows(ctx, "", "", "", 0));
  assert_ok(ctx, flood_levels_read(ctx, &c->run));
  measure(ctx, c);
  assert_true(flood_case_found(c, "the cap of 1.70 m is passed once in 148 years"));
}

/* ------------------------------------------------------------------------------------------------------------ odds */

/* One home behind a saddle (crest NAN: none), next way in, at one level. */
typedef struct odds_case {
  double first_m, ground_m, crest_m, next_m, level_m, sigma_m, level_sigma_m;
  const char *errors;
  double probability;
  flood_say say;
} odds_case;

static void ask_odds(sund_ctx *ctx, const odds_case *o, double *p, flood_say *say) {
  flood_case *c = flood_case_new(ctx);
  sund_flood_spec spec = {.step_m = 0.001, .offset_m = -10, .cap = 15000};
  flood_site site = {.spec = &spec, .sigma_m = o->sigma_m};
  size_t decides = isnan(o->crest_m) ? SIZE_MAX : 0;
  flood_saddle saddle = {.crest_m = o->crest_m, .next_m = o->next_m};
  c->asked.levels = (sund_numbers){1, (double[]){o->level_m}};
  c->asked.errors = o->errors, c->asked.sigma_level_m = o->level_sigma_m;
  assert_ok(ctx, flood_levels_read(ctx, &c->run));
  add_homes(ctx, c, 1, &o->first_m, (double[]){1});
  c->run.home[0].ground_m = o->ground_m;
  c->run.sites = 1, c->run.site = &site, c->run.saddles = 1, c->run.saddle = &saddle, c->run.decides = &decides;
  assert_ok(ctx, flood_odds(ctx, &c->run, 0, 0, p, say));
}

static void odds_by_hand(void **state) {
  sund_ctx *ctx = *state;
  const char *own = "independent", *one = "correlated";
  const odds_case row[] = {
      {2.00, -1, 2.00, NAN, 2.00, 0.1, 0, own, 0.5, FLOOD_CANNOT_SAY}, /* a sill, a house far below it */
      {2.00, -1, 2.00, NAN, 2.196, 0.1, 0, own, 0.975, FLOOD_WET},
      {2.00, -1, 2.00, NAN, 1.803, 0.1, 0, one, 0.0244, FLOOD_DRY},
      {1.80, 1.80, NAN, NAN, 2.00, 0.1, 0, own, 0.97725, FLOOD_WET},     /* no protection */
      {2.00, -1, 2.00, 2.00, 2.00, 0.1, 0, own, 0.75, FLOOD_CANNOT_SAY}, /* two equal sills */
      {2.00, -1, 2.00, 2.00, 2.00, 0.1, 0, one, 0.5, FLOOD_CANNOT_SAY},
      {2.00, 2.00, 2.00, NAN, 2.00, 0.1, 0.1, own, 1.0 / 3, FLOOD_CANNOT_SAY}, /* ground as high as the crest */
      {2.00, -1, 2.00, NAN, 2.196, 0.06, 0.08, own, 0.975, FLOOD_WET},
      {2.00, -1, 2.00, NAN, 2.00, 0, 0, own, 1, FLOOD_WET}, /* nothing is in doubt */
      {2.00, -1, 2.00, NAN, 1.999, 0, 0, one, 0, FLOOD_DRY},
      {NAN, 6, NAN, NAN, 2.00, 0.1, 0, own, 0, FLOOD_DRY}, /* dry up to the cap of 5 m */
      {NAN, 6, NAN, NAN, 4.95, 0.1, 0, own, 0.3085, FLOOD_CANNOT_SAY},
  };
  for (size_t k = 0; k < sizeof row / sizeof *row; k++) {
    double p;
    flood_say say;
    ask_odds(ctx, &row[k], &p, &say);
    if (fabs(p - row[k].probability) > 1e-4 || say != row[k].say) fail_msg("row %zu: %.6f, %d", k, p, (int)say);
  }
}

static void rules_raise_the_height_at_home(void **state) {
  sund_ctx *ctx = *state;
  const flood_rule rule[] = {FLOOD_TOUCH, FLOOD_KAMP, FLOOD_SILL, FLOOD_MEDIAN};
  const double want[] = {1.0, 1.2, 1.3, 1.0};
  for (size_t k = 0; k < 4; k++) {
    flood_case *c = flood_case_new(ctx);
    flood_site site = {.sigma_m = 0.1};
    size_t decides = 0;
    flood_saddle saddle = {.crest_m = 0.5, .next_m = NAN}; /* far below: the home itself is what matters */
    c->asked.levels = (sund_numbers){1, (double[]){1.25}};
    c->asked.sill_m = 0.3;
    c->run.rule = rule[k];
    assert_ok(ctx, flood_levels_read(ctx, &c->run));
    add_homes(ctx, c, 1, &want[k], (double[]){1});
    c->run.home[0].ground_m = 1;
    c->run.sites = 1, c->run.site = &site, c->run.saddles = 1, c->run.saddle = &saddle, c->run.decides = &decides;
    double p;
    flood_say say;
    assert_ok(ctx, flood_odds(ctx, &c->run, 0, 0, &p, &say));
    assert_true(fabs(p - sund_normal((1.25 - want[k]) / 0.1)) < 1e-8);
  }
}

/* The zone from which the home is wet first is asked; the sigma of an event's height step counts. */
static void odds_of_zones(void **state) {
  sund_ctx *ctx = *state;
  flood_case *c = with_events(ctx, "storm,1.5,EPSG:5799,,north|storm,1.2,EPSG:5613,,south|calm,0.9,EPSG:5799,,south");
  flood_site site = {.sigma_m = 0.1, .up_sigma_m = 0.02};
  sund_flood_spec spec = {.step_m = 0.001, .offset_m = -10, .cap = 15000};
  site.spec = &spec;
  c->run.sites = 1, c->run.site = &site;
  add_homes(ctx, c, 2, (double[]){1.8, 1.3, 1.7, NAN}, (double[]){1, 1});
  double p;
  flood_say say;
  const double sigma = sqrt(0.1 * 0.1 + 0.02 * 0.02 + 0.01 * 0.01);
  assert_ok(ctx, flood_odds(ctx, &c->run, 0, 0, &p, &say)); /* south: 1.185 m of 1.3 m, north 1.5 of 1.8 */
  assert_true(fabs(p - sund_normal((1.185 - 1.3) / sigma)) < 1e-8 && say == FLOOD_CANNOT_SAY);
  assert_ok(ctx, flood_odds(ctx, &c->run, 0, 1, &p, &say)); /* calm says nothing of the north */
  assert_true(fabs(p - sund_normal((0.9 - 1.3) / hypot(0.1, 0.02))) < 1e-8 && say == FLOOD_DRY);
  assert_ok(ctx, flood_odds(ctx, &c->run, 1, 1, &p, &say)); /* never wet from the south */
  assert_true(p == 0 && say == FLOOD_DRY);
  c->run.home[1].site = SIZE_MAX;
  assert_ok(ctx, flood_odds(ctx, &c->run, 1, 0, &p, &say));
  assert_true(isnan(p) && say == FLOOD_CANNOT_SAY);
}

/* ------------------------------------------------------------------------------------------------------------ memory */

static void memory_runs_out(void **state) {
  (void)state;
  bool enough = false;
  for (size_t nth = 1; !enough; nth++) {
    sund_ctx *ctx = sund_ctx_new();
    flood_case *c = with_events(ctx, tail_rows(ctx, "one,2,EPSG:5799,20,north", "south", "2050", 0));
    add_homes(ctx, c, 2, (double[]){1.5, 1.5, 1, 2.5}, (double[]){3, 4});
    c->out = (sund_results){0};
    sund_ctx_fail_alloc(ctx, nth);
    const sund_code code = flood_risk_measure(ctx, &c->run);
    enough = code == SUND_OK;
    if (!enough) assert_true(code == SUND_LIMIT && sund_failure(ctx, NULL, NULL, NULL) == SUND_LIMIT);
    sund_ctx_free(ctx);
    assert_true(nth < 500);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(a_quarter_behind_a_wall),
      SUND_TEST(persons_all_the_way_up),
      SUND_TEST(hectares_all_the_way_up),
      SUND_TEST(what_is_wet_all_the_time_counts_once_a_year),
      SUND_TEST(zones_units_and_years),
      SUND_TEST(ground_that_nobody_knows),
      SUND_TEST(area_needs_one_zone),
      SUND_TEST(what_gives_no_tail_is_told),
      SUND_TEST(a_low_cap_is_told),
      SUND_TEST(odds_by_hand),
      SUND_TEST(rules_raise_the_height_at_home),
      SUND_TEST(odds_of_zones),
      SUND_TEST(memory_runs_out),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
