/* raster_heights.c - the cells of a raster as heights in metres: may they be heights at all, and do the values look so?
 *
 * Order: raster_heights_open, raster_heights_row for every row of cells once, raster_heights_close. Values are metres:
 * raw * scale + offset, times the unit. No-data, masked and not-a-number cells become NAN; infinite ones and numbers that
 * look like an undeclared no-data value are errors with their cell.
 */
#include <inttypes.h>
#include <math.h>
#include <strings.h>

#include "raster.h"

/* Marks of no data that programs write; each is far from any ground: none lies between the two bounds. */
static const double marks[] = {-9999, -99999,  -999999, -32767, -32768, -3.4028234663852886e38, 3.4028234663852886e38,
                               1e20,  9999999, 32767};
static const double HIGHEST_LOW_MARK = -9999, LOWEST_HIGH_MARK = 32767;
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A mark is only one when it lies this far from all other values. */
#define MARK_DISTANCE_M 500.0

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

/* ------------------------------------------------------------------------------------------------------- type, heights */

static sund_code check_type(guard *g, const raster_claims *is) {
  GDALDataType type = GDALGetRasterDataType(is->band);
  if (GDALGetRasterColorTable(is->band))
    return sund_fail(g->ctx, SUND_DATA, "is a picture with a palette, no heights");
  if (type == GDT_Byte) return sund_fail(g->ctx, SUND_DATA, "has 8-bit cells: a picture, no heights");
  if (GDALDataTypeIsComplex(type)) return sund_fail(g->ctx, SUND_DATA, "has complex numbers, no heights");
  return SUND_OK;
}

static sund_code read_system(sund_ctx *ctx, guard *g, const sund_source *source, const char **out) {
  OGRSpatialReferenceH srs = GDALGetSpatialRef(g->dataset);
  const char *code = srs && OSRIsCompound(srs) ? OSRGetAuthorityCode(srs, "COMPD_CS|VERT_CS") : NULL;
  const char *name = srs && OSRIsCompound(srs) ? OSRGetAuthorityName(srs, "COMPD_CS|VERT_CS") : NULL;
  const char *own = code && name ? sund_text(ctx, "%s:%s", name, code) : NULL;
  if (code && name && !own) return SUND_LIMIT;
  if (own && source->heights && strcasecmp(own, source->heights) != 0)
    return sund_fail(g->ctx, SUND_DATA, "the raster says its heights are %s, not %s", own, source->heights);
  *out = own ? own : source->heights;
  if (*out) return SUND_OK;
  return sund_fail(g->ctx, SUND_DATA, "height system unknown; say heights: EPSG:5799 (DVR90) or EPSG:5613 (RH2000)");
}

sund_code raster_unit(guard *g, const raster_claims *is, double *metres) {
  const char *unit = GDALGetRasterUnitType(is->band);
  size_t at = 0;
  while (at < COUNT(units) && strcasecmp(units[at].name, unit ? unit : "") != 0) at++;
  if (at == COUNT(units)) return sund_fail(g->ctx, SUND_DATA, "its unit %s is no unit of height", unit);
  *metres = units[at].metres;
  return guard_check(g);
}

static sund_code read_scale(guard *g, raster_heights *h) {
  double metres = 1;
  TRY(raster_unit(g, h->is, &metres));
  h->scale = h->is->scale * metres;
  h->offset = h->is->offset * metres;
  if (!isfinite(h->scale) || !isfinite(h->offset)) return sund_fail(g->ctx, SUND_DATA, "its scale is not finite");
  return SUND_OK;
}

sund_code raster_heights_open(sund_ctx *ctx, guard *g, const sund_source *source, const raster_claims *is,
                              raster_heights *out) {
  *out = (raster_heights){.is = is, .lowest = INFINITY, .highest = -INFINITY};
  TRY(check_type(g, is));
  TRY(read_system(ctx, g, source, &out->system));
  return read_scale(g, out);
}

/* ------------------------------------------------------------------------------------------------------------ values */

/* Is it one of the marks? Then it is noted and has no say in what is lowest and highest. */
static bool note_mark(raster_heights *h, double raw, size_t column, size_t row) {
  for (size_t i = 0; i < COUNT(marks); i++) {
    if (raw != marks[i] && (float)raw != (float)marks[i]) continue;
    if (h->marked++ == 0) {
      h->mark = raw;
      h->mark_column = column;
      h->mark_row = row;
    }
    return true;
  }
  return false;
}

/* One cell; false when it is infinite. */
static inline bool take_cell(raster_heights *h, double raw, uint8_t mask, size_t column, size_t row, float *out) {
  if (raster_nodata(h->is, raw, mask)) {
    *out = NAN;
    return true;
  }
  double metres = raw * h->scale + h->offset;
  bool marked = (raw <= HIGHEST_LOW_MARK || raw >= LOWEST_HIGH_MARK) && note_mark(h, raw, column, row);
  *out = (float)metres;
  if (marked) return isfinite(metres);
  if (metres < h->lowest) h->lowest = metres;
  if (metres > h->highest) h->highest = metres;
  return isfinite(metres);
}

static sund_code fail_infinite(sund_ctx *ctx, size_t column, size_t row) {
  return sund_fail(ctx, SUND_DATA, "cell (column %zu, row %zu) is infinite", column, row);
}

