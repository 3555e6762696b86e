/* test_osm_rings.c - areas of closed ways and of relations whose ways are joined; random areas of squares as the twin. */
#include "support_osm.h"
#include "vector_files.h"

static const char *const any[] = {"*", NULL};

/* Reads the draft, with all ways and relations. */
static osm_file *read_draft(files *f, sund_ctx *ctx, draft *d) {
  const char *path = files_path(f, "rings.osm.pbf");
  osm_file *file = NULL;
  draft_pbf(d, (draft_form){.raw = true}, path);
  static const char *const relations[] = {"type", NULL};
  const osm_want want = {NULL, any, relations, true};
  assert_ok(ctx, osm_read(ctx, path, &want, &file));
  return file;
}

/* Nodes 1 .. 9 in rows of three, a tenth of a degree apart, 5 in the middle. */
static void nine(draft *d) {
  for (int i = 0; i < 9; i++) draft_node(d, i + 1, 12 + 0.1 * (i % 3), 56 + 0.1 * (i / 3));
}

static draft_thing *relation(draft *d, int64_t id) {
  return draft_tag(draft_add(d, OSM_RELATION, id), "type", "multipolygon");
}

static double area_of(const sund_shapes *s) {
  double sum = 0;
  for (size_t p = 0; p < s->parts; p++)
    sum += sund_ring_area(s->first_vertex[p + 1] - s->first_vertex[p], s->x + s->first_vertex[p],
                          s->y + s->first_vertex[p]);
  return sum;
}

/* Area in squares of a tenth of a degree; -1 = it does not close. Checks what every area must be. */
static double squares(files *f, const osm_file *file, size_t row, bool way, size_t parts) {
  sund_shapes *area = NULL;
  bool ok = false;
  if (way) assert_ok(f->ctx, osm_area_of_way(f->ctx, file, row, &area, &ok));
  else assert_ok(f->ctx, osm_area_of_relation(f->ctx, file, row, &area, &ok));
  if (!ok) {
    assert_null(area);
    return -1;
  }
  assert_int_equal(area->rows, 1);
  assert_int_equal(area->kind, SUND_AREA);
  assert_int_equal(area->first_part[1], area->parts);
  assert_int_equal(area->first_vertex[area->parts], area->vertices);
  assert_int_equal(area->parts, parts);
  assert_int_equal(area->hole[0], 0);
  for (size_t p = 0; p < area->parts; p++) {
    size_t first = area->first_vertex[p], last = area->first_vertex[p + 1] - 1;
    assert_true(area->x[first] == area->x[last] && area->y[first] == area->y[last]);
    double ring = sund_ring_area(last + 1 - first, area->x + first, area->y + first);
    assert_true(area->hole[p] ? ring < 0 : ring > 0);
  }
  return area_of(area) * 100;
}

static void ways(void **state) {
  files *f = *state;
  draft d = {0};
  nine(&d);
  draft_way(&d, 1, 1, 3, 9, 7, 1, 0)->tags = 0;
  draft_way(&d, 2, 1, 7, 9, 3, 1, 0);    /* clockwise */
  draft_way(&d, 3, 1, 3, 9, 7, 0);       /* open */
  draft_way(&d, 4, 1, 3, 77, 7, 1, 0);   /* a node is not in the file */
  draft_way(&d, 5, 1, 3, 1, 0);          /* no area */
  draft_way(&d, 6, 1, 1, 3, 9, 9, 1, 0); /* nodes repeated */
  draft_way(&d, 7, 1, 1, 1, 1, 1, 0);
  for (size_t i = 9; i < d.count; i++) draft_tag(&d.thing[i], "building", "yes");
  const osm_file *file = read_draft(f, f->ctx, &d);
  assert_true(fabs(squares(f, file, 0, true, 1) - 4) < 1e-9);
  assert_true(fabs(squares(f, file, 1, true, 1) - 4) < 1e-9);
  for (size_t i = 2; i < 5; i++) assert_true(squares(f, file, i, true, 1) == -1);
  assert_true(fabs(squares(f, file, 5, true, 1) - 2) < 1e-9);
  assert_true(squares(f, file, 6, true, 1) == -1);
  draft_free(&d);
}

