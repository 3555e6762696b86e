/* Where paths lead into areas: gates, boundaries, bridges, reach, and twins that sample densely. */
#include "town.h"

static sund_entrances *entrances(sund_ctx *ctx, const sund_graph *g, town *areas, double reach, double spacing) {
  sund_entrances *e = NULL;
  assert_ok(ctx, sund_graph_entrances(ctx, g, NULL, town_shapes(areas, SUND_AREA), NULL, reach, spacing, &e));
  return e;
}

/* Is there an entrance of the area at the place, by the rule, with the leg? */
static bool has(const sund_entrances *e, size_t area, int rule, double x, double y, double leg) {
  for (size_t i = 0; i < e->count; i++)
    if (e->area[i] == area && e->rule[i] == rule && hypot(e->x[i] - x, e->y[i] - y) < 1e-6 &&
        fabs(e->spot[i].leg_m - leg) < 1e-6)
      return true;
  return false;
}

static double metres_to_area(sund_ctx *ctx, const sund_graph *g, const sund_entrances *e, double x, double y) {
  const sund_spot home = town_spot(ctx, g, x, y);
  double metres;
  assert_ok(ctx, sund_route_nearest(ctx, g, e->count, e->spot, NULL, INFINITY, 1, &home, &metres, NULL));
  return metres;
}

#define SQUARE(t, x, y, side) \
  LINE((t), 0, (x), (y), (x) + (side), (y), (x) + (side), (y) + (side), (x), (y) + (side), (x), (y))

/* P01: the gate lies in the middle of an edge of a kilometre. */
static void gate_in_mid_edge(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, 0, 50, 1000, 50);
  SQUARE(&a, 437, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 10);
  assert_int_equal(e->count, 2);
  assert_true(has(e, 0, 0, 437, 50, 0));
  assert_true(has(e, 0, 0, 537, 50, 0));
  assert_close(e->spot[0].along_m, 437, 1e-9);
  assert_close(metres_to_area(*state, g, e, 0, 50), 437, 1e-9);
  assert_close(metres_to_area(*state, g, e, 1000, 60), 473, 1e-9);
}

/* P07: a bridge over the park leads nowhere, the path below it does; a tunnel neither. */
static void bridges_and_tunnels(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, -100, 50, -50, 50);
  LINE(&t, 1, -50, 50, 150, 50);
  LINE(&t, 0, 150, 50, 300, 50);
  LINE(&t, 0, 300, 50, 300, -200, 50, -200, 50, 10);
  LINE(&t, -1, 150, 50, 70, 95, 40, 300);
  LINE(&t, 1, 50, 120, 50, 100.3); /* ends beside the park, but on a bridge */
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 10);
  assert_int_equal(e->count, 1);
  assert_true(has(e, 0, 0, 50, 0, 0));
  assert_close(metres_to_area(*state, g, e, -100, 50), 400 + 250 + 250 + 200, 0.5); /* P07: bridge ends join */
  /* without that path the bridge is all there is: no rule lets one down from it */
  town only = {0};
  LINE(&only, 1, -50, 50, 150, 50);
  LINE(&only, 2, 50, -20, 50, -1);
  const sund_graph *none = town_graph(*state, &only, NULL);
  assert_int_equal(entrances(*state, none, &a, 30, 10)->count, 0);
}

/* A path that ends a little before the fence leads in; one that only passes as near does so by rule 1. */
static void ends_at_the_fence(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, 50, -100, 50, -0.8);
  LINE(&t, 0, 500, -100, 500, -1.2);
  LINE(&t, 0, 900, -100, 1000, -0.5, 1100, -100);
  SQUARE(&a, 0, 0, 100);
  SQUARE(&a, 450, 0, 100);
  SQUARE(&a, 950, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 10);
  assert_true(has(e, 0, 0, 50, 0, 0.8));
  assert_true(has(e, 1, 1, 500, 0, 1.2));
  assert_true(has(e, 2, 1, 1000, 0, 0.5));
  for (size_t i = 0; i < e->count; i++) assert_int_equal(e->rule[i], e->area[i] > 0);
}

