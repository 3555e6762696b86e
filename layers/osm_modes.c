/* osm_modes.c - the section `modes` of a profile: who may go where in OpenStreetMap, and how fast.
 *
 *   modes:
 *     ways: [KEY, KEY=VALUE, …]        which ways there are; the value is the class
 *     never: [CLASS, …]
 *     limits:
 *       tags: [KEY, …]                 the first that says a limit counts
 *       share: 0.8                     of a limit is driven
 *       words: {WORD: KMH}             limits that are words
 *       slow: [CLASS, …]               which a limit does not make faster
 *       zones: {CLASS: ZONE, "*": ZONE}
 *       countries: {CODE: {ZONE: KMH}} also what CODE:ZONE means as a value
 *     walk, bike, car:
 *       access: [KEY, …]               the first with a value of open, shut, last, pushed decides
 *       open, shut, last, pushed: [VALUE, …]
 *       pushed_kmh: KMH
 *       unless_opened: {KEY: [VALUE, …]}
 *       classes, opened: {CLASS: KMH}  `own` = as fast as the traveller goes
 *       otherwise: KMH
 *       most: {KEY: {VALUE: KMH}}      the smallest counts
 *       oneway: [KEY, …]; both, implied: {KEY: [VALUE, …]}
 *       barriers: [VALUE, …]           of nodes
 *       vehicles: [WORD, …]            in turn restrictions
 *
 * Values of a tag are compared as they stand: OpenStreetMap writes them in one way.
 */
#include "osm_modes.h"

#include <math.h>
#include <string.h>

#include "shipped.h"
#include "word.h"

/* ---------------------------------------------------------------------------------------------------------- values */

static sund_code take_kmh(schema_walk *walk, const sund_node *value, void *out) {
  double kmh = 1;
  if (value->kind == SUND_SCALAR && strcmp(value->text, "own") == 0) {
    *(double *)out = NAN;
    return SUND_OK;
  }
  TRY(schema_number(walk, value, &kmh));
  if (!(kmh >= 0.1 && kmh <= 1000)) return schema_note(walk, value->mark, "a speed is 0.1 to 1000 km/h, or `own`");
  *(double *)out = kmh;
  return SUND_OK;
}

static sund_code take_share(schema_walk *walk, const sund_node *value, void *out) {
  double share = 1;
  TRY(schema_number(walk, value, &share));
  if (!(share > 0 && share <= 1)) return schema_note(walk, value->mark, "a share is above 0 and at most 1");
  *(double *)out = share;
  return SUND_OK;
}

static sund_code check_map(schema_walk *walk, const sund_node *value, bool *ok) {
  *ok = value->kind == SUND_MAP;
  return *ok ? SUND_OK : schema_note(walk, value->mark, "written as `key: value`, not as a %s", schema_kind(value));
}

static sund_code take_speeds(schema_walk *walk, const sund_node *value, void *out) {
  osm_speeds *speeds = out;
  bool ok = false;
  TRY(check_map(walk, value, &ok));
  if (!ok) return SUND_OK;
  *speeds = (osm_speeds){value->count, value->key, sund_alloc(walk->ctx, value->count, sizeof(double))};
  if (!speeds->kmh) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) TRY(take_kmh(walk, value->item[k], &speeds->kmh[k]));
  return SUND_OK;
}

static sund_code take_values(schema_walk *walk, const sund_node *value, void *out) {
  osm_values *values = out;
  bool ok = false;
  TRY(check_map(walk, value, &ok));
  if (!ok) return SUND_OK;
  *values = (osm_values){value->count, value->key, sund_alloc(walk->ctx, value->count, sizeof *values->value)};
  if (!values->value) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) TRY(schema_wordlist(walk, value->item[k], &values->value[k]));
  return SUND_OK;
}

static sund_code take_bounds(schema_walk *walk, const sund_node *value, void *out) {
  osm_bounds *bounds = out;
  bool ok = false;
  TRY(check_map(walk, value, &ok));
  if (!ok) return SUND_OK;
  *bounds = (osm_bounds){value->count, value->key, sund_alloc(walk->ctx, value->count, sizeof *bounds->most)};
  if (!bounds->most) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) TRY(take_speeds(walk, value->item[k], &bounds->most[k]));
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- limits */

static sund_code take_zones(schema_walk *walk, const sund_node *value, void *out) {
  osm_limits *limits = out;
  bool ok = false;
  TRY(check_map(walk, value, &ok));
  if (!ok) return SUND_OK;
  limits->zones = value->count;
  limits->zone_class = value->key;
  if (!(limits->zone = sund_alloc(walk->ctx, value->count, sizeof *limits->zone))) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) {
    limits->zone[k] = "";
    TRY(schema_text(walk, value->item[k], &limits->zone[k]));
  }
  return SUND_OK;
}

