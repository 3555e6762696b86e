/* raster.c - reads a terrain raster and checks that it is one.
 *
 * Order: look at the file, open it behind the guard, check what it claims (size, CRS, height system, geotransform, cell
 * type), then read every row of blocks, so that a cut file is found whether the values are wanted or not. Values are
 * metres: raw * scale + offset, times the unit. No-data, masked and not-a-number cells become NAN; infinite ones and
 * numbers that look like an undeclared no-data value are errors with their cell.
 */
#include <cpl_error.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "raster.h"
#include "vector.h"

/* Marks of no data that programs write; each is far from any ground. */
static const double marks[] = {-9999, -99999,  -999999, -32767, -32768, -3.4028234663852886e38, 3.4028234663852886e38,
                               1e20,  9999999, 32767};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A mark is only one when it lies this far from all other values. */
#define MARK_DISTANCE_M 500.0

typedef struct raster_reader {
  sund_ctx *ctx, *scratch;
  const sund_source *source;
  guard *guard;
  raster_claims is;
  double scale, offset; /* raw to metres                              */
  const char *heights;
  double lowest, highest; /* of the values that are no mark, metres     */
  double mark;            /* first suspicious value                    */
  size_t mark_column, mark_row;
  int64_t marked;
  sund_grid *grid; /* NULL: check only                          */
} raster_reader;

/* ------------------------------------------------------------------------------------------------------- type, heights */

static sund_code check_type(raster_reader *r) {
  GDALDataType type = GDALGetRasterDataType(r->is.band);
  if (GDALGetRasterColorTable(r->is.band))
    return sund_fail(r->scratch, SUND_DATA, "is a picture with a palette, no heights");
  if (type == GDT_Byte) return sund_fail(r->scratch, SUND_DATA, "has 8-bit cells: a picture, no heights");
  if (GDALDataTypeIsComplex(type)) return sund_fail(r->scratch, SUND_DATA, "has complex numbers, no heights");
  return SUND_OK;
}

static sund_code check_heights(raster_reader *r) {
  OGRSpatialReferenceH srs = GDALGetSpatialRef(r->guard->dataset);
  const char *code = srs && OSRIsCompound(srs) ? OSRGetAuthorityCode(srs, "COMPD_CS|VERT_CS") : NULL;
  const char *name = srs && OSRIsCompound(srs) ? OSRGetAuthorityName(srs, "COMPD_CS|VERT_CS") : NULL;
  const char *own = code && name ? sund_text(r->ctx, "%s:%s", name, code) : NULL;
  if (code && name && !own) return SUND_LIMIT;
  if (own && r->source->heights && strcasecmp(own, r->source->heights) != 0)
    return sund_fail(r->scratch, SUND_DATA, "the raster says its heights are %s, not %s", own, r->source->heights);
  r->heights = own ? own : r->source->heights;
  if (r->heights) return SUND_OK;
  return sund_fail(r->scratch, SUND_DATA,
                   "height system unknown; say heights: EPSG:5799 (DVR90) or EPSG:5613 (RH2000)");
}

static const struct {
  const char *name;
  double metres;
} units[] = {{"", 1},
             {"m", 1},
             {"metre", 1},
             {"meter", 1},
             {"metres", 1},
             {"meters", 1},
             {"cm", 0.01},
             {"dm", 0.1},
             {"mm", 0.001},
             {"ft", 0.3048},
             {"foot", 0.3048},
             {"feet", 0.3048},
             {"us-ft", 1200.0 / 3937.0}};

static sund_code check_values(raster_reader *r) {
  r->scale = r->is.scale;
  r->offset = r->is.offset;
  const char *unit = GDALGetRasterUnitType(r->is.band);
  size_t at = 0;
  while (at < COUNT(units) && strcasecmp(units[at].name, unit ? unit : "") != 0) at++;
  if (at == COUNT(units)) return sund_fail(r->scratch, SUND_DATA, "its unit %s is no unit of height", unit);
  r->scale *= units[at].metres;
  r->offset *= units[at].metres;
  if (!isfinite(r->scale) || !isfinite(r->offset)) return sund_fail(r->scratch, SUND_DATA, "its scale is not finite");
  return guard_check(r->guard);
}

/* ------------------------------------------------------------------------------------------------------------ values */

static void note_value(raster_reader *r, double raw, double metres, size_t column, size_t row) {
  for (size_t i = 0; i < COUNT(marks); i++) {
    if (raw != marks[i] && (float)raw != (float)marks[i]) continue;
    if (r->marked++ == 0) {
      r->mark = raw;
      r->mark_column = column;
      r->mark_row = row;
    }
    return;
  }
  if (metres < r->lowest) r->lowest = metres;
  if (metres > r->highest) r->highest = metres;
}

