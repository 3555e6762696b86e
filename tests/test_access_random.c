/* What must hold of `access` in every town, on random ones: the order of rows, the border, the number of threads do not
 * matter; a larger distance and more green serve no fewer; no way is shorter than the straight line. */
#include "draw.h"
#include "queries/access.h"

enum { GREEN = 30, HOMES = 150, STREETS = 24, MOST = 64, ROUNDS = 12 };

typedef struct random_town {
  size_t greens, homes, streets, areas;
  draw_box green[MOST], area[4], land[2];
  int access[MOST], kind[MOST];
  draw_point home[HOMES];
  draw_line street[MOST];
  double extent[SUND_ROLE_COUNT][1][4];
  sund_standard standard[2];
} random_town;

static void found(random_town *t, uint64_t *random) {
  memset(t, 0, sizeof *t);
  t->greens = GREEN, t->homes = HOMES, t->streets = STREETS, t->areas = 1;
  t->area[0] = (draw_box){0, 0, 2400, 2400};
  t->land[0] = (draw_box){-4000, -4000, 1150, 6000}, t->land[1] = (draw_box){1250, -4000, 6000, 6000}; /* a canal */
  for (size_t i = 0; i < t->greens; i++) {
    double x = 400 * (double)(i % 6) + 20, y = 480 * (double)(i / 6) + 20;
    t->green[i] = (draw_box){x, y, x + support_uniform(random, 30, 340), y + support_uniform(random, 30, 420)};
    t->access[i] = (int)(support_random(random) % 4), t->kind[i] = (int)(support_random(random) % 12);
  }
  for (size_t i = 0; i < t->homes; i++)
    t->home[i] = (draw_point){support_uniform(random, 5, 2395), support_uniform(random, 5, 2395),
                              1 + (double)(support_random(random) % 5)};
  for (size_t i = 0; i < t->streets; i++) {
    double at = 200 * (double)(i / 2) + support_uniform(random, 0, 60), from = support_uniform(random, 0, 700),
           to = support_uniform(random, 1500, 2400);
    int64_t level = support_random(random) % 8 == 0;
    t->street[i] = i % 2 ? (draw_line){from, at, to, at, level} : (draw_line){at, from, at, to, level};
  }
  for (int k = 0; k < 2; k++)
    t->standard[k] = (sund_standard){.name = k ? "wide" : "near",
                                     .kinds = 0x0FFF,
                                     .access = k ? 15 : 9,
                                     .min_ha = k ? 2 : 0.5,
                                     .max_m = k ? 900 : 300,
                                     .max_min = NAN};
}

/* Asks; order[r]: which green, home, street comes r-th (NULL = as drawn). */
static sund_results ask(sund_ctx *ctx, const random_town *t, const char *distance, const size_t *order) {
  random_town p = *t;
  for (size_t i = 0; order && i < t->greens; i++) {
    size_t from = order[i] % t->greens; /* a rotation: each once */
    p.green[i] = t->green[from], p.access[i] = t->access[from], p.kind[i] = t->kind[from];
  }
  for (size_t i = 0; order && i < t->homes; i++) p.home[i] = t->home[(i + order[0]) % t->homes];
  for (size_t i = 0; order && i < t->streets; i++) p.street[i] = t->street[(i + order[0]) % t->streets];
  sund_table *green = draw_boxes(ctx, SUND_GREEN, p.greens, p.green);
  const sund_choice *access = sund_table_column(green, "access")->field.choices;
  const sund_choice *kind = sund_table_column(green, "kind")->field.choices;
  for (size_t i = 0; i < p.greens; i++) {
    sund_table_text(green, "access")[i] = access[p.access[i]].value;
    sund_table_text(green, "kind")[i] = kind[p.kind[i]].value;
  }
  double far[1][4] = {{DRAW_X - 9000, DRAW_Y - 9000, DRAW_X + 9000, DRAW_Y + 9000}};
  sund_inputs in = {.crs = draw_crs(ctx), .scenario = "baseline", .standards = 2, .standard = p.standard};
  in.role[SUND_GREEN] = green;
  in.role[SUND_HOMES] = draw_points(ctx, SUND_HOMES, p.homes, p.home);
  in.role[SUND_PATHS] = draw_lines(ctx, p.streets, p.street);
  in.role[SUND_AREAS] = draw_areas(ctx, p.areas, p.area);
  in.role[SUND_LAND] = draw_boxes(ctx, SUND_LAND, 2, p.land);
  static const sund_role known[] = {SUND_GREEN, SUND_PATHS, SUND_LAND};
  for (size_t k = 0; k < 3; k++) in.extents[known[k]] = 1, in.extent[known[k]] = (const double(*)[4])far;
  access_options options = {.match = "edges",
                            .distance = distance,
                            .snap_limit_m = 250,
                            .walk_speed_kmh = 5,
                            .merge_gap_m = 1,
                            .sliver_m = 5,
                            .join_m = 1,
                            .piece_m = 100,
                            .target_pct = 90,
                            .decay = "dichotomy"};
  sund_results out = {0};
  assert_ok(ctx, sund_query_find("access")->run(ctx, &in, &options, &out));
  return out;
}

