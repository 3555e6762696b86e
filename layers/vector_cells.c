/* vector_cells.c - a raster read as features: homes and jobs as the squares of its cells, green as the areas of
 * contiguous cells of one kind, or either as the points in the middle of the cells (`as: cells`).
 *
 * The features have a layer of their own in memory, so that all that is done with features is done with these, too.
 * Order: vector_cells_fits, vector_cells_open (what the raster says; the layer, still empty), vector_cells_load (the
 * cells that count; for areas GDAL's polygonizer, which joins cells that share an edge), vector_cells_next.
 */
#include <gdal_alg.h>
#include <inttypes.h>
#include <math.h>
#include <ogr_api.h>
#include <string.h>

#include "raster.h"
#include "source.h"
#include "vector.h"
#include "word.h"

/* More cells than these are a country, not a town. Until it is a row a square takes about 800 bytes, a point 350, a cell
 * of an area 30. */
enum { MOST_OF_AREAS = 20000000, MOST_POINTS = 10000000, MOST_SQUARES = 4000000, MOST_WINDOW = 500000000 };
/* A raster of more different values than this has no classes. */
enum { MOST_CODES = 1000 };
/* Along a row the ground area of cells is taken as equal over so many columns. */
enum { EQUAL_COLUMNS = 64 };

/* Roles whose values a raster can hold, and the column that takes the value of a cell. */
static const struct {
  sund_role role;
  const char *column;
  bool classes; /* values are codes, not quantities */
} uses[] = {{SUND_HOMES, "persons", false}, {SUND_JOBS, "jobs", false}, {SUND_GREEN, "kind", true}};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct cell {
  uint32_t column, row;
  double value;
} cell;

/* One of the values of a raster of classes. */
typedef struct value_code {
  double value;
  uint8_t kind; /* of green areas, from 1; 0 = none of them */
} value_code;

struct vector_cells {
  raster_claims is;
  bool classes, points, areas; /* areas: of contiguous cells, else squares or points */
  size_t most;
  int id, value, supply, kind; /* fields of the layer, -1 = it has none of them      */
  vector_column *column;       /* of the role: takes the values                      */
  size_t codes, met;           /* met: the one met last */
  value_code *code;
  const char *kind_code[UINT8_MAX + 1]; /* by kind: one of the codes that stand for it       */
  int64_t with_data;
  size_t count, room;
  cell *cell; /* those that count, in the file's order              */
  size_t next;
  double *area; /* of the cells of each run, square metres on the ground; NULL = not asked for */
  size_t run;   /* of the cell that comes next                                               */
};

/* ------------------------------------------------------------------------------------------------------------ open */

static size_t use_of(const vector_reader *r) {
  size_t at = 0;
  while (at < COUNT(uses) && uses[at].role != r->source->role) at++;
  return at;
}

bool vector_cells_fits(const vector_reader *r, const path_facts *facts) {
  static const char *const endings[] = {".tif", ".tiff", ".asc", ".img", ".nc"};
  const char *name = facts->inside && *facts->inside ? facts->inside : facts->file;
  bool raster = facts->content == PATH_TIFF;
  for (size_t i = 0; i < COUNT(endings) && facts->content != PATH_SQLITE; i++)
    raster = raster || path_ends(name, endings[i]);
  return raster && use_of(r) < COUNT(uses);
}

static void close_layer(void *dataset) {
  GDALClose(dataset);
}

static int add_field(OGRLayerH layer, const char *name, OGRFieldType type) {
  OGRFieldDefnH field = OGR_Fld_Create(name, type);
  OGR_L_CreateField(layer, field, TRUE);
  OGR_Fld_Destroy(field);
  return OGR_FD_GetFieldCount(OGR_L_GetLayerDefn(layer)) - 1;
}

/* The layer in memory, closed with the scratch context. */
static sund_code make_layer(vector_reader *r) {
  vector_cells *c = r->cells;
  GDALDriverH driver = GDALGetDriverByName("Memory");
  if (!driver) driver = GDALGetDriverByName("MEM");
  GDALDatasetH dataset = driver ? GDALCreate(driver, "", 0, 0, 0, GDT_Unknown, NULL) : NULL;
  if (!dataset) return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the cells of a raster");
  sund_code code = sund_defer(r->scratch, close_layer, dataset);
  if (code != SUND_OK) GDALClose(dataset);
  TRY(code);
  r->layer = GDALDatasetCreateLayer(dataset, "cells", GDALGetSpatialRef(r->guard->dataset),
                                    c->points ? wkbPoint : wkbPolygon, NULL);
  if (!r->layer) return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the cells of a raster");
  c->id = add_field(r->layer, "id", OFTString);
  c->value = add_field(r->layer, uses[use_of(r)].column, c->classes ? OFTString : OFTReal);
  c->supply = c->classes && c->points ? add_field(r->layer, "supply", OFTReal) : -1;
  return guard_check(r->guard);
}

