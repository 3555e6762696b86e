/* overlay.h - the inside of the overlay room, for geo/overlay*.c only: the only place where GEOS is known.
 *
 * Order of calls: overlay_open, overlay_set_new for each input, overlay_result_new; then rows through overlay_row,
 * overlay_combine, overlay_add; at the end overlay_result_finish and always overlay_close. Geometries of sets are closed with
 * the session; whatever overlay_combine and overlay_unite return is the caller's to destroy.
 */
#ifndef SUND_GEO_OVERLAY_H
#define SUND_GEO_OVERLAY_H

#include <geos_c.h>

#include "sund/geo.h"

/* Grid of the second try and of everything with lines: 1 mm. */
#define OVERLAY_GRID_M 0.001
/* Segments a quadrant of round corners. */
#define OVERLAY_QUADRANT 8

/* One piece of work with its own GEOS context. */
typedef struct overlay {
  sund_ctx *ctx;     /* the caller's: results          */
  sund_ctx *scratch; /* everything else, gone at close */
  GEOSContextHandle_t geos;
  char message[256]; /* what GEOS last complained of   */
} overlay;

sund_code overlay_open(sund_ctx *ctx, overlay **out);
/* Closes the session and everything in it; passes `code` on with the failure that belongs to it. */
sund_code overlay_close(overlay *o, sund_code code);

/* Fails with what GEOS said: SUND_LIMIT when it had no memory, else SUND_DATA with `doing` and the row (SIZE_MAX =
 * none). GEOS' words hold the coordinate. */
sund_code overlay_fail(overlay *o, const char *doing, size_t row);
sund_code overlay_fail_pair(overlay *o, const char *doing, size_t a, size_t b);

/* ------------------------------------------------------------------------------------------------------ input */

/* Rows of an input as geometries, made when first asked for. */
typedef struct overlay_set {
  overlay *o;
  const sund_shapes *shapes;
  double (*box)[4];                      /* rows                                      */
  GEOSGeometry **geom;                   /* rows; NULL = not made                     */
  const GEOSPreparedGeometry **prepared; /* rows; NULL = not made                     */
  GEOSGeometry **pieces, **rings;        /* room for the parts of the longest row     */
  sund_index *index;                     /* over box; made by overlay_set_index       */
} overlay_set;

sund_code overlay_set_new(overlay *o, const sund_shapes *shapes, overlay_set **out);
/* Indexes the boxes, grown by `margin` metres. */
sund_code overlay_set_index(overlay_set *set, double margin);
/* The row's geometry (borrowed): polygon, multipolygon, (multi)linestring; rings of fewer than four vertices and lines
 * of fewer than two are left out. SUND_DATA for open rings and coordinates that are not finite. */
sund_code overlay_row(overlay_set *set, size_t row, const GEOSGeometry **out);
/* The same, prepared for many questions. */
sund_code overlay_prepared(overlay_set *set, size_t row, const GEOSPreparedGeometry **out);
/* Takes the geometry out of the set: now the caller's. */
sund_code overlay_take(overlay_set *set, size_t row, GEOSGeometry **out);
/* Frees what was made for the row. */
void overlay_drop(overlay_set *set, size_t row);

/* Rows whose indexed box meets `box`, ascending, in hits->row[0 .. count-1]. Reused from call to call. */
typedef struct overlay_hits {
  sund_ctx *scratch;
  size_t count, room;
  size_t *row;
  bool failed;
} overlay_hits;
sund_code overlay_find(const overlay_set *set, const double box[4], overlay_hits *hits);

/* ------------------------------------------------------------------------------------------------- operations */

typedef enum overlay_verb { OVERLAY_INTERSECT, OVERLAY_SUBTRACT } overlay_verb;

/* a and b, or a without b. Areas in full precision, and on the 1 mm grid when GEOS gives up; lines on the grid at once,
 * because a line that runs along a boundary falls to both sides of it otherwise. NULL on failure. */
GEOSGeometry *overlay_combine(overlay *o, overlay_verb verb, const GEOSGeometry *a, const GEOSGeometry *b);
/* Union of everything in a geometry, with the same second try. NULL on failure. */
GEOSGeometry *overlay_unite(overlay *o, const GEOSGeometry *a);
/* Union of geometries, which it destroys. NULL on failure. */
GEOSGeometry *overlay_unite_all(overlay *o, GEOSGeometry **geoms, size_t count);

/* The part of a geometry in a box. NULL on failure. */
GEOSGeometry *overlay_clip(overlay *o, const GEOSGeometry *g, const double box[4]);
/* The n-th polygon of a polygon or a collection, borrowed; NULL when that is no polygon or empty. */
const GEOSGeometry *overlay_polygon(overlay *o, const GEOSGeometry *g, int n);
/* Union of all rows of areas, the caller's to destroy. */
sund_code overlay_unite_rows(overlay *o, const sund_shapes *areas, GEOSGeometry **out);

/* ----------------------------------------------------------------------------------------------------- result */

typedef struct overlay_ring overlay_ring;

/* Shapes that grow row by row. */
typedef struct overlay_result {
  overlay *o;
  sund_kind kind;
  double thinnest; /* metres: areas of less mean width are rounding and left out; 0 = all with an area */
  size_t rows, row_room;
  size_t *first_part;
  size_t parts, part_room;
  size_t *first_vertex;
  uint8_t *hole;
  size_t vertices, vertex_room;
  double *x, *y;
  size_t rings, ring_room; /* of the row being made */
  overlay_ring *ring;
} overlay_result;

sund_code overlay_result_new(overlay *o, sund_kind kind, double thinnest, overlay_result **out);
/* Adds one row with the parts of g (NULL = none) that have the result's dimension, in the normal form of
 * geo/overlay_result.c. A row without parts is added only when keep_empty. */
sund_code overlay_add(overlay_result *result, const GEOSGeometry *g, bool keep_empty);
/* Adds a row as it stands in the input. */
sund_code overlay_copy(overlay_result *result, const sund_shapes *shapes, size_t row);
/* Adds a row of one part of the input, as it stands. */
sund_code overlay_copy_part(overlay_result *result, const sund_shapes *shapes, size_t part);
/* The rows as shapes of the caller's arena, or of another one. */
sund_code overlay_result_finish(const overlay_result *result, sund_shapes **out);
sund_code overlay_result_finish_in(const overlay_result *result, sund_ctx *arena, sund_shapes **out);

#endif
