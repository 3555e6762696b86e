/* The query `labour` on flows drawn by hand: the rules as users see them, maps, rules compared, units asked about as
 * one, and what fails. queries/labour*.c. */
#include "labour_case.h"

/* A is a centre; B follows A; C follows B by its second share; D follows C, a chain of three links. 1000 persons each. */
static const trip chain[] = {{"A", "A", 850}, {"A", "B", 70},  {"A", "C", 50},  {"A", "D", 30},
                             {"B", "A", 140}, {"B", "B", 760}, {"B", "C", 60},  {"B", "D", 40},
                             {"C", "A", 45},  {"C", "B", 80},  {"C", "C", 825}, {"C", "D", 50},
                             {"D", "A", 60},  {"D", "B", 40},  {"D", "C", 200}, {"D", "D", 700}};
enum { CHAIN = sizeof chain / sizeof *chain };

static void chains_are_told(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  labour_flows_of(&c, CHAIN, chain);
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *units = draw_layer(&c.out, "labour_areas");
  assert_true(units->rows == 4 && units->kind == SUND_NONE);
  static const char *const market[] = {"A", "A", "C", "C"}, *const status[] = {"centre", "follows", "cut", "follows"};
  static const char *const follows[] = {"", "A", "", "C"};
  for (size_t i = 0; i < 4; i++) {
    const char id[] = {(char)('A' + i), 0};
    assert_string_equal(labour_text(units, "area_id", id, "market_id"), market[i]);
    assert_string_equal(labour_text(units, "area_id", id, "status"), status[i]);
    assert_string_equal(labour_text(units, "area_id", id, "follows_id"), follows[i]);
  }
  assert_string_equal(labour_text(units, "area_id", "C", "reason"),
                      "would follow B (8.0 %), but the chain is a ring or too long and this its weakest link");
  assert_string_equal(labour_text(units, "area_id", "A", "reason"),
                      "15.0 % work elsewhere and at most 7.0 % in one other (B): enough stay");
  assert_string_equal(labour_text(units, "area_id", "B", "first_id"), "A");
  assert_string_equal(labour_text(units, "area_id", "B", "second_id"), "C");
  assert_near(labour_real(units, "area_id", "B", "second_pct"), 6, 1e-12);
  assert_near(labour_real(units, "area_id", "B", "in_market_pct"), 90, 1e-12);
  assert_string_equal(labour_text(units, "area_id", "B", "other_market_id"), "C");
  assert_near(labour_real(units, "area_id", "B", "other_market_pct"), 10, 1e-12);
}

static void markets_are_summed(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  labour_flows_of(&c, CHAIN, chain);
  assert_ok(c.ctx, labour_ask(&c));
  assert_near(labour_indicator(&c.out, "labour.markets", "scb", NULL)->value, 2, 0);
  const sund_indicator *self = labour_indicator(&c.out, "labour.self_containment", "scb", "A");
  assert_near(self->value, 100 * 1820 / 2000.0, 1e-12);
  assert_near(self->base, 2000, 0);
  assert_near(labour_indicator(&c.out, "labour.jobs", "scb", "A")->value, 850 + 70 + 140 + 760 + 45 + 80 + 60 + 40,
              0);
  assert_near(labour_indicator(&c.out, "labour.job_containment", "scb", "A")->value, 100 * 1820 / 2045.0, 1e-12);
  const sund_table *markets = draw_layer(&c.out, "labour_markets");
  assert_int_equal(markets->rows, 2);
  assert_near(labour_real(markets, "market_id", "C", "inside"), 825 + 50 + 200 + 700, 0);
  assert_true(isnan(labour_real(markets, "market_id", "C", "persons")) &&
              isnan(labour_real(markets, "market_id", "C", "crossing")));
}

