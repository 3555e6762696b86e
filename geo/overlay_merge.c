/* overlay_merge.c - areas that touch become one.
 *
 * Pairs that may touch come from the box index, in row order; a pair that hangs together already through others is not
 * measured (unite.c). Then the members of each set are united. With a gap, members that do not touch stay outer rings of their own.
 */
#include <string.h>

#include "overlay.h"
#include "unite.h"

static bool taken(const sund_shapes *areas, const int32_t *group, size_t row) {
  return areas->first_part[row + 1] > areas->first_part[row] && group[row] >= 0;
}

/* Do the rows lie within `gap` of each other? */
static sund_code near(overlay_set *set, size_t a, size_t b, double gap, bool *out) {
  const GEOSPreparedGeometry *prepared;
  const GEOSGeometry *geom;
  TRY(overlay_prepared(set, a, &prepared));
  TRY(overlay_row(set, b, &geom));
  const char answer = gap > 0 ? GEOSPreparedDistanceWithin_r(set->o->geos, prepared, geom, gap)
                              : GEOSPreparedIntersects_r(set->o->geos, prepared, geom);
  if (answer != 0 && answer != 1) return overlay_fail_pair(set->o, "compare", a, b);
  *out = answer == 1;
  return SUND_OK;
}

/* Joins every pair of one group that is within the gap. */
static sund_code join_all(overlay_set *set, const int32_t *group, double gap, uint32_t *parent) {
  overlay_hits hits = {0};
  for (size_t row = 0; row < set->shapes->rows; row++) {
    if (!taken(set->shapes, group, row)) continue;
    TRY(overlay_find(set, set->box[row], &hits));
    for (size_t i = 0; i < hits.count; i++) {
      const size_t other = hits.row[i];
      bool yes = false;
      if (other <= row || group[other] != group[row] || !taken(set->shapes, group, other)) continue;
      if (unite_root(parent, row) == unite_root(parent, other)) continue;
      TRY(near(set, row, other, gap, &yes));
      if (yes) unite_join(parent, row, other);
    }
    overlay_drop(set, row); /* its index is large; the geometry is soon made again */
  }
  return SUND_OK;
}

/* Numbers the sets in the order of their first members; merged_of of each row. Returns the number of sets. */
static size_t number_sets(const sund_shapes *areas, const int32_t *group, uint32_t *parent, size_t *merged_of) {
  size_t sets = 0;
  for (size_t row = 0; row < areas->rows; row++) {
    merged_of[row] = SIZE_MAX;
    if (!taken(areas, group, row)) continue;
    const size_t root = unite_root(parent, row);
    merged_of[row] = root == row ? sets++ : merged_of[root];
  }
  return sets;
}

/* Rows sorted by their set, each set's in order: member[first[k]] .. member[first[k + 1] - 1]. */
static sund_code list_members(overlay *o, size_t rows, const size_t *merged_of, size_t sets, size_t **out_first,
                              size_t **out_member) {
  size_t *first = sund_alloc(o->scratch, sets + 2, sizeof *first);
  size_t *member = sund_alloc(o->scratch, rows, sizeof *member);
  if (!first || !member) return SUND_LIMIT;
  for (size_t row = 0; row < rows; row++) {
    if (merged_of[row] != SIZE_MAX) first[merged_of[row] + 2]++;
  }
  for (size_t k = 0; k < sets; k++) first[k + 2] += first[k + 1];
  for (size_t row = 0; row < rows; row++) { /* first[k + 1] runs through set k and ends where set k + 1 starts */
    if (merged_of[row] != SIZE_MAX) member[first[merged_of[row] + 1]++] = row;
  }
  *out_first = first;
  *out_member = member;
  return SUND_OK;
}

/* Takes `count` rows out of the set and unites them. */
static sund_code unite_rows(overlay_set *set, const size_t *rows, size_t count, GEOSGeometry **buffer,
                            GEOSGeometry **out) {
  overlay *o = set->o;
  for (size_t i = 0; i < count; i++) {
    const sund_code code = overlay_take(set, rows[i], &buffer[i]);
    if (code == SUND_OK) continue;
    while (i-- > 0) GEOSGeom_destroy_r(o->geos, buffer[i]);
    return code;
  }
  *out = overlay_unite_all(o, buffer, count);
  return *out ? SUND_OK : overlay_fail_pair(o, "unite", rows[0], rows[count - 1]);
}

