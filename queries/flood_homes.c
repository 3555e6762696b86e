/* flood_homes.c - at which level does a home get wet?
 *
 * Four rules, each by the cells a home stands on (flood_places.c), in raw heights of its terrain:
 *   touch   lowest first-wet level of its cells
 *   kamp    20 cm of water within 1 m of it (the criterion of the Danish adaptation atlas KAMP): over the cells there
 *           the lowest of max(first-wet level, ground + 0.20 m)
 *   sill    max(touch, its lowest ground + the height of the sill)
 *   median  the smallest level at which at least half of its cells are wet
 * A level above the cap counts as never.
 *
 * Order: flood_homes_measure prepares the homes, finds their cells and asks; flood_homes_again asks once more, after
 * the terrain was changed. A home reads one window of the flood for each zone of the sea; homes are shared among
 * threads.
 */
#include "flood.h"

#include <math.h>
#include <string.h>

#include "flood_places.h"
#include "flood_steps.h"

static const double spread_above_m = 300, piece_m = 50;
enum { BLOCK = 256 }; /* homes a thread takes at a time */

/* ---------------------------------------------------------------------------------------------------------- a home */

/* What the cells of a home say, raw. */
typedef struct said {
  uint16_t ground;           /* lowest                                             */
  uint16_t wet[FLOOD_RULES]; /* by each rule, SUND_NEVER = not below the cap       */
  sund_cell cell[FLOOD_RULES];
} said;

/* The windows of a home: what stands in its box, row by row. */
typedef struct windows {
  size_t cells;     /* room of each                        */
  uint16_t *ground; /* cells                               */
  uint16_t *wet;    /* (1 + zones) x cells: of any zone first */
  uint16_t *own;    /* cells: scratch                      */
} windows;

static uint16_t capped(const flood_site *site, uint32_t raw) {
  return raw > site->spec->cap ? SUND_NEVER : (uint16_t)raw;
}

static uint32_t in_steps(const flood_site *site, double metres) {
  const double steps = nearbyint(metres / site->spec->step_m);
  return steps < SUND_NEVER ? (uint32_t)steps : SUND_NEVER;
}

/* The k-th smallest of n values, from 0: by the high byte, then by the low one (radix selection). */
static uint16_t smallest(size_t n, const uint16_t *value, size_t k) {
  size_t count[256] = {0}, low[256] = {0}, high = 0, least = 0;
  for (size_t i = 0; i < n; i++) count[value[i] >> 8]++;
  while (k >= count[high]) k -= count[high++];
  for (size_t i = 0; i < n; i++) low[value[i] & 255] += (size_t)(value[i] >> 8) == high;
  while (k >= low[least]) k -= low[least++];
  return (uint16_t)(high << 8 | least);
}

/* A cell of the box by its number in the window. */
static sund_cell cell_of(const flood_place *place, size_t at) {
  return (sund_cell){(uint32_t)(place->box.column + at % place->box.columns),
                     (uint32_t)(place->box.row + at / place->box.columns)};
}

/* Number in the window of the first cell of a span. */
static size_t start_of(const flood_place *place, const flood_span *span) {
  return (span->row - place->box.row) * place->box.columns + (span->column - place->box.column);
}

/* The lowest of max(wet, ground + above) over spans; *at: the first cell that has it. */
static uint32_t lowest(const flood_places *all, const flood_place *place, size_t begin, size_t end,
                       const uint16_t *ground, const uint16_t *wet, uint32_t above, size_t *at) {
  uint32_t best = UINT32_MAX;
  for (size_t s = begin; s < end; s++) {
    const size_t first = start_of(place, &all->span[s]);
    for (size_t i = first; i < first + all->span[s].count; i++) {
      const uint32_t deep = ground[i] + above, level = deep > wet[i] ? deep : wet[i];
      if (level < best) best = level, *at = i;
    }
  }
  return best;
}

