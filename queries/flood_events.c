/* flood_events.c - the table `events`: one event a name, with a level for every zone of the sea that it names.
 *
 * Order: flood_events_zones (zones by first appearance), flood_events_read. Rows with one name and different zones are
 * one event; a row without a zone is for all zones. Every row says which height system its level is in.
 */
#include <math.h>
#include <string.h>

#include "flood_levels.h"

/* No storm is higher than this. */
static const double MOST_M = 50;
/* Names of the sea's present mean level: not an event, in any case, with or without Nordic letters. */
static const char *const mean_names[] = {"mean",  "mean level",       "mean sea level",  "mean water level",
                                         "msl",   "middel",           "middelvandstand", "middelvand",
                                         "medel", "medelvattenstånd", "medelvattenyta",  "medelvatten"};

/* The columns, NULL where there is none. */
typedef struct event_rows {
  const sund_table *table;
  const char **event, **heights, **zone, **source;
  const double *level_m, *period_y;
  const int64_t *year;
  double *add_m, *sigma_m; /* rows: the step to the results' heights */
} event_rows;

static event_rows rows_of(const sund_table *table) {
  return (event_rows){table,
                      sund_table_text(table, "event"),
                      sund_table_text(table, "heights"),
                      sund_table_text(table, "zone"),
                      sund_table_text(table, "source"),
                      sund_table_real(table, "level_m"),
                      sund_table_real(table, "return_period_y"),
                      sund_table_int(table, "year"),
                      NULL,
                      NULL};
}

static sund_code blame(sund_ctx *ctx, const sund_table *table, size_t row) {
  return sund_blame(ctx, sund_table_source(table, row), sund_table_feature(table, row));
}

static const char *text_at(const char **column, size_t row) {
  return column && column[row] && *column[row] ? column[row] : NULL;
}

static bool is_mean(const event_rows *e, size_t row) {
  const char *name = text_at(e->event, row);
  for (size_t k = 0; name && k < sizeof mean_names / sizeof *mean_names; k++)
    if (sund_same_name(name, mean_names[k])) return true;
  return false;
}

/* ---------------------------------------------------------------------------------------------------------- zones */

