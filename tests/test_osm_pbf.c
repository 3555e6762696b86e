/* test_osm_pbf.c - .osm.pbf files made by hand and by chance: what is kept, damage, threads; the same world as XML. */
#include "layers/osm_wire.h"
#include "support_osm.h"
#include "vector_files.h"

static const char *const roads[] = {"highway", "natural=coastline", NULL};
static const char *const turns[] = {"type=restriction", NULL};
static const char *const gates[] = {"barrier", NULL};
static const osm_want all_wants = {gates, roads, turns, false};

/* A road of four nodes, one of them not in the file, a coast, a house, a restriction and a gate. */
static void hand_made(draft *d) {
  draft_node(d, 10, 12.5, 56.1);
  draft_node(d, 11, -0.0000001, -89.9999999);
  draft_tag(draft_tag(draft_node(d, 12, 12.6, 56.3), "barrier", "gate"), "access", "no");
  draft_tag(draft_node(d, 13, 12.7, 56.4), "amenity", "bench");
  draft_tag(draft_node(d, 99, 12.7, 56.5), "barrier", "bollard");
  draft_tag(draft_tag(draft_way(d, 20, 10, 11, 77, 12, 0), "highway", "residential"), "name", "Sønder & \"Øster\"");
  draft_tag(draft_way(d, 21, 11, 13, 0), "natural", "coastline");
  draft_tag(draft_way(d, 22, 10, 13, 12, 10, 0), "building", "yes");
  draft_thing *relation = draft_tag(draft_add(d, OSM_RELATION, 30), "type", "restriction");
  draft_tag(relation, "restriction", "no_left_turn");
  draft_item_add(relation, OSM_WAY, 20, "from");
  draft_item_add(relation, OSM_NODE, 12, "via");
  draft_item_add(relation, OSM_WAY, 22, "to");
  draft_tag(draft_add(d, OSM_RELATION, 31), "type", "route");
}

static void check_hand_made(const osm_file *file) {
  static const int64_t nodes[] = {10, 11, 12, 13, 99};
  assert_int_equal(file->all_nodes, 5);
  assert_int_equal(file->all_ways, 3);
  assert_int_equal(file->all_relations, 2);
  assert_int_equal(file->nodes, 5);
  assert_memory_equal(file->node_id, nodes, sizeof nodes);
  assert_true(file->lon[0] == 12.5 && file->lat[0] == 56.1);
  assert_true(file->lon[1] == -0.0000001 && file->lat[1] == -89.9999999);
  assert_int_equal(file->ways, 2);
  assert_int_equal(file->way_id[0], 20);
  assert_int_equal(file->first_ref[1], 4);
  assert_int_equal(file->first_ref[2], 6);
  static const uint32_t refs[] = {0, 1, UINT32_MAX, 2, 1, 3};
  assert_memory_equal(file->ref, refs, sizeof refs);
  assert_int_equal(file->lost, 1);
  assert_string_equal(osm_value(file->way_tags[0], "name"), "Sønder & \"Øster\"");
  assert_null(osm_value(file->way_tags[0], "nam"));
  assert_int_equal(file->node_tags[0].count, 0);
  assert_int_equal(file->node_tags[2].count, 2);
  assert_string_equal(osm_value(file->node_tags[2], "access"), "no");
  assert_int_equal(file->node_tags[3].count, 0); /* a bench is not asked for */
  assert_string_equal(osm_value(file->node_tags[4], "barrier"), "bollard");
  assert_int_equal(file->relations, 1);
  assert_int_equal(file->relation_id[0], 30);
  assert_int_equal(file->first_member[1], 3);
  assert_int_equal(file->member[0].kind, OSM_WAY);
  assert_string_equal(file->member[1].role, "via");
  assert_int_equal(file->member[1].kind, OSM_NODE);
  assert_int_equal(file->member[2].id, 22);
  assert_int_equal(osm_find_node(file, 12), 2);
  assert_int_equal(osm_find_way(file, 21), 1);
  assert_true(osm_find_way(file, 22) == SIZE_MAX);
}

