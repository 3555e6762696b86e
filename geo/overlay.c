/* overlay.c - pieces inside, pieces outside, union, growth.
 *
 * The pairs that may meet come from the box index. Most of them are decided without an overlay by prepared geometries:
 * what lies wholly inside is copied as it stands, what lies wholly outside is left. GEOS' overlay sees only what is
 * crossed by a boundary. See overlay.h for the order of calls, overlay_result.c for the form of results.
 */
#include <math.h>

#include "overlay.h"

/* Prepared answers of GEOS: 0, 1, or 2 when it failed. */
enum { NO, YES };

static bool box_holds(const double outer[4], const double inner[4]) {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}

/* Does row `outer` of areas cover row `inner`? */
static sund_code covers(overlay_set *outers, size_t outer, overlay_set *inners, size_t inner, bool *out) {
  const GEOSPreparedGeometry *prepared;
  const GEOSGeometry *geom;
  *out = false;
  if (!box_holds(outers->box[outer], inners->box[inner])) return SUND_OK;
  TRY(overlay_prepared(outers, outer, &prepared));
  TRY(overlay_row(inners, inner, &geom));
  const char answer = GEOSPreparedCovers_r(outers->o->geos, prepared, geom);
  if (answer != NO && answer != YES) return overlay_fail_pair(outers->o, "compare", outer, inner);
  *out = answer == YES;
  return SUND_OK;
}

static size_t row_vertices(const sund_shapes *s, size_t row) {
  return s->first_vertex[s->first_part[row + 1]] - s->first_vertex[s->first_part[row]];
}

/* Do the rows have a point in common? The longer one is prepared. */
static sund_code meet(overlay_set *a, size_t a_row, overlay_set *b, size_t b_row, bool *out) {
  const bool a_longer = row_vertices(a->shapes, a_row) > row_vertices(b->shapes, b_row);
  const GEOSPreparedGeometry *prepared;
  const GEOSGeometry *geom;
  TRY(overlay_prepared(a_longer ? a : b, a_longer ? a_row : b_row, &prepared));
  TRY(overlay_row(a_longer ? b : a, a_longer ? b_row : a_row, &geom));
  const char answer = GEOSPreparedIntersects_r(a->o->geos, prepared, geom);
  if (answer != NO && answer != YES) return overlay_fail_pair(a->o, "compare", a_row, b_row);
  *out = answer == YES;
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------- intersect */

/* What an intersection grows: pieces and where they come from. */
typedef struct pieces {
  overlay_result *result;
  size_t *a_of, *b_of; /* scratch memory */
  size_t room;
} pieces;

/* Adds the piece of one pair, if there is any. */
static sund_code add_piece(pieces *p, overlay_set *a, size_t a_row, overlay_set *b, size_t b_row) {
  bool yes;
  TRY(covers(b, b_row, a, a_row, &yes));
  if (yes) return overlay_copy(p->result, a->shapes, a_row);
  if (a->shapes->kind == SUND_AREA) {
    TRY(covers(a, a_row, b, b_row, &yes));
    if (yes) return overlay_copy(p->result, b->shapes, b_row);
  }
  TRY(meet(a, a_row, b, b_row, &yes));
  if (!yes) return SUND_OK;
  GEOSGeometry *piece = overlay_combine(a->o, OVERLAY_INTERSECT, a->geom[a_row], b->geom[b_row]);
  if (!piece) return overlay_fail_pair(a->o, "intersect", a_row, b_row);
  const sund_code code = overlay_add(p->result, piece, false);
  GEOSGeom_destroy_r(a->o->geos, piece);
  return code;
}

static sund_code note_origin(pieces *p, size_t a_row, size_t b_row) {
  sund_ctx *scratch = p->result->o->scratch;
  size_t room = p->room; /* both arrays grow alike */
  size_t *a_of = sund_grow(scratch, p->a_of, &room, p->result->rows, sizeof *a_of);
  size_t *b_of = sund_grow(scratch, p->b_of, &p->room, p->result->rows, sizeof *b_of);
  if (!a_of || !b_of) return SUND_LIMIT;
  p->a_of = a_of;
  p->b_of = b_of;
  a_of[p->result->rows - 1] = a_row;
  b_of[p->result->rows - 1] = b_row;
  return SUND_OK;
}

/* The first `count` of the numbers, in the caller's arena. */
static sund_code hand_over(sund_ctx *ctx, const size_t *numbers, size_t count, size_t **out) {
  size_t *copy = sund_alloc(ctx, count, sizeof *copy);
  if (!copy) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) copy[i] = numbers[i];
  *out = copy;
  return SUND_OK;
}

