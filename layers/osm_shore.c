/* osm_shore.c - the coastlines of an OpenStreetMap file, as land is made of them.
 *
 * An extract may be cut along any line, and ways are then cut inside its box. What the coast does beyond is not known; so
 * that land is right where there are data, it goes on to the nearest edge of the box that does not lie behind it.
 */
#include <math.h>
#include <string.h>

#include "osm_coast.h"

#define RADIANS (3.14159265358979323846 / 180)
/* An edge lies behind when going there is a turn of more than 120 degrees (its cosine). */
#define BEHIND (-0.5)
/* So many nodes tell the direction of a coast: a single step may lead anywhere. */
enum { LOOK_BACK = 16 };

/* The place on the nearest edge of the box that does not lie behind, in the direction of `from`; as it is when it lies
 * outside. */
static void lead_out(const double box[4], double from_lon, double from_lat, double *lon, double *lat) {
  const double shrink = cos(*lat * RADIANS);
  const double far[4] = {(*lon - box[0]) * shrink, *lat - box[1], (box[2] - *lon) * shrink, box[3] - *lat};
  const double east = (*lon - from_lon) * shrink, north = *lat - from_lat, length = hypot(east, north);
  const double ahead[4] = {-east, -north, east, north};
  int side = -1;
  for (int k = 0; k < 4; k++) {
    if (far[k] < 0) return;
    if (ahead[k] >= BEHIND * length && (side < 0 || far[k] < far[side])) side = k;
  }
  if (side % 2) *lat = box[side];
  else *lon = box[side];
}

/* Notes the cut end at ref `at` and adds the place where it comes to the box; step: 1 when the coast begins there, -1 when
 * it ends. */
static sund_code add_cut(const osm_file *file, size_t way, size_t at, int step, osm_lines *lines, osm_cuts *cuts) {
  uint32_t node = file->ref[at], back = node;
  for (size_t n = 0, i = at; n < LOOK_BACK; n++) {
    if (step < 0 ? i == file->first_ref[way] : i + 1 == file->first_ref[way + 1]) break;
    i = step < 0 ? i - 1 : i + 1;
    if (file->ref[i] == UINT32_MAX) break;
    back = file->ref[i];
  }
  double lon = file->lon[node], lat = file->lat[node];
  if (cuts->count++ == 0) {
    cuts->lon = lon;
    cuts->lat = lat;
  }
  lead_out(file->box, file->lon[back], file->lat[back], &lon, &lat);
  return osm_lines_add(lines, lon, lat);
}

/* The coastline of one way, in pieces where its nodes are not in the file. */
static sund_code add_way(const osm_file *file, size_t way, osm_lines *lines, osm_cuts *cuts) {
  size_t begin = file->first_ref[way], end = file->first_ref[way + 1];
  bool stated = file->box[0] < file->box[2];
  for (size_t i = begin; i < end; i++) {
    uint32_t node = file->ref[i];
    if (node == UINT32_MAX) continue;
    bool comes_in = i > begin && file->ref[i - 1] == UINT32_MAX;
    bool goes_out = i + 1 < end && file->ref[i + 1] == UINT32_MAX;
    if (comes_in && goes_out) continue; /* a single point of coast */
    if (stated && comes_in) TRY(add_cut(file, way, i, 1, lines, cuts));
    TRY(osm_lines_add(lines, file->lon[node], file->lat[node]));
    if (stated && goes_out) TRY(add_cut(file, way, i, -1, lines, cuts));
    if (goes_out || i + 1 == end) TRY(osm_lines_end(lines));
  }
  return osm_lines_end(lines);
}

sund_code osm_coastline(sund_ctx *ctx, const osm_file *file, sund_shapes **out, osm_cuts *cuts) {
  osm_lines lines;
  sund_shapes *s = NULL;
  *cuts = (osm_cuts){0};
  TRY(osm_lines_open(ctx, &lines));
  for (size_t w = 0; w < file->ways; w++) TRY(add_way(file, w, &lines, cuts));
  TRY(sund_shapes_new(ctx, SUND_LINE, lines.count, lines.count, lines.vertices, &s));
  for (size_t p = 0; p < lines.count; p++) {
    s->first_part[p + 1] = p + 1;
    s->first_vertex[p + 1] = lines.first[p + 1];
  }
  if (lines.vertices > 0) {
    memcpy(s->x, lines.x, lines.vertices * sizeof *s->x);
    memcpy(s->y, lines.y, lines.vertices * sizeof *s->y);
  }
  *out = s;
  return SUND_OK;
}