static void along_the_boundary(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, -50, 0, 30, 0, 180, 0);
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 20);
  assert_true(has(e, 0, 0, 0, 0, 0));
  assert_true(has(e, 0, 0, 100, 0, 0));
  for (size_t i = 1; i < e->count; i++) { /* and between them, at most the spacing apart */
    const double step = e->spot[i].along_m - e->spot[i - 1].along_m;
    assert_true(step > 0 && step <= 20 + 1e-9);
  }
  assert_close(metres_to_area(*state, g, e, -50, 0), 50, 1e-9);
  assert_close(metres_to_area(*state, g, e, 180, 0), 80, 1e-9);
}

static void touching_a_corner(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, -50, 50, 50, -50);          /* through the corner (0, 0)   */
  LINE(&t, 0, 200, 50, 100, 50, 200, 60); /* its vertex on a side        */
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 10);
  assert_int_equal(e->count, 2);
  assert_true(has(e, 0, 0, 0, 0, 0));
  assert_true(has(e, 0, 0, 100, 50, 0));
}

/* Holes are boundary too; every part of an area counts; rows can be left out. */
static void holes_parts_rows(void **state) {
  sund_ctx *ctx = *state;
  town t = {0}, a = {0};
  LINE(&t, 0, 40, 50, 60, 50); /* from inside the hole ... */
  LINE(&t, 0, 60, 50, 60, 80); /* ... out of it into the park */
  LINE(&t, 0, 450, 20, 550, 20);
  SQUARE(&a, 0, 0, 100);
  PART(&a, 30, 30, 30, 70, 70, 70, 70, 30, 30, 30);
  a.hole[1] = 1;
  PART(&a, 500, 0, 600, 0, 600, 100, 500, 100, 500, 0);
  SQUARE(&a, 490, 10, 20);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_entrances *e = entrances(ctx, g, &a, 30, 10);
  assert_int_equal(e->count, 4);
  assert_true(has(e, 0, 0, 60, 70, 0));
  assert_true(has(e, 0, 0, 500, 20, 0));
  assert_true(has(e, 1, 0, 490, 20, 0));
  assert_true(has(e, 1, 0, 510, 20, 0));
  const uint8_t accept[] = {0, 1};
  sund_entrances *one;
  assert_ok(ctx, sund_graph_entrances(ctx, g, NULL, town_shapes(&a, SUND_AREA), accept, 30, 10, &one));
  assert_int_equal(one->count, 2);
  assert_int_equal(one->area[0], 1);
}

/* Rule 1: no path meets the park. The street runs 25 m off its south side, another 31 m off its west side. */
static void near_a_path(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, -200, -25, 300, -25);
  LINE(&t, 0, -31, 10, -31, 90);
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 10);
  assert_true(e->count >= 11);
  for (size_t i = 0; i < e->count; i++) {
    assert_int_equal(e->rule[i], 1);
    assert_close(e->y[i], 0, 1e-9);
    assert_true(e->x[i] >= 0 && e->x[i] <= 100);
    assert_close(e->spot[i].leg_m, 25, 1e-9); /* those with a longer leg cannot win */
  }
  assert_close(metres_to_area(*state, g, e, -200, -25), 225, 1e-9);
  assert_close(metres_to_area(*state, g, e, 50, -45), 20 + 25, 1e-9);
  /* exactly at the reach, and just beyond it */
  assert_int_equal(entrances(*state, g, &a, 25, 10)->count, e->count);
  assert_int_equal(entrances(*state, g, &a, 24.99, 10)->count, 0);
}

static sund_entrances *open_ground(sund_ctx *ctx, const sund_graph *g, town *areas, double reach, double spacing) {
  uint8_t accept[TOWN_MOST];
  memset(accept, 2, sizeof accept);
  sund_entrances *e = NULL;
  assert_ok(ctx, sund_graph_entrances(ctx, g, NULL, town_shapes(areas, SUND_AREA), accept, reach, spacing, &e));
  return e;
}

