/* terrain.c - terrains: raster files that lie on one grid as one, read window by window.
 *
 * Order: sund_terrain_open looks at every file (hash, claims; no cell) and puts together those of one CRS, one height
 * system and one grid; `read` as often as wanted, every cell once for what `finish` tells; `finish`. The values are
 * checked as they pass. Where files overlap the first one with a value counts.
 */
#include "terrain.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Grids are one when their cells lie this close together, in cells. */
static const double SAME_GRID = 1e-3;

/* Cells read at a time where they pass a buffer. */
enum { BUFFER_CELLS = 1 << 21 };

/* ---------------------------------------------------------------------------------------------------------- reading */

/* The part of a window that lies in a file. */
typedef struct part {
  size_t column, row;       /* of the file, north row first */
  size_t columns, rows;     /* 0 = nothing of it            */
  size_t to_column, to_row; /* of the window                */
} part;

static void clip(size_t at, size_t size, size_t file_at, size_t file_size, size_t *from, size_t *count, size_t *to) {
  size_t low = at > file_at ? at : file_at;
  size_t end = at + size < file_at + file_size ? at + size : file_at + file_size;
  *count = end > low ? end - low : 0;
  *from = *count ? low - file_at : 0;
  *to = *count ? low - at : 0;
}

static part part_of(const terrain_file *file, const sund_window *w) {
  part p;
  clip(w->column, w->columns, file->column, file->is.columns, &p.column, &p.columns, &p.to_column);
  clip(w->row, w->rows, file->row, file->is.rows, &p.row, &p.rows, &p.to_row);
  if (p.columns == 0 || p.rows == 0) p.columns = p.rows = 0;
  return p;
}

static bool overlap(const part *a, const part *b) {
  return a->columns && b->columns && a->to_column < b->to_column + b->columns &&
         b->to_column < a->to_column + a->columns && a->to_row < b->to_row + b->rows &&
         b->to_row < a->to_row + a->rows;
}

/* One file's part of a window being read. */
typedef struct reading_part {
  sund_ctx *ctx; /* scratch */
  terrain_file *file;
  part part;
  float *to;     /* the window's cell (part.to_column, part.to_row)      */
  size_t stride; /* cells of a row of the window                         */
  bool direct;   /* values go straight to the window, else over a buffer */
  GDALDataType type;
  void *buffer;
  float *values; /* part.columns */
  uint8_t *mask;
} reading_part;

static sund_code fail_read(const reading_part *r, size_t row, size_t count) {
  guard *g = r->file->guard;
  return sund_fail(r->ctx, SUND_SOURCE, "rows %zu to %zu of %zu cannot be read: %s", row, row + count - 1,
                   r->file->is.rows, g->failures > 0 ? g->failure : "file is damaged");
}

/* Rows [row, row + count) of the part, in the file's order, into `to`. */
static sund_code fetch(reading_part *r, size_t row, size_t count, void *to, size_t line_bytes) {
  const terrain_file *file = r->file;
  int column = (int)r->part.column, at = (int)row, columns = (int)r->part.columns, rows = (int)count;
  CPLErr error = GDALRasterIOEx(file->is.band, GF_Read, column, at, columns, rows, to, columns, rows, r->type, 0,
                                (GSpacing)line_bytes, NULL);
  if (error == CE_None && r->mask)
    error = GDALRasterIO(file->is.mask, GF_Read, column, at, columns, rows, r->mask, columns, rows, GDT_Byte, 0, 0);
  return error == CE_None && file->guard->failures == 0 ? SUND_OK : fail_read(r, row, count);
}

/* Values of a row that are known, where no file before had one. */
static void merge(const float *from, size_t count, float *to) {
  for (size_t c = 0; c < count; c++)
    if (isnan(to[c])) to[c] = from[c];
}

