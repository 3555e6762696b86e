/* explain_flood_tell.c - the facts about a home's water as text, lines and points. */
#include <math.h>
#include <string.h>

#include "explain_flood.h"
#include "explain_flood_words.h"
#include "explain_words.h"

/* Farther from the way than this, in metres, the deciding saddle is not the one it passes over. */
static const double SAME_SADDLE_M = 5;
/* So many saddles in a row are named. */
enum { MOST_LINKS = 8 };

typedef struct teller {
  sund_ctx *ctx;
  const flood_facts *facts;
  int language;
  explain_answer *out;
} teller;

static const char *word(const teller *t, flood_word which) {
  return flood_words[which][t->language];
}

/* Says a phrase in the teller's language; the arguments end with NULL. One that is NULL before was made without memory. */
static sund_code say(teller *t, flood_word which, ...) __attribute__((sentinel));
static sund_code say(teller *t, flood_word which, ...) {
  va_list list;
  va_start(list, which);
  sund_code code = explain_say_list(t->ctx, t->out, word(t, which), list);
  va_end(list);
  return code;
}

static const char *metres(const teller *t, double value) {
  return isnan(value) ? explain_words[WORD_UNKNOWN][t->language] : sund_text(t->ctx, "%.2f", value);
}

static const char *coordinate(const teller *t, double value) {
  return sund_text(t->ctx, "%.1f", value);
}

/* ---------------------------------------------------------------------------------------------------------- level */

static double highest_asked(const flood_facts *f) {
  double highest = NAN;
  for (size_t i = 0; i < f->cases; i++) highest = fmax(highest, f->one[i].level_m);
  return highest;
}

static sund_code tell_never(teller *t) {
  const flood_facts *f = t->facts;
  const double asked = highest_asked(f);
  const char *over = metres(t, f->ground_m - f->cap_m), *most = metres(t, asked);
  const char *least = metres(t, f->cap_m - asked);
  if (!over || !most || !least) return SUND_LIMIT;
  if (isnan(f->cap_m)) return SUND_OK;
  if (f->ground_m > f->cap_m) TRY(say(t, FLOOD_WORD_HIGHER, over, NULL));
  else TRY(say(t, FLOOD_WORD_SHELTERED, NULL));
  return isnan(asked) ? SUND_OK : say(t, FLOOD_WORD_OVER_ASKED, most, least, NULL);
}

static sund_code tell_rules(teller *t) {
  const flood_facts *f = t->facts;
  TRY(say(t, FLOOD_WORD_RULES, NULL));
  for (size_t k = 0; k < WATER_RULES; k++) {
    const char *name = explain_rule_names[k], *level = sund_text(t->ctx, "%8.2f", f->rule_m[k]);
    const char *counts = f->rule && strcmp(f->rule, name) == 0 ? word(t, FLOOD_WORD_COUNTS) : "";
    const char *said = explain_label(flood_rules_said, name, t->language);
    if (!level) return SUND_LIMIT;
    if (isnan(f->rule_m[k])) TRY(say(t, FLOOD_WORD_RULE_NEVER, said, counts, NULL));
    else TRY(say(t, FLOOD_WORD_RULE, level, said, counts, NULL));
  }
  return SUND_OK;
}

static sund_code tell_level(teller *t) {
  const flood_facts *f = t->facts;
  const char *wet = metres(t, f->wet_m), *cap = metres(t, f->cap_m), *ground = metres(t, f->ground_m);
  if (!wet || !cap || !ground) return SUND_LIMIT;
  if (isnan(f->ground_m) && isnan(f->wet_m)) return say(t, FLOOD_WORD_UNKNOWN, NULL);
  TRY(isnan(f->wet_m) ? say(t, FLOOD_WORD_NEVER, cap, NULL) : say(t, FLOOD_WORD_WET_FROM, wet, NULL));
  if (f->heights_name) TRY(say(t, FLOOD_WORD_HEIGHTS, f->heights_name, NULL));
  TRY(say(t, f->lifted ? FLOOD_WORD_GROUND_BESIDE : FLOOD_WORD_GROUND, ground, NULL));
  return isnan(f->wet_m) ? tell_never(t) : tell_rules(t);
}

/* --------------------------------------------------------------------------------------------------------- saddle */

/* "3.2 m" */
static const char *width(const teller *t, const char *column) {
  const double value = explain_real(t->facts->saddles, column, t->facts->decides);
  return isnan(value) ? word(t, FLOOD_WORD_WIDE) : sund_text(t->ctx, "%.1f m", value);
}

