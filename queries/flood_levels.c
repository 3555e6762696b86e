/* flood_levels.c - the levels of a run: those asked for, those of events, those a gauge gives.
 *
 * Levels asked for are in the results' height system already; events and gauges are brought there first. The sea's
 * present mean level is taken from --mean-level, an event named mean, or a gauge, in this order; it is never assumed,
 * least of all to be 0: around the Sound it lies 0.1 to 0.2 m above the zero of DVR90 and RH2000.
 */
#include "flood_levels.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Two levels closer than this are one. */
#define ALIKE_M 1e-9

static const struct {
  const char *code, *name;
} systems[] = {{"EPSG:5799", "DVR90"}, {"EPSG:5613", "RH2000"}, {"EPSG:5718", "RH70"}, {"EPSG:5733", "DNN"}};

const char *flood_levels_heights_name(const char *heights) {
  for (size_t i = 0; i < sizeof systems / sizeof *systems; i++)
    if (strcmp(systems[i].code, heights) == 0) return systems[i].name;
  return heights;
}

/* -------------------------------------------------------------------------------------------------------- heights */

/* A place the run is about: the middle of the areas, else of the first terrain. NULL = none is known. */
static const sund_crs *middle(const flood_run *run, double *x, double *y) {
  double box[4];
  *x = *y = 0;
  if (run->in->role[SUND_AREAS] && sund_table_box(run->in->role[SUND_AREAS], box)) {
    *x = (box[0] + box[2]) / 2, *y = (box[1] + box[3]) / 2;
    return run->in->crs;
  }
  if (run->in->terrains == 0) return NULL;
  const sund_lattice *l = &run->in->terrain[0].lattice;
  *x = l->x0 + (double)l->columns * l->dx / 2, *y = l->y0 - (double)l->rows * l->dy / 2;
  return run->in->terrain[0].crs;
}

sund_code flood_levels_step(sund_ctx *ctx, const flood_run *run, const char *heights, sund_height_step *out) {
  double x, y;
  const sund_crs *crs = middle(run, &x, &y);
  return sund_heights_step(ctx, heights, run->in->heights, crs, x, y, run->asked->height_shift.count,
                           run->asked->height_shift.value, out);
}

/* --------------------------------------------------------------------------------------------------------- levels */

flood_level *flood_levels_add(sund_ctx *ctx, flood_run *run, const char *variant) {
  flood_levels *all = &run->levels;
  double *metres = sund_alloc(ctx, all->zones, sizeof *metres);
  if (!metres) return NULL;
  for (size_t z = 0; z < all->zones; z++) metres[z] = NAN;
  flood_level *level = &all->level[all->count++];
  *level = (flood_level){.variant = variant, .level_m = metres, .period_y = NAN, .year = SUND_NULL_INT};
  return level;
}

static int rising(const void *a, const void *b) {
  const double *p = a, *q = b;
  return (*p > *q) - (*p < *q);
}

static sund_code level_name(sund_ctx *ctx, double level_m, const char **out) {
  const char *name = sund_text(ctx, "%.2f", level_m);
  if (!name) return SUND_LIMIT;
  *out = strcmp(name, "-0.00") == 0 ? "0.00" : name;
  return SUND_OK;
}