/* The order of rows, and a pair cut into several of them, change nothing but the note. */
static void order_does_not_matter(void **state) {
  labour_case a, b;
  trip other[CHAIN + 1];
  labour_begin(&a, *state), labour_begin(&b, *state);
  labour_flows_of(&a, CHAIN, chain);
  for (size_t r = 0; r < CHAIN; r++) other[r] = chain[(7 * r + 3) % CHAIN];
  other[0].persons -= 5, other[CHAIN] = other[0], other[CHAIN].persons = 5;
  labour_flows_of(&b, CHAIN + 1, other);
  assert_ok(a.ctx, labour_ask(&a));
  assert_ok(b.ctx, labour_ask(&b));
  const sund_table *x = draw_layer(&a.out, "labour_areas"), *y = draw_layer(&b.out, "labour_areas");
  for (size_t k = 0; k < x->columns; k++)
    for (size_t r = 0; r < x->rows; r++) {
      if (x->column[k].text && x->column[k].text[r]) assert_string_equal(x->column[k].text[r], y->column[k].text[r]);
      if (x->column[k].real && !isnan(x->column[k].real[r]))
        assert_true(x->column[k].real[r] == y->column[k].real[r]);
    }
  assert_int_equal(a.out.findings.count, 0);
  assert_true(draw_found(&b.out, "note", "1 pairs of units stand in several rows"));
}

/* Whoever works outside counts among the residents; a unit only worked in leads itself. */
static void outside_counts(void **state) {
  static const trip flows[] = {
      {"a", "a", 700}, {"a", "b", 100}, {"a", "abroad", 200}, {"b", "b", 950}, {"b", "a", 50}};
  labour_case c;
  labour_begin(&c, *state);
  labour_flows_of(&c, 5, flows);
  const draw_box box[] = {{0, 0, 1000, 1000}, {1000, 0, 2000, 1000}, {5000, 0, 6000, 1000}};
  c.in.role[SUND_AREAS] = draw_areas(c.ctx, 3, box);
  sund_table_text(c.in.role[SUND_AREAS], "id")[2] = "nobody";
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *units = draw_layer(&c.out, "labour_areas");
  assert_true(units->rows == 3 && units->kind == SUND_AREA);
  assert_string_equal(labour_text(units, "area_id", "a", "market_id"), "abroad"); /* 20.0 % of 1000 there */
  assert_near(labour_real(units, "area_id", "a", "first_pct"), 20, 1e-12);
  const size_t row = labour_row(units, "area_id", "abroad");
  assert_int_equal(units->shapes->first_part[row + 1] - units->shapes->first_part[row], 0);
  assert_string_equal(labour_text(units, "area_id", "abroad", "reason"), "nobody who lives here is in the flows");
  assert_true(isnan(labour_real(units, "area_id", "abroad", "out_pct")));
  assert_true(draw_found(&c.out, "note", "1 of 3 units are not among the areas"));
  assert_true(draw_found(&c.out, "warning", "1 units have jobs but no residents in the flows"));
  const sund_table *lines = draw_layer(&c.out, "labour_flows"); /* between units on the map only */
  assert_int_equal(lines->rows, 2);
  assert_string_equal(sund_table_text(lines, "from_id")[0], "a");
  assert_near(lines->shapes->x[0], DRAW_X + 500, 1e-6);
  assert_near(lines->shapes->x[1], DRAW_X + 1500, 1e-6);
}

/* Tables of commuters that leave out those who stay are found out. */
static void who_stays_is_missed(void **state) {
  static const trip flows[] = {{"a", "b", 100}, {"b", "a", 50}, {"b", "c", 5}, {"c", "c", 7}};
  labour_case c;
  labour_begin(&c, *state);
  labour_flows_of(&c, 4, flows);
  assert_ok(c.ctx, labour_ask(&c));
  assert_true(draw_found(&c.out, "warning", "2 of 3 units have residents but none who works there: a, b;"));
}

static double ring_area(const sund_shapes *s, size_t row) {
  double sum = 0;
  for (size_t p = s->first_part[row]; p < s->first_part[row + 1]; p++)
    for (size_t v = s->first_vertex[p]; v + 1 < s->first_vertex[p + 1]; v++)
      sum += ((s->x[v] - DRAW_X) * (s->y[v + 1] - DRAW_Y) - (s->x[v + 1] - DRAW_X) * (s->y[v] - DRAW_Y)) / 2;
  return sum;
}