/* Rule 2: a path leads into the park from the west, and a street runs 25 m off its south side. The park has a gate; the
 * meadow can be entered from the street as well. */
static void open_ground_beside_a_path(void **state) {
  sund_ctx *ctx = *state;
  town t = {0}, a = {0};
  LINE(&t, 0, -200, -25, 300, -25);
  LINE(&t, 0, -200, -25, -200, 50);
  LINE(&t, 0, -200, 50, 50, 50);
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_entrances *park = entrances(ctx, g, &a, 30, 10), *meadow = open_ground(ctx, g, &a, 30, 10);
  assert_int_equal(park->count, 1);
  assert_close(metres_to_area(ctx, g, park, 50, -25), 250 + 75 + 200, 1e-9);
  assert_close(metres_to_area(ctx, g, meadow, 50, -25), 25, 1e-9);
  assert_close(metres_to_area(ctx, g, meadow, -200, -25), 225, 1e-9);
  assert_close(metres_to_area(ctx, g, meadow, -200, 50), 200, 1e-9);
  assert_true(has(meadow, 0, 0, 0, 50, 0));
  size_t gates = 0, beside = 0;
  for (size_t i = 0; i < meadow->count; i++) {
    gates += meadow->rule[i] == 0;
    if (meadow->rule[i] != 2) continue;
    beside++;
    assert_close(meadow->y[i], 0, 1e-9);
    assert_close(meadow->spot[i].leg_m, 25, 1e-9);
  }
  assert_int_equal(gates, 1);
  assert_true(beside >= 11);
  /* the street out of reach leaves the gate; without it there is only the street */
  assert_int_equal(open_ground(ctx, g, &a, 24.99, 10)->count, 1);
  town street = {0};
  LINE(&street, 0, -200, -25, 300, -25);
  const sund_graph *only = town_graph(ctx, &street, NULL);
  const sund_entrances *rule1 = entrances(ctx, only, &a, 30, 10), *rule2 = open_ground(ctx, only, &a, 30, 10);
  assert_int_equal(rule1->count, rule2->count);
  assert_memory_equal(rule1->spot, rule2->spot, rule1->count * sizeof *rule1->spot);
  for (size_t i = 0; i < rule2->count; i++) assert_int_equal(rule2->rule[i], 2);
}

/* A path that crosses aslant is beside the meadow before and behind the gate; the gate stays, and keeps its rule. */
static void open_ground_keeps_its_gates(void **state) {
  sund_ctx *ctx = *state;
  town t = {0}, a = {0};
  LINE(&t, 0, -50, -30, 150, 30);  /* through the south and east sides */
  LINE(&t, 0, 80, -100, 80, -0.8); /* ends before the fence                     */
  LINE(&t, 0, -50, 100, 150, 100); /* along the north side                      */
  LINE(&t, 1, -100, 50, 300, 50);  /* a bridge                                  */
  SQUARE(&a, 0, 0, 100);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  const sund_entrances *park = entrances(ctx, g, &a, 30, 10), *meadow = open_ground(ctx, g, &a, 30, 10);
  assert_true(meadow->count > park->count);
  for (size_t i = 0; i < park->count; i++) {
    assert_int_equal(park->rule[i], 0);
    assert_true(has(meadow, 0, 0, park->x[i], park->y[i], park->spot[i].leg_m));
  }
  for (size_t i = 0; i < meadow->count; i++) {
    assert_int_equal(g->edge_level[meadow->spot[i].edge], 0);
    assert_true(meadow->rule[i] == 0 || meadow->rule[i] == 2);
    assert_true(i == 0 || meadow->spot[i - 1].edge < meadow->spot[i].edge ||
                meadow->spot[i - 1].along_m <= meadow->spot[i].along_m);
  }
}