static void by_hand(void **state) {
  static const draft_form forms[] = {{0},
                                     {.plain = true},
                                     {.raw = true},
                                     {.raw = true, .plain = true, .a_block = 1},
                                     {.granularity = 100, .lat_offset = 700, .lon_offset = -1300, .a_block = 2}};
  files *f = *state;
  draft d = {0};
  hand_made(&d);
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const char *path = files_path(f, "hand.osm.pbf");
    osm_file *file = NULL;
    draft_pbf(&d, forms[i], path);
    assert_ok(f->ctx, osm_read(f->ctx, path, &all_wants, &file));
    check_hand_made(file);
    assert_string_equal(file->name, "hand.osm.pbf");
    assert_true(file->box[0] > file->box[2]);
    assert_null(file->date);
  }
  const char *path = files_path(f, "hand.osm");
  osm_file *file = NULL;
  draft_xml(&d, path);
  assert_ok(f->ctx, osm_read(f->ctx, path, &all_wants, &file));
  check_hand_made(file);
  draft_free(&d);
}

static void head(void **state) {
  files *f = *state;
  draft d = {0};
  osm_file *file = NULL;
  double box[4];
  hand_made(&d);
  const char *path = files_path(f, "a.pbf");
  draft_pbf(&d, (draft_form){.box = true, .seconds = 1676937600, .optional = "Sort.Type_then_ID"}, path);
  assert_ok(f->ctx, osm_read(f->ctx, path, &all_wants, &file));
  assert_string_equal(file->date, "2023-02-21");
  assert_true(file->box[0] == 1 && file->box[1] == 2 && file->box[2] == 3 && file->box[3] == 4);
  assert_ok(f->ctx, osm_extent(f->ctx, path, box));
  assert_true(box[0] == 1 && box[1] == 2 && box[2] == 3 && box[3] == 4);
  draft_pbf(&d, (draft_form){0}, path);
  assert_ok(f->ctx, osm_extent(f->ctx, path, box)); /* of the nodes */
  assert_true(box[0] == -0.0000001 && box[1] == -89.9999999 && box[2] == 12.7 && box[3] == 56.5);
  draft_free(&d);
}

/* What members of a kept relation are when nothing of their own makes them wanted. */
static void members(void **state) {
  files *f = *state;
  draft d = {0};
  osm_file *file = NULL;
  hand_made(&d);
  const char *path = files_path(f, "a.osm.pbf");
  draft_pbf(&d, (draft_form){0}, path);
  const osm_want want = {NULL, NULL, turns, true};
  assert_ok(f->ctx, osm_read(f->ctx, path, &want, &file));
  assert_int_equal(file->ways, 2);
  assert_int_equal(file->way_id[0], 20);
  assert_int_equal(file->way_id[1], 22);
  assert_int_equal(file->nodes, 4);
  assert_null(file->node_tags);
  draft_free(&d);
}

/* ---------------------------------------------------------------------------------------------------------- refusals */

static void refuses(files *f, const char *path, sund_code code, const char *part) {
  sund_ctx *own = sund_ctx_child(f->ctx);
  osm_file *file = NULL;
  const char *message = "", *source = NULL;
  sund_code got = osm_read(own, path, &all_wants, &file);
  sund_failure(own, &message, &source, NULL);
  if (got != code || !strstr(message, part)) fail_msg("code %d: %s\nexpected: %s", got, message, part);
  assert_null(file);
  assert_non_null(source);
  sund_ctx_free(own);
}