sund_code flood_events_zones(sund_ctx *ctx, flood_run *run) {
  flood_levels *all = &run->levels;
  const sund_table *table = run->in->role[SUND_EVENTS];
  const event_rows e = table ? rows_of(table) : (event_rows){0};
  if (!(all->zone = sund_alloc(ctx, SUND_MOST_ZONES, sizeof *all->zone))) return SUND_LIMIT;
  for (size_t r = 0; table && r < table->rows; r++) {
    const char *zone = text_at(e.zone, r);
    size_t z = 0;
    if (!zone || is_mean(&e, r)) continue;
    while (z < all->zones && strcmp(all->zone[z], zone) != 0) z++;
    if (z < all->zones) continue;
    if (z == SUND_MOST_ZONES) {
      sund_fail(ctx, SUND_DATA, "events name more than %d zones", (int)SUND_MOST_ZONES);
      return blame(ctx, table, r);
    }
    all->zone[all->zones++] = zone;
  }
  bool rest = all->zones == 0 || flood_zones_rest(run); /* all of the sea, or what no name fits: without a name */
  if (rest && all->zones == SUND_MOST_ZONES)
    return sund_fail(ctx, SUND_DATA, "events name %d zones, and some areas are in none of them: that is one too many",
                     (int)SUND_MOST_ZONES);
  all->zones += rest;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- heights */

static sund_code check_row(sund_ctx *ctx, const event_rows *e, size_t r) {
  if (!text_at(e->event, r)) sund_fail(ctx, SUND_DATA, "an event has no name: give one in the column `event`");
  else if (!text_at(e->heights, r))
    sund_fail(ctx, SUND_DATA,
              "event \"%s\" does not say which height system its level is in: give the column `heights`, "
              "EPSG:5799 for DVR90 or EPSG:5613 for RH2000",
              e->event[r]);
  else if (!e->level_m || !isfinite(e->level_m[r]))
    sund_fail(ctx, SUND_DATA, "event \"%s\" has no level: give metres in the column `level_m`", e->event[r]);
  else if (!(fabs(e->level_m[r]) <= MOST_M))
    sund_fail(ctx, SUND_DATA, "event \"%s\" has a level of %g m: is it in centimetres?", e->event[r], e->level_m[r]);
  else if (e->heights[r][strspn(e->heights[r], "0123456789")] == 0)
    sund_fail(ctx, SUND_DATA, "event \"%s\" has heights %s: write EPSG:%s", e->event[r], e->heights[r],
              e->heights[r]);
  else return SUND_OK;
  return blame(ctx, e->table, r);
}

/* One more part of a list in a text, unless it is in there. */
static const char *listed(sund_ctx *ctx, const char *list, const char *part, const char *between) {
  if (!list || !*list) return part;
  if (!*part || strstr(list, part)) return list;
  return sund_text(ctx, "%s%s%s", list, between, part);
}

/* Steps of the rows of one source, and what was done, for `sources`. */
static sund_code step_source(sund_ctx *ctx, flood_run *run, event_rows *e, size_t source) {
  const char *heights = "", *operations = "";
  double accuracy = 0;
  size_t used = 0;
  for (size_t r = 0; r < e->table->rows; r++) {
    sund_height_step step;
    if ((e->table->source ? e->table->source[r] : 0) != source) continue;
    TRY(check_row(ctx, e, r));
    if (flood_levels_step(ctx, run, e->heights[r], &step) != SUND_OK) return blame(ctx, e->table, r);
    e->add_m[r] = step.add_m, e->sigma_m[r] = step.sigma_m;
    heights = listed(ctx, heights, e->heights[r], ", ");
    operations = listed(ctx, operations, step.operation, "; ");
    if (!heights || !operations) return SUND_LIMIT;
    accuracy = fmax(accuracy, step.sigma_m);
    used++;
  }
  if (used == 0) return SUND_OK;
  return sund_results_heights(ctx, run->out,
                              (sund_reading){.role = SUND_EVENTS,
                                             .path = e->table->sources ? e->table->source_name[source] : "events",
                                             .heights = heights,
                                             .heights_operation = operations,
                                             .accuracy_m = accuracy});
}

static sund_code step_all(sund_ctx *ctx, flood_run *run, event_rows *e) {
  const size_t rows = e->table->rows, sources = e->table->source ? e->table->sources : 1;
  if (!(e->add_m = sund_alloc(ctx, rows, sizeof *e->add_m))) return SUND_LIMIT;
  if (!(e->sigma_m = sund_alloc(ctx, rows, sizeof *e->sigma_m))) return SUND_LIMIT;
  for (size_t s = 0; s < sources; s++) TRY(step_source(ctx, run, e, s));
  return SUND_OK;
}

/* ----------------------------------------------------------------------------------------------------- mean level */

/* Of several the one that says no year, else the earliest: the sea of today. */
static sund_code take_mean(sund_ctx *ctx, flood_run *run, const event_rows *e) {
  size_t best = SIZE_MAX;
  for (size_t r = 0; r < e->table->rows; r++) {
    if (!is_mean(e, r)) continue;
    if (best == SIZE_MAX || (e->year && e->year[r] < e->year[best])) best = r; /* unknown is the smallest number */
  }
  if (best == SIZE_MAX || !isnan(run->asked->mean_m)) return SUND_OK;
  const char *said = text_at(e->source, best);
  run->levels.mean_m = e->level_m[best] + e->add_m[best];
  run->levels.mean_source = said ? said : sund_text(ctx, "event %s", e->event[best]);
  return run->levels.mean_source ? SUND_OK : SUND_LIMIT;
}

/* --------------------------------------------------------------------------------------------------------- events */

/* The event of that name, or a new one. */
static flood_level *event_named(sund_ctx *ctx, flood_run *run, const char *name) {
  for (size_t l = 0; l < run->levels.count; l++)
    if (run->levels.level[l].event && strcmp(run->levels.level[l].variant, name) == 0) return &run->levels.level[l];
  flood_level *level = flood_levels_add(ctx, run, name);
  if (level) level->event = true;
  return level;
}

/* What the rows of one event say of it all must agree. */
static sund_code join_period_and_year(sund_ctx *ctx, const event_rows *e, size_t r, flood_level *level) {
  const double period = e->period_y ? e->period_y[r] : NAN;
  const int64_t year = e->year ? e->year[r] : SUND_NULL_INT;
  if (!isnan(period) && !isnan(level->period_y) && period != level->period_y) {
    sund_fail(ctx, SUND_DATA, "event \"%s\" has return periods of %g and of %g years: give it two names", e->event[r],
              level->period_y, period);
    return blame(ctx, e->table, r);
  }
  if (year != SUND_NULL_INT && level->year != SUND_NULL_INT && year != level->year) {
    sund_fail(ctx, SUND_DATA, "event \"%s\" is for the years %lld and %lld: give it two names", e->event[r],
              (long long)level->year, (long long)year);
    return blame(ctx, e->table, r);
  }
  if (!isnan(period)) level->period_y = period;
  if (year != SUND_NULL_INT) level->year = year;
  return SUND_OK;
}

static sund_code add_row(sund_ctx *ctx, flood_run *run, const event_rows *e, size_t r) {
  const flood_levels *all = &run->levels;
  const char *zone = text_at(e->zone, r), *source = text_at(e->source, r);
  flood_level *level = event_named(ctx, run, e->event[r]);
  if (!level) return SUND_LIMIT;
  TRY(join_period_and_year(ctx, e, r, level));
  for (size_t z = 0; z < all->zones; z++) {
    if (zone && (!all->zone[z] || strcmp(zone, all->zone[z]) != 0)) continue;
    if (!isnan(level->level_m[z])) {
      sund_fail(ctx, SUND_DATA, "event \"%s\" has a second level%s%s: give it another name, or a zone of its own",
                e->event[r], zone ? " in zone " : "", zone ? zone : "");
      return blame(ctx, e->table, r);
    }
    level->level_m[z] = e->level_m[r] + e->add_m[r];
  }
  level->sigma_m = fmax(level->sigma_m, e->sigma_m[r]);
  if (source) level->source = listed(ctx, level->source, source, "; ");
  return source && !level->source ? SUND_LIMIT : SUND_OK;
}

sund_code flood_events_read(sund_ctx *ctx, flood_run *run) {
  const sund_table *table = run->in->role[SUND_EVENTS];
  if (!table) return SUND_OK;
  event_rows e = rows_of(table);
  TRY(step_all(ctx, run, &e));
  TRY(take_mean(ctx, run, &e));
  for (size_t r = 0; r < table->rows; r++)
    if (!is_mean(&e, r)) TRY(add_row(ctx, run, &e, r));
  return SUND_OK;
}