static sund_code take_row(void *data, const double *raw, const uint8_t *mask, size_t row) {
  raster_reader *r = data;
  size_t target = r->is.south_up ? r->is.rows - 1 - row : row;
  float *out = r->grid ? r->grid->value + target * r->is.columns : NULL;
  for (size_t c = 0; c < r->is.columns; c++) {
    if (raster_nodata(&r->is, raw[c], mask ? mask[c] : 1)) continue; /* NAN as the grid was made */
    double metres = raw[c] * r->scale + r->offset;
    if (!isfinite(metres)) return sund_fail(r->scratch, SUND_DATA, "cell (column %zu, row %zu) is infinite", c, row);
    note_value(r, raw[c], metres, c, row);
    if (out) out[c] = (float)metres;
  }
  return SUND_OK;
}

static sund_code check_marks(raster_reader *r) {
  if (r->marked == 0) return SUND_OK;
  double metres = r->mark * r->scale + r->offset;
  bool alone =
      r->lowest > r->highest || metres < r->lowest - MARK_DISTANCE_M || metres > r->highest + MARK_DISTANCE_M;
  if (!alone) return SUND_OK;
  return sund_fail(r->scratch, SUND_DATA,
                   "%" PRId64
                   " cells are %g (the first at column %zu, row %zu), which looks like nodata but is not declared",
                   r->marked, r->mark, r->mark_column, r->mark_row);
}

/* ----------------------------------------------------------------------------------------------------------- reading */

static sund_code keep_text(raster_reader *r, const char *text, const char **out) {
  *out = text ? sund_text_copy(r->ctx, text) : NULL;
  return !text || *out ? SUND_OK : SUND_LIMIT;
}

static sund_code fill_reading(raster_reader *r, const char *hash, sund_reading *out) {
  *out = (sund_reading){.role = r->source->role, .read = 1, .used = 1, .crs = r->is.crs, .operation = ""};
  raster_extent(&r->is, out->extent);
  TRY(keep_text(r, r->source->text ? r->source->text : r->source->path, &out->path));
  TRY(keep_text(r, r->source->layer, &out->layer));
  TRY(keep_text(r, r->guard->driver, &out->driver));
  TRY(keep_text(r, r->heights, &out->heights));
  TRY(keep_text(r, hash, &out->hash));
  TRY(keep_text(r, r->source->licence, &out->licence));
  return keep_text(r, r->source->profile, &out->profile);
}

static sund_code add_finding(raster_reader *r, const char *text, sund_findings *list) {
  const char *name = sund_text_copy(r->ctx, r->guard->facts.name);
  if (!name || !text) return SUND_LIMIT;
  return sund_finding_add(r->ctx, list, (sund_finding){"note", name, SUND_NO_FEATURE, text, NAN, NAN});
}

static sund_code add_findings(raster_reader *r, sund_findings *list) {
  if (r->is.south_up) TRY(add_finding(r, sund_text_copy(r->ctx, "rows run from south to north; turned"), list));
  if (r->scale != 1 || r->offset != 0)
    TRY(add_finding(r, sund_text(r->ctx, "heights are raw values * %g + %g m", r->scale, r->offset), list));
  if (r->guard->inspect)
    TRY(add_finding(r, sund_text_copy(r->ctx, "heights in GeoPackage tiles may be rounded when they were packed"),
                    list));
  for (size_t i = 0; i < r->guard->notes; i++)
    TRY(add_finding(r, sund_text(r->ctx, "GDAL: %s", r->guard->note[i]), list));
  return SUND_OK;
}

static sund_code read_raster(raster_reader *r, bool values, sund_reading *reading, sund_findings *list) {
  path_facts facts;
  const char *hash = NULL;
  TRY(path_look(r->scratch, r->source->path, &facts));
  TRY(vector_scan(r->scratch, &facts, &hash));
  TRY(guard_open(r->scratch, r->source->path, GUARD_RASTER, r->source->layer, &r->guard));
  TRY(raster_claims_read(r->ctx, r->guard, r->source, &r->is));
  TRY(check_type(r));
  TRY(check_heights(r));
  TRY(check_values(r));
  r->lowest = INFINITY;
  r->highest = -INFINITY;
  double box[4];
  raster_extent(&r->is, box);
  if (values)
    TRY(sund_grid_new(r->ctx, r->is.columns, r->is.rows, box[0], box[3], r->is.transform[1], fabs(r->is.transform[5]),
                      &r->grid));
  TRY(raster_each_row(r->guard, &r->is, take_row, r));
  TRY(check_marks(r));
  if (r->lowest > r->highest) return sund_fail(r->scratch, SUND_DATA, "every cell is nodata");
  TRY(fill_reading(r, hash, reading));
  TRY(add_findings(r, list));
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