static void refused(void **state) {
  static const struct {
    draft_form form;
    const char *part;
  } cases[] = {
      {{.feature = "HistoricalInformation"}, "blob 1 at byte 0: holds the history"},
      {{.feature = "Teleport\x01"}, "requires a feature that is not known: Teleport?"},
      {{.packing = 4}, "packed with lzma"},
      {{.packing = 7}, "packed with zstd"},
      {{.packing = 6}, "packed with lz4"},
      {{.granularity = -1}, "its granularity cannot be"},
      {{.optional = "LocationsOnWays"}, "(LocationsOnWays)"},
  };
  files *f = *state;
  draft d = {0};
  hand_made(&d);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *path = files_path(f, "a.osm.pbf");
    draft_pbf(&d, cases[i].form, path);
    refuses(f, path, SUND_SOURCE, cases[i].part);
  }
  refuses(f, files_text(f, "b.osm.pbf", "no such thing at all"), SUND_SOURCE, "is not an OpenStreetMap file");
  /* Node 13 off the globe. */
  d.thing[3].lat = 900000001;
  draft_pbf(&d, (draft_form){0}, files_path(f, "c.pbf"));
  refuses(f, f->path[f->turn], SUND_SOURCE, "blob 2 at byte ");
  refuses(f, f->path[f->turn], SUND_SOURCE, "damaged: node 13 lies at longitude 12.7, latitude 90");
  draft_free(&d);
}

/* Cut at every byte: refused, or as if the file had ended there, behind a whole blob. */
static void cut(void **state) {
  files *f = *state;
  draft d = {0};
  hand_made(&d);
  draft_bytes bytes = draft_pbf_bytes(&d, (draft_form){.a_block = 2});
  size_t whole = 0;
  for (size_t length = 1; length < bytes.length; length++) {
    const char *path = files_bytes(f, "cut.osm.pbf", bytes.at, length);
    sund_ctx *own = sund_ctx_child(f->ctx);
    osm_file *file = NULL;
    const char *message = "";
    sund_code code = osm_read(own, path, &all_wants, &file);
    sund_failure(own, &message, NULL, NULL);
    if (code == SUND_OK) whole++;
    else if (code != SUND_SOURCE) fail_msg("%zu bytes: code %d: %s", length, code, message);
    else if (length > 40 && !strstr(message, "the file ends early")) fail_msg("%zu bytes: %s", length, message);
    sund_ctx_free(own);
  }
  assert_int_equal(whole, 6); /* behind the head, three blobs of nodes and two of ways, before that of relations */
  free(bytes.at);
  draft_free(&d);
}

/* Bytes that are not what they were, in blobs that are not packed, so that they are met behind zlib's check too. */
static void garbage(void **state) {
  files *f = *state;
  draft d = {0};
  uint64_t seed = support_seed();
  hand_made(&d);
  draft_bytes bytes = draft_pbf_bytes(&d, (draft_form){.raw = true, .a_block = 3});
  unsigned char *copy = malloc(bytes.length);
  size_t read = 0;
  for (int turn = 0; turn < 3000; turn++) {
    memcpy(copy, bytes.at, bytes.length);
    for (uint64_t n = 1 + support_random(&seed) % 4; n > 0; n--) {
      unsigned char *at = &copy[support_random(&seed) % bytes.length];
      static const unsigned char odd[] = {0, 0x7F, 0x80, 0xFF};
      *at = support_random(&seed) % 2 ? (unsigned char)support_random(&seed) : odd[support_random(&seed) % 4];
    }
    sund_ctx *own = sund_ctx_child(f->ctx);
    osm_file *file = NULL;
    sund_code code = osm_read(own, files_bytes(f, "g.osm.pbf", copy, bytes.length), &all_wants, &file);
    if (code != SUND_OK && code != SUND_SOURCE) fail_msg("turn %d: code %d", turn, code);
    read += code == SUND_OK;
    sund_ctx_free(own);
  }
  assert_true(read > 0 && read < 3000);
  free(copy);
  free(bytes.at);
  draft_free(&d);
}