static sund_code intersect(overlay *o, const sund_shapes *a, const sund_shapes *b, sund_shapes **out, size_t **a_of,
                           size_t **b_of) {
  overlay_set *as, *bs;
  overlay_hits hits = {0};
  pieces p = {0};
  TRY(overlay_set_new(o, a, &as));
  TRY(overlay_set_new(o, b, &bs));
  TRY(overlay_set_index(bs, 0));
  TRY(overlay_result_new(o, a->kind, OVERLAY_GRID_M, &p.result));
  for (size_t row = 0; row < a->rows; row++) {
    TRY(overlay_find(bs, as->box[row], &hits));
    for (size_t i = 0; i < hits.count; i++) {
      const size_t before = p.result->rows;
      TRY(add_piece(&p, as, row, bs, hits.row[i]));
      if (p.result->rows > before) TRY(note_origin(&p, row, hits.row[i]));
    }
    overlay_drop(as, row);
  }
  sund_shapes *shapes;
  size_t *from_a, *from_b;
  TRY(overlay_result_finish(p.result, &shapes));
  TRY(hand_over(o->ctx, p.a_of, p.result->rows, &from_a));
  TRY(hand_over(o->ctx, p.b_of, p.result->rows, &from_b));
  *out = shapes;
  *a_of = from_a;
  *b_of = from_b;
  return SUND_OK;
}

sund_code sund_overlay_intersect(sund_ctx *ctx, const sund_shapes *a, const sund_shapes *b, sund_shapes **out,
                                 size_t **a_of, size_t **b_of) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, intersect(o, a, b, out, a_of, b_of));
}

/* --------------------------------------------------------------------------------------------------- subtract */

/* Union of the rows of b that were hit, as far as they reach into `box`. */
static sund_code unite_hits(overlay_set *bs, const overlay_hits *hits, const double box[4], GEOSGeometry **buffer,
                            GEOSGeometry **out) {
  overlay *o = bs->o;
  const double margin = 1; /* metre: so that no edge of the row itself lies on the cut */
  const double wide[4] = {box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin};
  for (size_t i = 0; i < hits->count; i++) {
    const GEOSGeometry *geom;
    const bool whole = box_holds(wide, bs->box[hits->row[i]]);
    sund_code code = overlay_row(bs, hits->row[i], &geom);
    buffer[i] = code != SUND_OK ? NULL : whole ? GEOSGeom_clone_r(o->geos, geom) : overlay_clip(o, geom, wide);
    if (buffer[i]) continue;
    if (code == SUND_OK) code = overlay_fail(o, "clip", hits->row[i]);
    while (i-- > 0) GEOSGeom_destroy_r(o->geos, buffer[i]);
    return code;
  }
  *out = overlay_unite_all(o, buffer, hits->count);
  return *out ? SUND_OK : overlay_fail_pair(o, "unite", hits->row[0], hits->row[hits->count - 1]);
}

/* Leaves in hits the rows of b that meet the row of a; *whole when one of them covers it. */
static sund_code keep_meeting(overlay_set *as, size_t row, overlay_set *bs, overlay_hits *hits, bool *whole) {
  size_t kept = 0;
  *whole = false;
  for (size_t i = 0; i < hits->count && !*whole; i++) {
    bool yes = false;
    TRY(covers(bs, hits->row[i], as, row, whole));
    TRY(meet(as, row, bs, hits->row[i], &yes));
    if (yes) hits->row[kept++] = hits->row[i];
  }
  hits->count = kept;
  return SUND_OK;
}

