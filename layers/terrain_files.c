/* terrain_files.c - the files of a terrain: looked at once, then open only while they are read from.
 *
 * A municipality can come as hundreds of tiles, more than a process may have open; so the files read last stay open and
 * the others are closed until they are wanted again. Each has a context of its own, and GDAL's settings are ours only
 * between wake and rest.
 */
#include <string.h>

#include "terrain.h"
#include "vector.h"

/* Files of a terrain that may be open at a time. */
enum { MOST_OPEN = 48 };

void terrain_file_close(terrain_file *file) {
  if (file->own) sund_ctx_free(file->own);
  file->own = NULL;
  file->guard = NULL;
  file->is.band = file->is.mask = NULL;
}

/* Passes a failure of the file's own context on, with its name. */
static sund_code fail(sund_ctx *ctx, terrain_file *file, sund_code code) {
  sund_ctx_pass(ctx, file->own);
  sund_blame(ctx, file->name, SUND_NO_FEATURE);
  terrain_file_close(file);
  return code;
}

static sund_code open_guard(sund_ctx *ctx, terrain_file *file) {
  if (!(file->own = sund_ctx_child(ctx))) return SUND_LIMIT;
  sund_code code = guard_open(file->own, file->source->path, GUARD_RASTER, file->source->layer, &file->guard);
  return code == SUND_OK ? SUND_OK : fail(ctx, file, code);
}

static sund_code look(sund_ctx *ctx, terrain_file *file, const char **hash) {
  sund_crs *crs = NULL;
  guard *g = file->guard;
  TRY(path_look(g->ctx, file->source->path, &file->facts));
  TRY(vector_scan(g->ctx, &file->facts, hash));
  TRY(raster_claims_read(ctx, g, file->source, &file->is));
  TRY(raster_heights_open(ctx, g, file->source, &file->is, &file->heights));
  int columns = 1, rows = 1;
  GDALGetBlockSize(file->is.band, &columns, &rows);
  file->block_columns = columns > 0 ? columns : 1;
  file->block_rows = rows > 0 ? rows : 1;
  file->block_bytes = GDALGetDataTypeSizeBytes(GDALGetRasterDataType(file->is.band));
  TRY(sund_crs_open(ctx, file->is.crs, &crs));
  file->crs = crs;
  if (!sund_crs_metric(crs))
    return sund_fail(g->ctx, SUND_DATA, "its CRS %s is in degrees; warp it to one in metres first", file->is.crs);
  return SUND_OK;
}

/* What is kept of a path must live as long as the terrain. */
static sund_code keep_facts(sund_ctx *ctx, path_facts *facts) {
  const char **text[] = {&facts->given, &facts->name, &facts->file, &facts->inside};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++)
    if (*text[i] && !(*text[i] = sund_text_copy(ctx, *text[i]))) return SUND_LIMIT;
  return SUND_OK;
}

sund_code terrain_file_look(sund_ctx *ctx, const sund_source *source, terrain_file *out, sund_reading *reading,
                            sund_findings *findings) {
  terrain_file *file = out;
  const char *hash = NULL;
  *file = (terrain_file){.source = source};
  if (!(file->name = path_base(ctx, source->path))) return SUND_LIMIT;
  TRY(open_guard(ctx, file));
  sund_code code = look(ctx, file, &hash);
  if (code != SUND_OK) return fail(ctx, file, code);
  TRY(keep_facts(ctx, &file->facts));
  TRY(raster_reading(ctx, file->guard, source, &file->heights, hash, reading));
  TRY(raster_findings(ctx, file->guard, &file->heights, findings));
  guard_pause(file->guard);
  return SUND_OK;
}

/* Closes the one that was not read from for longest, when too many are open. */
static void make_room(terrain_files *files) {
  terrain_file *oldest = NULL;
  size_t open = 0;
  for (size_t i = 0; i < files->count; i++) {
    terrain_file *file = &files->file[i];
    if (!file->own) continue;
    open++;
    if (!oldest || file->used < oldest->used) oldest = file;
  }
  if (open >= MOST_OPEN) terrain_file_close(oldest);
}

static sund_code open_again(sund_ctx *ctx, terrain_files *files, terrain_file *file) {
  raster_claims is;
  make_room(files);
  TRY(terrain_file_unchanged(ctx, file));
  TRY(open_guard(files->ctx, file));
  sund_code code = raster_claims_read(file->own, file->guard, file->source, &is);
  if (code != SUND_OK) return fail(ctx, file, code);
  file->is.band = is.band;
  file->is.mask = is.mask;
  return SUND_OK;
}

sund_code terrain_file_wake(sund_ctx *ctx, terrain_files *files, terrain_file *file) {
  file->used = ++files->calls;
  if (!file->own) return open_again(ctx, files, file);
  guard_resume(file->guard);
  return SUND_OK;
}

void terrain_file_rest(terrain_file *file) {
  guard_pause(file->guard);
}

sund_code terrain_file_unchanged(sund_ctx *ctx, const terrain_file *file) {
  sund_code code = path_unchanged(ctx, &file->facts);
  return code == SUND_OK ? SUND_OK : sund_blame(ctx, file->name, SUND_NO_FEATURE);
}