/* Four units in a row, two countries, two markets of two. */
static void draw_pairs(labour_case *c) {
  static const trip flows[] = {{"a", "a", 900}, {"a", "b", 60},  {"a", "c", 40},  {"b", "a", 300},
                               {"b", "b", 680}, {"b", "c", 20},  {"c", "c", 800}, {"c", "d", 50},
                               {"c", "b", 20},  {"d", "c", 250}, {"d", "d", 300}};
  const draw_box box[] = {{0, 0, 1000, 1000}, {1000, 0, 2000, 1000}, {2000, 0, 3000, 1000}, {3000, 0, 4000, 1000}};
  labour_flows_of(c, sizeof flows / sizeof *flows, flows);
  sund_table *areas = draw_areas(c->ctx, 4, box);
  for (size_t i = 0; i < 4; i++) {
    sund_table_text(areas, "country")[i] = i < 2 ? "DK" : "SE";
    sund_table_real(areas, "persons")[i] = 2000 + 100 * (double)i;
  }
  c->in.role[SUND_AREAS] = areas;
}

static void markets_are_mapped(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  draw_pairs(&c);
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *markets = draw_layer(&c.out, "labour_markets");
  assert_true(markets->rows == 2 && markets->kind == SUND_AREA);
  assert_string_equal(sund_table_text(markets, "market_name")[0], "Area A");
  assert_string_equal(sund_table_text(markets, "countries")[1], "SE");
  assert_near(ring_area(markets->shapes, 0), 2e6, 1);
  assert_int_equal(markets->shapes->first_part[1], 1); /* one ring: dissolved */
  assert_near(sund_table_real(markets, "persons")[0], 4100, 0);
  assert_near(labour_indicator(&c.out, "labour.persons", "scb", "c")->value, 4500, 0);
  assert_near(labour_indicator(&c.out, "labour.across", "", NULL)->value, 80, 0);
  for (size_t i = 0; i < c.out.layers; i++) {
    if (strcmp(c.out.layer[i].table->name, "labour_markets") != 0) continue;
    const sund_style *style = c.out.layer[i].style;
    assert_int_equal(style->count, 2);
    assert_string_equal(style->column, "market_id");
    assert_string_equal(style->classes[0].value, "a");
    assert_string_equal(style->classes[0].label[SUND_EN], "Area A");
  }
  c.options.flow_lines = 3;
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *lines = draw_layer(&c.out, "labour_flows");
  assert_int_equal(lines->rows, 3);
  assert_near(sund_table_real(lines, "persons")[0], 300, 0);
  assert_near(sund_table_real(lines, "persons")[2], 60, 0);
  assert_near(sund_table_real(lines, "share_pct")[0], 30, 1e-12);
  assert_int_equal(sund_table_int(lines, "same_market")[0], 1);
  assert_int_equal(sund_table_int(lines, "across")[0], 0);
}

/* ---------------------------------------------------------------------------------------------------- several rules */

static void rules_are_compared(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  draw_pairs(&c);
  c.rule[1] = "containment", c.rule[2] = "ttwa";
  c.options.min_size = 1500, c.options.target_size = 1500, c.options.min_containment = 66.7; /* per cent, too */
  assert_ok(c.ctx, labour_ask(&c));
  /* containment: c and d are too few together, and c is given first: all are one market */
  assert_near(labour_indicator(&c.out, "labour.markets", "scb", NULL)->value, 2, 0);
  assert_near(labour_indicator(&c.out, "labour.markets", "containment", NULL)->value, 1, 0);
  const sund_table *overlap = draw_layer(&c.out, "labour_overlap");
  assert_string_equal(sund_table_text(overlap, "market_id")[1], "c");
  assert_string_equal(sund_table_text(overlap, "other_market_id")[1], "a");
  assert_int_equal(sund_table_int(overlap, "units")[1], 2);
  assert_near(sund_table_real(overlap, "residents")[1], 1420, 0);
  assert_near(sund_table_real(overlap, "share_pct")[1], 100, 0);
  assert_near(sund_table_real(overlap, "other_share_pct")[1], 100 * 1420 / 3420.0, 1e-12);
  assert_near(labour_indicator(&c.out, "labour.agreement", "scb/containment", NULL)->value, 100, 0);
  assert_non_null(draw_layer(&c.out, "labour_areas_containment"));
  assert_non_null(draw_layer(&c.out, "labour_markets_ttwa"));
  assert_string_equal(sund_table_text(draw_layer(&c.out, "labour_areas"), "rule")[0], "scb");
}

