/* access_wet.c - is there water between a home and its path, or between a path and the green beside it? Nobody wades.
 *
 * The short straight legs off the network are looked at every few metres: what lies within the land's known extent and
 * on no land, in the sea, or in a lake among the green, is wet. A stretch of WIDE_M is water in the way; ditches are not.
 * A leg that begins or ends in the water is left alone: there the shore is drawn too coarsely to judge by.
 */
#include <math.h>

#include "access.h"
#include "land.h"

static const double STEP_M = 2.5, WIDE_M = 10;

struct access_wet {
  const sund_segments *land, *sea, *lakes; /* NULL = none known */
  double known[4];                         /* box around the land's sources */
};

/* Index over areas; NULL when there are none. */
static sund_code index_of(sund_ctx *ctx, const sund_shapes *areas, const sund_segments **out) {
  sund_segments *segments = NULL;
  if (areas->rows) TRY(sund_segments_build(ctx, areas, &segments));
  *out = segments;
  return SUND_OK;
}

sund_code access_wet_open(sund_ctx *ctx, access_run *run) {
  const sund_inputs *in = run->in;
  const sund_table *land = in->role[SUND_LAND], *sea = in->role[SUND_SEA], *green = in->role[SUND_GREEN];
  struct access_wet *wet = sund_alloc(ctx, 1, sizeof *wet);
  if (!wet) return SUND_LIMIT;
  if (land) TRY(index_of(ctx, land->shapes, &wet->land));
  if (sea && sea->kind == SUND_AREA) TRY(index_of(ctx, sea->shapes, &wet->sea));
  if (green->kind == SUND_AREA) {
    sund_shapes *lakes = NULL;
    TRY(land_lakes(ctx, green, &lakes));
    TRY(index_of(ctx, lakes, &wet->lakes));
  }
  wet->known[0] = wet->known[1] = INFINITY, wet->known[2] = wet->known[3] = -INFINITY;
  for (size_t i = 0; i < in->extents[SUND_LAND]; i++) {
    const double *e = in->extent[SUND_LAND][i];
    wet->known[0] = fmin(wet->known[0], e[0]), wet->known[1] = fmin(wet->known[1], e[1]);
    wet->known[2] = fmax(wet->known[2], e[2]), wet->known[3] = fmax(wet->known[3], e[3]);
  }
  run->wet = wet->land || wet->sea || wet->lakes ? wet : NULL;
  return SUND_OK;
}

static bool inside(const sund_segments *areas, double x, double y) {
  return areas && sund_segments_inside(areas, x, y, NULL) != SIZE_MAX;
}

static bool is_wet(const struct access_wet *wet, double x, double y) {
  bool known = wet->land && x >= wet->known[0] && x <= wet->known[2] && y >= wet->known[1] && y <= wet->known[3];
  return (known && !inside(wet->land, x, y)) || inside(wet->sea, x, y) || inside(wet->lakes, x, y);
}

bool access_wet_between(const access_run *run, double x0, double y0, double x1, double y1) {
  const struct access_wet *wet = run->wet;
  double length = hypot(x1 - x0, y1 - y0), stretch = 0;
  if (!wet || !(length >= WIDE_M) || is_wet(wet, x0, y0) || is_wet(wet, x1, y1)) return false;
  size_t steps = (size_t)ceil(length / STEP_M);
  for (size_t k = 1; k < steps; k++) {
    double t = (double)k / (double)steps;
    stretch = is_wet(wet, x0 + t * (x1 - x0), y0 + t * (y1 - y0)) ? stretch + length / (double)steps : 0;
    if (stretch >= WIDE_M) return true;
  }
  return false;
}

typedef struct wet_job {
  const access_run *run;
  const double *x, *y;
  sund_spot *spot;
  uint8_t *cut; /* 1 = was shut */
} wet_job;

static sund_code wet_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  const wet_job *job = data;
  (void)worker;
  for (size_t i = begin; i < end; i++) {
    double x, y;
    if (job->spot[i].edge == SUND_NO_EDGE) continue;
    access_spot_place(job->run->net->graph, &job->spot[i], &x, &y);
    job->cut[i] = access_wet_between(job->run, job->x[i], job->y[i], x, y);
    if (job->cut[i]) job->spot[i].edge = SUND_NO_EDGE;
  }
  return SUND_OK;
}

sund_code access_wet_shut(sund_ctx *ctx, const access_run *run, size_t n, const double *x, const double *y,
                          sund_spot *spots, size_t *shut) {
  wet_job job = {run, x, y, spots, sund_alloc(ctx, n, 1)};
  *shut = 0;
  if (!job.cut) return SUND_LIMIT;
  if (!run->wet) return SUND_OK;
  TRY(sund_for(ctx, n, 1024, wet_block, &job));
  for (size_t i = 0; i < n; i++) *shut += job.cut[i];
  return SUND_OK;
}