static void without_memory(void **state) {
  files *f = *state;
  draft d = {0};
  hand_made(&d);
  const char *path = files_path(f, "a.osm.pbf");
  draft_pbf(&d, (draft_form){.a_block = 2}, path);
  sund_ctx_threads(f->ctx, 1);
  for (size_t n = 1;; n++) {
    sund_ctx *root = sund_ctx_new();
    osm_file *file = NULL;
    sund_ctx_threads(root, 1);
    sund_ctx_fail_alloc(root, n);
    sund_code code = osm_read(root, path, &all_wants, &file);
    if (code == SUND_OK) check_hand_made(file);
    else assert_int_equal(code, SUND_LIMIT);
    sund_ctx_free(root);
    if (code == SUND_OK) break;
    assert_true(n < 1000);
  }
  draft_free(&d);
}

/* ------------------------------------------------------------------------------------------------------- by chance */

static const char *const keys[] = {"highway", "building", "name", "natural", "barrier", "type"};
static const char *const values[] = {"yes", "coastline", "residential", "restriction", "Ærø", "", "a\\b\"c"};

static void chance_tags(draft_thing *t, uint64_t *seed) {
  for (uint64_t n = support_random(seed) % 4; n > 0; n--)
    draft_tag(t, keys[support_random(seed) % 6], values[support_random(seed) % 7]);
}

/* Ids rise, or come in any order and some of them twice. */
static void chance(draft *d, uint64_t *seed, size_t nodes, bool ordered) {
  int64_t id = -3;
  for (size_t i = 0; i < nodes; i++) {
    id = ordered ? id + 1 + (int64_t)(support_random(seed) % 5) : (int64_t)(support_random(seed) % nodes) - 3;
    draft_thing *t = draft_add(d, OSM_NODE, id);
    t->lon = (int64_t)(support_random(seed) % 3600000000u) - 1800000000;
    t->lat = (int64_t)(support_random(seed) % 1800000000u) - 900000000;
    if (support_random(seed) % 5 == 0) chance_tags(t, seed);
  }
  const int64_t last = ordered ? id : (int64_t)nodes;
  for (size_t i = 0; i < nodes / 5; i++) {
    draft_thing *t = draft_add(d, OSM_WAY, ordered ? (int64_t)i + 1 : (int64_t)(support_random(seed) % nodes));
    for (uint64_t n = support_random(seed) % DRAFT_ITEMS; n > 0; n--)
      draft_item_add(t, OSM_NODE, (int64_t)(support_random(seed) % (uint64_t)(last + 20)) - 5, "");
    chance_tags(t, seed);
  }
  for (size_t i = 0; i < nodes / 20; i++) {
    draft_thing *t = draft_add(d, OSM_RELATION, ordered ? (int64_t)i + 1 : (int64_t)(support_random(seed) % 50));
    for (uint64_t n = support_random(seed) % 8; n > 0; n--)
      draft_item_add(t, (osm_kind)(support_random(seed) % 3), (int64_t)(support_random(seed) % nodes),
                     support_random(seed) % 2 ? "outer" : "");
    chance_tags(t, seed);
  }
}

static void same_tags(osm_tags a, osm_tags b) {
  assert_int_equal(a.count, b.count);
  for (size_t i = 0; i < a.count; i++) {
    assert_string_equal(a.tag[i].key, b.tag[i].key);
    assert_string_equal(a.tag[i].value, b.tag[i].value);
  }
}