/* Where a path goes through a corner, the corner is found by both rules, a rounding apart: it is a gate. */
static void a_gate_is_found_once(void **state) {
  (void)state;
  uint64_t seed = support_seed();
  for (int round = 0; round < 300; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t = {0}, a = {0};
    const double angle = support_uniform(&seed, 0, 6.3), dx = 70 * cos(angle), dy = 70 * sin(angle);
    const double x = support_uniform(&seed, 0, 1000), y = support_uniform(&seed, 0, 1000);
    const double by = support_uniform(&seed, 0.1, 3), length = hypot(dx + dy * by, dy - dx * by) / 200;
    const double step[2] = {(dy * by - dx) / length,
                            (-dy - dx * by) / length}; /* 200 m, away from the area's inside */
    LINE(&a, 0, x, y, x + dx, y + dy, x + dx - dy, y + dy + dx, x - dy, y + dx, x, y);
    LINE(&t, 0, x + step[0], y + step[1], x - 0.3 * step[0], y - 0.3 * step[1]);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    const sund_entrances *e = open_ground(ctx, g, &a, 30, 10);
    size_t here = 0;
    for (size_t i = 0; i < e->count; i++) here += hypot(e->x[i] - x, e->y[i] - y) < 1e-5 && e->spot[i].leg_m < 1e-6;
    if (here != 1 || !has(e, 0, 0, x, y, 0))
      fail_msg("seed %llu, round %d: %zu entrances at the corner", (unsigned long long)support_seed(), round, here);
    sund_ctx_free(ctx);
  }
}

/* A bend whose tip is nearest to the middle of a long side, away from all vertices and samples. */
static void nearest_pair_is_exact(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, 0, -100, 433.3, -7, 900, -100);
  SQUARE(&a, 0, 0, 1000);
  const sund_graph *g = town_graph(*state, &t, NULL);
  const sund_entrances *e = entrances(*state, g, &a, 30, 200);
  assert_true(has(e, 0, 1, 433.3, 0, 7));
  /* a path wholly inside meets nothing, but is near the boundary at its start */
  town inside = {0};
  LINE(&inside, 0, 500, 12, 500, 500);
  const sund_graph *in = town_graph(*state, &inside, NULL);
  const sund_entrances *rule1 = entrances(*state, in, &a, 30, 200);
  assert_true(has(rule1, 0, 1, 500, 0, 12));
}

static void on_the_ground(void **state) {
  sund_ctx *ctx = *state;
  const double x = 500000, y = 6200000, box[4] = {x - 5000, y - 5000, x + 5000, y + 5000};
  sund_crs *crs;
  sund_ground *ground;
  assert_ok(ctx, sund_crs_open(ctx, "EPSG:25832", &crs));
  assert_ok(ctx, sund_ground_open(ctx, crs, box, &ground));
  town t = {0}, a = {0};
  LINE(&t, 0, x - 500, y - 29.99, x + 500, y - 29.99); /* 30.002 m on the ground */
  LINE(&t, 0, x + 900, y - 129.98, x + 1500, y - 129.98);
  SQUARE(&a, x, y, 100);
  SQUARE(&a, x + 1000, y - 100, 50); /* 29.98 m on the map, 29.992 m on the ground */
  sund_graph *g;
  assert_ok(ctx, sund_graph_join(ctx, town_shapes(&t, SUND_LINE), NULL, NULL, NULL, 1, ground, &g, NULL));
  sund_entrances *e;
  assert_ok(ctx, sund_graph_entrances(ctx, g, ground, town_shapes(&a, SUND_AREA), NULL, 30, 10, &e));
  assert_true(e->count > 0);
  for (size_t i = 0; i < e->count; i++) {
    assert_int_equal(e->area[i], 1);
    assert_close(e->spot[i].leg_m, 29.98 / 0.9996, 0.001);
  }
}

/* -------------------------------------------------------------------------------------------------------- twins */

/* A star-shaped area around (x, y). */
static void random_area(town *a, uint64_t *seed, double x, double y, double radius) {
  double xy[18];
  for (int k = 0; k < 8; k++) {
    const double r = support_uniform(seed, 0.3, 1) * radius, angle = k * 0.7853981633974483;
    xy[2 * k] = x + r * cos(angle);
    xy[2 * k + 1] = y + r * sin(angle);
  }
  xy[16] = xy[0];
  xy[17] = xy[1];
  town_line(a, 0, 9, xy);
}

