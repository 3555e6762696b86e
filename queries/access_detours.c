/* access_detours.c - the ways over land that are bent around water, as lines: the layer access_detours, for homes that
 * the plain line would serve. Homes whose way is the straight line have no row, nor have those too far by any line.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* A way this much longer than the straight line is bent, metres. */
static const double BENT_M = 0.01;
/* More ways than this are not written. */
enum { MOST_DETOURS = 20000 };

static const sund_field fields[] = {
    {"home_id", SUND_TEXT, NULL, {"hjem", "hem", "home"}, NULL},
    {"piece", SUND_INT, NULL, {"stykke af spredt celle", "bit av spridd ruta", "piece of a spread cell"}, NULL},
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"length_m", SUND_REAL, "m", {"over land", "över land", "over land"}, NULL},
    {"straight_m", SUND_REAL, "m", {"lige linje", "fågelvägen", "straight line"}, NULL},
    {"straight_says",
     SUND_INT,
     NULL,
     {"lige linje ville sige ja", "fågelvägen skulle säga ja", "the straight line would say yes"},
     NULL},
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const sund_class classes[] = {
    {0,
     0,
     "1",
     "#d9480f",
     {"nær i lige linje, langt over land", "nära fågelvägen, långt över land", "near by air, far over land"}},
    {0, 0, "0", "#868e96", {"omvej om vand", "omväg runt vatten", "way around water"}},
};

/* A home with a bent way to the nearest area of a standard. */
typedef struct detour {
  size_t answer, home;
  sund_way way;
} detour;

static bool bent(const access_run *run, const access_answer *answer, size_t home) {
  const access_target *target = answer->target;
  double land = target->by[BY_LAND].metres[home], straight = target->by[BY_STRAIGHT].metres[home];
  return answer->met[home] >= 0 && land > straight + BENT_M && straight <= answer->max &&
         run->homes->persons[home] > 0;
}

static sund_code find_ways(sund_ctx *ctx, const access_run *run, size_t count, detour *detours, size_t *vertices) {
  for (size_t k = 0; k < count; k++) {
    detour *d = &detours[k];
    const access_reach *land = &run->answer[d->answer].target->by[BY_LAND];
    TRY(sund_overland_way(ctx, run->overland, run->homes->x[d->home], run->homes->y[d->home], land->near_x[d->home],
                          land->near_y[d->home], land->metres[d->home] + BENT_M, &d->way));
    *vertices += d->way.vertices;
  }
  return SUND_OK;
}

static sund_code fill(sund_ctx *ctx, const access_run *run, size_t count, const detour *detours, sund_table *table) {
  size_t vertex = 0;
  for (size_t k = 0; k < count; k++) {
    const detour *d = &detours[k];
    const access_answer *answer = &run->answer[d->answer];
    double straight = answer->target->by[BY_STRAIGHT].metres[d->home];
    if (!(table->column[0].text[k] = access_home_id(ctx, run, d->home))) return SUND_LIMIT;
    table->column[1].integer[k] = run->homes->piece[d->home];
    table->column[2].text[k] = answer->variant;
    table->column[3].real[k] = answer->target->by[BY_LAND].metres[d->home];
    table->column[4].real[k] = straight;
    table->column[5].integer[k] = answer->met[d->home] == 0 && straight <= answer->max;
    memcpy(table->shapes->x + vertex, d->way.x, d->way.vertices * sizeof(double));
    memcpy(table->shapes->y + vertex, d->way.y, d->way.vertices * sizeof(double));
    vertex += d->way.vertices;
    table->shapes->first_part[k + 1] = k + 1;
    table->shapes->first_vertex[k + 1] = vertex;
  }
  return SUND_OK;
}

sund_code access_detours(sund_ctx *ctx, access_run *run) {
  detour *detours = sund_alloc(ctx, MOST_DETOURS, sizeof *detours);
  size_t count = 0, all = 0, vertices = 0;
  sund_table *table;
  sund_style *style;
  if (!detours) return SUND_LIMIT;
  for (size_t a = 0; a < run->standards; a++)
    for (size_t i = 0; i < run->homes->count; i++) {
      if (!bent(run, &run->answer[a], i)) continue;
      all++;
      if (count < MOST_DETOURS) detours[count++] = (detour){.answer = a, .home = i};
    }
  if (all > count) {
    const char *text = sund_text(ctx, "%zu ways are bent around water; the first %zu are drawn", all, count);
    if (!text) return SUND_LIMIT;
    TRY(access_note(ctx, run, "note", "land", text));
  }
  TRY(find_ways(ctx, run, count, detours, &vertices));
  TRY(sund_table_new(ctx, "access_detours", SUND_LINE, count, fields, FIELDS, &table));
  TRY(sund_shapes_new(ctx, SUND_LINE, count, count, vertices, &table->shapes));
  TRY(fill(ctx, run, count, detours, table));
  TRY(access_styled(ctx, "straight_says", false, classes, 2, &style));
  style->size_mm = 0.4;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = style,
                                         .indexed = true,
                                         .title = {"Omveje om vand", "Omvägar runt vatten", "Ways around water"},
                                         .summary = {"Veje over land der er længere end den lige linje",
                                                     "Vägar över land som är längre än fågelvägen",
                                                     "Ways over land that are longer than the straight line"}});
}