static sund_code add_set(overlay_set *set, const size_t *rows, size_t count, GEOSGeometry **buffer,
                         overlay_result *result) {
  GEOSGeometry *whole;
  if (count == 1) return overlay_copy(result, set->shapes, rows[0]);
  TRY(unite_rows(set, rows, count, buffer, &whole));
  const sund_code code = overlay_add(result, whole, true);
  GEOSGeom_destroy_r(set->o->geos, whole);
  return code;
}

/* What hangs together: *of, the number of each row's set; *sets, how many. */
static sund_code cluster(overlay *o, const sund_shapes *areas, const int32_t *group, double gap, overlay_set **set,
                         size_t **of, size_t *sets) {
  uint32_t *parent = unite_new(o->scratch, areas->rows);
  *of = sund_alloc(o->scratch, areas->rows, sizeof **of);
  if (!parent || !*of) return SUND_LIMIT;
  TRY(overlay_set_new(o, areas, set));
  TRY(overlay_set_index(*set, gap > 0 ? gap : 0));
  TRY(join_all(*set, group, gap, parent));
  *sets = number_sets(areas, group, parent, *of);
  return SUND_OK;
}

static sund_code merge(overlay *o, const sund_shapes *areas, const int32_t *group, double gap, sund_shapes **out,
                       size_t *merged_of) {
  const size_t rows = areas->rows;
  overlay_set *set;
  overlay_result *result;
  size_t *first, *member, *of, sets;
  GEOSGeometry **buffer = sund_alloc(o->scratch, rows, sizeof *buffer);
  if (!buffer) return SUND_LIMIT;
  TRY(cluster(o, areas, group, gap, &set, &of, &sets));
  TRY(list_members(o, rows, of, sets, &first, &member));
  TRY(overlay_result_new(o, SUND_AREA, 0, &result));
  for (size_t k = 0; k < sets; k++) TRY(add_set(set, member + first[k], first[k + 1] - first[k], buffer, result));
  TRY(overlay_result_finish(result, out));
  if (rows) memcpy(merged_of, of, rows * sizeof *of);
  return SUND_OK;
}

sund_code sund_overlay_merge(sund_ctx *ctx, const sund_shapes *areas, const int32_t *group, double gap,
                             sund_shapes **out, size_t *merged_of) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, merge(o, areas, group, gap, out, merged_of));
}

static sund_code cluster_only(overlay *o, const sund_shapes *areas, const int32_t *group, double gap,
                              size_t *cluster_of) {
  overlay_set *set;
  size_t *of, sets;
  TRY(cluster(o, areas, group, gap, &set, &of, &sets));
  if (areas->rows) memcpy(cluster_of, of, areas->rows * sizeof *of);
  return SUND_OK;
}

sund_code sund_overlay_cluster(sund_ctx *ctx, const sund_shapes *areas, const int32_t *group, double gap,
                               size_t *cluster_of) {
  overlay *o;
  TRY(overlay_open(ctx, &o));
  return overlay_close(o, cluster_only(o, areas, group, gap, cluster_of));
}

/* ------------------------------------------------------------------------------------------------ all of them */

sund_code overlay_unite_rows(overlay *o, const sund_shapes *areas, GEOSGeometry **out) {
  overlay_set *set;
  size_t *row = sund_alloc(o->scratch, areas->rows, sizeof *row);
  GEOSGeometry **buffer = sund_alloc(o->scratch, areas->rows, sizeof *buffer);
  if (!row || !buffer) return SUND_LIMIT;
  for (size_t i = 0; i < areas->rows; i++) row[i] = i;
  TRY(overlay_set_new(o, areas, &set));
  if (areas->rows) return unite_rows(set, row, areas->rows, buffer, out);
  *out = GEOSGeom_createEmptyPolygon_r(o->geos);
  return *out ? SUND_OK : overlay_fail(o, "unite", 0);
}