/* Makes NAN of what means no data in a row, and finds the bounds of the other raw values; low > high when there is none. Written so that a compiler makes wide instructions of it. */
static void clear_row(const raster_heights *h, size_t count, float *value, const uint8_t *mask, float *low,
                      float *high) {
  enum { LANES = 16 };
  const float nodata = h->is->has_nodata ? (float)h->is->nodata : NAN; /* NAN equals nothing */
  float least[LANES], most[LANES];
  for (size_t k = 0; k < LANES; k++) least[k] = INFINITY, most[k] = -INFINITY;
  for (size_t c = 0; mask && c < count; c++) value[c] = mask[c] ? value[c] : NAN;
  size_t c = 0;
  for (; c + LANES <= count; c += LANES)
    for (size_t k = 0; k < LANES; k++) {
      float v = value[c + k];
      v = v == nodata ? NAN : v;
      least[k] = v < least[k] ? v : least[k];
      most[k] = v > most[k] ? v : most[k];
      value[c + k] = v;
    }
  for (; c < count; c++) {
    value[c] = value[c] == nodata ? NAN : value[c];
    least[0] = value[c] < least[0] ? value[c] : least[0];
    most[0] = value[c] > most[0] ? value[c] : most[0];
  }
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t k = 0; k < LANES; k++) *low = fminf(*low, least[k]), *high = fmaxf(*high, most[k]);
}

static void note_bounds(raster_heights *h, double raw_low, double raw_high) {
  double a = raw_low * h->scale + h->offset, b = raw_high * h->scale + h->offset;
  h->lowest = fmin(h->lowest, fmin(a, b)); /* the scale may be negative */
  h->highest = fmax(h->highest, fmax(a, b));
}

sund_code raster_heights_row(sund_ctx *ctx, raster_heights *h, size_t count, float *value, const uint8_t *mask,
                             size_t column, size_t row) {
  float low, high;
  clear_row(h, count, value, mask, &low, &high);
  if (low > high) return SUND_OK; /* nothing is known */
  if ((double)low > HIGHEST_LOW_MARK && (double)high < LOWEST_HIGH_MARK) {
    note_bounds(h, (double)low, (double)high);
    for (size_t c = 0; (h->scale != 1 || h->offset != 0) && c < count; c++)
      value[c] = (float)((double)value[c] * h->scale + h->offset);
    return SUND_OK;
  }
  for (size_t c = 0; c < count; c++)
    if (!take_cell(h, (double)value[c], 1, column + c, row, &value[c])) return fail_infinite(ctx, column + c, row);
  return SUND_OK;
}

sund_code raster_heights_row_of(sund_ctx *ctx, raster_heights *h, size_t count, const double *raw,
                                const uint8_t *mask, size_t column, size_t row, float *value) {
  for (size_t c = 0; c < count; c++)
    if (!take_cell(h, raw[c], mask ? mask[c] : 1, column + c, row, &value[c]))
      return fail_infinite(ctx, column + c, row);
  return SUND_OK;
}

sund_code raster_heights_close(sund_ctx *ctx, const raster_heights *h) {
  if (h->marked == 0) return SUND_OK;
  double metres = h->mark * h->scale + h->offset;
  bool alone =
      h->lowest > h->highest || metres < h->lowest - MARK_DISTANCE_M || metres > h->highest + MARK_DISTANCE_M;
  if (!alone) return SUND_OK;
  return sund_fail(ctx, SUND_DATA,
                   "%" PRId64
                   " cells are %g (the first at column %zu, row %zu), which looks like nodata but is not declared",
                   h->marked, h->mark, h->mark_column, h->mark_row);
}

bool raster_heights_empty(const raster_heights *h) {
  return h->lowest > h->highest;
}

/* --------------------------------------------------------------------------------------------------------- telling */

static sund_code keep_text(sund_ctx *ctx, const char *text, const char **out) {
  *out = text ? sund_text_copy(ctx, text) : NULL;
  return !text || *out ? SUND_OK : SUND_LIMIT;
}

sund_code raster_reading(sund_ctx *ctx, const guard *g, const sund_source *source, const raster_heights *h,
                         const char *hash, sund_reading *out) {
  *out = (sund_reading){.role = source->role, .read = 1, .used = 1, .crs = h->is->crs, .operation = ""};
  raster_extent(h->is, out->extent);
  TRY(keep_text(ctx, source->text ? source->text : source->path, &out->path));
  TRY(keep_text(ctx, source->layer, &out->layer));
  TRY(keep_text(ctx, g->driver, &out->driver));
  TRY(keep_text(ctx, h->system, &out->heights));
  TRY(keep_text(ctx, hash, &out->hash));
  TRY(keep_text(ctx, source->licence, &out->licence));
  return keep_text(ctx, source->profile, &out->profile);
}

static sund_code add_finding(sund_ctx *ctx, const guard *g, const char *text, sund_findings *list) {
  const char *name = sund_text_copy(ctx, g->facts.name);
  if (!name || !text) return SUND_LIMIT;
  return sund_finding_add(ctx, list, (sund_finding){"note", name, SUND_NO_FEATURE, text, NAN, NAN});
}

sund_code raster_findings(sund_ctx *ctx, const guard *g, const raster_heights *h, sund_findings *list) {
  if (h->is->south_up) TRY(add_finding(ctx, g, sund_text_copy(ctx, "rows run from south to north; turned"), list));
  if (h->scale != 1 || h->offset != 0)
    TRY(add_finding(ctx, g, sund_text(ctx, "heights are raw values * %g + %g m", h->scale, h->offset), list));
  if (g->inspect)
    TRY(add_finding(ctx, g, sund_text_copy(ctx, "heights in GeoPackage tiles may be rounded when they were packed"),
                    list));
  for (size_t i = 0; i < g->notes; i++) TRY(add_finding(ctx, g, sund_text(ctx, "GDAL: %s", g->note[i]), list));
  return SUND_OK;
}