/* Level at which half of the home's cells are wet, and the first cell of that level. */
static uint16_t median(const flood_places *all, const flood_place *place, const uint16_t *wet, uint16_t *own,
                       size_t *at) {
  size_t n = 0;
  for (size_t s = place->own; s < place->own_end; s++) {
    memcpy(own + n, wet + start_of(place, &all->span[s]), all->span[s].count * sizeof *own);
    n += all->span[s].count;
  }
  const uint16_t level = smallest(n, own, (n - 1) / 2);
  for (size_t s = place->own; s < place->own_end; s++) {
    const size_t first = start_of(place, &all->span[s]);
    for (size_t i = first; i < first + all->span[s].count; i++)
      if (wet[i] == level) return *at = i, level;
  }
  return level;
}

/* The answers from the levels of one zone of the sea, or of any. The cell of the rule `sill` is that of `touch`: it is
 * where the water comes from. A home that is never wet has its lowest cell. */
static said say(const flood_run *run, const flood_site *site, const flood_place *place, const windows *w,
                const uint16_t *wet) {
  const flood_places *all = run->places;
  const uint32_t sill = in_steps(site, run->asked->sill_m), kamp = in_steps(site, FLOOD_KAMP_M);
  size_t at[FLOOD_RULES] = {0}, low = 0;
  said out;
  const uint32_t ground = lowest(all, place, place->own, place->own_end, w->ground, w->ground, 0, &low);
  const uint32_t touch = lowest(all, place, place->own, place->own_end, wet, wet, 0, &at[FLOOD_TOUCH]);
  const uint32_t near = lowest(all, place, place->near, place->near_end, w->ground, wet, kamp, &at[FLOOD_KAMP]);
  out.ground = (uint16_t)ground;
  out.wet[FLOOD_TOUCH] = capped(site, touch);
  out.wet[FLOOD_KAMP] = capped(site, near);
  out.wet[FLOOD_SILL] = capped(site, touch > ground + sill ? touch : ground + sill);
  out.wet[FLOOD_MEDIAN] = capped(site, median(all, place, wet, w->own, &at[FLOOD_MEDIAN]));
  at[FLOOD_SILL] = at[FLOOD_TOUCH];
  for (size_t rule = 0; rule < FLOOD_RULES; rule++)
    out.cell[rule] = cell_of(place, out.wet[rule] == SUND_NEVER ? low : at[rule]);
  return out;
}

/* Are at least half of the home's cells wet at a level, whichever zone the water comes from? */
static bool half_wet(const flood_run *run, const flood_site *site, const flood_place *place, const windows *w,
                     size_t level) {
  uint16_t zones[SUND_MOST_ZONES];
  size_t wet = 0;
  for (size_t s = place->own; s < place->own_end; s++) {
    const size_t first = start_of(place, &run->places->span[s]);
    for (size_t i = first; i < first + run->places->span[s].count; i++) {
      for (size_t z = 0; z < run->levels.zones; z++) zones[z] = w->wet[(1 + z) * w->cells + i];
      wet += flood_is_wet(run, site, level, zones);
    }
  }
  return 2 * wet >= place->own_cells;
}

/* ------------------------------------------------------------------------------------------------------ all homes */

typedef struct asking {
  const flood_run *run;
  flood_home *home;
} asking;

static void answer(const flood_run *run, size_t i, windows *w, flood_home *home) {
  const flood_place *place = &run->places->place[i];
  const flood_site *site = &run->site[place->site];
  const size_t zones = run->levels.zones;
  uint16_t raw[SUND_MOST_ZONES];
  sund_flood_window(site->flood, &place->box, SUND_ANY_ZONE, w->ground, w->wet, NULL);
  const said all = say(run, site, place, w, w->wet);
  raw[0] = all.wet[run->rule];
  for (size_t z = 0; z < zones && zones > 1; z++) {
    uint16_t *wet = w->wet + (1 + z) * w->cells;
    sund_flood_window(site->flood, &place->box, z, NULL, wet, NULL);
    raw[z] = say(run, site, place, w, wet).wet[run->rule];
  }
  home->cell = all.cell[run->rule];
  home->ground_m =
      all.ground == SUND_NEVER - 1 ? NAN : flood_metres(site, all.ground); /* the top of the 16 bits: at least */
  for (size_t rule = 0; rule < FLOOD_RULES; rule++) home->wet_m[rule] = flood_metres(site, all.wet[rule]);
  for (size_t z = 0; z < zones; z++) home->zone_m[z] = flood_metres(site, raw[z]);
  for (size_t l = 0; l < run->levels.count; l++)
    home->wet[l] =
        zones > 1 && run->rule == FLOOD_MEDIAN ? half_wet(run, site, place, w, l) : flood_is_wet(run, site, l, raw);
}