sund_code vector_cells_open(vector_reader *r) {
  if (r->source->where)
    return sund_fail(r->scratch, SUND_USAGE,
                     "where chooses features, and this is a raster; choose its cells by codes");
  vector_cells *c = r->cells = sund_alloc(r->scratch, 1, sizeof *c);
  if (!c) return SUND_LIMIT;
  TRY(guard_open(r->scratch, r->source->path, GUARD_RASTER, r->source->layer, &r->guard));
  TRY(raster_claims_read(r->scratch, r->guard, r->source, &c->is));
  if (GDALDataTypeIsComplex(GDALGetRasterDataType(c->is.band)))
    return sund_fail(r->scratch, SUND_DATA, "has complex numbers");
  c->classes = uses[use_of(r)].classes;
  c->points = r->source->as && strcmp(r->source->as, "cells") == 0;
  c->areas = c->classes && !c->points;
  c->most = c->areas ? MOST_OF_AREAS : c->points ? MOST_POINTS : MOST_SQUARES;
  TRY(make_layer(r));
  r->layer_name = path_base(r->ctx, r->source->path);
  return r->layer_name ? SUND_OK : SUND_LIMIT;
}

void vector_cells_extent(const vector_reader *r, double box[4]) {
  raster_extent(&r->cells->is, box);
}

/* ----------------------------------------------------------------------------------------------------------- values */

static sund_code fail_many(const vector_reader *r) {
  return sund_fail(
      r->scratch, SUND_LIMIT,
      "has more than %zu million cells that count; cut the place out of it first, or make the cells larger",
      r->cells->most / 1000000);
}

/* What a value means; asked once for each. Values that no mapping knows are gathered, and told by vector_codes_close. */
static sund_code take_code(vector_reader *r, double value, uint8_t *kind) {
  vector_cells *c = r->cells;
  *kind = 0;
  if (c->column->index == VECTOR_NO_FIELD) { /* of one kind by `set`: a mask */
    *kind = value > 0;
    return SUND_OK;
  }
  if (c->met >= c->codes || c->code[c->met].value != value)
    for (c->met = 0; c->met < c->codes && c->code[c->met].value != value;) c->met++;
  if (c->met < c->codes) {
    *kind = c->code[c->met].kind;
    return SUND_OK;
  }
  if (c->codes == MOST_CODES)
    return sund_fail(r->scratch, SUND_DATA, "has more than %d different values; green is a raster of classes",
                     MOST_CODES);
  const char *text = sund_text(r->scratch, "%.15g", value);
  if (!text) return SUND_LIMIT;
  const char *to = vector_codes_value(c->column, text);
  const sund_choice *choice = c->column->field.choices;
  bool nothing = strcmp(to, SOURCE_SKIP) == 0 || strcmp(to, SOURCE_MISSING) == 0;
  for (uint8_t k = 0; !nothing && choice[k].value && !*kind; k++)
    if (word_alike(choice[k].value, to)) *kind = (uint8_t)(k + 1);
  if (!nothing && !*kind) TRY(vector_codes_unknown(r, c->column, text));
  c->kind_code[*kind] = text;
  c->code[c->codes++] = (value_code){value, *kind};
  return SUND_OK;
}

static sund_code fail_value(const vector_reader *r, const cell *at) {
  const char *place = sund_text(r->scratch, "cell (column %" PRIu32 ", row %" PRIu32 ")", at->column, at->row);
  if (!place) return SUND_LIMIT;
  if (!isfinite(at->value)) return sund_fail(r->scratch, SUND_DATA, "%s is infinite", place);
  return sund_fail(r->scratch, SUND_DATA,
                   "%s is %g, which cannot be a number of %s; if it means no data, the file must say so", place,
                   at->value, r->cells->column->field.name);
}