/* A row as it came; row: as the file counts. */
static sund_code take_row(reading_part *r, size_t k, size_t row) {
  const terrain_file *file = r->file;
  const part *p = &r->part;
  size_t north = file->is.south_up ? file->is.rows - 1 - row : row;
  float *to = r->to + (north - p->row) * r->stride;
  const uint8_t *mask = r->mask ? r->mask + k * p->columns : NULL;
  raster_heights *h = &r->file->heights;
  if (r->direct) return raster_heights_row(r->ctx, h, p->columns, to, mask, p->column, row);
  if (r->type == GDT_Float64) {
    const double *raw = (const double *)r->buffer + k * p->columns;
    TRY(raster_heights_row_of(r->ctx, h, p->columns, raw, mask, p->column, row, r->values));
  } else {
    memcpy(r->values, (const float *)r->buffer + k * p->columns, p->columns * sizeof *r->values);
    TRY(raster_heights_row(r->ctx, h, p->columns, r->values, mask, p->column, row));
  }
  merge(r->values, p->columns, to);
  return SUND_OK;
}

/* Rows at a time: all of them when they go straight to the window. */
static sund_code make_buffers(reading_part *r, size_t *step) {
  const part *p = &r->part;
  size_t size = r->type == GDT_Float64 ? sizeof(double) : sizeof(float);
  *step = r->direct && !r->file->is.mask ? p->rows : BUFFER_CELLS / p->columns + 1;
  if (*step > p->rows) *step = p->rows;
  if (r->file->is.mask && !(r->mask = sund_alloc(r->ctx, p->columns * *step, 1))) return SUND_LIMIT;
  if (r->direct) return SUND_OK;
  r->buffer = sund_alloc(r->ctx, p->columns * *step, size);
  r->values = sund_alloc(r->ctx, p->columns, sizeof *r->values);
  return r->buffer && r->values ? SUND_OK : SUND_LIMIT;
}

/* Numbers that a float holds to the bit, or to less than a millimetre of any height. */
static GDALDataType buffer_type(GDALRasterBandH band) {
  GDALDataType type = GDALGetRasterDataType(band);
  return type == GDT_Float32 || type == GDT_Int16 || type == GDT_UInt16 ? GDT_Float32 : GDT_Float64;
}

static sund_code read_part(reading_part *r) {
  const part *p = &r->part;
  const raster_claims *is = &r->file->is;
  size_t step = 1, line, first = is->south_up ? is->rows - p->row - p->rows : p->row;
  r->type = buffer_type(is->band);
  r->direct = r->direct && r->type == GDT_Float32 && !is->south_up;
  TRY(make_buffers(r, &step));
  line =
      r->direct ? r->stride * sizeof *r->to : p->columns * (r->type == GDT_Float64 ? sizeof(double) : sizeof(float));
  for (size_t at = 0; at < p->rows; at += step) {
    size_t count = p->rows - at < step ? p->rows - at : step;
    TRY(fetch(r, first + at, count, r->direct ? (void *)(r->to + at * r->stride) : r->buffer, line));
    for (size_t k = 0; k < count; k++) TRY(take_row(r, k, first + at + k));
  }
  return SUND_OK;
}

/* Reads file i's part of the window, unless there is none. */
static sund_code read_file(sund_ctx *ctx, terrain_files *files, size_t i, const sund_window *w, float *metres) {
  terrain_file *file = &files->file[i];
  reading_part r = {.file = file, .part = part_of(file, w), .stride = w->columns, .direct = true};
  if (r.part.columns == 0) return SUND_OK;
  for (size_t k = 0; k < i && r.direct; k++) {
    part other = part_of(&files->file[k], w);
    r.direct = !overlap(&r.part, &other);
  }
  r.to = metres + r.part.to_row * w->columns + r.part.to_column;
  TRY(terrain_file_wake(ctx, files, file));
  r.ctx = sund_ctx_child(ctx);
  sund_code code = r.ctx ? read_part(&r) : SUND_LIMIT;
  terrain_file_rest(file);
  if (code != SUND_OK && r.ctx) sund_ctx_pass(ctx, r.ctx);
  if (r.ctx) sund_ctx_free(r.ctx);
  return code == SUND_OK ? SUND_OK : sund_blame(ctx, file->name, SUND_NO_FEATURE);
}

