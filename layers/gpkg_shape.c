/* gpkg_shape.c - geometry as a GeoPackage holds it: a header "GP" with version, flags, srs_id and for lines and areas
 * the box, then little-endian WKB. OGC 12-128r18, section 2.1.3. Bytes are put one by one: same on every machine. */
#include <string.h>

#include "gpkg.h"

enum { POINT = 1, LINESTRING = 2, POLYGON = 3, MULTILINESTRING = 5, MULTIPOLYGON = 6 };
enum { LITTLE_ENDIAN_FLAG = 1, BOX_XY = 1 << 1 };
enum { HEADER_SIZE = 8, BOX_SIZE = 32, TYPE_SIZE = 5, COUNT_SIZE = 4, VERTEX_SIZE = 16 };

static uint8_t *put_u32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
  return at + 4;
}

static uint8_t *put_real(uint8_t *at, double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  for (int i = 0; i < 8; i++) at[i] = (uint8_t)(bits >> (8 * i));
  return at + 8;
}

static uint8_t *put_header(uint8_t *at, int32_t srs, const double *box) {
  at[0] = 'G';
  at[1] = 'P';
  at[2] = 0; /* version 1 */
  at[3] = (uint8_t)(LITTLE_ENDIAN_FLAG | (box ? BOX_XY : 0));
  at = put_u32(at + 4, (uint32_t)srs);
  if (!box) return at;
  static const int order[] = {0, 2, 1, 3}; /* min x, max x, min y, max y */
  for (int i = 0; i < 4; i++) at = put_real(at, box[order[i]]);
  return at;
}

static uint8_t *put_type(uint8_t *at, uint32_t type) {
  *at = 1; /* little endian */
  return put_u32(at + 1, type);
}

void gpkg_point_write(double x, double y, int32_t srs, uint8_t *blob) {
  uint8_t *at = put_type(put_header(blob, srs, NULL), POINT);
  put_real(put_real(at, x), y);
}

static bool starts(const sund_shapes *shapes, size_t part) {
  return shapes->kind == SUND_LINE || !shapes->hole || !shapes->hole[part];
}

/* Lines of a row, or outer rings. */
static size_t members(const sund_shapes *shapes, size_t row) {
  size_t count = 0;
  for (size_t part = shapes->first_part[row]; part < shapes->first_part[row + 1]; part++)
    count += starts(shapes, part);
  return count;
}

bool gpkg_shape_several(const sund_shapes *shapes, size_t row) {
  return members(shapes, row) > 1;
}

size_t gpkg_shape_size(const sund_shapes *shapes, size_t row, bool multi) {
  size_t begin = shapes->first_part[row], end = shapes->first_part[row + 1];
  size_t bytes = HEADER_SIZE + BOX_SIZE + (multi ? TYPE_SIZE + COUNT_SIZE : 0);
  bytes += members(shapes, row) * TYPE_SIZE;
  if (shapes->kind == SUND_AREA) bytes += members(shapes, row) * COUNT_SIZE;
  bytes += (end - begin) * COUNT_SIZE;
  return bytes + (shapes->first_vertex[end] - shapes->first_vertex[begin]) * VERTEX_SIZE;
}

static uint8_t *put_vertices(uint8_t *at, const sund_shapes *shapes, size_t part) {
  size_t begin = shapes->first_vertex[part], end = shapes->first_vertex[part + 1];
  at = put_u32(at, (uint32_t)(end - begin));
  for (size_t v = begin; v < end; v++) at = put_real(put_real(at, shapes->x[v]), shapes->y[v]);
  return at;
}

/* One polygon: the outer ring `part` and the holes after it, up to `end`. *next: the part after it. */
static uint8_t *put_polygon(uint8_t *at, const sund_shapes *shapes, size_t part, size_t end, size_t *next) {
  size_t last = part + 1;
  while (last < end && !starts(shapes, last)) last++;
  at = put_u32(put_type(at, POLYGON), (uint32_t)(last - part));
  for (size_t ring = part; ring < last; ring++) at = put_vertices(at, shapes, ring);
  *next = last;
  return at;
}

size_t gpkg_shape_write(const sund_shapes *shapes, size_t row, bool multi, int32_t srs, const double box[4],
                        uint8_t *blob) {
  bool area = shapes->kind == SUND_AREA;
  uint8_t *at = put_header(blob, srs, box);
  if (multi) {
    at = put_type(at, area ? MULTIPOLYGON : MULTILINESTRING);
    at = put_u32(at, (uint32_t)members(shapes, row));
  }
  size_t end = shapes->first_part[row + 1];
  for (size_t part = shapes->first_part[row]; part < end;) {
    if (area) at = put_polygon(at, shapes, part, end, &part);
    else at = put_vertices(put_type(at, LINESTRING), shapes, part++);
  }
  return (size_t)(at - blob);
}
