/* The joint labour market as minutes shrink: slopes recovered, flows moved as the model says, the minute of the merger
 * against a search by brute force, what fails. queries/labour_steps.c. */
#include "labour_case.h"

enum { UNITS = 8, PAIRS = UNITS * UNITS };
static const double BETA = 0.05, FACTOR = 3;

/* Four towns on each shore, flows of the model itself. */
typedef struct shores {
  double minutes[PAIRS], flow[PAIRS], out[UNITS], in[UNITS];
  char id[UNITS][4];
  trip flows[PAIRS], travel[PAIRS];
} shores;

static bool across(size_t k) {
  return (k / UNITS < UNITS / 2) != (k % UNITS < UNITS / 2);
}

static void weigh(const shores *s, double less, double factor, double *weight) {
  for (size_t k = 0; k < PAIRS; k++) {
    const double minutes = fmax(0, s->minutes[k] - (across(k) ? less : 0));
    weight[k] = exp(-BETA * minutes) / (across(k) ? factor : 1);
  }
}

static void draw_shores(sund_ctx *ctx, shores *s) {
  static const double along[] = {0, 18, 30, 55}, size[] = {9000, 2500, 4000, 1500};
  double weight[PAIRS];
  for (size_t i = 0; i < UNITS; i++) {
    snprintf(s->id[i], sizeof s->id[i], "%c%zu", i < 4 ? 'd' : 's', i % 4);
    s->out[i] = size[i % 4] * (i < 4 ? 1 : 1.5);
  }
  for (size_t i = 0; i < UNITS; i++) s->in[i] = s->out[(i + 3) % UNITS] + 500;
  double leave = 0, arrive = 0;
  for (size_t i = 0; i < UNITS; i++) leave += s->out[i], arrive += s->in[i];
  for (size_t i = 0; i < UNITS; i++) s->in[i] *= leave / arrive;
  for (size_t k = 0; k < PAIRS; k++) {
    const size_t i = k / UNITS, j = k % UNITS;
    s->minutes[k] = i == j ? 6 : 8 + fabs(along[i % 4] - along[j % 4]) * 1.3 + (across(k) ? 35 : 0);
  }
  weigh(s, 0, FACTOR, weight);
  assert_ok(ctx, sund_gravity_fit(ctx, UNITS, s->out, s->in, weight, s->flow));
  for (size_t k = 0; k < PAIRS; k++) {
    s->flows[k] = (trip){s->id[k / UNITS], s->id[k % UNITS], s->flow[k]};
    s->travel[k] = (trip){s->id[k / UNITS], s->id[k % UNITS], s->minutes[k]};
  }
}

static void begin(labour_case *c, sund_ctx *ctx, shores *s) {
  draw_box box[UNITS];
  labour_begin(c, ctx);
  draw_shores(ctx, s);
  labour_flows_of(c, PAIRS, s->flows);
  labour_minutes_of(c, PAIRS, s->travel);
  for (size_t i = 0; i < UNITS; i++) box[i] = (draw_box){1000 * (double)i, 0, 1000 * (double)i + 1000, 1000};
  sund_table *areas = draw_areas(ctx, UNITS, box);
  for (size_t i = 0; i < UNITS; i++) {
    sund_table_text(areas, "id")[i] = s->id[i], sund_table_text(areas, "name")[i] = s->id[i];
    sund_table_text(areas, "country")[i] = i < 4 ? "DK" : "SE";
  }
  c->in.role[SUND_AREAS] = areas;
  c->rule[0] = "containment";
  c->options.min_size = 1000, c->options.target_size = 20000;
}

static double value(const labour_case *c, const char *indicator, const char *variant) {
  return labour_indicator(&c->out, indicator, variant, NULL)->value;
}

static void slopes_are_reported(void **state) {
  labour_case c;
  shores s;
  begin(&c, *state, &s);
  assert_ok(c.ctx, labour_ask(&c));
  const sund_indicator *beta = labour_indicator(&c.out, "labour.beta", "", NULL);
  assert_near(beta->value, BETA, 1e-6);
  assert_true(beta->low <= beta->value && beta->value <= beta->high && beta->high - beta->low < 1e-4);
  assert_near(beta->base, PAIRS, 0);
  assert_near(value(&c, "labour.border_factor", ""), FACTOR, 1e-5);
  assert_near(value(&c, "labour.fit", ""), 100, 1e-4);
  assert_null(draw_layer(&c.out, "labour_steps")); /* no step was asked for */
}