static sund_code take_row(void *data, const double *raw, const uint8_t *mask, size_t row) {
  vector_reader *r = data;
  vector_cells *c = r->cells;
  for (size_t k = 0; k < c->is.columns; k++) {
    if (raster_nodata(&c->is, raw[k], mask ? mask[k] : 1)) continue;
    cell at = {(uint32_t)k, (uint32_t)row, raw[k] * c->is.scale + c->is.offset};
    uint8_t kind = at.value > 0;
    c->with_data++;
    if (!isfinite(at.value) || (!c->classes && at.value < 0)) return fail_value(r, &at);
    if (c->classes) TRY(take_code(r, at.value, &kind));
    if (!kind) continue;
    if (c->count == c->most) return fail_many(r);
    cell *cells = sund_grow(r->scratch, c->cell, &c->room, c->count + 1, sizeof *cells);
    if (!cells) return SUND_LIMIT;
    c->cell = cells;
    c->cell[c->count++] = at;
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ areas */

/* The window of the cells that count: first column and row, and how many. */
static void find_window(const vector_cells *c, size_t window[4]) {
  size_t west = c->cell[0].column, east = west, north = c->cell[0].row, south = c->cell[c->count - 1].row;
  for (size_t i = 1; i < c->count; i++) {
    if (c->cell[i].column < west) west = c->cell[i].column;
    if (c->cell[i].column > east) east = c->cell[i].column;
  }
  memcpy(window, (size_t[]){west, north, east - west + 1, south - north + 1}, 4 * sizeof *window);
}

/* The kinds of the cells that count, row by row, 0 for the others. */
static sund_code fill_kinds(vector_reader *r, const size_t window[4], GDALRasterBandH band) {
  const vector_cells *c = r->cells;
  uint8_t *kind = sund_alloc(r->scratch, window[2], 1);
  if (!kind) return SUND_LIMIT;
  for (size_t i = 0; i < c->count;) {
    uint32_t row = c->cell[i].row;
    memset(kind, 0, window[2]);
    for (; i < c->count && c->cell[i].row == row; i++)
      TRY(take_code(r, c->cell[i].value, &kind[c->cell[i].column - window[0]]));
    if (GDALRasterIO(band, GF_Write, 0, (int)(row - window[1]), (int)window[2], 1, kind, (int)window[2], 1, GDT_Byte,
                     0, 0) != CE_None)
      return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the areas of a raster");
  }
  return SUND_OK;
}

static sund_code polygonize(vector_reader *r, const size_t window[4], GDALDatasetH dataset) {
  vector_cells *c = r->cells;
  double t[6];
  memcpy(t, c->is.transform, sizeof t);
  t[0] += t[1] * (double)window[0];
  t[3] += t[5] * (double)window[1];
  GDALSetGeoTransform(dataset, t);
  GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
  TRY(fill_kinds(r, window, band));
  c->kind = add_field(r->layer, "class", OFTInteger);
  if (GDALPolygonize(band, band, r->layer, c->kind, NULL, NULL, NULL) != CE_None && r->guard->failures == 0)
    return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the areas of a raster");
  OGR_L_ResetReading(r->layer);
  return guard_check(r->guard);
}

static sund_code load_areas(vector_reader *r) {
  size_t window[4];
  find_window(r->cells, window);
  if ((double)window[2] * (double)window[3] > MOST_WINDOW) return fail_many(r);
  GDALDriverH driver = GDALGetDriverByName("MEM");
  GDALDatasetH dataset = driver ? GDALCreate(driver, "", (int)window[2], (int)window[3], 1, GDT_Byte, NULL) : NULL;
  if (!dataset) return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the areas of a raster");
  sund_code code = polygonize(r, window, dataset);
  GDALClose(dataset);
  return code;
}

/* ------------------------------------------------------------------------------------------------------ ground area */

/* Does a run of cells of equal ground area begin at cell i? */
static bool begins_run(const vector_cells *c, size_t i) {
  const cell *at = &c->cell[i];
  return i == 0 || at->row != at[-1].row || at->column / EQUAL_COLUMNS != at[-1].column / EQUAL_COLUMNS;
}

/* The ground area of the cell in the middle of each run. */
static sund_code measure_runs(vector_reader *r) {
  vector_cells *c = r->cells;
  const double *t = c->is.transform;
  size_t runs = 0, run = 0;
  sund_shapes *middle = NULL;
  for (size_t i = 0; i < c->count; i++) runs += begins_run(c, i);
  TRY(sund_shapes_new(r->scratch, SUND_AREA, runs, runs, 5 * runs, &middle));
  for (size_t i = 0; i < c->count; i++) {
    if (!begins_run(c, i)) continue;
    size_t column = c->cell[i].column / EQUAL_COLUMNS * EQUAL_COLUMNS + EQUAL_COLUMNS / 2;
    double x = t[0] + t[1] * (double)column, y = t[3] + t[5] * (double)c->cell[i].row;
    const double xs[] = {x, x + t[1], x + t[1], x, x}, ys[] = {y, y, y + t[5], y + t[5], y};
    middle->first_part[run] = run;
    middle->first_vertex[run] = 5 * run;
    memcpy(middle->x + 5 * run, xs, sizeof xs);
    memcpy(middle->y + 5 * run++, ys, sizeof ys);
  }
  middle->first_part[runs] = runs;
  middle->first_vertex[runs] = 5 * runs;
  if (!(c->area = sund_alloc(r->scratch, runs, sizeof *c->area))) return SUND_LIMIT;
  TRY(sund_geodesic_measure(r->scratch, r->crs, middle, c->area));
  for (run = 0; run < runs; run++) c->area[run] = fabs(c->area[run]);
  return SUND_OK;
}

sund_code vector_cells_load(vector_reader *r) {
  vector_cells *c = r->cells;
  for (size_t i = 0; i < r->columns; i++)
    if (strcmp(r->column[i].field.name, uses[use_of(r)].column) == 0) c->column = &r->column[i];
  if (!(c->code = sund_alloc(r->scratch, MOST_CODES, sizeof *c->code))) return SUND_LIMIT;
  r->last = SUND_NO_FEATURE;
  TRY(raster_each_row(r->guard, &c->is, take_row, r));
  if (c->supply >= 0) TRY(measure_runs(r));
  return c->areas && c->count > 0 ? load_areas(r) : SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- features */

static OGRGeometryH square_of(const double t[6], const cell *at) {
  double x = t[0] + t[1] * at->column, y = t[3] + t[5] * at->row, x1 = t[0] + t[1] * (at->column + 1.0),
         y1 = t[3] + t[5] * (at->row + 1.0);
  OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing), polygon = OGR_G_CreateGeometry(wkbPolygon);
  OGR_G_SetPointCount(ring, 5);
  OGR_G_SetPoint_2D(ring, 0, x, y);
  OGR_G_SetPoint_2D(ring, 1, x1, y);
  OGR_G_SetPoint_2D(ring, 2, x1, y1);
  OGR_G_SetPoint_2D(ring, 3, x, y1);
  OGR_G_SetPoint_2D(ring, 4, x, y);
  OGR_G_AddGeometryDirectly(polygon, ring);
  return polygon;
}

static OGRGeometryH point_of(const double t[6], const cell *at) {
  OGRGeometryH point = OGR_G_CreateGeometry(wkbPoint);
  OGR_G_SetPoint_2D(point, 0, t[0] + t[1] * (at->column + 0.5), t[3] + t[5] * (at->row + 0.5));
  return point;
}

static sund_code make_feature(vector_reader *r, size_t i, OGRFeatureH feature) {
  vector_cells *c = r->cells;
  const cell *at = &c->cell[i];
  const char *id = sund_text(r->scratch, "c%" PRIu32 "-%" PRIu32, at->column, at->row);
  if (!id) return SUND_LIMIT;
  OGR_F_SetFID(feature, (GIntBig)at->row * (GIntBig)c->is.columns + at->column);
  OGR_F_SetFieldString(feature, c->id, id);
  if (c->classes) {
    uint8_t kind = 0;
    TRY(take_code(r, at->value, &kind));
    if (c->kind_code[kind]) OGR_F_SetFieldString(feature, c->value, c->kind_code[kind]);
  } else {
    OGR_F_SetFieldDouble(feature, c->value, at->value);
  }
  if (c->area) {
    if (i > 0 && begins_run(c, i)) c->run++;
    OGR_F_SetFieldDouble(feature, c->supply, c->area[c->run]);
  }
  OGR_F_SetGeometryDirectly(feature, c->points ? point_of(c->is.transform, at) : square_of(c->is.transform, at));
  return SUND_OK;
}

/* An area of contiguous cells. */
static OGRFeatureH next_area(vector_reader *r) {
  const vector_cells *c = r->cells;
  OGRFeatureH feature = c->count > 0 ? OGR_L_GetNextFeature(r->layer) : NULL;
  if (!feature) return NULL;
  const char *code = c->kind_code[OGR_F_GetFieldAsInteger(feature, c->kind) & UINT8_MAX];
  if (code) OGR_F_SetFieldString(feature, c->value, code);
  return feature;
}

sund_code vector_cells_next(vector_reader *r, OGRFeatureH *out) {
  vector_cells *c = r->cells;
  *out = NULL;
  if (c->areas) {
    *out = next_area(r);
    return SUND_OK;
  }
  if (c->next == c->count) return SUND_OK;
  *out = OGR_F_Create(OGR_L_GetLayerDefn(r->layer));
  if (!*out) return sund_fail(r->scratch, SUND_LIMIT, "out of memory for the cells of a raster");
  sund_code code = make_feature(r, c->next++, *out);
  if (code == SUND_OK) return SUND_OK;
  OGR_F_Destroy(*out);
  *out = NULL;
  return code;
}

sund_code vector_cells_tell(vector_reader *r, const char **finding) {
  const vector_cells *c = r->cells;
  r->read = c->with_data;
  r->rejected += c->with_data - (int64_t)c->count;
  *finding = sund_text(r->ctx, "%zu of %" PRId64 " cells with data %s", c->count, c->with_data,
                       c->classes ? "are green" : "have a value above 0");
  return *finding ? SUND_OK : SUND_LIMIT;
}