/* Windows for the largest box of a block of homes. */
static sund_code make_windows(sund_ctx *ctx, const flood_run *run, size_t begin, size_t end, windows *w) {
  for (size_t i = begin; i < end; i++) {
    const sund_window *box = &run->places->place[i].box;
    if (box->columns * box->rows > w->cells) w->cells = box->columns * box->rows;
  }
  const size_t each = run->levels.zones > 1 ? 1 + run->levels.zones : 1;
  w->ground = sund_alloc(ctx, w->cells, sizeof *w->ground);
  w->wet = sund_alloc(ctx, w->cells * each, sizeof *w->wet);
  w->own = sund_alloc(ctx, w->cells, sizeof *w->own);
  return w->ground && w->wet && w->own ? SUND_OK : SUND_LIMIT;
}

static sund_code answer_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const asking *job = data;
  windows w = {0};
  TRY(make_windows(worker, job->run, begin, end, &w));
  for (size_t i = begin; i < end; i++)
    if (job->home[i].site != SIZE_MAX) answer(job->run, i, &w, &job->home[i]);
  return SUND_OK;
}

sund_code flood_homes_again(sund_ctx *ctx, const flood_run *run, flood_home *home) {
  const size_t count = run->homes->count, levels = run->levels.count, zones = run->levels.zones;
  uint8_t *wet = sund_alloc(ctx, count, levels);
  double *zone_m = sund_alloc(ctx, count, zones * sizeof *zone_m);
  if (!wet || !zone_m) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    const flood_place *place = &run->places->place[i];
    home[i] = (flood_home){.site = place->site,
                           .ground_m = NAN,
                           .wet_m = {NAN, NAN, NAN, NAN},
                           .lifted = place->lifted,
                           .wet = wet + i * levels,
                           .zone_m = zone_m + i * zones};
    for (size_t z = 0; z < zones; z++) home[i].zone_m[z] = NAN;
  }
  asking job = {run, home};
  return sund_for(ctx, count, BLOCK, answer_block, &job);
}

/* ----------------------------------------------------------------------------------------------------------- notes */

/* Counts homes with no terrain, or lifted ones, with one of them for the map. */
static sund_code note_homes(sund_ctx *ctx, flood_run *run, bool lifted, const char *severity, const char *what) {
  const homes *h = run->homes;
  size_t count = 0, first = 0;
  double persons = 0;
  for (size_t i = h->count; i-- > 0;)
    if (lifted ? run->home[i].lifted : run->home[i].site == SIZE_MAX) count++, persons += h->persons[i], first = i;
  if (!count) return SUND_OK;
  const char *text = sund_text(ctx, "%zu homes%s with %.0f persons %s", count,
                               h->spread ? ", or pieces of spread census cells," : "", persons, what);
  return text ? flood_note(ctx, run, severity, "homes", text, h->x[first], h->y[first]) : SUND_LIMIT;
}

sund_code flood_homes_measure(sund_ctx *ctx, flood_run *run) {
  const homes_options options = {.spread_above_m = spread_above_m, .piece_m = piece_m};
  const sund_table *table = run->in->role[SUND_HOMES];
  flood_places *places;
  if (!table || table->rows == 0) return SUND_OK;
  if (table->kind == SUND_NONE)
    return flood_note(ctx, run, "warning", "homes", "homes without places: nothing can be told of them", NAN, NAN);
  TRY(homes_prepare(ctx, run->in, &options, &run->homes, &run->out->findings));
  TRY(flood_places_find(ctx, run, &places));
  run->places = places;
  if (!(run->home = sund_alloc(ctx, run->homes->count, sizeof *run->home))) return SUND_LIMIT;
  TRY(flood_homes_again(ctx, run, run->home));
  flood_steps_done(run);
  TRY(note_homes(ctx, run, false, "warning",
                 "stand where no height of the ground is known: no level is told for them"));
  return note_homes(ctx, run, true, "note",
                    "stand on buildings that the terrain lifts above everything around, or has cut out: the ground "
                    "beside them counts instead");
}