/* Markets of the model itself, by the room of the rule; flows by the room of the model. */
static void brute_force(sund_ctx *ctx, const shores *s, double less, double factor, size_t *leader,
                        double *crossing) {
  const sund_containment_rule rule = {1000, 0.667, 20000, 0.75};
  double weight[PAIRS], flow[PAIRS];
  weigh(s, less, factor, weight);
  assert_ok(ctx, sund_gravity_fit(ctx, UNITS, s->out, s->in, weight, flow));
  assert_ok(ctx, sund_markets_containment(ctx, &(sund_flows){UNITS, flow}, &rule, leader));
  *crossing = 0;
  for (size_t k = 0; k < PAIRS; k++) *crossing += across(k) ? flow[k] : 0;
}

static void compare_steps(labour_case *c, const shores *s, double factor) {
  static const double less[] = {0, 5, 12.5, 20, 35};
  static const char *const variant[] = {"containment/shrink/0", "containment/shrink/5", "containment/shrink/12.5",
                                        "containment/shrink/20", "containment/shrink/35"};
  memcpy(c->shrink, (const double[]){20, 5, 12.5, 35}, 4 * sizeof(double)); /* in any order */
  c->options.shrink.count = 4;
  assert_ok(c->ctx, labour_ask(c));
  const sund_table *steps = draw_layer(&c->out, "labour_steps");
  assert_int_equal(steps->rows, 5 * UNITS);
  double before = 0;
  for (size_t k = 0; k < 5; k++) {
    size_t leader[UNITS];
    double crossing;
    brute_force(c->ctx, s, less[k], factor, leader, &crossing);
    assert_near(value(c, "labour.across", variant[k]) / crossing, 1, 1e-4);
    assert_true(crossing > before);
    before = crossing;
    for (size_t i = 0; i < UNITS; i++) {
      const size_t row = k * UNITS + i;
      assert_near(sund_table_real(steps, "minutes")[row], less[k], 0);
      assert_string_equal(sund_table_text(steps, "area_id")[row], s->id[i]);
      assert_string_equal(sund_table_text(steps, "market_id")[row], s->id[leader[i]]);
      bool joint = false;
      for (size_t j = 0; j < UNITS; j++) joint = joint || (leader[j] == leader[i] && across(i * UNITS + j));
      assert_int_equal(sund_table_int(steps, "joint")[row], joint);
    }
  }
}

static void steps_are_those_of_the_model(void **state) {
  labour_case c;
  shores s;
  begin(&c, *state, &s);
  compare_steps(&c, &s, FACTOR);
  c.options.border_factor = 1; /* as if there were none */
  compare_steps(&c, &s, 1);
  c.options.model = "pivot"; /* the same, as the flows observed are the model's */
  compare_steps(&c, &s, 1);
  c.options.border_factor = 0;
  compare_steps(&c, &s, FACTOR);
  assert_near(value(&c, "labour.across", "containment/shrink/0"), value(&c, "labour.across", ""), 1e-3);
}