static sund_code tell_behind(teller *t, flood_word which, const char *persons_column, const char *homes_column) {
  const flood_facts *f = t->facts;
  const int64_t homes = explain_int(f->saddles, homes_column, f->decides);
  const double persons = explain_real(f->saddles, persons_column, f->decides);
  if (homes == SUND_NULL_INT || isnan(persons)) return SUND_OK;
  const char *many = sund_text(t->ctx, "%.0f", persons), *count = sund_text(t->ctx, "%lld", (long long)homes);
  return many && count ? say(t, which, many, count, NULL) : SUND_LIMIT;
}

static sund_code tell_next(teller *t) {
  const flood_facts *f = t->facts;
  const double next = explain_real(f->saddles, "next_m", f->decides);
  if (isnan(next)) return say(t, FLOOD_WORD_NO_NEXT, NULL);
  const char *level = metres(t, next), *x = coordinate(t, explain_real(f->saddles, "next_x", f->decides));
  const char *y = coordinate(t, explain_real(f->saddles, "next_y", f->decides));
  return level && x && y ? say(t, FLOOD_WORD_NEXT, level, x, y, NULL) : SUND_LIMIT;
}

static sund_code tell_saddle(teller *t) {
  const flood_facts *f = t->facts;
  const sund_table *s = f->saddles;
  const size_t row = f->decides;
  if (row == SIZE_MAX) return isnan(f->wet_m) ? SUND_OK : say(t, FLOOD_WORD_OWN_GROUND, NULL);
  const double bias = explain_real(s, "bias_m", row), ha = explain_real(s, "area_ha_behind", row);
  const char *crest = metres(t, explain_real(s, "crest_m", row)), *low = metres(t, ha), *noise = metres(t, -bias);
  const char *x = s->x ? coordinate(t, s->x[row]) : "", *y = s->y ? coordinate(t, s->y[row]) : "";
  const char *const opening[] = {width(t, "width_m"), width(t, "width_5cm_m"), width(t, "width_10cm_m"),
                                 width(t, "width_20cm_m")};
  if (!crest || !low || !noise || !x || !y || !opening[0] || !opening[1] || !opening[2] || !opening[3])
    return SUND_LIMIT;
  TRY(say(t, FLOOD_WORD_SADDLE, explain_text(s, "saddle_id", row), crest, x, y, f->crs, NULL));
  TRY(say(t, FLOOD_WORD_WIDTH, opening[0], opening[1], opening[2], opening[3], NULL));
  TRY(tell_behind(t, FLOOD_WORD_BEHIND, "persons_behind", "homes_behind"));
  if (isfinite(ha)) TRY(say(t, FLOOD_WORD_LOW_GROUND, low, NULL));
  if (bias < -0.005) TRY(say(t, FLOOD_WORD_BIAS, noise, NULL));
  TRY(tell_next(t));
  return tell_behind(t, FLOOD_WORD_HELD, "persons_held", "homes_held");
}

static size_t saddle_before(const sund_table *saddles, size_t row) {
  const char *parent = explain_text(saddles, "parent_id", row), **id = sund_table_text(saddles, "saddle_id");
  for (size_t i = 0; parent && id && i < saddles->rows; i++)
    if (id[i] && strcmp(id[i], parent) == 0) return i;
  return SIZE_MAX;
}