/* Walks every edge of level 0 in steps of a centimetre: where inside becomes outside there must be an entrance, and at
 * every entrance there must be such a place. */
static void crossings_like_the_twin(void **state) {
  uint64_t seed = support_seed();
  sund_ctx *ctx = *state;
  for (int round = 0; round < 12; round++) {
    town t, a = {0};
    town_random(&t, &seed, 5, 40, 10, 2);
    random_area(&a, &seed, 200, 200, 150);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    const sund_entrances *e = entrances(ctx, g, &a, 0, 10);
    size_t changes = 0, crossings = 0;
    for (size_t i = 0; i < e->count; i++) crossings += e->rule[i] == 0 && e->spot[i].leg_m == 0;
    for (size_t edge = 0; edge < g->edges; edge++) {
      if (g->edge_level[edge] != 0) continue;
      double along = 0;
      int before = -1;
      for (size_t v = g->shape->first_vertex[edge]; v + 1 < g->shape->first_vertex[edge + 1]; v++) {
        const double dx = g->shape->x[v + 1] - g->shape->x[v], dy = g->shape->y[v + 1] - g->shape->y[v];
        const double length = hypot(dx, dy);
        for (double m = 0; m < length; m += 0.01) {
          const int inside =
              sund_area_contains(&a.shapes, 0, g->shape->x[v] + m / length * dx, g->shape->y[v] + m / length * dy);
          if (before >= 0 && inside != before) {
            changes++;
            bool found = false;
            for (size_t i = 0; i < e->count; i++)
              found |=
                  e->spot[i].edge == edge && fabs(e->spot[i].along_m - along - m) < 0.03 && e->spot[i].leg_m == 0;
            if (!found)
              fail_msg("seed %llu, round %d: no entrance on edge %zu at %.2f m", (unsigned long long)support_seed(),
                       round, edge, along + m);
          }
          before = inside;
        }
        along += length;
      }
    }
    if (crossings != changes)
      fail_msg("seed %llu, round %d: %zu entrances, twin %zu", (unsigned long long)support_seed(), round, crossings,
               changes);
  }
}

/* Samples the boundary every 5 cm and goes straight over to the nearest place of every edge within reach: no home may be
 * nearer that way by more than the sampling, and none farther by more than the spacing allows. */
static void legs_like_the_twin(void **state) {
  uint64_t seed = support_seed();
  sund_ctx *ctx = *state;
  int compared = 0;
  for (int round = 0; round < 150; round++) {
    town t, a = {0};
    town_random(&t, &seed, 4, 30, 12, 1);
    random_area(&a, &seed, 500, 180, 160); /* beside the town, often within reach */
    const sund_graph *g = town_graph(ctx, &t, NULL);
    const double reach = 60, spacing = 0.5;
    const sund_entrances *e = entrances(ctx, g, &a, reach, spacing);
    if (e->count == 0 || e->rule[0] == 0) continue;
    double *leg = sund_alloc(ctx, g->edges, sizeof *leg), *found = sund_alloc(ctx, g->edges, sizeof *found);
    for (size_t k = 0; k < g->edges; k++) leg[k] = found[k] = INFINITY;
    for (size_t i = 0; i < e->count; i++) found[e->spot[i].edge] = fmin(found[e->spot[i].edge], e->spot[i].leg_m);
    for (size_t v = 0; v < 8; v++) {
      const double dx = a.x[v + 1] - a.x[v], dy = a.y[v + 1] - a.y[v], length = hypot(dx, dy);
      for (double m = 0; m < length; m += 0.05) {
        const double x = a.x[v] + m / length * dx, y = a.y[v] + m / length * dy;
        for (size_t i = 0; i < g->segments->count; i++) {
          const size_t s = g->segments->segment[i];
          double share;
          const double away = sund_segment_nearest(x, y, g->shape->x[s], g->shape->y[s], g->shape->x[s + 1],
                                                   g->shape->y[s + 1], &share);
          leg[g->segments->row[i]] = fmin(leg[g->segments->row[i]], away);
        }
      }
    }
    for (size_t k = 0; k < g->edges; k++) {
      const bool wanted = leg[k] <= reach - 0.05, given = isfinite(found[k]);
      if (given && (found[k] > leg[k] + 1e-9 || found[k] < leg[k] - 0.03))
        fail_msg("seed %llu, round %d, edge %zu: leg %.6f, twin %.6f", (unsigned long long)support_seed(), round, k,
                 found[k], leg[k]);
      compared += wanted && given;
      if (wanted != given && leg[k] < reach - 0.05)
        fail_msg("seed %llu, round %d, edge %zu: no leg, twin %.6f", (unsigned long long)support_seed(), round, k,
                 leg[k]);
    }
  }
  assert_true(compared > 10);
}