static void the_minute_of_the_merger(void **state) {
  labour_case c;
  shores s;
  begin(&c, *state, &s);
  c.together[0] = "d0,s0", c.together[1] = "d0,d1", c.together[2] = "d3,s3";
  c.options.shrink.count = 1, c.shrink[0] = 40;
  assert_ok(c.ctx, labour_ask(&c));
  static const size_t pair[][2] = {{0, 4}, {0, 1}, {3, 7}};
  static const char *const unit[] = {"d0+s0", "d0+d1", "d3+s3"};
  for (size_t k = 0; k < 3; k++) {
    double found = NAN;
    for (double less = 0; less <= 40 && isnan(found); less++) {
      size_t leader[UNITS];
      double crossing;
      brute_force(c.ctx, &s, less, FACTOR, leader, &crossing);
      if (leader[pair[k][0]] == leader[pair[k][1]]) found = less;
    }
    double got = labour_indicator(&c.out, "labour.merge_minutes", "containment", unit[k])->value;
    if (isnan(found) != isnan(got) || (!isnan(found) && found != got))
      fail_msg("%s: %g, not %g", unit[k], got, found);
    if (k == 0) assert_true(got > 0 && got < 40); /* the drawing tells something */
    if (k == 1) assert_true(got == 0);
  }
  c.options.shrink.count = 1, c.shrink[0] = 1;
  assert_ok(c.ctx, labour_ask(&c));
  assert_true(isnan(labour_indicator(&c.out, "labour.merge_minutes", "containment", "d0+s0")->value));
  assert_true(draw_found(&c.out, "note", "d0 + s0 do not become one market with up to 1 minutes less"));
}

/* A pair given one way holds for both; pairs without minutes keep their flows. */
static void minutes_may_be_missing(void **state) {
  labour_case c;
  shores s;
  trip some[PAIRS + 1];
  size_t count = 0;
  begin(&c, *state, &s);
  for (size_t k = 0; k < PAIRS; k++)
    if (k / UNITS < k % UNITS && k != 3) some[count++] = s.travel[k]; /* no own minutes, none between d0 and d3 */
  some[count++] = (trip){"d0", "elsewhere", 5};
  labour_minutes_of(&c, count, some);
  c.options.shrink.count = 1, c.shrink[0] = 15;
  assert_ok(c.ctx, labour_ask(&c));
  assert_near(value(&c, "labour.beta", ""), BETA, 1e-6);
  assert_near(labour_indicator(&c.out, "labour.beta", "", NULL)->base, PAIRS - UNITS - 2, 0);
  assert_true(draw_found(&c.out, "note", "1 rows of minutes are about units without commuters"));
  assert_true(value(&c, "labour.across", "containment/shrink/15") > value(&c, "labour.across", ""));
}

static void assert_refused(labour_case *c, sund_code code, const char *words) {
  const char *why = "";
  sund_ctx *before = c->ctx;
  c->ctx = sund_ctx_new();
  assert_int_equal(labour_ask(c), code);
  sund_failure(c->ctx, &why, NULL, NULL);
  if (!strstr(why, words)) fail_msg("\"%s\" does not say \"%s\"", why, words);
  sund_ctx_free(c->ctx);
  c->ctx = before;
}

static void what_is_refused(void **state) {
  labour_case c;
  shores s;
  begin(&c, *state, &s);
  c.options.shrink.count = 1, c.shrink[0] = 10;
  const sund_table *areas = c.in.role[SUND_AREAS];
  c.in.role[SUND_AREAS] = NULL;
  assert_refused(&c, SUND_USAGE, "--shrink needs areas with their country");
  c.in.role[SUND_AREAS] = areas;
  for (size_t i = 0; i < UNITS; i++) sund_table_text(areas, "country")[i] = "DK";
  assert_refused(&c, SUND_DATA, "no two units with minutes lie in different countries");
  for (size_t i = 0; i < UNITS; i++) sund_table_text(areas, "country")[i] = i < 4 ? "DK" : "SE";
  for (size_t k = 0; k < PAIRS; k++)
    if (across(k)) s.flows[k].persons = 0;
  labour_flows_of(&c, PAIRS, s.flows);
  assert_refused(&c, SUND_DATA, "nobody crosses the border in these flows");
  c.options.border_factor = 3; /* then it can be told what would be */
  assert_ok(c.ctx, labour_ask(&c));
  assert_true(value(&c, "labour.across", "containment/shrink/10") > 0);
  const trip far[] = {{"x", "y", 10}};
  labour_minutes_of(&c, 1, far);
  assert_refused(&c, SUND_DATA, "none of their rows is about two units");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(slopes_are_reported),      SUND_TEST(steps_are_those_of_the_model),
      SUND_TEST(the_minute_of_the_merger), SUND_TEST(minutes_may_be_missing),
      SUND_TEST(what_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
