/* osm_squares.c - squares and platforms of OpenStreetMap: areas one may walk on, of which a network knows the outline.
 *
 * The outline of an area that is a relation consists of ways that say nothing themselves; they take its tags. An outline
 * that no path meets, however large, leads nowhere: whoever stood beside it would be put on it and reach nobody.
 */
#include <string.h>

#include "osm_paths.h"

static bool says(osm_tags tags, const char *key, const char *value) {
  const char *said = osm_value(tags, key);
  return said && strcmp(said, value) == 0;
}

void osm_squares_tags(const osm_file *file, const osm_rules *rules, osm_tags *tags) {
  for (size_t w = 0; w < file->ways; w++) tags[w] = file->way_tags[w];
  for (size_t k = 0; k < file->relations; k++) {
    const osm_tags area = file->relation_tags[k];
    if (!says(area, "type", "multipolygon") || !osm_class(rules, area)) continue;
    for (size_t m = file->first_member[k]; m < file->first_member[k + 1]; m++) {
      const size_t way = file->member[m].kind == OSM_WAY ? osm_find_way(file, file->member[m].id) : SIZE_MAX;
      if (way == SIZE_MAX || osm_value(tags[way], "highway") || osm_class(rules, tags[way])) continue;
      tags[way] = area;
    }
  }
}

/* Is the way the outline of an area, or part of it? */
static bool is_outline(const osm_file *file, size_t way, osm_tags tags, const char *class) {
  const size_t first = file->first_ref[way], end = file->first_ref[way + 1];
  if (says(tags, "type", "multipolygon")) return true;
  const bool closed = end - first > 2 && file->ref[first] == file->ref[end - 1];
  const bool area = says(tags, "area", "yes") || strcmp(class, "pedestrian") == 0 || strcmp(class, "platform") == 0;
  return closed && area && !says(tags, "area", "no");
}

static bool meets(const osm_file *file, size_t way, const uint8_t *met) {
  for (size_t i = file->first_ref[way]; i < file->first_ref[way + 1]; i++)
    if (file->ref[i] != UINT32_MAX && met[file->ref[i]]) return true;
  return false;
}

static void mark(const osm_file *file, size_t way, uint8_t *met) {
  for (size_t i = file->first_ref[way]; i < file->first_ref[way + 1]; i++)
    if (file->ref[i] != UINT32_MAX) met[file->ref[i]] = 1;
}

sund_code osm_squares_alone(sund_ctx *scratch, const osm_file *file, const osm_tags *tags, const char **class,
                            size_t *alone) {
  uint8_t *met = sund_alloc(scratch, file->nodes, 1);
  size_t *left = sund_alloc(scratch, file->ways, sizeof *left), count = 0, before;
  if (!met || !left) return SUND_LIMIT;
  for (size_t w = 0; w < file->ways; w++) {
    if (!class[w]) continue;
    if (is_outline(file, w, tags[w], class[w])) left[count++] = w;
    else mark(file, w, met);
  }
  do { /* from outline to outline */
    before = count;
    count = 0;
    for (size_t k = 0; k < before; k++) {
      if (meets(file, left[k], met)) mark(file, left[k], met);
      else left[count++] = left[k];
    }
  } while (count < before);
  for (size_t k = 0; k < count; k++) class[left[k]] = NULL;
  *alone = count;
  return SUND_OK;
}