static sund_code subtract_row(overlay_set *as, size_t row, overlay_set *bs, overlay_hits *hits, GEOSGeometry **buffer,
                              overlay_result *result) {
  overlay *o = as->o;
  bool whole = false;
  GEOSGeometry *cover = NULL;
  TRY(overlay_find(bs, as->box[row], hits));
  TRY(keep_meeting(as, row, bs, hits, &whole));
  if (whole) return overlay_add(result, NULL, true);
  if (!hits->count) return overlay_copy(result, as->shapes, row);
  TRY(unite_hits(bs, hits, as->box[row], buffer, &cover));
  GEOSGeometry *rest = overlay_combine(o, OVERLAY_SUBTRACT, as->geom[row], cover);
  GEOSGeom_destroy_r(o->geos, cover);
  if (!rest) return overlay_fail_pair(o, "subtract", row, hits->row[0]);
  const sund_code code = overlay_add(result, rest, true);
  GEOSGeom_destroy_r(o->geos, rest);
  return code;
}

static sund_code subtract(overlay *o, const sund_shapes *a, const sund_shapes *b, sund_shapes **out) {
  overlay_set *as, *bs;
  overlay_result *result;
  overlay_hits hits = {0};
  TRY(overlay_set_new(o, a, &as));
  TRY(overlay_set_new(o, b, &bs));
  TRY(overlay_set_index(bs, 0));
  TRY(overlay_result_new(o, a->kind, OVERLAY_GRID_M, &result));
  GEOSGeometry **buffer = sund_alloc(o->scratch, b->rows, sizeof *buffer);
  if (!buffer) return SUND_LIMIT;
  for (size_t row = 0; row < a->rows; row++) {
    TRY(subtract_row(as, row, bs, &hits, buffer, result));
    overlay_drop(as, row);
  }
  return overlay_result_finish(result, out);
}

sund_code sund_overlay_subtract(sund_ctx *ctx, const sund_shapes *a, const sund_shapes *b, sund_shapes **out) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, subtract(o, a, b, out));
}

/* ------------------------------------------------------------------------------------------- dissolve, buffer */

static sund_code dissolve(overlay *o, const sund_shapes *areas, sund_shapes **out) {
  GEOSGeometry *all;
  overlay_result *result;
  TRY(overlay_unite_rows(o, areas, &all));
  sund_code code = overlay_result_new(o, SUND_AREA, 0, &result);
  if (code == SUND_OK) code = overlay_add(result, all, true);
  GEOSGeom_destroy_r(o->geos, all);
  return code == SUND_OK ? overlay_result_finish(result, out) : code;
}

sund_code sund_overlay_dissolve(sund_ctx *ctx, const sund_shapes *areas, sund_shapes **out) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, dissolve(o, areas, out));
}

static sund_code buffer_row(overlay_set *set, size_t row, double metres, overlay_result *result) {
  const GEOSGeometry *geom;
  TRY(overlay_row(set, row, &geom));
  GEOSGeometry *grown = GEOSBuffer_r(set->o->geos, geom, metres, OVERLAY_QUADRANT);
  if (!grown) return overlay_fail(set->o, "buffer", row);
  const sund_code code = overlay_add(result, grown, true);
  GEOSGeom_destroy_r(set->o->geos, grown);
  overlay_drop(set, row);
  return code;
}

static sund_code buffer(overlay *o, const sund_shapes *shapes, double metres, sund_shapes **out) {
  overlay_set *set;
  overlay_result *result;
  if (!isfinite(metres)) return sund_fail(o->scratch, SUND_USAGE, "the width of a buffer must be a number");
  TRY(overlay_set_new(o, shapes, &set));
  TRY(overlay_result_new(o, SUND_AREA, 0, &result));
  for (size_t row = 0; row < shapes->rows; row++) TRY(buffer_row(set, row, metres, result));
  return overlay_result_finish(result, out);
}

sund_code sund_overlay_buffer(sund_ctx *ctx, const sund_shapes *shapes, double metres, sund_shapes **out) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, buffer(o, shapes, metres, out));
}