static void same_files(const osm_file *a, const osm_file *b) {
  assert_int_equal(a->nodes, b->nodes);
  assert_memory_equal(a->node_id, b->node_id, a->nodes * sizeof *a->node_id);
  assert_memory_equal(a->lon, b->lon, a->nodes * sizeof *a->lon);
  assert_memory_equal(a->lat, b->lat, a->nodes * sizeof *a->lat);
  assert_int_equal(a->ways, b->ways);
  assert_memory_equal(a->way_id, b->way_id, a->ways * sizeof *a->way_id);
  assert_memory_equal(a->first_ref, b->first_ref, (a->ways + 1) * sizeof *a->first_ref);
  assert_memory_equal(a->ref, b->ref, a->first_ref[a->ways] * sizeof *a->ref);
  assert_int_equal(a->relations, b->relations);
  assert_memory_equal(a->relation_id, b->relation_id, a->relations * sizeof *a->relation_id);
  assert_memory_equal(a->first_member, b->first_member, (a->relations + 1) * sizeof *a->first_member);
  for (size_t i = 0; i < a->nodes; i++) same_tags(a->node_tags[i], b->node_tags[i]);
  for (size_t i = 0; i < a->ways; i++) same_tags(a->way_tags[i], b->way_tags[i]);
  for (size_t i = 0; i < a->relations; i++) same_tags(a->relation_tags[i], b->relation_tags[i]);
  for (size_t i = 0; i < a->first_member[a->relations]; i++) {
    assert_int_equal(a->member[i].kind, b->member[i].kind);
    assert_int_equal(a->member[i].id, b->member[i].id);
    assert_string_equal(a->member[i].role, b->member[i].role);
  }
  assert_int_equal(a->lost, b->lost);
  assert_int_equal(a->all_nodes, b->all_nodes);
  assert_int_equal(a->all_ways, b->all_ways);
  assert_int_equal(a->all_relations, b->all_relations);
}

static bool is_road(const draft_thing *t) {
  for (size_t k = 0; k < t->tags && t->kind == OSM_WAY; k++)
    if (strcmp(t->tag[k][0], "highway") == 0 ||
        (strcmp(t->tag[k][0], "natural") == 0 && strcmp(t->tag[k][1], "coastline") == 0))
      return true;
  return false;
}

/* The slow twin: looks everything up in the draft. */
static void twin(const draft *d, const osm_file *file) {
  for (size_t v = 0; v < file->nodes; v++) {
    const draft_thing *last = NULL;
    for (size_t i = 0; i < d->count; i++)
      if (d->thing[i].kind == OSM_NODE && d->thing[i].id == file->node_id[v]) last = &d->thing[i];
    assert_non_null(last);
    assert_true(file->lon[v] == (double)last->lon / 1e7 && file->lat[v] == (double)last->lat / 1e7);
    assert_true(v == 0 || file->node_id[v] > file->node_id[v - 1]);
  }
  size_t lost = 0;
  for (size_t i = 0; i < d->count; i++)
    if (is_road(&d->thing[i])) assert_true(osm_find_way(file, d->thing[i].id) != SIZE_MAX);
  for (size_t w = 0; w < file->ways; w++) {
    const draft_thing *last = NULL;
    for (size_t i = 0; i < d->count; i++)
      if (d->thing[i].id == file->way_id[w] && is_road(&d->thing[i])) last = &d->thing[i];
    assert_non_null(last);
    assert_int_equal(file->first_ref[w + 1] - file->first_ref[w], last->items);
    for (size_t k = 0; k < last->items; k++) {
      uint32_t ref = file->ref[file->first_ref[w] + k];
      assert_true(ref == UINT32_MAX ? osm_find_node(file, last->item[k].id) == SIZE_MAX
                                    : file->node_id[ref] == last->item[k].id);
      lost += ref == UINT32_MAX;
    }
  }
  assert_int_equal(file->lost, lost);
}

static void by_chance(void **state) {
  static const draft_form forms[] = {
      {.a_block = 7}, {.a_block = 1, .raw = true, .plain = true}, {.a_block = 60, .lon_offset = 500}, {0}};
  files *f = *state;
  uint64_t seed = support_seed();
  for (int turn = 0; turn < 12; turn++) {
    draft d = {0};
    osm_file *first = NULL;
    sund_ctx *own = sund_ctx_child(f->ctx);
    chance(&d, &seed, 40 + support_random(&seed) % 300, turn % 3 > 0);
    const char *path = files_path(f, "chance.osm");
    draft_xml(&d, path);
    assert_ok(own, osm_read(own, path, &all_wants, &first));
    twin(&d, first);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
      osm_file *file = NULL;
      path = files_path(f, "chance.osm.pbf");
      draft_pbf(&d, forms[i], path);
      sund_ctx_threads(own, i % 2 ? 1 : 4);
      assert_ok(own, osm_read(own, path, &all_wants, &file));
      same_files(first, file);
    }
    sund_ctx_free(own);
    draft_free(&d);
  }
}