static void methods_tell_parameters(void **state) {
  labour_case a, b;
  labour_begin(&a, *state), labour_begin(&b, *state);
  draw_pairs(&a), draw_pairs(&b);
  a.rule[0] = b.rule[0] = "containment";
  b.options.min_containment = 66.7, b.options.target_containment = 75;
  assert_ok(a.ctx, labour_ask(&a));
  assert_ok(b.ctx, labour_ask(&b));
  const char *before = labour_indicator(&a.out, "labour.markets", "containment", NULL)->method;
  assert_string_equal(before, labour_indicator(&b.out, "labour.markets", "containment", NULL)->method);
  b.options.min_size++;
  assert_ok(b.ctx, labour_ask(&b));
  assert_string_not_equal(before, labour_indicator(&b.out, "labour.markets", "containment", NULL)->method);
}

static void who_is_left_over_is_told(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  draw_pairs(&c);
  c.rule[0] = "containment"; /* 3500 residents: none has them, not even all */
  assert_ok(c.ctx, labour_ask(&c));
  assert_near(labour_indicator(&c.out, "labour.markets", "containment", NULL)->value, 0, 0);
  assert_near(labour_indicator(&c.out, "labour.left_over", "containment", NULL)->value, 3420, 0);
  assert_true(draw_found(&c.out, "warning", "4 units with 3420 residents are in no market"));
  assert_string_equal(labour_text(draw_layer(&c.out, "labour_areas"), "area_id", "a", "status"), "left_over");
  assert_string_equal(labour_text(draw_layer(&c.out, "labour_areas"), "area_id", "a", "market_id"), "");
  assert_int_equal(draw_layer(&c.out, "labour_markets")->rows, 0);
}

static void centres_may_be_named(void **state) {
  labour_case c;
  const char *centres[] = {"a, Area B", "c"};
  labour_begin(&c, *state);
  draw_pairs(&c);
  c.rule[0] = "ttwa";
  c.options.centres = (sund_strings){2, centres, NULL};
  assert_ok(c.ctx, labour_ask(&c));
  assert_near(labour_indicator(&c.out, "labour.markets", "ttwa", NULL)->value, 3, 0);
  assert_string_equal(labour_text(draw_layer(&c.out, "labour_areas"), "area_id", "d", "market_id"), "c");
}

/* -------------------------------------------------------------------------------------------------------- together */

/* K and H are centres by a little; O follows K, B follows H. Are they one market? */
static const trip north_east[] = {{"K", "K", 3500}, {"K", "H", 240}, {"K", "O", 60},  {"K", "M", 200},
                                  {"H", "H", 1650}, {"H", "K", 140}, {"H", "B", 60},  {"H", "M", 150},
                                  {"O", "O", 300},  {"O", "K", 150}, {"B", "B", 200}, {"B", "H", 90},
                                  {"B", "K", 10},   {"M", "M", 9000}};
enum { NORTH_EAST = sizeof north_east / sizeof *north_east };