/* "S4 (2.13 m), and before that S2 (1.80 m)": the way back to the sea. */
static sund_code tell_through(teller *t) {
  const flood_facts *f = t->facts;
  const char *chain = "";
  size_t links = 0;
  for (size_t row = f->through; row != SIZE_MAX && links < MOST_LINKS; row = saddle_before(f->saddles, row)) {
    const char *crest = metres(t, explain_real(f->saddles, "crest_m", row));
    if (!crest) return SUND_LIMIT;
    chain = sund_text(t->ctx, "%s%s%s (%s m)", chain, links ? word(t, FLOOD_WORD_LINK) : "",
                      explain_text(f->saddles, "saddle_id", row), crest);
    if (!chain) return SUND_LIMIT;
    links++;
  }
  return links ? say(t, FLOOD_WORD_THROUGH, chain, NULL) : SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- levels */

/* What can be said at a level, with its probability. */
static const char *certainty(const teller *t, const flood_case *one) {
  const char *odds = "", *says = "";
  if (!isnan(one->probability)) {
    const char *number = sund_text(t->ctx, "%.2f", one->probability);
    odds = number ? explain_fill(t->ctx, word(t, FLOOD_WORD_ODDS), number, NULL) : NULL;
  }
  if (one->says)
    says =
        explain_fill(t->ctx, word(t, FLOOD_WORD_SAYS), explain_label(flood_says_said, one->says, t->language), NULL);
  return odds && says ? sund_text(t->ctx, "%s%s", odds, says) : NULL;
}

static sund_code tell_case(teller *t, const flood_case *one) {
  const flood_facts *f = t->facts;
  const double missing = f->wet_m - one->level_m;
  const char *level = metres(t, one->level_m), *sure = certainty(t, one), *depth = metres(t, one->depth_m);
  const char *dry = metres(t, missing), *name = one->variant;
  if (!level || !sure || !depth || !dry) return SUND_LIMIT;
  const bool event = strcmp(name, level) != 0; /* its level is the highest of all zones, perhaps not the one here */
  if (!event) name = sund_text(t->ctx, "%s m", level);
  else if (isfinite(one->level_m)) name = sund_text(t->ctx, "%s (%s m)", one->variant, level);
  if (!name) return SUND_LIMIT;
  if (one->wet < 0) return say(t, FLOOD_WORD_LEVEL_UNKNOWN, name, sure, NULL);
  if (one->wet == 1 && isnan(one->depth_m)) return say(t, FLOOD_WORD_LEVEL_ONLY_WET, name, sure, NULL);
  if (one->wet == 1) return say(t, event ? FLOOD_WORD_EVENT_WET : FLOOD_WORD_LEVEL_WET, name, depth, sure, NULL);
  if (event || isnan(missing) || missing < 0) return say(t, FLOOD_WORD_LEVEL_ONLY_DRY, name, sure, NULL);
  return say(t, FLOOD_WORD_LEVEL_DRY, name, dry, sure, NULL);
}

/* ------------------------------------------------------------------------------------------------------------ way */

static sund_code tell_drawn(teller *t) {
  const flood_facts *f = t->facts;
  const water_way *way = &f->way;
  const char *length = coordinate(t, way->metres), *off = coordinate(t, way->saddle_m);
  if (!length || !off) return SUND_LIMIT;
  if (way->vertices < 2) return say(t, FLOOD_WORD_WAY_HERE, NULL);
  TRY(say(t, FLOOD_WORD_WAY, length, way->raster, NULL));
  if (way->sills) TRY(say(t, FLOOD_WORD_SILLS, NULL));
  for (size_t k = 0; k < way->sills; k++) {
    const water_sill *sill = &way->sill[k];
    const char *level = metres(t, sill->level_m), *behind = coordinate(t, sill->behind_m);
    const char *x = coordinate(t, sill->x), *y = coordinate(t, sill->y);
    if (!level || !behind || !x || !y) return SUND_LIMIT;
    TRY(say(t, FLOOD_WORD_SILL, level, x, y, behind, NULL));
  }
  if (way->saddle_m > SAME_SADDLE_M)
    TRY(say(t, FLOOD_WORD_OTHER_SADDLE, off, explain_text(f->saddles, "saddle_id", f->decides), NULL));
  return way->state == WATER_TOO_WIDE ? say(t, FLOOD_WORD_TOO_WIDE, NULL) : SUND_OK;
}

static sund_code tell_way(teller *t) {
  switch (t->facts->way.state) {
    case WATER_DRAWN:
    case WATER_TOO_WIDE:
      return tell_drawn(t);
    case WATER_NO_RASTER:
      return say(t, FLOOD_WORD_NO_RASTER, NULL);
    case WATER_NO_LEVEL:
      return say(t, FLOOD_WORD_NO_LEVEL, NULL);
    default:
      return SUND_OK;
  }
}

/* -------------------------------------------------------------------------------------------------------- sources */

static sund_code tell_errors(teller *t) {
  static const char *const name[] = {"flood.sigma-terrain", "flood.sigma-level", "flood.errors"};
  const char *value[3];
  for (size_t k = 0; k < 3; k++) {
    TRY(explain_parameter(t->ctx, t->facts->question, name[k], &value[k]));
    if (!value[k]) return SUND_OK;
  }
  return say(t, FLOOD_WORD_ERRORS, value[0], value[1], explain_label(flood_errors_said, value[2], t->language), NULL);
}

/* Did an earlier source need the same operation? */
static bool told_before(const sund_table *s, size_t row, const char *operation) {
  for (size_t i = 0; i < row; i++) {
    const char *other = explain_text(s, "heights_operation", i);
    if (other && strcmp(other, operation) == 0) return true;
  }
  return false;
}

/* How heights came from one system to another: each operation once, with the first source that needed it. */
static sund_code tell_operations(teller *t) {
  const sund_table *s = t->facts->question->sources;
  for (size_t i = 0; s && i < s->rows; i++) {
    const char *path = explain_text(s, "path", i), *heights = explain_text(s, "heights", i);
    const char *operation = explain_text(s, "heights_operation", i);
    if (!path || !heights || !operation || !*operation || told_before(s, i, operation)) continue;
    TRY(say(t, FLOOD_WORD_OPERATION, path, heights, operation, NULL));
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- on a map */

static sund_code draw_point(teller *t, const char *point, const char *id, const char *text, double x, double y) {
  if (!text) return SUND_LIMIT;
  return explain_add_point(
      t->ctx, t->out,
      (explain_point){.standard = "flood", .point = point, .id = id, .metres = NAN, .text = text, .x = x, .y = y});
}

static sund_code draw_saddle(teller *t) {
  const flood_facts *f = t->facts;
  if (f->decides == SIZE_MAX || !f->saddles->x) return SUND_OK;
  const char *id = explain_text(f->saddles, "saddle_id", f->decides);
  const char *crest = metres(t, explain_real(f->saddles, "crest_m", f->decides));
  const double next = explain_real(f->saddles, "next_m", f->decides);
  const char *level = metres(t, next);
  if (!crest || !level) return SUND_LIMIT;
  TRY(draw_point(t, "saddle", id, explain_fill(t->ctx, word(t, FLOOD_WORD_AT_SADDLE), id, crest, NULL),
                 f->saddles->x[f->decides], f->saddles->y[f->decides]));
  if (isnan(next)) return SUND_OK;
  return draw_point(t, "next", NULL, explain_fill(t->ctx, word(t, FLOOD_WORD_AT_NEXT), level, NULL),
                    explain_real(f->saddles, "next_x", f->decides), explain_real(f->saddles, "next_y", f->decides));
}

static sund_code draw(teller *t) {
  const flood_facts *f = t->facts;
  const water_way *way = &f->way;
  if (!f->placed) return SUND_OK;
  if (!t->out->points) /* else it is there already */
    TRY(draw_point(t, "home", f->home.id,
                   explain_fill(t->ctx, explain_words[WORD_HOME][t->language], f->home.id, NULL), f->x, f->y));
  TRY(draw_saddle(t));
  for (size_t k = 0; k < way->sills; k++) {
    const char *level = metres(t, way->sill[k].level_m);
    if (!level) return SUND_LIMIT;
    TRY(draw_point(t, "sill", NULL, explain_fill(t->ctx, word(t, FLOOD_WORD_AT_SILL), level, NULL), way->sill[k].x,
                   way->sill[k].y));
  }
  if (way->vertices < 2) return SUND_OK;
  if (way->state == WATER_DRAWN)
    TRY(draw_point(t, "shore", NULL, word(t, FLOOD_WORD_AT_SHORE), way->x[0], way->y[0]));
  return explain_add_line(t->ctx, t->out,
                          (explain_line){.standard = "flood",
                                         .leg = "water",
                                         .metres = way->metres,
                                         .text = way->raster,
                                         .vertices = way->vertices,
                                         .x = way->x,
                                         .y = way->y});
}

sund_code explain_flood_tell(sund_ctx *ctx, const void *given, int language, explain_answer *out) {
  const flood_facts *facts = given;
  teller t = {.ctx = ctx, .facts = facts, .language = language, .out = out};
  if (out->text_length == 0) TRY(explain_home_tell(ctx, facts->question, &facts->home, language, out));
  TRY(tell_level(&t));
  TRY(tell_saddle(&t));
  TRY(tell_through(&t));
  if (facts->cases) TRY(say(&t, FLOOD_WORD_LEVELS, NULL));
  for (size_t i = 0; i < facts->cases; i++) TRY(tell_case(&t, &facts->one[i]));
  TRY(tell_way(&t));
  TRY(tell_errors(&t));
  TRY(tell_operations(&t));
  return draw(&t);
}
