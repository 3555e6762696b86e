/* flood_zones.c - which zone of the sea touches a cell of land.
 *
 * A zone is named by the events. When polygons of `sea` carry that name in their column zone, the sea beside the cell
 * decides; else the nearest area does whose country, id, name or level has that name ("DK", "0217"): the zone of a
 * municipality is its stretch of coast. A name that fits nothing is refused; what no name fits is the rest of the sea,
 * whose level an event that names zones does not tell.
 */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "flood_sites.h"

struct flood_zoner {
  const flood_site *site;
  sund_segments *shapes; /* seas or areas in the terrain's CRS            */
  size_t *zone;          /* rows                                          */
  uint8_t *accept;       /* rows: has a say                               */
  bool sea;              /* shapes are seas: ask the cells around         */
  atomic_bool *met;      /* zones: beside any land                        */
};

static bool same(const char *a, const char *b) {
  return a && b && strcmp(a, b) == 0;
}

static bool fits(const sund_table *table, size_t row, const char *const *column, const char *name) {
  for (size_t k = 0; column[k]; k++) {
    const char **text = sund_table_text(table, column[k]);
    if (text && same(text[row], name)) return true;
  }
  return false;
}

static const char *const sea_columns[] = {"zone", NULL}, *const area_columns[] = {"country", "id", "name", "level",
                                                                                  NULL};

/* The named zone of a row, SIZE_MAX = none. */
static size_t zone_of(const flood_run *run, const sund_table *table, const char *const *column, size_t row) {
  size_t z = 0;
  while (z < run->levels.zones && !(run->levels.zone[z] && fits(table, row, column, run->levels.zone[z]))) z++;
  return z < run->levels.zones ? z : SIZE_MAX;
}

/* The table that tells zones: polygons of the sea when any of them has one of the names, else the areas, or NULL. */
static const sund_table *choose_table(const flood_run *run, const char *const **column) {
  const sund_table *sea = run->in->role[SUND_SEA];
  *column = sea_columns;
  for (size_t r = 0; sea && sea->kind == SUND_AREA && r < sea->rows; r++)
    if (zone_of(run, sea, sea_columns, r) != SIZE_MAX) return sea;
  *column = area_columns;
  return run->in->role[SUND_AREAS];
}

/* Does the row have a say? Areas of several levels lie over each other: those of a level that no name fits have none. */
static bool has_say(const flood_run *run, const sund_table *table, const char *const *column, size_t row) {
  const char **level = column == area_columns ? sund_table_text(table, "level") : NULL;
  for (size_t r = 0; r < table->rows; r++)
    if ((!level || level[r] == level[row] || same(level[r], level[row])) &&
        zone_of(run, table, column, r) != SIZE_MAX)
      return true;
  return false;
}

bool flood_zones_rest(const flood_run *run) {
  const char *const *column;
  const sund_table *table = choose_table(run, &column);
  for (size_t r = 0; table && r < table->rows; r++)
    if (zone_of(run, table, column, r) == SIZE_MAX && has_say(run, table, column, r)) return true;
  return false;
}

sund_code flood_zones_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_zoner **out) {
  const char *const *column;
  const sund_table *table = choose_table(run, &column);
  size_t zones = run->levels.zones, rows = table ? table->rows : 0;
  flood_zoner *z = sund_alloc(ctx, 1, sizeof *z);
  bool *found = sund_alloc(ctx, zones, sizeof *found);
  sund_shapes *shapes;
  if (!z || !found || !(z->met = sund_alloc(ctx, zones, sizeof *z->met)) ||
      !(z->zone = sund_alloc(ctx, rows, sizeof *z->zone)) || !(z->accept = sund_alloc(ctx, rows, 1)))
    return SUND_LIMIT;
  for (size_t r = 0; r < rows; r++) {
    z->zone[r] = zone_of(run, table, column, r);
    z->accept[r] = z->zone[r] != SIZE_MAX || has_say(run, table, column, r);
    if (z->zone[r] == SIZE_MAX) z->zone[r] = zones - 1; /* the rest */
    if (z->accept[r]) found[z->zone[r]] = true;
  }
  for (size_t k = 0; k < zones; k++)
    if (run->levels.zone[k] && !found[k])
      return sund_fail(ctx, SUND_DATA,
                       "events: zone \"%s\" is neither the country, id or name of an area nor a `zone` of the sea",
                       run->levels.zone[k]);
  TRY(flood_to_raster(ctx, site, table->shapes, &shapes));
  TRY(sund_segments_build(ctx, shapes, &z->shapes));
  z->sea = column == sea_columns;
  z->site = site;
  *out = z;
  return SUND_OK;
}

static size_t zone_at(const flood_zoner *z, sund_cell land) {
  const sund_lattice *l = &z->site->spec->lattice;
  double x, y, near_x, near_y, metres;
  sund_lattice_centre(l, land, &x, &y);
  for (int k = 0; z->sea && k < 9; k++) {
    size_t row = sund_segments_inside(z->shapes, x + (k % 3 - 1) * l->dx, y + (k / 3 - 1) * l->dy, z->accept);
    if (row != SIZE_MAX) return z->zone[row];
  }
  size_t row = sund_segments_nearest(z->shapes, x, y, INFINITY, z->accept, true, &near_x, &near_y, &metres);
  return row == SIZE_MAX ? 0 : z->zone[row];
}

size_t flood_zones_at(const flood_zoner *z, sund_cell land) {
  size_t zone = zone_at(z, land);
  atomic_store_explicit(&z->met[zone], true, memory_order_relaxed);
  return zone;
}

bool flood_zones_met(const flood_zoner *z, size_t zone) {
  return atomic_load_explicit(&z->met[zone], memory_order_relaxed);
}
