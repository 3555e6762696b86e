/* plan.c - what a run would do, said before it is done (--dry-run). */
#include "plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

/* Bytes a feature takes in memory and in the result, on average; measured on municipal layers. */
static const double MEMORY_BYTES = 1500, DISK_BYTES = 400;

/* The same for a cell of a terrain: the flooding's state and the raster being written; the raster packed. Measured on a
 * terrain of the Sound with 0.4 m cells. */
static const double CELL_MEMORY_BYTES = 8.2, CELL_DISK_BYTES = 0.9;

static const char *crs_label(const sund_crs *crs) {
  return *sund_crs_code(crs) ? sund_crs_code(crs) : sund_crs_name(crs);
}

/* "EPSG:4326 -> EPSG:25832: UTM zone 32N (0.5 m)" */
static sund_code print_operation(sund_ctx *ctx, const sources *s, size_t i) {
  const char *definition = s->peek[i].wkt ? s->peek[i].wkt : s->source[i].crs;
  sund_crs *crs;
  sund_op *op;
  if (!definition) {
    printf("    CRS: none stated\n");
    return SUND_OK;
  }
  TRY(sund_crs_open(ctx, definition, &crs));
  const double *box = s->peek[i].box;
  TRY(sund_op_open(ctx, crs, s->frame.crs, box[0] <= box[2] ? box : NULL, &op));
  printf("    CRS: %s", crs_label(crs));
  if (op->identity) printf(", as it is\n");
  else if (isnan(op->accuracy_m)) printf(" -> %s: %s (accuracy unknown)\n", crs_label(s->frame.crs), op->name);
  else printf(" -> %s: %s (accuracy %g m)\n", crs_label(s->frame.crs), op->name, op->accuracy_m);
  return SUND_OK;
}

/* The height system of the results: as asked, else the terrains' if it is one; NULL = cannot be said. */
static const char *heights_of_results(const sources *s) {
  const char *heights = s->frame.heights, *first = NULL;
  for (size_t i = 0; i < s->count && !heights; i++) {
    if (s->source[i].role != SUND_TERRAIN) continue;
    if (first && strcmp(first, s->reading[i].heights) != 0) return NULL;
    first = s->reading[i].heights;
  }
  return heights ? heights : first;
}

/* "heights: EPSG:5799 -> EPSG:5613: +0.0150 m: RH2000 ..." */
static sund_code print_heights(sund_ctx *ctx, const sources *s, size_t i, const sund_strings *shifts) {
  const char *from = s->reading[i].heights, *to = heights_of_results(s);
  const double *box = s->peek[i].box;
  sund_height_step step = {0, 0, ""};
  sund_crs *crs;
  printf("    heights: ");
  text_put_plain(stdout, from);
  if (!to) {
    printf(", and other terrains in another system: say heights\n");
    return SUND_OK;
  }
  TRY(sund_crs_open(ctx, s->peek[i].wkt, &crs));
  TRY(sund_heights_step(ctx, from, to, crs, (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, shifts->count,
                        shifts->value, &step));
  if (!*step.operation) {
    printf(", as they are\n");
    return SUND_OK;
  }
  printf(" -> %s: %+.4f m (%.3f m): ", to, step.add_m, step.sigma_m);
  text_put_plain(stdout, step.operation);
  printf("\n");
  return SUND_OK;
}

static sund_code print_terrain(sund_ctx *ctx, const sources *s, size_t i, const sund_strings *shifts) {
  const sund_lattice *l = &s->lattice[i];
  const double *box = s->peek[i].box;
  sund_crs *crs;
  TRY(sund_crs_open(ctx, s->peek[i].wkt, &crs));
  printf("    %s, %zu x %zu cells of %g x %g\n", s->peek[i].driver, l->columns, l->rows, l->dx, l->dy);
  printf("    extent: %.10g %.10g .. %.10g %.10g\n", box[0], box[1], box[2], box[3]);
  printf("    CRS: %s; its cells stay in it\n", crs_label(crs));
  return print_heights(ctx, s, i, shifts);
}

static sund_code print_source(sund_ctx *ctx, const sources *s, size_t i, const sund_strings *shifts) {
  const sund_source *source = &s->source[i];
  const sund_peek *peek = &s->peek[i];
  printf("  %s: ", sund_role_of(source->role)->name);
  text_put_plain(stdout, source->text);
  printf(i >= s->count - s->asides ? ", of a compared scenario only\n" : "\n");
  if (source->where) {
    printf("    where: ");
    text_put_plain(stdout, source->where);
    printf("\n");
  }
  if (source->role == SUND_TERRAIN) return print_terrain(ctx, s, i, shifts);
  if (source->heights) printf("    heights: %s\n", source->heights);
  if (sund_role_of(source->role)->medium != SUND_VECTOR) return SUND_OK;
  printf("    %s, layer ", peek->driver);
  text_put_plain(stdout, peek->layer);
  if (peek->features >= 0) printf(", %lld features stated", (long long)peek->features);
  if (source->profile) printf(", profile %s", source->profile);
  printf("\n");
  if (peek->box[0] <= peek->box[2])
    printf("    extent: %.10g %.10g .. %.10g %.10g\n", peek->box[0], peek->box[1], peek->box[2], peek->box[3]);
  return print_operation(ctx, s, i);
}

sund_code plan_print(sund_ctx *ctx, const sources *s, size_t queries, const sund_query *const *query,
                     const sund_strings *shifts, const run_settings *settings) {
  double features = 0, cells = 0;
  printf("queries:");
  for (size_t q = 0; q < queries; q++) printf(" %s", query[q]->name);
  printf("\nscenario: %s\n", settings->scenario ? settings->scenario : "baseline");
  printf("analysis CRS: %s, %s\n", crs_label(s->frame.crs), s->crs_reason);
  printf("heights: %s\n", s->frame.heights ? s->frame.heights : "not asked for");
  printf("sources, each read once:\n");
  for (size_t i = 0; i < s->count; i++) {
    TRY(print_source(ctx, s, i, shifts));
    if (s->peek[i].features > 0) features += (double)s->peek[i].features;
    cells += (double)s->lattice[i].columns * (double)s->lattice[i].rows;
  }
  printf("output: ");
  text_put_plain(stdout, settings->output ? settings->output : "none");
  printf("\nestimate: %.0f MB of memory, %.0f MB of disk\n",
         60 + (features * MEMORY_BYTES + cells * CELL_MEMORY_BYTES) / 1e6,
         1 + (features * DISK_BYTES + cells * CELL_DISK_BYTES) / 1e6);
  return SUND_OK;
}