sund_code terrain_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres) {
  terrain_files *files = data;
  for (size_t i = 0; i < window->columns * window->rows; i++) metres[i] = NAN;
  for (size_t i = 0; i < files->count; i++) TRY(read_file(ctx, files, i, window, metres));
  return SUND_OK;
}

static sund_code terrain_finish(sund_ctx *ctx, void *data) {
  terrain_files *files = data;
  bool empty = true;
  for (size_t i = 0; i < files->count; i++) {
    terrain_file *file = &files->file[i];
    if (raster_heights_close(ctx, &file->heights) != SUND_OK) return sund_blame(ctx, file->name, SUND_NO_FEATURE);
    TRY(terrain_file_unchanged(ctx, file));
    empty = empty && raster_heights_empty(&file->heights);
  }
  if (!empty) return SUND_OK;
  sund_fail(ctx, SUND_DATA, "every cell is nodata");
  return sund_blame(ctx, files->file[0].name, SUND_NO_FEATURE);
}

static void close_files(void *data) {
  terrain_files *files = data;
  for (size_t i = 0; i < files->count; i++) terrain_file_close(&files->file[i]);
}

/* --------------------------------------------------------------------------------------------------------- together */

static double size_x(const terrain_file *file) {
  return file->is.transform[1];
}

static double size_y(const terrain_file *file) {
  return fabs(file->is.transform[5]);
}

/* Cells from the corner of one file to that of the other; false when they do not lie on one grid. */
static bool steps_between(const terrain_file *base, const terrain_file *file, double *columns, double *rows) {
  double a[4], b[4];
  raster_extent(&base->is, a);
  raster_extent(&file->is, b);
  double off_x = (b[0] - a[0]) / size_x(base), off_y = (a[3] - b[3]) / size_y(base);
  /* The grid must fit at the far corner too. */
  double far_x = (b[2] - a[0]) / size_x(base), far_y = (a[3] - b[1]) / size_y(base);
  *columns = round(off_x);
  *rows = round(off_y);
  return fabs(off_x - *columns) <= SAME_GRID && fabs(off_y - *rows) <= SAME_GRID &&
         fabs(far_x - *columns - (double)file->is.columns) <= SAME_GRID &&
         fabs(far_y - *rows - (double)file->is.rows) <= SAME_GRID;
}

static bool fit(const terrain_file *base, const terrain_file *file) {
  double columns, rows;
  return strcasecmp(base->heights.system, file->heights.system) == 0 && guard_same_crs(base->crs, file->crs) &&
         steps_between(base, file, &columns, &rows);
}

/* Places the files in a lattice that holds all of them; the first one's corner decides where the cells lie. */
static sund_code place_files(sund_ctx *ctx, terrain_files *files, sund_lattice *out) {
  const terrain_file *base = &files->file[0];
  double west = 0, north = 0, east = 0, south = 0, box[4];
  for (size_t i = 0; i < files->count; i++) {
    double columns = 0, rows = 0;
    const terrain_file *file = &files->file[i];
    steps_between(base, file, &columns, &rows);
    west = fmin(west, columns);
    north = fmin(north, rows);
    east = fmax(east, columns + (double)file->is.columns);
    south = fmax(south, rows + (double)file->is.rows);
  }
  if (east - west > UINT32_MAX || south - north > UINT32_MAX)
    return sund_fail(ctx, SUND_LIMIT, "the terrain is %.0f x %.0f cells; give fewer files", east - west,
                     south - north);
  for (size_t i = 0; i < files->count; i++) {
    double columns = 0, rows = 0;
    steps_between(base, &files->file[i], &columns, &rows);
    files->file[i].column = (size_t)(columns - west);
    files->file[i].row = (size_t)(rows - north);
  }
  raster_extent(&base->is, box);
  *out = (sund_lattice){(size_t)(east - west),
                        (size_t)(south - north),
                        box[0] + west * size_x(base),
                        box[3] - north * size_y(base),
                        size_x(base),
                        size_y(base)};
  return SUND_OK;
}