static sund_code take_countries(schema_walk *walk, const sund_node *value, void *out) {
  osm_limits *limits = out;
  bool ok = false;
  TRY(check_map(walk, value, &ok));
  if (!ok) return SUND_OK;
  limits->countries = value->count;
  if (!(limits->country = sund_alloc(walk->ctx, value->count, sizeof *limits->country))) return SUND_LIMIT;
  for (size_t k = 0; k < value->count; k++) {
    limits->country[k].code = value->key[k];
    TRY(take_speeds(walk, value->item[k], &limits->country[k].zone));
  }
  return SUND_OK;
}

static const schema_key limit_keys[] = {
    {"tags", schema_wordlist, offsetof(osm_limits, tags), true},
    {"share", take_share, offsetof(osm_limits, share), true},
    {"words", take_speeds, offsetof(osm_limits, words), false},
    {"slow", schema_wordlist, offsetof(osm_limits, slow), false},
    {"zones", take_zones, 0, false},
    {"countries", take_countries, 0, false},
};
static const schema limit_table = {"limits", limit_keys, sizeof limit_keys / sizeof *limit_keys};

static sund_code take_limits(schema_walk *walk, const sund_node *value, void *out) {
  return schema_map(walk, &limit_table, value, out);
}

/* ----------------------------------------------------------------------------------------------------------- modes */

static const schema_key mode_keys[] = {
    {"access", schema_wordlist, offsetof(osm_mode_rules, access), true},
    {"open", schema_wordlist, offsetof(osm_mode_rules, open), true},
    {"shut", schema_wordlist, offsetof(osm_mode_rules, shut), true},
    {"last", schema_wordlist, offsetof(osm_mode_rules, last), false},
    {"pushed", schema_wordlist, offsetof(osm_mode_rules, pushed), false},
    {"pushed_kmh", take_kmh, offsetof(osm_mode_rules, pushed_kmh), false},
    {"unless_opened", take_values, offsetof(osm_mode_rules, unless_opened), false},
    {"classes", take_speeds, offsetof(osm_mode_rules, classes), true},
    {"opened", take_speeds, offsetof(osm_mode_rules, opened), false},
    {"otherwise", take_kmh, offsetof(osm_mode_rules, otherwise), true},
    {"most", take_bounds, offsetof(osm_mode_rules, most), false},
    {"oneway", schema_wordlist, offsetof(osm_mode_rules, oneway), true},
    {"both", take_values, offsetof(osm_mode_rules, both), false},
    {"implied", take_values, offsetof(osm_mode_rules, implied), false},
    {"barriers", schema_wordlist, offsetof(osm_mode_rules, barriers), false},
    {"vehicles", schema_wordlist, offsetof(osm_mode_rules, vehicles), false},
};
static const schema mode_table = {"a mode", mode_keys, sizeof mode_keys / sizeof *mode_keys};

static sund_code take_mode(schema_walk *walk, const sund_node *value, void *out) {
  return schema_map(walk, &mode_table, value, out);
}

static const schema_key modes_keys[] = {
    {"ways", schema_wordlist, offsetof(osm_rules, ways), true},
    {"never", schema_wordlist, offsetof(osm_rules, never), false},
    {"limits", take_limits, offsetof(osm_rules, limits), true},
    {"walk", take_mode, offsetof(osm_rules, mode[SUND_WALK]), true},
    {"bike", take_mode, offsetof(osm_rules, mode[SUND_BIKE]), true},
    {"car", take_mode, offsetof(osm_rules, mode[SUND_CAR]), true},
};
static const schema modes_table = {"modes", modes_keys, sizeof modes_keys / sizeof *modes_keys};

sund_code osm_modes_take(schema_walk *walk, const sund_node *node, osm_rules *out) {
  *out = (osm_rules){.limits = {.share = 1}};
  return schema_map(walk, &modes_table, node, out);
}

sund_code osm_modes_read(sund_ctx *ctx, const sund_node *node, osm_rules **out) {
  sund_node *root = NULL;
  schema_walk walk = {.ctx = ctx};
  osm_rules *rules = sund_alloc(ctx, 1, sizeof *rules);
  if (!rules) return SUND_LIMIT;
  if (!node) {
    TRY(shipped_parse(ctx, shipped_find(sund_shipped_profiles, "osm"), &root));
    node = sund_node_get(root, "modes");
  }
  TRY(osm_modes_take(&walk, node, rules));
  TRY(schema_end(&walk));
  *out = rules;
  return SUND_OK;
}