/* Every 10 cm of the boundary with the nearest place of every edge within reach, none left out, and the crossings: no
 * home is nearer or farther by that than sampling explains. */
static void open_ground_like_the_twin(void **state) {
  enum { HOMES = 100 };
  (void)state;
  uint64_t seed = support_seed();
  int mixed = 0;
  for (int round = 0; round < 30; round++) {
    sund_ctx *ctx = sund_ctx_new();
    town t, a = {0};
    town_random(&t, &seed, 4, 30, 12, 2);
    random_area(&a, &seed, support_uniform(&seed, 200, 400), 180, 120);
    const sund_graph *g = town_graph(ctx, &t, NULL);
    const double reach = 40;
    const sund_entrances *gates = entrances(ctx, g, &a, 0, 1), *e = open_ground(ctx, g, &a, reach, 0.2);
    const size_t room = gates->count + 24000 * g->edges / 8;
    sund_spot *source = sund_alloc(ctx, room, sizeof *source);
    size_t sources = 0;
    for (size_t i = 0; i < gates->count; i++)
      if (gates->rule[i] == 0) source[sources++] = gates->spot[i];
    mixed += sources && sources < e->count;
    for (size_t i = 0; i < sources; i++)
      if (!has(e, 0, 0, gates->x[i], gates->y[i], source[i].leg_m))
        fail_msg("seed %llu, round %d: gate %zu is lost", (unsigned long long)support_seed(), round, i);
    for (size_t v = 0; v < 8; v++) {
      const double dx = a.x[v + 1] - a.x[v], dy = a.y[v + 1] - a.y[v], length = hypot(dx, dy);
      for (double m = 0; m < length; m += 0.1) {
        const double x = a.x[v] + m / length * dx, y = a.y[v] + m / length * dy;
        for (uint32_t edge = 0; edge < g->edges && sources < room; edge++) {
          if (g->edge_level[edge] != 0) continue;
          sund_spot best = {.edge = SUND_NO_EDGE, .leg_m = reach};
          double along = 0;
          for (size_t w = g->shape->first_vertex[edge]; w + 1 < g->shape->first_vertex[edge + 1]; w++) {
            const double *px = g->shape->x + w, *py = g->shape->y + w, side = hypot(px[1] - px[0], py[1] - py[0]);
            double share;
            const double away = sund_segment_nearest(x, y, px[0], py[0], px[1], py[1], &share);
            if (away <= best.leg_m) best = (sund_spot){.edge = edge, .along_m = along + share * side, .leg_m = away};
            along += side;
          }
          if (best.edge != SUND_NO_EDGE) source[sources++] = best;
        }
      }
    }
    sund_spot home[HOMES];
    double metres[HOMES], twin[HOMES];
    for (int i = 0; i < HOMES; i++)
      home[i] = town_spot(ctx, g, support_uniform(&seed, 0, 500), support_uniform(&seed, 0, 350));
    assert_ok(ctx, sund_route_nearest(ctx, g, e->count, e->spot, NULL, INFINITY, HOMES, home, metres, NULL));
    assert_ok(ctx, sund_route_nearest(ctx, g, sources, source, NULL, INFINITY, HOMES, home, twin, NULL));
    for (int i = 0; i < HOMES; i++)
      if (isnan(metres[i]) ? !isnan(twin[i]) : !(fabs(metres[i] - twin[i]) < 0.5))
        fail_msg("seed %llu, round %d, home %d: %.6f m, twin %.6f", (unsigned long long)support_seed(), round, i,
                 metres[i], twin[i]);
    sund_ctx_free(ctx);
  }
  assert_true(mixed > 3);
}