static void relations(void **state) {
  files *f = *state;
  draft d = {0};
  nine(&d);
  draft_node(&d, 10, 12.04, 56.04);
  draft_node(&d, 11, 12.06, 56.04);
  draft_node(&d, 12, 12.06, 56.06);
  draft_way(&d, 1, 1, 3, 9, 0);        /* half of the outline */
  draft_way(&d, 2, 1, 7, 9, 0);        /* the other, the other way round */
  draft_way(&d, 3, 10, 11, 12, 10, 0); /* a hole */
  draft_way(&d, 4, 1, 2, 5, 4, 1, 0);  /* lower left square */
  draft_way(&d, 5, 5, 6, 9, 8, 5, 0);  /* upper right square, which it touches */
  draft_way(&d, 6, 2, 5, 4, 0);        /* the lower left square in two */
  draft_way(&d, 7, 4, 1, 2, 0);
  draft_way(&d, 8, 5, 6, 9, 0); /* the upper right square in two */
  draft_way(&d, 9, 9, 8, 5, 0);
  draft_way(&d, 10, 1, 3, 9, 77, 7, 1, 0);
  draft_thing *r = relation(&d, 1); /* an outline of two ways, and a hole */
  draft_item_add(r, OSM_WAY, 1, "outer");
  draft_item_add(r, OSM_WAY, 2, "outer");
  draft_item_add(r, OSM_WAY, 3, "inner");
  draft_item_add(r, OSM_NODE, 5, "label");
  r = relation(&d, 2); /* the same, roles missing and a way named twice */
  draft_item_add(r, OSM_WAY, 3, "");
  draft_item_add(r, OSM_WAY, 2, "");
  draft_item_add(r, OSM_WAY, 1, "");
  draft_item_add(r, OSM_WAY, 2, "");
  r = relation(&d, 3); /* roles wrong: they do not close apart */
  draft_item_add(r, OSM_WAY, 1, "inner");
  draft_item_add(r, OSM_WAY, 2, "outer");
  draft_item_add(r, OSM_WAY, 3, "outer");
  r = relation(&d, 4); /* two outer rings that touch */
  draft_item_add(r, OSM_WAY, 4, "outer");
  draft_item_add(r, OSM_WAY, 5, "outer");
  r = relation(&d, 5); /* the same in four open ways that meet in node 5 */
  draft_item_add(r, OSM_WAY, 6, "outer");
  draft_item_add(r, OSM_WAY, 8, "outer");
  draft_item_add(r, OSM_WAY, 9, "outer");
  draft_item_add(r, OSM_WAY, 7, "outer");
  r = relation(&d, 6); /* does not close */
  draft_item_add(r, OSM_WAY, 1, "outer");
  draft_item_add(r, OSM_WAY, 3, "outer");
  r = relation(&d, 7); /* a way is not in the file */
  draft_item_add(r, OSM_WAY, 1, "outer");
  draft_item_add(r, OSM_WAY, 2, "outer");
  draft_item_add(r, OSM_WAY, 99, "outer");
  r = relation(&d, 8); /* a node of a way is not */
  draft_item_add(r, OSM_WAY, 10, "outer");
  relation(&d, 9);      /* nothing at all */
  r = relation(&d, 10); /* a way of another role counts as little as a relation in it */
  draft_item_add(r, OSM_WAY, 4, "outer");
  draft_item_add(r, OSM_WAY, 5, "entrance");
  draft_item_add(r, OSM_RELATION, 4, "subarea");
  r = relation(&d, 11); /* a hole that shares two edges with its outline */
  draft_item_add(r, OSM_WAY, 1, "outer");
  draft_item_add(r, OSM_WAY, 2, "outer");
  draft_item_add(r, OSM_WAY, 5, "inner");
  const osm_file *file = read_draft(f, f->ctx, &d);
  const double hole = 0.02;
  assert_true(fabs(squares(f, file, 0, false, 2) - (4 - hole)) < 1e-9);
  assert_true(fabs(squares(f, file, 1, false, 2) - (4 - hole)) < 1e-9);
  assert_true(fabs(squares(f, file, 2, false, 2) - (4 - hole)) < 1e-9);
  assert_true(fabs(squares(f, file, 3, false, 2) - 2) < 1e-9);
  assert_true(fabs(squares(f, file, 4, false, 2) - 2) < 1e-9);
  for (size_t i = 5; i < 9; i++) assert_true(squares(f, file, i, false, 0) == -1);
  assert_true(fabs(squares(f, file, 9, false, 1) - 1) < 1e-9);
  assert_true(fabs(squares(f, file, 10, false, 2) - 3) < 1e-9);
  draft_free(&d);
}

