/* vector.c - reads one vector source into a table in the analysis CRS.
 *
 * Order: scan the file (hash, text), open it behind the guard, choose the layer, settle CRS and columns, read every
 * feature once, compare the count with what the source says, move the coordinates, repair areas, build the table.
 * A read error looks like the end of a layer, so the guard is asked after every feature and the count is compared.
 * Nothing is given to the caller before all of it has succeeded.
 */
#include "vector.h"

#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <string.h>

#include "osm.h"

static const struct {
  const char *severity, *text;
} reasons[VECTOR_REASONS] = {
    [VECTOR_NO_GEOMETRY] = {"warning", "without geometry, left out"},
    [VECTOR_OPEN] = {"warning", "whose outline does not close or is cut off at the edge of the extract, left out"},
    [VECTOR_DEGENERATE] = {"warning", "whose geometry has no extent, left out"},
    [VECTOR_LOST_PART] = {"warning", "with a line or ring of too few points, that part left out"},
    [VECTOR_UNCLOSED] = {"warning", "with a ring that was not closed, closed"},
    [VECTOR_CURVED] = {"note", "with arcs, drawn as chords of at most 4 degrees"},
    [VECTOR_COLLECTION] = {"warning", "with parts of another kind of geometry, those parts left out"},
    [VECTOR_VANISHED] = {"warning", "of which nothing is left after repair, left out"},
    [VECTOR_UNMEASURED] = {"warning", "with neither minutes nor metres, left out"},
    [VECTOR_COMMA] = {"note", "values with a decimal comma, read as decimals"},
    [VECTOR_SKIPPED] = {"note", "whose code is mapped to skip, left out"},
    [VECTOR_OLDER] = {"note", "of which the source has a newer version, left out"},
};

void vector_count(vector_reader *r, vector_reason reason, int64_t feature) {
  if (r->tally[reason].count++ == 0) r->tally[reason].first = feature;
}

/* --------------------------------------------------------------------------------------------------------- features */

static sund_code take_feature(vector_reader *r, OGRFeatureH feature) {
  bool taken = false;
  r->last = OGR_F_GetFID(feature);
  r->read++;
  TRY(guard_check(r->guard));
  bool skip = false;
  TRY(vector_columns_skip(r, feature, &skip));
  if (skip && !r->source->latest) {
    r->rejected++;
    vector_count(r, VECTOR_SKIPPED, r->last);
    return SUND_OK;
  }
  TRY(vector_geometry_take(r, OGR_F_GetGeometryRef(feature), r->last, &taken));
  if (!taken) r->rejected++;
  /* One row a feature, except that several points are several rows. */
  size_t rows = !taken ? 0 : r->kind == SUND_POINT ? r->geometry.vertices - r->rows : 1;
  int64_t *ids = sund_grow(r->scratch, r->feature, &r->row_room, r->rows + rows, sizeof *ids);
  if (!ids) return SUND_LIMIT;
  r->feature = ids;
  for (size_t i = 0; i < rows; i++) {
    if (r->source->latest) TRY(vector_rows_date(r, feature, skip));
    TRY(vector_columns_take(r, feature, r->rows));
    r->feature[r->rows++] = r->last;
  }
  return SUND_OK;
}

/* The next feature of the layer, NULL at its end. OpenStreetMap files hand out the features of all layers mixed. */
static sund_code next_feature(vector_reader *r, OGRFeatureH *out) {
  if (r->cells) return vector_cells_next(r, out);
  if (r->things) return vector_osm_next(r, out);
  OGRLayerH layer = r->layer;
  if (!r->osm) *out = OGR_L_GetNextFeature(r->layer);
  else *out = GDALDatasetGetNextFeature(r->guard->dataset, &layer, NULL, NULL, NULL);
  while (*out && layer != r->layer) {
    OGR_F_Destroy(*out);
    *out = GDALDatasetGetNextFeature(r->guard->dataset, &layer, NULL, NULL, NULL);
  }
  return SUND_OK;
}

static sund_code fail_end(vector_reader *r, int64_t before) {
  const char *why = r->guard->failures > 0 ? r->guard->failure : "the source ends early";
  if (before == 0) return sund_fail(r->scratch, SUND_SOURCE, "no feature can be read: %s", why);
  return sund_fail(r->scratch, SUND_SOURCE, "%s; %" PRId64 " features were read, the last good one is %" PRId64, why,
                   before, r->last);
}