/* The option `levels`: rising, each once. */
static sund_code add_asked(sund_ctx *ctx, flood_run *run) {
  const sund_numbers *asked = &run->asked->levels;
  double *sorted = sund_alloc(ctx, asked->count, sizeof *sorted);
  if (!sorted) return SUND_LIMIT;
  for (size_t i = 0; i < asked->count; i++) {
    if (!isfinite(asked->value[i])) return sund_fail(ctx, SUND_USAGE, "flood: a level must be a number of metres");
    sorted[i] = asked->value[i];
  }
  if (asked->count > 0) qsort(sorted, asked->count, sizeof *sorted, rising);
  for (size_t i = 0; i < asked->count; i++) {
    const char *name;
    if (i > 0 && sorted[i] - sorted[i - 1] < ALIKE_M) continue;
    TRY(level_name(ctx, sorted[i], &name));
    if (run->levels.count > 0 && strcmp(run->levels.level[run->levels.count - 1].variant, name) == 0)
      return sund_fail(ctx, SUND_USAGE,
                       "flood: levels %.10g and %.10g would both be called %s, levels are named by the "
                       "centimetre: give one of them",
                       sorted[i - 1], sorted[i], name);
    flood_level *level = flood_levels_add(ctx, run, name);
    if (!level) return SUND_LIMIT;
    for (size_t z = 0; z < run->levels.zones; z++) level->level_m[z] = sorted[i];
    if (fabs(sorted[i] * 100 - round(sorted[i] * 100)) < 1e-6) continue;
    const char *text = sund_text(ctx, "level %.10g m is called %s: names have two decimals", sorted[i], name);
    if (!text) return SUND_LIMIT;
    TRY(flood_note(ctx, run, "note", NULL, text, NAN, NAN));
  }
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- checks */

/* Variants and columns are told apart by name; SQLite's columns in any case. */
static sund_code check_names(sund_ctx *ctx, const flood_run *run) {
  const flood_levels *all = &run->levels;
  const sund_table *events = run->in->role[SUND_EVENTS];
  const char **name = sund_alloc(ctx, all->count, sizeof *name);
  if (!name) return SUND_LIMIT;
  for (size_t i = 0; i < all->count; i++) {
    if (!(name[i] = flood_level_column(ctx, "", &all->level[i]))) return SUND_LIMIT;
    size_t k = 0;
    while (k < i && strcasecmp(name[i], name[k]) != 0) k++;
    if (k == i) continue;
    sund_fail(ctx, SUND_DATA, "event \"%s\" cannot be told from %s \"%s\" in a column's name: give it another name",
              all->level[i].variant, all->level[k].event ? "event" : "level", all->level[k].variant);
    return sund_blame(ctx, events && events->sources ? events->source_name[0] : NULL, SUND_NO_FEATURE);
  }
  return SUND_OK;
}

static void find_highest(flood_levels *all) {
  all->highest_m = -INFINITY;
  for (size_t l = 0; l < all->count; l++)
    for (size_t z = 0; z < all->zones; z++)
      all->highest_m = fmax(all->highest_m, all->level[l].level_m[z]); /* fmax leaves NAN out */
}

/* ---------------------------------------------------------------------------------------------------------- notes */

static sund_code note_mean(sund_ctx *ctx, flood_run *run) {
  if (!isnan(run->asked->mean_m)) return SUND_OK;
  if (!isnan(run->levels.mean_m)) {
    const char *told =
        sund_text(ctx, "present mean level of the sea: %.2f m (%s)", run->levels.mean_m, run->levels.mean_source);
    return told ? flood_note(ctx, run, "note", NULL, told, NAN, NAN) : SUND_LIMIT;
  }
  const char *name = flood_levels_heights_name(run->in->heights);
  const char *text = sund_text(ctx,
                               "the present mean level of the sea is not known: levels count from the zero of %s, "
                               "not from today's sea; give --mean-level, or an event named `mean`",
                               name);
  return text ? flood_note(ctx, run, "note", NULL, text, NAN, NAN) : SUND_LIMIT;
}

/* Levels that today's sea stands at anyway. */
static sund_code note_low(sund_ctx *ctx, flood_run *run) {
  const char *list = NULL;
  for (size_t l = 0; l < run->levels.count; l++) {
    bool low = false;
    for (size_t z = 0; z < run->levels.zones; z++)
      low = low || run->levels.level[l].level_m[z] <= run->levels.mean_m; /* NAN: no */
    if (!low) continue;
    list = list ? sund_text(ctx, "%s, %s", list, run->levels.level[l].variant) : run->levels.level[l].variant;
    if (!list) return SUND_LIMIT;
  }
  if (!list) return SUND_OK;
  const char *text = sund_text(ctx,
                               "not above the present mean level of the sea, %.2f m (%s): %s; what they show lies "
                               "under water every day, or is kept dry by something the terrain does not show",
                               run->levels.mean_m, run->levels.mean_source, list);
  return text ? flood_note(ctx, run, "note", NULL, text, NAN, NAN) : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------------ all */

sund_code flood_levels_read(sund_ctx *ctx, flood_run *run) {
  flood_levels *all = &run->levels;
  *all = (flood_levels){.mean_m = run->asked->mean_m, .mean_source = "--mean-level"};
  TRY(flood_events_zones(ctx, run));
  const sund_table *events = run->in->role[SUND_EVENTS];
  const size_t most = run->asked->levels.count + (events ? events->rows : 0) + FLOOD_GAUGE_LEVELS;
  if (!(all->level = sund_alloc(ctx, most, sizeof *all->level))) return SUND_LIMIT;
  TRY(add_asked(ctx, run));
  TRY(flood_events_read(ctx, run));
  TRY(flood_gauge_read(ctx, run));
  if (all->count == 0)
    return sund_fail(ctx, SUND_DATA,
                     "flood has no level to map: give --levels, or events with levels; an event named mean is the "
                     "sea's present level, not one to map");
  if (isnan(all->mean_m)) all->mean_source = NULL;
  TRY(check_names(ctx, run));
  find_highest(all);
  TRY(note_mean(ctx, run));
  return note_low(ctx, run);
}

bool flood_is_wet(const flood_run *run, const flood_site *site, size_t l, const uint16_t *wet) {
  const int32_t *threshold = site->threshold + l * run->levels.zones;
  for (size_t z = 0; z < run->levels.zones; z++)
    if (wet[z] != SUND_NEVER && (int32_t)wet[z] <= threshold[z]) return true;
  return false;
}

/* Letters of the North as two of the alphabet: their UTF-8. */
static const struct {
  char bytes[3];
  const char *plain;
} letters[] = {{"\xc3\xa6", "ae"}, {"\xc3\xb8", "oe"}, {"\xc3\xa5", "aa"}, {"\xc3\xa4", "ae"}, {"\xc3\xb6", "oe"},
               {"\xc3\x86", "AE"}, {"\xc3\x98", "OE"}, {"\xc3\x85", "AA"}, {"\xc3\x84", "AE"}, {"\xc3\x96", "OE"}};

/* The letter at `text` as two plain ones, or NULL. */
static const char *plain_letter(const char *text) {
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    if (strncmp(text, letters[i].bytes, 2) == 0) return letters[i].plain;
  return NULL;
}

const char *flood_level_column(sund_ctx *ctx, const char *prefix, const flood_level *level) {
  const char *from = level->variant;
  char *out = sund_alloc(ctx, strlen(prefix) + strlen(from) + 1, 1), *to = out;
  if (!out) return NULL;
  for (; *prefix; prefix++) *to++ = *prefix;
  if (!level->event && *from == '-') *to++ = 'm', from++;
  while (*from) {
    const char *plain = plain_letter(from);
    if (plain) *to++ = plain[0], *to++ = plain[1];
    else *to++ = isalnum((unsigned char)*from) && (unsigned char)*from < 128 ? *from : '_';
    from += plain ? 2 : 1;
  }
  return out;
}

static const char *level_field_name(sund_ctx *ctx, const char *pattern, const flood_level *level) {
  const size_t length = strcspn(pattern, "*");
  const char *prefix = sund_text(ctx, "%.*s", (int)length, pattern);
  const char *name = prefix ? flood_level_column(ctx, prefix, level) : NULL;
  return name && pattern[length] ? sund_text(ctx, "%s%s", name, pattern + length + 1) : name;
}

sund_code flood_level_fields(sund_ctx *ctx, const flood_run *run, const flood_columns *columns, sund_field **out) {
  sund_field *fields =
                 sund_alloc(ctx, columns->common_count + columns->each_count * run->levels.count, sizeof *fields),
             *field = fields;
  if (!fields) return SUND_LIMIT;
  for (size_t k = 0; k < columns->common_count; k++) *field++ = columns->common[k];
  for (size_t l = 0; l < run->levels.count; l++)
    for (size_t k = 0; k < columns->each_count; k++, field++) {
      const flood_level *level = &run->levels.level[l];
      *field = columns->each[k];
      if (!(field->name = level_field_name(ctx, field->name, level))) return SUND_LIMIT;
      for (int language = 0; language < 3; language++)
        if (!(field->label[language] =
                  sund_text(ctx, "%s %s%s", field->label[language], level->variant, level->event ? "" : " m")))
          return SUND_LIMIT;
    }
  *out = fields;
  return SUND_OK;
}