static void a_claim_is_refuted_with_what_is_short(void **state) {
  labour_case c;
  trip more[NORTH_EAST];
  labour_begin(&c, *state);
  memcpy(more, north_east, sizeof more);
  labour_flows_of(&c, NORTH_EAST, more);
  c.together[0] = "K,H,O,B", c.together[1] = "O,K", c.together[2] = "K,H";
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *sets = draw_layer(&c.out, "labour_together"),
                   *units = draw_layer(&c.out, "labour_together_units");
  assert_int_equal(sets->rows, 3);
  assert_string_equal(labour_text(sets, "together", "B+H+K+O", "verdict"), "split");
  assert_string_equal(labour_text(sets, "together", "B+H+K+O", "market_ids"), "H, K");
  assert_string_equal(labour_text(sets, "together", "B+H+K+O", "pull_id"), "M");
  assert_string_equal(labour_text(sets, "together", "K+O", "verdict"), "market");
  assert_string_equal(labour_text(sets, "together", "H+K", "other_ids"), "B, O");
  assert_near(labour_real(sets, "together", "B+H+K+O", "residents"), 6750, 0);
  assert_near(labour_real(sets, "together", "B+H+K+O", "self_containment_pct"), 100 * 6400 / 6750.0, 1e-12);
  assert_near(labour_indicator(&c.out, "labour.together_self_containment", "", "B+H+K+O")->value, 100 * 6400 / 6750.0,
              1e-12);
  /* H: 17.5 % out, 150 of 2000 to M, 140 to K. K must be the first (11), and H no centre: over 7.5 % (11) or 20 % (51). */
  assert_near(labour_real(units, "area_id", "H", "persons_short"), 11, 0);
  assert_near(labour_real(units, "area_id", "O", "persons_short"), 0, 0);
  assert_near(labour_real(sets, "together", "B+H+K+O", "persons_short"), 11, 0);
  /* Eleven more, and the claim holds; ten are not enough. */
  for (int persons = 10; persons <= 11; persons++) {
    memcpy(more, north_east, sizeof more);
    more[4].persons -= persons, more[5].persons += persons;
    labour_flows_of(&c, NORTH_EAST, more);
    assert_ok(c.ctx, labour_ask(&c));
    sets = draw_layer(&c.out, "labour_together");
    assert_string_equal(labour_text(sets, "together", "B+H+K+O", "verdict"), persons == 10 ? "split" : "market");
  }
  assert_near(labour_real(sets, "together", "B+H+K+O", "persons_short"), 0, 0);
}

static void containment_tells_what_is_short(void **state) {
  labour_case c;
  trip more[NORTH_EAST];
  labour_begin(&c, *state);
  memcpy(more, north_east, sizeof more);
  more[0].persons -= 1600, more[3].persons += 1600; /* many of K work in M */
  labour_flows_of(&c, NORTH_EAST, more);
  c.rule[0] = "containment", c.together[0] = "K,H,O,B", c.together[1] = "O,B";
  c.options.min_size = 1000, c.options.target_size = 5000;
  assert_ok(c.ctx, labour_ask(&c));
  const sund_table *sets = draw_layer(&c.out, "labour_together");
  /* inside 4800 of 6750; large enough, so 66.7 % are needed: 4502.25 */
  assert_near(labour_real(sets, "together", "B+H+K+O", "inside_short"), 0, 0);
  assert_int_equal(sund_table_int(sets, "passes")[labour_row(sets, "together", "B+H+K+O")], 1);
  assert_true(isnan(labour_real(sets, "together", "B+O", "inside_short"))); /* 750: too small, however closed */
  c.options.min_containment = c.options.target_containment = 0.75;
  assert_ok(c.ctx, labour_ask(&c));
  sets = draw_layer(&c.out, "labour_together");
  assert_int_equal(sund_table_int(sets, "passes")[labour_row(sets, "together", "B+H+K+O")], 0);
  assert_near(labour_real(sets, "together", "B+H+K+O", "inside_short"), 263, 0); /* 5062.5 - 4800, rounded up */
}

/* -------------------------------------------------------------------------------------------------------- failures */

static void assert_refused(labour_case *c, sund_code code, const char *words) {
  sund_ctx *ctx = sund_ctx_new();
  sund_ctx *before = c->ctx;
  const char *why = "";
  c->ctx = ctx;
  assert_int_equal(labour_ask(c), code);
  sund_failure(ctx, &why, NULL, NULL);
  if (!strstr(why, words)) fail_msg("\"%s\" does not say \"%s\"", why, words);
  c->ctx = before;
  sund_ctx_free(ctx);
}