static sund_code read_features(vector_reader *r) {
  if (r->cells) TRY(vector_cells_load(r));
  else if (r->things) TRY(vector_osm_load(r));
  else if (r->osm) GDALDatasetResetReading(r->guard->dataset);
  else OGR_L_ResetReading(r->layer);
  for (;;) {
    OGRFeatureH feature = NULL;
    TRY(next_feature(r, &feature));
    if (!feature) break;
    sund_code code = take_feature(r, feature);
    OGR_F_Destroy(feature);
    if (code != SUND_OK && sund_failure(r->scratch, NULL, NULL, NULL) != SUND_OK) /* else it is the caller's memory */
      return sund_blame(r->scratch, NULL, r->last);
    TRY(code);
  }
  if (r->guard->failures > 0) return fail_end(r, r->read);
  if (r->expected >= 0 && r->read < r->expected) return fail_end(r, r->read);
  if (r->expected >= 0 && r->read > r->expected)
    return sund_fail(r->scratch, SUND_SOURCE, "delivers %" PRId64 " features but holds %" PRId64, r->read,
                     r->expected);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- findings */

static sund_code add_finding(vector_reader *r, sund_findings *list, const char *severity, int64_t feature,
                             const char *text) {
  const char *name = sund_text_copy(r->ctx, r->guard->facts.name);
  if (!name || !text) return SUND_LIMIT;
  return sund_finding_add(r->ctx, list, (sund_finding){severity, name, feature, text, NAN, NAN});
}

static sund_code add_tallies(vector_reader *r, sund_findings *list) {
  for (size_t i = 0; i < VECTOR_REASONS; i++) {
    const vector_tally *tally = &r->tally[i];
    if (tally->count == 0) continue;
    TRY(add_finding(r, list, reasons[i].severity, tally->first,
                    sund_text(r->ctx, "%" PRId64 " feature%s %s; the first is %" PRId64, tally->count,
                              tally->count == 1 ? "" : "s", reasons[i].text, tally->first)));
  }
  for (size_t i = 0; i < r->guard->notes; i++)
    TRY(add_finding(r, list, "note", SUND_NO_FEATURE, sund_text(r->ctx, "GDAL: %s", r->guard->note[i])));
  if (r->facts.note) TRY(add_finding(r, list, "warning", SUND_NO_FEATURE, sund_text_copy(r->ctx, r->facts.note)));
  if (r->guard->unfinished)
    TRY(add_finding(
        r, list, "warning", SUND_NO_FEATURE,
        sund_text_copy(r->ctx, "another program left unfinished changes beside the file; they were read too")));
  if (r->read == 0)
    TRY(add_finding(r, list, "warning", SUND_NO_FEATURE, sund_text_copy(r->ctx, "no feature was read")));
  return SUND_OK;
}

static sund_code add_parts(vector_reader *r, const uint8_t *keep, sund_findings *list) {
  const char *text = NULL;
  TRY(vector_rows_parts(r, keep, &text));
  return text ? add_finding(r, list, "note", SUND_NO_FEATURE, text) : SUND_OK;
}

static sund_code add_repairs(vector_reader *r, const sund_repair *repairs, size_t count, sund_findings *list) {
  const char *name = sund_text_copy(r->ctx, r->guard->facts.name);
  if (!name) return SUND_LIMIT;
  /* Areas of cells touch themselves where cells meet at a corner: the raster is not to blame. */
  for (size_t i = 0; i < count && !r->cells; i++) {
    const sund_repair *repair = &repairs[i];
    const char *text = sund_text(r->ctx, "invalid area repaired (%s): %.2f m2 before, %.2f m2 after", repair->reason,
                                 repair->area_before, repair->area_after);
    if (!text) return SUND_LIMIT;
    TRY(sund_finding_add(r->ctx, list,
                         (sund_finding){"warning", name, r->feature[repair->row], text, repair->x, repair->y}));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ table */

/* Copies the rows that are kept into memory that stays. */
static sund_code copy_shapes(vector_reader *r, const sund_shapes *from, const uint8_t *keep, sund_shapes **out) {
  size_t rows = 0, *row = sund_alloc(r->scratch, from->rows, sizeof *row);
  if (!row) return SUND_LIMIT;
  for (size_t i = 0; i < from->rows; i++)
    if (keep[i]) row[rows++] = i;
  return sund_shapes_pick(r->ctx, from, rows, row, out);
}

/* Shapes of the table: areas repaired; rows of which nothing is left are taken off `keep`. */
static sund_code make_shapes(vector_reader *r, uint8_t *keep, sund_findings *list, sund_shapes **out) {
  sund_shapes *raw = NULL, *valid = NULL;
  sund_repair *repairs = NULL;
  size_t repaired = 0;
  *out = NULL;
  if (r->kind != SUND_LINE && r->kind != SUND_AREA) return SUND_OK;
  TRY(vector_geometry_close(r, &raw));
  if (r->kind == SUND_LINE) return copy_shapes(r, raw, keep, out);
  TRY(sund_overlay_valid(r->scratch, raw, &valid, &repairs, &repaired));
  TRY(add_repairs(r, repairs, repaired, list));
  for (size_t i = 0; i < r->rows; i++)
    if (keep[i] && valid->first_part[i] == valid->first_part[i + 1]) {
      keep[i] = 0;
      r->rejected++;
      vector_count(r, VECTOR_VANISHED, r->feature[i]);
    }
  return copy_shapes(r, valid, keep, out);
}

/* A text that may be NULL, in memory that stays. */
static sund_code keep_text(vector_reader *r, const char *text, const char **out) {
  *out = text ? sund_text_copy(r->ctx, text) : NULL;
  return !text || *out ? SUND_OK : SUND_LIMIT;
}

static sund_code make_table(vector_reader *r, const uint8_t *keep, sund_shapes *shapes, sund_table **out) {
  sund_field *fields = sund_alloc(r->scratch, r->columns, sizeof *fields);
  sund_table *table = NULL;
  size_t rows = 0;
  if (!fields) return SUND_LIMIT;
  for (size_t i = 0; i < r->columns; i++) fields[i] = r->column[i].field;
  for (size_t i = 0; i < r->rows; i++) rows += keep[i];
  TRY(sund_table_new(r->ctx, r->role->name, r->kind, rows, fields, r->columns, &table));
  table->shapes = shapes;
  table->feature = sund_alloc(r->ctx, rows, sizeof *table->feature);
  table->source = sund_alloc(r->ctx, rows, sizeof *table->source);
  table->source_name = sund_alloc(r->ctx, 1, sizeof *table->source_name);
  table->source_heights = sund_alloc(r->ctx, 1, sizeof *table->source_heights);
  if (!table->feature || !table->source || !table->source_name || !table->source_heights) return SUND_LIMIT;
  table->sources = 1;
  TRY(keep_text(r, r->source->heights, &table->source_heights[0]));
  if (!(table->source_name[0] = sund_text_copy(r->ctx, r->guard->facts.name))) return SUND_LIMIT;
  size_t row = 0;
  for (size_t i = 0; i < r->rows; i++) {
    if (!keep[i]) continue;
    if (table->x) {
      table->x[row] = r->geometry.x[i];
      table->y[row] = r->geometry.y[i];
    }
    table->feature[row++] = r->feature[i];
  }
  TRY(vector_columns_move(r, keep, table));
  *out = table;
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- reading */

static sund_code fill_reading(vector_reader *r, const char *hash, sund_reading *out) {
  const char *code = r->crs ? sund_crs_code(r->crs) : NULL;
  const char *date = r->things ? vector_osm_date(r) : r->facts.date ? r->facts.date : r->shapefile.date;
  *out = (sund_reading){.role = r->source->role, .layer = r->layer_name, .read = r->read};
  out->rejected = r->rejected;
  out->used = r->read - r->rejected;
  out->accuracy_m = r->op ? r->op->accuracy_m : 0;
  TRY(keep_text(r, r->source->text ? r->source->text : r->source->path, &out->path));
  TRY(keep_text(r, r->guard->driver, &out->driver));
  TRY(keep_text(r, code && !*code ? sund_crs_name(r->crs) : code, &out->crs));
  TRY(keep_text(r, r->op && !r->op->identity ? r->op->name : "", &out->operation));
  TRY(keep_text(r, r->source->heights, &out->heights));
  TRY(keep_text(r, hash, &out->hash));
  TRY(keep_text(r, r->source->licence, &out->licence));
  TRY(keep_text(r, r->source->profile, &out->profile));
  TRY(keep_text(r, date, &out->date));
  return vector_place_extent(r, out->extent);
}

/* What SQLite knows and GDAL does not look at. */
static sund_code inspect(vector_reader *r) {
  if (!r->guard->inspect) return SUND_OK;
  TRY(gpkg_inspect_pages(r->scratch, r->guard->inspect, r->layer_name));
  const char *geometry = OGR_L_GetGeometryColumn(r->layer), *key = OGR_L_GetFIDColumn(r->layer);
  if (!*geometry || !gpkg_inspect_geopackage(r->guard->inspect)) return SUND_OK;
  return gpkg_inspect_crs(r->scratch, r->guard->inspect, r->layer_name, geometry, *key ? key : NULL);
}

/* Is the text in a packed file text? */
static sund_code scan_unpacked(vector_reader *r) {
  path_facts facts;
  const char *unused = NULL;
  TRY(path_look(r->scratch, r->guard->path, &facts));
  return vector_scan(r->scratch, &facts, &unused);
}

static sund_code read_source(vector_reader *r, const sund_frame *frame, sund_table **table, sund_reading *reading,
                             sund_findings *list) {
  path_facts facts;
  const char *hash = NULL;
  sund_shapes *shapes = NULL;
  TRY(path_look(r->scratch, r->source->path, &facts));
  TRY(vector_scan(r->scratch, &facts, &hash));
  TRY(vector_open(r));
  if (facts.content == PATH_GZIP && !r->things) TRY(scan_unpacked(r));
  if (r->things) TRY(vector_osm_profile(r));
  TRY(inspect(r));
  TRY(vector_filter(r));
  TRY(vector_columns_open(r));
  if (r->source->role == SUND_OD) TRY(vector_od_open(r));
  TRY(vector_place_open(r));
  TRY(read_features(r));
  TRY(vector_codes_close(r));
  if (!r->decided) { /* nothing to tell the kind by */
    r->kind = (r->role->kinds & 1u << SUND_AREA)   ? SUND_AREA
              : (r->role->kinds & 1u << SUND_LINE) ? SUND_LINE
                                                   : SUND_POINT;
    if (r->read > 0)
      return sund_fail(r->scratch, SUND_DATA, "none of the %" PRId64 " features has a geometry", r->read);
  }
  TRY(vector_place_apply(r, frame));
  uint8_t *keep = sund_alloc(r->scratch, r->rows, 1);
  if (!keep) return SUND_LIMIT;
  memset(keep, 1, r->rows);
  if (r->source->role == SUND_OD) vector_od_sort_out(r, keep);
  TRY(vector_rows_newest(r, keep));
  TRY(make_shapes(r, keep, list, &shapes));
  TRY(make_table(r, keep, shapes, table));
  if (r->cells) {
    const char *text = NULL;
    TRY(vector_cells_tell(r, &text));
    TRY(add_finding(r, list, "note", SUND_NO_FEATURE, text));
  }
  if (r->things) TRY(vector_osm_tell(r, list));
  TRY(fill_reading(r, hash, reading));
  if (r->cells) reading->used = (int64_t)(*table)->rows;
  TRY(add_tallies(r, list));
  TRY(add_parts(r, keep, list));
  return path_unchanged(r->scratch, &facts);
}

/* Are these streets and ferries of an OpenStreetMap file, which are more than features? What cannot be looked at is not,
 * and says so when it is read. */
static sund_code is_network(sund_ctx *ctx, const sund_source *source, bool *is) {
  path_facts facts;
  *is = false;
  if (source->role != SUND_PATHS && source->role != SUND_GATES) return SUND_OK;
  sund_ctx *probe = sund_ctx_child(ctx);
  if (!probe) return SUND_LIMIT;
  sund_code code = path_look(probe, source->path, &facts);
  *is = code == SUND_OK && vector_osm_fits(source, &facts);
  if (code == SUND_LIMIT) sund_ctx_pass(ctx, probe);
  sund_ctx_free(probe);
  return code == SUND_LIMIT ? code : SUND_OK;
}

sund_code sund_vector_read(sund_ctx *ctx, const sund_source *source, const sund_frame *frame, sund_table **out,
                           sund_reading *reading, sund_findings *findings) {
  bool network;
  TRY(is_network(ctx, source, &network));
  if (network) return osm_table(ctx, source, frame, out, reading, findings);
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  vector_reader *r = sund_alloc(scratch, 1, sizeof *r);
  const char *name = r ? path_base(scratch, source->path) : NULL;
  sund_table *table = NULL;
  sund_reading done = {0};
  sund_findings found = {0};
  sund_code code = SUND_LIMIT;
  if (name) {
    *r = (vector_reader){.ctx = ctx, .scratch = scratch, .source = source, .role = sund_role_of(source->role)};
    code = read_source(r, frame, &table, &done, &found);
  }
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, name, SUND_NO_FEATURE);
  }
  for (size_t i = 0; i < found.count && code == SUND_OK; i++) code = sund_finding_add(ctx, findings, found.item[i]);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  *out = table;
  *reading = done;
  return SUND_OK;
}
