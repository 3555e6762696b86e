/* raster.c - looks at a terrain raster, or reads it whole and checks that it is one.
 *
 * Order: look at the file, open it behind the guard, check what it claims (size, CRS, height system, geotransform, cell
 * type), then read every row of blocks, so that a cut file is found whether the values are wanted or not.
 */
#include "raster.h"

#include <math.h>

#include "vector.h"

typedef struct raster_reader {
  sund_ctx *ctx, *scratch;
  const sund_source *source;
  guard *guard;
  raster_claims is;
  raster_heights heights;
  sund_grid *grid; /* NULL: check only                          */
  float *row;      /* columns: where rows go that nobody wants  */
} raster_reader;

static sund_code take_row(void *data, const double *raw, const uint8_t *mask, size_t row) {
  raster_reader *r = data;
  size_t target = r->is.south_up ? r->is.rows - 1 - row : row;
  float *out = r->grid ? r->grid->value + target * r->is.columns : r->row;
  return raster_heights_row_of(r->scratch, &r->heights, r->is.columns, raw, mask, 0, row, out);
}

static sund_code read_raster(raster_reader *r, bool values, sund_reading *reading, sund_findings *list) {
  path_facts facts;
  const char *hash = NULL;
  TRY(path_look(r->scratch, r->source->path, &facts));
  TRY(vector_scan(r->scratch, &facts, &hash));
  TRY(guard_open(r->scratch, r->source->path, GUARD_RASTER, r->source->layer, &r->guard));
  TRY(raster_claims_read(r->ctx, r->guard, r->source, &r->is));
  TRY(raster_heights_open(r->ctx, r->guard, r->source, &r->is, &r->heights));
  double box[4];
  raster_extent(&r->is, box);
  if (values)
    TRY(sund_grid_new(r->ctx, r->is.columns, r->is.rows, box[0], box[3], r->is.transform[1], fabs(r->is.transform[5]),
                      &r->grid));
  else if (!(r->row = sund_alloc(r->scratch, r->is.columns, sizeof *r->row))) return SUND_LIMIT;
  TRY(raster_each_row(r->guard, &r->is, take_row, r));
  TRY(raster_heights_close(r->scratch, &r->heights));
  if (raster_heights_empty(&r->heights)) return sund_fail(r->scratch, SUND_DATA, "every cell is nodata");
  TRY(raster_reading(r->ctx, r->guard, r->source, &r->heights, hash, reading));
  TRY(raster_findings(r->ctx, r->guard, &r->heights, list));
  return path_unchanged(r->scratch, &facts);
}

sund_code sund_raster_read(sund_ctx *ctx, const sund_source *source, sund_grid **grid, sund_reading *reading,
                           sund_findings *findings) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const char *name = path_base(scratch, source->path);
  raster_reader r = {.ctx = ctx, .scratch = scratch, .source = source};
  sund_reading done = {0};
  sund_findings found = {0};
  sund_code code = name ? read_raster(&r, grid != NULL, &done, &found) : SUND_LIMIT;
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  for (size_t i = 0; i < found.count && code == SUND_OK; i++) code = sund_finding_add(ctx, findings, found.item[i]);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  if (grid) *grid = r.grid;
  *reading = done;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------- peek */

static sund_code peek(sund_ctx *ctx, sund_ctx *scratch, const sund_source *source, sund_peek *out,
                      sund_lattice *lattice, const char **heights) {
  guard *g;
  raster_claims is;
  raster_heights h;
  TRY(guard_open(scratch, source->path, GUARD_RASTER, source->layer, &g));
  TRY(raster_claims_read(ctx, g, source, &is));
  TRY(raster_heights_open(ctx, g, source, &is, &h));
  *out = (sund_peek){.features = -1, .wkt = is.crs};
  if (!(out->driver = sund_text_copy(ctx, g->driver))) return SUND_LIMIT;
  raster_extent(&is, out->box);
  *lattice = (sund_lattice){is.columns, is.rows, out->box[0], out->box[3], is.transform[1], fabs(is.transform[5])};
  *heights = h.system;
  return SUND_OK;
}

sund_code sund_raster_peek(sund_ctx *ctx, const sund_source *source, sund_peek *out, sund_lattice *lattice,
                           const char **heights) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = peek(ctx, scratch, source, out, lattice, heights);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, sund_base_name(source->path), SUND_NO_FEATURE);
  }
  sund_ctx_free(scratch);
  return code;
}