static void what_is_refused(void **state) {
  labour_case c;
  trip one[] = {{"a", "a", 1}, {"a", "b", -1}};
  labour_begin(&c, *state);
  labour_flows_of(&c, 0, one);
  assert_refused(&c, SUND_DATA, "flows: no row");
  labour_flows_of(&c, 2, one);
  assert_refused(&c, SUND_DATA, "flows: -1 persons cannot be");
  one[1].persons = NAN;
  labour_flows_of(&c, 2, one);
  assert_refused(&c, SUND_DATA, "a row without persons");
  one[1].persons = 1, one[1].to = NULL;
  labour_flows_of(&c, 2, one);
  assert_refused(&c, SUND_DATA, "a row without to");
  one[0].persons = one[1].persons = 0, one[1].to = "b";
  labour_flows_of(&c, 2, one);
  assert_refused(&c, SUND_DATA, "nobody commutes");
  draw_pairs(&c);
  const char *together[] = {"a,x", "a, a", "a", "Area Q,b"};
  static const char *const words[] = {"no unit 'x'", "'a, a' is one unit", "'a' is one unit",
                                      "did you mean 'Area A'?"};
  for (size_t k = 0; k < 4; k++) {
    c.together[0] = together[k];
    assert_refused(&c, k == 2 ? SUND_USAGE : SUND_DATA, words[k]);
  }
  c.together[0] = NULL;
  sund_table *areas = (sund_table *)c.in.role[SUND_AREAS];
  for (size_t i = 0; i < 4; i++) sund_table_text(areas, "id")[i] = sund_text(c.ctx, "0%zu", i);
  assert_refused(&c, SUND_DATA, "none of their units is among the areas (flows: 'a', areas: '00')");
}

static void options_that_contradict(void **state) {
  labour_case c;
  labour_begin(&c, *state);
  draw_pairs(&c);
  c.options.min_size = 30000;
  assert_refused(&c, SUND_USAGE, "--min-size: 30000 is more than --target-size 25000");
  c.options.min_size = 1000, c.options.min_containment = 80;
  assert_refused(&c, SUND_USAGE, "--min-containment: 80 is more than --target-containment 0.75");
  c.options.min_containment = 0, c.options.target_containment = 0;
  assert_refused(&c, SUND_USAGE, "--target-containment: must be more than 0");
  c.options.target_containment = 0.75, c.options.shrink.count = 1;
  assert_refused(&c, SUND_USAGE, "--shrink needs minutes");
}

/* A run that meets every part, as often as it allocates. */
static void every_allocation_may_fail(void **state) {
  (void)state;
  size_t count = 1;
  for (size_t n = 0; n <= count; n += n == 0 ? 1 : 1 + count / 200) {
    sund_ctx *ctx = sund_ctx_new();
    labour_case c;
    labour_begin(&c, ctx);
    draw_pairs(&c);
    static const trip minutes[] = {{"a", "b", 20}, {"a", "c", 50}, {"b", "c", 30}, {"c", "d", 25}, {"a", "a", 5},
                                   {"b", "b", 5},  {"c", "c", 5},  {"d", "d", 5},  {"b", "d", 60}, {"a", "d", 80}};
    labour_minutes_of(&c, sizeof minutes / sizeof *minutes, minutes);
    c.rule[1] = "ttwa", c.together[0] = "a,c", c.options.shrink.count = 1, c.shrink[0] = 3;
    const size_t before = sund_ctx_allocations(ctx);
    sund_ctx_fail_alloc(ctx, n);
    if (n == 0) {
      assert_ok(ctx, labour_ask(&c));
      count = sund_ctx_allocations(ctx) - before;
    } else {
      assert_int_equal(labour_ask(&c), SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
    }
    sund_ctx_free(ctx);
  }
  assert_true(count > 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(chains_are_told),
      SUND_TEST(markets_are_summed),
      SUND_TEST(order_does_not_matter),
      SUND_TEST(outside_counts),
      SUND_TEST(who_stays_is_missed),
      SUND_TEST(markets_are_mapped),
      SUND_TEST(rules_are_compared),
      SUND_TEST(methods_tell_parameters),
      SUND_TEST(who_is_left_over_is_told),
      SUND_TEST(centres_may_be_named),
      SUND_TEST(a_claim_is_refuted_with_what_is_short),
      SUND_TEST(containment_tells_what_is_short),
      SUND_TEST(what_is_refused),
      SUND_TEST(options_that_contradict),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