/* Many blobs, parts of several, four threads: as with one. */
static void many_blobs(void **state) {
  files *f = *state;
  uint64_t seed = support_seed();
  draft d = {0};
  osm_file *one = NULL, *four = NULL;
  chance(&d, &seed, 6000, true);
  const char *path = files_path(f, "many.osm.pbf");
  draft_pbf(&d, (draft_form){.a_block = 11}, path);
  const osm_want want = {gates, roads, turns, true};
  sund_ctx_threads(f->ctx, 1);
  assert_ok(f->ctx, osm_read(f->ctx, path, &want, &one));
  sund_ctx_threads(f->ctx, 4);
  assert_ok(f->ctx, osm_read(f->ctx, path, &want, &four));
  same_files(one, four);
  assert_int_equal(one->all_nodes, 6000);
  draft_free(&d);
}

/* A node that a later, smaller blob moves: there a second thread is done before the first has come to it. */
static void twice(void **state) {
  files *f = *state;
  draft d = {0};
  osm_file *file = NULL;
  for (int i = 1; i <= 40000; i++) draft_node(&d, i, 12, 56);
  draft_node(&d, 40000, 13, 57);
  draft_tag(draft_way(&d, 1, 1, 40000, 0), "highway", "path");
  const char *path = files_path(f, "twice.osm.pbf");
  draft_pbf(&d, (draft_form){.a_block = 40000}, path);
  sund_ctx_threads(f->ctx, 2);
  assert_ok(f->ctx, osm_read(f->ctx, path, &all_wants, &file));
  assert_int_equal(file->nodes, 2);
  assert_true(file->lon[1] == 13 && file->lat[1] == 57);
  draft_free(&d);
}

static void wire(void **state) {
  static const uint8_t bytes[] = {0x0A, 3, 1, 2, 3, 0x10, 0x96, 0x01, 0x18, 3, 0x22, 5, 1, 2, 3, 4};
  static const uint8_t endless[] = {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01};
  (void)state;
  osm_wire w = {bytes, bytes + sizeof bytes, false};
  osm_field field;
  assert_true(osm_wire_next(&w, &field));
  assert_int_equal(field.number, 1);
  assert_int_equal(field.bytes.end - field.bytes.at, 3);
  assert_int_equal(osm_wire_count(&field.bytes), 3);
  assert_true(osm_wire_next(&w, &field));
  assert_int_equal(field.value, 150);
  assert_true(osm_wire_next(&w, &field));
  assert_false(osm_wire_next(&w, &field)); /* five bytes are said, four are there */
  assert_true(w.bad);
  w = (osm_wire){endless, endless + sizeof endless, false};
  assert_true(osm_wire_varint(&w) == 0);
  assert_true(w.bad);
  static const uint8_t signs[] = {0, 1, 2, 3};
  w = (osm_wire){signs, signs + 4, false};
  const int64_t sign[] = {(int64_t)osm_wire_signed(&w), (int64_t)osm_wire_signed(&w), (int64_t)osm_wire_signed(&w),
                          (int64_t)osm_wire_signed(&w)};
  assert_true(sign[0] == 0 && sign[1] == -1 && sign[2] == 1 && sign[3] == -2);
}

int main(void) {
  const struct CMUnitTest tests[] = {FILES_TEST(by_hand),        FILES_TEST(head),      FILES_TEST(members),
                                     FILES_TEST(refused),        FILES_TEST(cut),       FILES_TEST(garbage),
                                     FILES_TEST(without_memory), FILES_TEST(by_chance), FILES_TEST(many_blobs),
                                     FILES_TEST(twice),          FILES_TEST(wire)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
