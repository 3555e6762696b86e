/* flood_zones.c - which zone of the sea touches a cell of land.
 *
 * A zone is named by the events. When polygons of `sea` carry that name in their column zone, the sea beside the cell
 * decides; else the nearest area does whose country, id, name or level has that name ("DK", "0217"): the zone of a
 * municipality is its stretch of coast. A name that fits nothing is refused.
 */
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "flood_sites.h"

struct flood_zoner {
  const flood_site *site;
  sund_segments *shapes; /* seas or areas in the terrain's CRS            */
  uint8_t *accept;       /* rows: has a zone                              */
  size_t *zone;          /* rows                                          */
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

/* The zone of every row, SIZE_MAX for none; returns how many rows have one. */
static size_t assign(const flood_run *run, const sund_table *table, const char *const *column, size_t *zone,
                     bool *found) {
  size_t count = 0;
  for (size_t r = 0; r < table->rows; r++) {
    zone[r] = SIZE_MAX;
    for (size_t z = 0; z < run->levels.zones && zone[r] == SIZE_MAX; z++)
      if (fits(table, r, column, run->levels.zone[z])) zone[r] = z, found[z] = true;
    count += zone[r] != SIZE_MAX;
  }
  return count;
}

sund_code flood_zones_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_zoner **out) {
  static const char *const sea_columns[] = {"zone", NULL}, *const area_columns[] = {"country", "id", "name", "level",
                                                                                    NULL};
  const sund_table *sea = run->in->role[SUND_SEA], *areas = run->in->role[SUND_AREAS];
  size_t rows = (sea ? sea->rows : 0) + (areas ? areas->rows : 0), count = 0;
  flood_zoner *z = sund_alloc(ctx, 1, sizeof *z);
  bool *found = sund_alloc(ctx, run->levels.zones, sizeof *found);
  if (!z || !found || !(z->met = sund_alloc(ctx, run->levels.zones, sizeof *z->met)) ||
      !(z->zone = sund_alloc(ctx, rows, sizeof *z->zone)) || !(z->accept = sund_alloc(ctx, rows, 1)))
    return SUND_LIMIT;
  const sund_table *from = sea && sea->kind == SUND_AREA ? sea : NULL;
  if (from) count = assign(run, from, sea_columns, z->zone, found);
  z->sea = count > 0;
  if (!z->sea && (from = areas)) count = assign(run, areas, area_columns, z->zone, found);
  for (size_t k = 0; k < run->levels.zones; k++)
    if (!found[k])
      return sund_fail(ctx, SUND_DATA,
                       "events: zone \"%s\" is neither the country, id or name of an area nor a `zone` of the sea",
                       run->levels.zone[k]);
  sund_shapes *shapes;
  TRY(flood_to_raster(ctx, site, from->shapes, &shapes));
  for (size_t r = 0; r < from->rows; r++) z->accept[r] = z->zone[r] != SIZE_MAX;
  TRY(sund_segments_build(ctx, shapes, &z->shapes));
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