static sund_code make_terrain(sund_ctx *ctx, size_t count, const terrain_file *file, sund_terrain *out) {
  terrain_files *files = sund_alloc(ctx, 1, sizeof *files);
  if (!files || !(files->file = sund_alloc(ctx, count, sizeof *files->file))) return SUND_LIMIT;
  files->ctx = ctx;
  files->count = count;
  for (size_t i = 0; i < count; i++) {
    files->file[i] = file[i];
    files->file[i].heights.is = &files->file[i].is;
    terrain_file_close(&files->file[i]); /* reopened when read from */
  }
  TRY(sund_defer(ctx, close_files, files));
  *out = (sund_terrain){.name = files->file[0].name,
                        .crs = files->file[0].crs,
                        .heights = files->file[0].heights.system,
                        .files = count,
                        .read = terrain_read,
                        .finish = terrain_finish,
                        .data = files};
  return place_files(ctx, files, &out->lattice);
}

/* ------------------------------------------------------------------------------------------------------------ cache */

/* GDAL keeps unpacked blocks; left alone it takes a share of the machine's memory. Enough are the blocks of one window, or
 * where a file is stored in whole rows those of all windows beside each other. The size does not grow with the raster. */
enum { WINDOW_CELLS = 2048 };
static const double LEAST_CACHE = 64e6, MOST_CACHE = 512e6;

typedef struct cache_before {
  GIntBig bytes;
} cache_before;

static void restore_cache(void *data) {
  const cache_before *before = data;
  GDALSetCacheMax64(before->bytes);
}

static double span(double block) {
  return (floor(WINDOW_CELLS / block) + 2) * block;
}

/* Bytes that keep every block of a file from being unpacked twice. */
static double cache_need(const terrain_file *file) {
  double columns = (double)file->is.columns, wide = fmin(columns, span(file->block_columns));
  return wide * fmin((double)file->is.rows, span(file->block_rows)) * file->block_bytes;
}

static sund_code set_cache(sund_ctx *ctx, size_t count, const terrain_file *file, sund_findings *findings) {
  double bytes = LEAST_CACHE;
  cache_before *before = sund_alloc(ctx, 1, sizeof *before);
  if (!before) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    double need = cache_need(&file[i]);
    bytes = fmax(bytes, need);
    if (need > MOST_CACHE)
      TRY(sund_finding_add(
          ctx, findings,
          (sund_finding){"note", file[i].name, SUND_NO_FEATURE,
                         "is stored in rows or blocks so wide that it is unpacked several times; a copy "
                         "in tiles (gdal_translate -of COG) is read faster",
                         NAN, NAN}));
  }
  before->bytes = GDALGetCacheMax64();
  GDALSetCacheMax64((GIntBig)fmin(bytes, MOST_CACHE));
  return sund_defer(ctx, restore_cache, before);
}

/* ------------------------------------------------------------------------------------------------------------- open */

sund_code sund_terrain_open(sund_ctx *ctx, size_t count, const sund_source *source, size_t *terrains,
                            sund_terrain **out, sund_reading *reading, sund_findings *findings) {
  terrain_file *file = sund_alloc(ctx, count, sizeof *file), *same = sund_alloc(ctx, count, sizeof *same);
  sund_terrain *terrain = sund_alloc(ctx, count, sizeof *terrain);
  bool *taken = sund_alloc(ctx, count, sizeof *taken);
  if (!file || !same || !terrain || !taken) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) {
    TRY(terrain_file_look(ctx, &source[i], &file[i], &reading[i], findings));
    terrain_file_close(&file[i]);
  }
  TRY(set_cache(ctx, count, file, findings));
  size_t found = 0;
  for (size_t i = 0; i < count; i++) {
    size_t members = 0;
    if (taken[i]) continue;
    for (size_t k = i; k < count; k++) {
      if (taken[k] || !fit(&file[i], &file[k])) continue;
      taken[k] = true;
      same[members++] = file[k];
    }
    TRY(make_terrain(ctx, members, same, &terrain[found++]));
  }
  *terrains = found;
  *out = terrain;
  return SUND_OK;
}