static void same_for_any_threads(void **state) {
  sund_ctx *ctx = *state;
  uint64_t seed = support_seed();
  town t, a = {0};
  town_random(&t, &seed, 40, 60, 20, 2);
  for (int i = 0; i < 50; i++)
    random_area(&a, &seed, support_uniform(&seed, -100, 1300), support_uniform(&seed, -100, 1300), 70);
  const sund_graph *g = town_graph(ctx, &t, NULL);
  sund_ctx_threads(ctx, 1);
  const sund_entrances *one = entrances(ctx, g, &a, 30, 5);
  sund_ctx_threads(ctx, 4);
  const sund_entrances *four = entrances(ctx, g, &a, 30, 5);
  assert_true(one->count > 50);
  assert_int_equal(one->count, four->count);
  assert_memory_equal(one->spot, four->spot, one->count * sizeof *one->spot);
  assert_memory_equal(one->area, four->area, one->count * sizeof *one->area);
  assert_memory_equal(one->rule, four->rule, one->count);
  assert_memory_equal(one->x, four->x, one->count * sizeof *one->x);
  for (size_t i = 1; i < one->count; i++) {
    const sund_spot *p = &one->spot[i - 1], *q = &one->spot[i];
    assert_true(one->area[i - 1] < one->area[i] ||
                (one->area[i - 1] == one->area[i] &&
                 (p->edge < q->edge || (p->edge == q->edge && p->along_m <= q->along_m))));
  }
}

static void without_memory(void **state) {
  town t = {0}, a = {0};
  LINE(&t, 0, -200, -25, 300, -25);
  LINE(&t, 0, 350, 50, 450, 50);
  SQUARE(&a, 0, 0, 100);
  SQUARE(&a, 400, 0, 100);
  const sund_graph *g = town_graph(*state, &t, NULL);
  size_t n = 1;
  for (bool done = false; !done; n++) {
    sund_ctx *ctx = sund_ctx_new();
    assert_non_null(ctx);
    sund_ctx_threads(ctx, 1);
    sund_ctx_fail_alloc(ctx, n);
    sund_entrances *e = NULL;
    const sund_code code = sund_graph_entrances(ctx, g, NULL, town_shapes(&a, SUND_AREA), NULL, 30, 0.5, &e);
    done = code == SUND_OK;
    if (!done) {
      assert_int_equal(code, SUND_LIMIT);
      assert_int_equal(sund_failure(ctx, NULL, NULL, NULL), SUND_LIMIT);
      assert_null(e);
    }
    sund_ctx_free(ctx);
  }
  assert_true(n > 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(gate_in_mid_edge),
      SUND_TEST(bridges_and_tunnels),
      SUND_TEST(ends_at_the_fence),
      SUND_TEST(along_the_boundary),
      SUND_TEST(touching_a_corner),
      SUND_TEST(holes_parts_rows),
      SUND_TEST(near_a_path),
      SUND_TEST(nearest_pair_is_exact),
      SUND_TEST(on_the_ground),
      SUND_TEST(crossings_like_the_twin),
      SUND_TEST(legs_like_the_twin),
      SUND_TEST(same_for_any_threads),
      SUND_TEST(without_memory),
      SUND_TEST(open_ground_beside_a_path),
      SUND_TEST(open_ground_keeps_its_gates),
      SUND_TEST(a_gate_is_found_once),
      SUND_TEST(open_ground_like_the_twin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
