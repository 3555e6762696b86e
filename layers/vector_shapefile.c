/* vector_shapefile.c - the three files of a shapefile against each other.
 *
 * A shapefile that was cut while it was copied opens without complaint: the index tells how many shapes there are, and
 * GDAL returns them, without geometry after the cut. The headers know better (ESRI Shapefile Technical Description,
 * July 1998; dBASE III table header).
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "vector.h"

enum { HEADER_BYTES = 100, INDEX_BYTES = 8, RECORD_HEADER_BYTES = 8, DBF_HEADER_BYTES = 32 };

typedef struct part_file {
  const char *path;
  FILE *file;
  int64_t size; /* bytes */
  unsigned char head[HEADER_BYTES];
} part_file;

static void close_part(void *data) {
  part_file *part = data;
  if (part->file) fclose(part->file);
}

static int64_t big32(const unsigned char *b) {
  return (int64_t)((uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]);
}

static int64_t little(const unsigned char *b, size_t count) {
  int64_t value = 0;
  for (size_t i = count; i > 0; i--) value = value << 8 | b[i - 1];
  return value;
}

/* Opens the neighbour with the ending, in lower or upper case, and reads its header of `bytes`. */
static sund_code open_part(sund_ctx *ctx, const char *path, const char *const ending[2], size_t bytes,
                           part_file *part) {
  TRY(sund_defer(ctx, close_part, part));
  for (int i = 0; i < 2 && !part->file; i++) {
    part->path = sund_text(ctx, "%.*s%s", (int)strlen(path) - 4, path, ending[i]);
    if (!part->path) return SUND_LIMIT;
    part->file = fopen(part->path, "rb");
  }
  if (!part->file)
    return sund_fail(ctx, SUND_SOURCE, "%.*s%s is missing; a shapefile needs its .shp, .shx and .dbf",
                     (int)strlen(sund_base_name(path)) - 4, sund_base_name(path), ending[0]);
  struct stat status;
  if (fstat(fileno(part->file), &status) != 0)
    return sund_fail(ctx, SUND_SOURCE, "cannot be read: %s", strerror(errno));
  part->size = status.st_size;
  if (fread(part->head, 1, bytes, part->file) != bytes)
    return sund_fail(ctx, SUND_SOURCE, "%s is cut: it has %" PRId64 " bytes", sund_base_name(part->path), part->size);
  return SUND_OK;
}

/* How many shapes of the index lie whole in a file of `size` bytes. */
static sund_code whole_shapes(sund_ctx *ctx, part_file *index, int64_t size, int64_t *whole) {
  unsigned char entry[INDEX_BYTES];
  *whole = 0;
  if (fseeko(index->file, HEADER_BYTES, SEEK_SET) != 0) return sund_fail(ctx, SUND_SOURCE, "index cannot be read");
  while (fread(entry, 1, INDEX_BYTES, index->file) == INDEX_BYTES) {
    if (2 * big32(entry) + RECORD_HEADER_BYTES + 2 * big32(entry + 4) > size) break;
    ++*whole;
  }
  return SUND_OK;
}

/* Rows of the attribute table that are not marked as deleted. */
static sund_code live_rows(sund_ctx *ctx, part_file *dbf, vector_shapefile *out) {
  int64_t rows = little(dbf->head + 4, 4), header = little(dbf->head + 8, 2), length = little(dbf->head + 10, 2);
  if (length < 1 || header < DBF_HEADER_BYTES || header + rows * length > dbf->size)
    return sund_fail(ctx, SUND_SOURCE, "%s is cut: %" PRId64 " rows of %" PRId64 " bytes do not fit into %" PRId64,
                     sund_base_name(dbf->path), rows, length, dbf->size);
  unsigned char *row = sund_alloc(ctx, (size_t)length, 1);
  if (!row) return SUND_LIMIT;
  if (fseeko(dbf->file, header, SEEK_SET) != 0) return sund_fail(ctx, SUND_SOURCE, "attribute table cannot be read");
  out->checked = true;
  out->rows = 0;
  for (int64_t i = 0; i < rows; i++) {
    if (fread(row, 1, (size_t)length, dbf->file) != (size_t)length)
      return sund_fail(ctx, SUND_SOURCE, "%s cannot be read at row %" PRId64, sund_base_name(dbf->path), i);
    if (row[0] != '*') out->rows++;
  }
  unsigned year = 1900u + dbf->head[1], month = dbf->head[2], day = dbf->head[3];
  if (dbf->head[1] > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31)
    if (!(out->date = sund_text(ctx, "%04u-%02u-%02u", year, month, day))) return SUND_LIMIT;
  return SUND_OK;
}

sund_code vector_shapefile_check(sund_ctx *ctx, const char *path, vector_shapefile *out) {
  static const char *const shp[2] = {".shp", ".SHP"}, *const shx[2] = {".shx", ".SHX"},
                           *const dbf[2] = {".dbf", ".DBF"};
  part_file *part = sund_alloc(ctx, 3, sizeof *part);
  if (!part) return SUND_LIMIT;
  TRY(open_part(ctx, path, shp, HEADER_BYTES, &part[0]));
  TRY(open_part(ctx, path, shx, HEADER_BYTES, &part[1]));
  TRY(open_part(ctx, path, dbf, DBF_HEADER_BYTES, &part[2]));
  int64_t said = 2 * big32(part[0].head + 24), indexed = 2 * big32(part[1].head + 24);
  int64_t shapes = (indexed - HEADER_BYTES) / INDEX_BYTES, whole = 0;
  if (indexed > part[1].size)
    return sund_fail(ctx, SUND_SOURCE, "%s is cut: it should have %" PRId64 " bytes and has %" PRId64,
                     sund_base_name(part[1].path), indexed, part[1].size);
  if (said > part[0].size) {
    TRY(whole_shapes(ctx, &part[1], part[0].size, &whole));
    return sund_fail(ctx, SUND_SOURCE,
                     "file is cut: it should have %" PRId64 " bytes and has %" PRId64
                     "; the last whole feature is "
                     "%" PRId64 ", of %" PRId64,
                     said, part[0].size, whole - 1, shapes);
  }
  int64_t rows = little(part[2].head + 4, 4);
  if (rows != shapes)
    return sund_fail(ctx, SUND_SOURCE, "%s has %" PRId64 " rows, but there are %" PRId64 " shapes",
                     sund_base_name(part[2].path), rows, shapes);
  return live_rows(ctx, &part[2], out);
}