static const double *column(const sund_results *out, const char *name) {
  return sund_table_real(draw_layer(out, "access_homes"), name);
}

static bool same(double a, double b, double by) {
  return (isnan(a) && isnan(b)) || fabs(a - b) <= by;
}

/* Sum over all areas of an indicator. */
static double sum_of(const sund_results *out, const char *indicator, const char *variant) {
  double sum = 0;
  for (size_t i = 0; i < out->indicators; i++)
    if (strcmp(out->indicator[i].indicator, indicator) == 0 && strcmp(out->indicator[i].variant, variant) == 0)
      sum += out->indicator[i].value;
  return sum;
}

static const char *const ways[] = {"network", "land", "straight"};

#define EACH_TOWN                                \
  uint64_t random = support_seed();              \
  for (int round = 0; round < ROUNDS; round++) { \
    sund_ctx *ctx = sund_ctx_new();              \
    random_town t;                               \
    const char *way = ways[round % 3];           \
    found(&t, &random);

#define NEXT_TOWN     \
  sund_ctx_free(ctx); \
  }

#define HOLDS(condition, home)                                                                           \
  do {                                                                                                   \
    if (!(condition))                                                                                    \
      fail_msg("seed %llu, round %d (%s), home %zu: %s", (unsigned long long)support_seed(), round, way, \
               (size_t)(home), #condition);                                                              \
  } while (0)

static void order_of_rows_does_not_matter(void **state) {
  (void)state;
  EACH_TOWN
  size_t order[MOST], shift = 1 + support_random(&random) % 20;
  for (size_t i = 0; i < MOST; i++) order[i] = i + shift;
  sund_results a = ask(ctx, &t, way, NULL), b = ask(ctx, &t, way, order);
  for (size_t i = 0; i < t.homes; i++) {
    size_t from = (i + shift) % t.homes;
    HOLDS(same(column(&a, "near_dist_m")[from], column(&b, "near_dist_m")[i], 1e-6), i);
    HOLDS(same(column(&a, "wide_next_m")[from], column(&b, "wide_next_m")[i], 1e-6), i);
  }
  for (size_t k = 0; k < a.indicators; k++)
    if (strcmp(a.indicator[k].unit, "%") == 0) HOLDS(same(a.indicator[k].value, b.indicator[k].value, 1e-6), k);
  NEXT_TOWN
}

static void threads_do_not_matter(void **state) {
  (void)state;
  EACH_TOWN
  sund_ctx_threads(ctx, 1);
  sund_results a = ask(ctx, &t, way, NULL);
  sund_ctx_threads(ctx, 4);
  sund_results b = ask(ctx, &t, way, NULL);
  HOLDS(a.indicators == b.indicators, 0);
  for (size_t k = 0; k < a.indicators; k++) {
    HOLDS(same(a.indicator[k].value, b.indicator[k].value, 0), k);
    HOLDS(same(a.indicator[k].low, b.indicator[k].low, 0), k);
  }
  NEXT_TOWN
}

/* A border drawn through the town changes nobody's answer, and no sum. */
static void borders_do_not_matter(void **state) {
  (void)state;
  EACH_TOWN
  sund_results a = ask(ctx, &t, way, NULL);
  double at = support_uniform(&random, 300, 2100);
  t.areas = 2;
  t.area[0] = (draw_box){0, 0, at, 2400}, t.area[1] = (draw_box){at, 0, 2400, 2400};
  if (round % 2) { /* whichever side is called first */
    draw_box first = t.area[0];
    t.area[0] = t.area[1], t.area[1] = first;
  }
  sund_results b = ask(ctx, &t, way, NULL);
  for (size_t i = 0; i < t.homes; i++) HOLDS(same(column(&a, "near_dist_m")[i], column(&b, "near_dist_m")[i], 0), i);
  HOLDS(same(sum_of(&a, "access.persons", "near"), sum_of(&b, "access.persons", "near"), 1e-9), 0);
  HOLDS(same(sum_of(&a, "access.unassessed", "wide"), sum_of(&b, "access.unassessed", "wide"), 1e-9), 0);
  HOLDS(same(sum_of(&a, "area.persons", ""), sum_of(&b, "area.persons", ""), 1e-9), 0);
  NEXT_TOWN
}

static void farther_serves_no_fewer(void **state) {
  (void)state;
  EACH_TOWN
  double before = 0;
  for (double metres = 50; metres < 1500; metres *= 2) {
    t.standard[0].max_m = metres;
    sund_results out = ask(ctx, &t, way, NULL);
    double persons = sum_of(&out, "access.persons", "near");
    HOLDS(persons >= before, metres);
    before = persons;
  }
  NEXT_TOWN
}

/* Green that stands apart from the rest. (Green that touches may take an area's entrances near a path away, because it
 * brings a crossing: docs/access.md.) */
static void more_green_serves_no_fewer(void **state) {
  (void)state;
  EACH_TOWN
  sund_results a = ask(ctx, &t, way, NULL);
  double x = support_uniform(&random, 2600, 3000), y = support_uniform(&random, 0, 2400);
  t.green[t.greens] = (draw_box){x, y, x + 200, y + 200}, t.access[t.greens] = 0;
  t.greens++;
  t.street[t.streets++] = (draw_line){1500, y + 100, x + 100, y + 100, 0};
  sund_results more = ask(ctx, &t, way, NULL);
  (void)a;
  t.greens--;
  sund_results street = ask(ctx, &t, way, NULL); /* the same streets, without it */
  for (size_t i = 0; i < t.homes; i++) {
    double with = column(&more, "near_dist_m")[i], without = column(&street, "near_dist_m")[i];
    HOLDS(isnan(without) || with <= without + 1e-9, i);
  }
  HOLDS(sum_of(&more, "access.persons", "near") >= sum_of(&street, "access.persons", "near"), 0);
  NEXT_TOWN
}

/* The way is no shorter than the straight line; public is no more than with restricted, and that no more than all; low,
 * value and high are in order; the curve rises and passes through the share. */
static void figures_are_in_order(void **state) {
  (void)state;
  EACH_TOWN
  sund_results out = ask(ctx, &t, way, NULL);
  const double *straight = column(&out, "near_straight_m"), *dist = column(&out, "near_dist_m");
  for (size_t i = 0; straight && i < t.homes; i++) HOLDS(isnan(dist[i]) || dist[i] >= straight[i] - 1e-6, i);
  double public = draw_value(&out, "access.persons", "near/public", 0);
  double restricted = draw_value(&out, "access.persons", "near/restricted", 0);
  HOLDS(public <= restricted && restricted <= draw_value(&out, "access.persons", "near/all", 0), 0);
  for (size_t k = 0; k < out.indicators; k++) {
    const sund_indicator *row = &out.indicator[k];
    if (isnan(row->value) || isnan(row->low)) continue;
    HOLDS(row->low <= row->value && row->value <= row->high, k);
    if (strcmp(row->indicator, "access.share") == 0 && row->verdict)
      HOLDS(strcmp(row->verdict, row->low >= 90 ? "met" : row->high < 90 ? "not met" : "undecided") == 0, k);
  }
  const sund_table *curve = draw_layer(&out, "access_curve");
  const double *share = sund_table_real(curve, "share_pct");
  for (size_t r = 0; r + 1 < CURVE_STEPS; r++) HOLDS(share[r] <= share[r + 1], r);
  HOLDS(same(share[CURVE_TENTHS], draw_value(&out, "access.share", "near", 0), 1e-9), 0);
  NEXT_TOWN
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(order_of_rows_does_not_matter), SUND_TEST(threads_do_not_matter),
      SUND_TEST(borders_do_not_matter),         SUND_TEST(farther_serves_no_fewer),
      SUND_TEST(more_green_serves_no_fewer),    SUND_TEST(figures_are_in_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