/* ------------------------------------------------------------------------------------------------------- by chance */

enum { SIDE = 12, NODES = (SIDE + 1) * (SIDE + 1) };

static bool is_set(bool cell[SIDE][SIDE], int x, int y) {
  return x >= 0 && y >= 0 && x < SIDE && y < SIDE && cell[y][x];
}

/* Do squares that are set meet at a corner only? */
static bool is_corner(bool cell[SIDE][SIDE], int x, int y) {
  bool a = is_set(cell, x - 1, y - 1), b = is_set(cell, x, y - 1);
  return a != b && is_set(cell, x, y) == a && is_set(cell, x - 1, y) == b;
}

/* The borders of squares that are set, as ways: from node to node, broken anywhere and where four of them
 * meet: ways that cross bound no area. */
static size_t borders(draft *d, bool cell[SIDE][SIDE], uint64_t *seed) {
  size_t made = 0;
  draft_thing *way = NULL;
  for (int vertical = 0; vertical < 2; vertical++)
    for (int line = 0; line <= SIDE; line++) {
      way = NULL;
      for (int at = 0; at < SIDE; at++) {
        int x = vertical ? line : at, y = vertical ? at : line;
        bool here = is_set(cell, x, y), other = vertical ? is_set(cell, x - 1, y) : is_set(cell, x, y - 1);
        if (here == other) {
          way = NULL;
          continue;
        }
        int64_t from = y * (SIDE + 1) + x + 1, to = vertical ? from + SIDE + 1 : from + 1;
        if (!way || is_corner(cell, x, y) || support_random(seed) % 3 == 0) {
          way = draft_tag(draft_add(d, OSM_WAY, (int64_t)++made), "edge", "yes");
          draft_item_add(way, OSM_NODE, from, "");
        }
        draft_item_add(way, OSM_NODE, to, "");
      }
    }
  return made;
}

/* Every border between set and unset squares belongs to the area, and it is even-odd what they enclose. */
static void random_squares(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 60; turn++) {
    draft d = {0};
    bool cell[SIDE][SIDE];
    size_t set = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      cell[i / SIDE][i % SIDE] = support_random(&seed) % 3 > 0;
      set += cell[i / SIDE][i % SIDE];
    }
    for (int i = 0; i < NODES; i++) draft_node(&d, i + 1, 12 + 0.01 * (i % (SIDE + 1)), 56 + 0.01 * (i / (SIDE + 1)));
    size_t made = borders(&d, cell, &seed);
    /* More members than a draft takes: relations of the first so many ways would not close. */
    sund_ctx *own = sund_ctx_child(f->ctx);
    osm_file *file = read_draft(f, own, &d);
    osm_member *member = sund_alloc(own, made, sizeof *member);
    for (size_t i = 0; i < made; i++)
      member[i] = (osm_member){OSM_WAY, (int64_t)(made - i), support_random(&seed) % 2 ? "outer" : "inner"};
    size_t first[] = {0, made};
    file->relations = 1;
    file->member = member;
    file->first_member = first;
    sund_shapes *area = NULL;
    bool ok = false;
    assert_ok(own, osm_area_of_relation(own, file, 0, &area, &ok));
    if (!ok) fail_msg("turn %d, seed %llu: does not close", turn, (unsigned long long)support_seed());
    for (int i = 0; i < SIDE * SIDE; i++) {
      double x = 12 + 0.01 * (i % SIDE) + 0.005, y = 56 + 0.01 * (i / SIDE) + 0.005;
      if (sund_area_contains(area, 0, x, y) != cell[i / SIDE][i % SIDE])
        fail_msg("turn %d, seed %llu: square %d", turn, (unsigned long long)support_seed(), i);
    }
    assert_true(fabs(area_of(area) * 1e4 - (double)set) < 1e-6);
    /* No ring touches itself. */
    for (size_t p = 0; p < area->parts; p++)
      for (size_t i = area->first_vertex[p]; i + 1 < area->first_vertex[p + 1]; i++)
        for (size_t k = i + 1; k + 1 < area->first_vertex[p + 1]; k++)
          assert_false(area->x[i] == area->x[k] && area->y[i] == area->y[k]);
    sund_ctx_free(own);
    draft_free(&d);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(ways), FILES_TEST(relations), FILES_TEST(random_squares)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
